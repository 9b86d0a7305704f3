"""Captions that go along as a file."""

from twopop import Deliverable, Sidecar, Spec, hookimpl
from twopop.captions.write import to_srt, to_vtt


@hookimpl
def sidecars(deliverable: Deliverable, spec: Spec) -> list[Sidecar]:
    """The captions of this cut in the format that the spec asks for."""
    track, form = deliverable.captions, spec.captions.sidecar
    if track is None or not track.captions or not form:
        return []
    content = to_srt(track, deliverable.rate) if form == "srt" else to_vtt(track, deliverable.rate)
    language = f".{track.language}" if track.language else ""
    return [Sidecar(suffix=f"{language}.{form}", content=content)]
