"""Encoding as the spec's ``[video]`` table says."""

from twopop import Encoding, Spec, hookimpl


@hookimpl
def encode(spec: Spec) -> Encoding | None:
    """The spec's encoder, options and colour."""
    video = spec.video
    return Encoding(
        encoder=video.encoder,
        pixel_format=video.pixel_format,
        format=spec.container.format,
        options=tuple(sorted(video.options.items())),
        colour=video.colour,
    )
