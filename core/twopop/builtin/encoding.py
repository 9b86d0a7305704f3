"""Encoding as the spec's ``[video]`` table says."""

from twopop import Encoding, Spec, hookimpl


@hookimpl
def encode(spec: Spec) -> Encoding | None:
    """The spec's encoder, options, colour and scan."""
    video = spec.video
    if spec.preview:  # encoded in one piece, from segments without loss
        return Encoding(encoder="png", pixel_format="rgb24", format="mov", colour=video.colour)
    options = video.options | ({"tag": video.tag} if video.tag else {})
    return Encoding(
        encoder=video.encoder,
        pixel_format=video.pixel_format,
        format="mov" if spec.form else spec.container.format,  # image files are kept as the packets of a movie
        options=tuple(sorted(options.items())),
        colour=video.colour,
        decoded=video.decoded,
        scan=video.scan,
    )
