"""The checks that every delivered file passes: it is what the plan and the spec say, by its own word."""

from twopop import Deliverable, Finding, MediaFacts, Mix, MixReport, Spec, hookimpl
from twopop.qc.file import Expected, ExpectedSound, compare
from twopop.sound.loudness import loudness_findings


@hookimpl
def check_file(
    deliverable: Deliverable, spec: Spec, mix: Mix, facts: MediaFacts, sound: MixReport | None
) -> list[Finding]:
    """Frames, rate, size, codec, colour, timecode, sound as long as picture; then the loudness of its mix."""
    expected = Expected(
        frames=deliverable.frames,
        rate=deliverable.rate,
        size=deliverable.size,
        codec=spec.video.codec,
        profile=spec.video.profile,
        pixel_format=spec.video.pixel_format,
        colour=spec.video.colour,
        sound=ExpectedSound(
            codec=spec.audio.codec, rate=spec.audio.rate, channels=spec.audio.channels, samples=mix.samples
        ),
        start_timecode=deliverable.start_timecode,
        format=spec.container.format,
        bytes_max=spec.file_size,
        seconds_max=spec.longest,
    )
    found = compare(expected, facts, spec.level, source=spec.rule_source, where=deliverable.id)
    return found + (loudness_findings(sound, spec.loudness) if sound and spec.loudness else [])
