"""The checks of every plan and every file: what the receiver takes, and that the file is what plan and spec say."""

from collections.abc import Iterator

import msgspec

from twopop import Deliverable, Finding, MediaFacts, Mix, MixReport, PictureReport, Plan, Spec, hookimpl
from twopop.qc.file import Expected, ExpectedSound, compare
from twopop.qc.picture import picture_findings
from twopop.qc.plan import length_allowed, present, rate_allowed
from twopop.sound.layouts import streams_of, title_of
from twopop.sound.loudness import loudness_findings
from twopop.specs import Audio, SoundTrack


@hookimpl
def check_plan(plan: Plan) -> list[Finding]:
    """Whether the receiver takes the frame rate and the length of each deliverable that can be made."""
    found = []
    for deliverable in plan.deliverables:
        if deliverable.frames:
            spec, rate = plan.specs[deliverable.spec], deliverable.rate
            said = present((rate_allowed(spec, rate), length_allowed(spec, deliverable.frames, rate)))
            found += [msgspec.structs.replace(finding, where=deliverable.id) for finding in said]
    return found


@hookimpl
def check_file(
    deliverable: Deliverable,
    spec: Spec,
    mixes: tuple[Mix, ...],
    facts: MediaFacts,
    sounds: tuple[MixReport, ...],
    picture: PictureReport,
) -> list[Finding]:
    """Frames, rate, size, codec, colour, timecode, each sound as long as the picture; loudness; black and frozen."""
    tracks = spec.sounds
    expected = Expected(
        frames=deliverable.frames,
        rate=None if spec.still else deliverable.rate,
        size=deliverable.size,
        codec=spec.video.codec,
        profile=spec.video.profile,
        tag=spec.video.tag,
        pixel_format=spec.video.decoded or spec.video.pixel_format,
        scan=spec.video.scan,
        colour=None if spec.form else spec.video.colour,
        sound=tuple(_streams(spec, mixes)),
        silent=spec.audio is None,
        start_timecode=None if spec.form else deliverable.start_timecode,
        format="" if spec.form else spec.container.format,
        pattern=spec.container.pattern,
        bytes_max=spec.file_size,
        seconds_max=spec.longest,
    )
    found = compare(expected, facts, spec.level, source=spec.rule_source, where=deliverable.id)
    for track, report in zip(tracks, sounds, strict=True):
        if spec.loudness and track.carries == "mix":
            found += loudness_findings(report, spec.loudness, of=title_of(track) if len(tracks) > 1 else "")
    found += picture_findings(picture, spec.level, source=spec.rule_source)
    return list(dict.fromkeys(found))


def _streams(spec: Spec, mixes: tuple[Mix, ...]) -> Iterator[ExpectedSound]:
    audio = spec.audio
    if audio is None:
        return
    for track, mix in zip(spec.sounds, mixes, strict=True):
        for channels in streams_of(track):
            yield ExpectedSound(
                codec=audio.codec,
                rate=audio.rate,
                channels=len(channels),
                layout=" ".join(channels) if _told(spec, audio, track) else "",
                samples=mix.samples,
            )


def _told(spec: Spec, audio: Audio, track: SoundTrack) -> bool:
    """Whether the file can say where its channels belong: MXF does not here, nor does a codec of one channel."""
    return spec.container.format in ("mov", "mp4") and (not track.split or audio.codec.startswith("pcm_"))
