"""Encoding as the spec's ``[video]`` table says."""

from twopop import Encoding, Spec, hookimpl


@hookimpl
def encode(spec: Spec) -> Encoding | None:
    """The spec's encoder, options, colour and scan."""
    video = spec.video
    options = video.options | ({"tag": video.tag} if video.tag else {})
    return Encoding(
        encoder=video.encoder,
        pixel_format=video.pixel_format,
        format=spec.container.format,
        options=tuple(sorted(options.items())),
        colour=video.colour,
        decoded=video.decoded,
        scan=video.scan,
    )
