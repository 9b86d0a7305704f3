"""From the audio tracks of a program to the recipes of one cut's mixes.

The rule for fractional samples: a cut of n frames has ``samples_at(n)`` samples, and the stretch that begins at frame
k of the cut begins at sample ``samples_at(k)``. Every other point in time (the ends of clips and fades) goes to the
nearest sample, halves up, so no error ever adds up: at 30000/1001 a frame takes 1601 or 1602 samples at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import msgspec

from twopop import specs
from twopop.errors import EditorError
from twopop.findings import Finding, fail, info, warn
from twopop.picture.facts import MediaFacts, SoundFacts
from twopop.sound.layouts import stem_of, title_of
from twopop.sound.recipe import Mix, Part
from twopop.time import Rate, floor, samples_at
from twopop.timeline.origin import media_time
from twopop.timeline.program import AudioClip, AudioTrack, Program, Role
from twopop.variants.model import Span

Find = Callable[[AudioClip], MediaFacts | None]
Ramp = tuple[int, int, float, float]


@dataclass(frozen=True)
class _Stretch:
    """Program seconds ``[start, stop)`` that the cut plays from *offset* seconds on."""

    start: Fraction
    stop: Fraction
    offset: Fraction
    rate: int

    def sample(self, seconds: Fraction) -> int:
        """The mix sample nearest to program *seconds*, also outside the stretch."""
        return floor((self.offset + seconds - self.start) * self.rate + Fraction(1, 2))

    def seconds(self, sample: int) -> Fraction:
        """The program seconds at which mix *sample* lies."""
        return Fraction(sample, self.rate) - self.offset + self.start


def plan_mixes(
    program: Program,
    spans: Sequence[Span],
    *,
    find: Find,
    audio: specs.Audio,
    loudness: specs.Loudness | None,
    join_fade: Fraction = Fraction(0),
) -> tuple[tuple[Mix, ...], tuple[Finding, ...]]:
    """The mix of each of *audio*'s sounds over the kept *spans*, in their order, and what stands in their way.

    *find* answers what the media of a clip is, or None, or raises EditorError; it is asked only for clips that the cut
    plays. *join_fade* is a fade in seconds wherever the cut goes through a clip, on either side of the join. The first
    sound stream of a file is taken. Nothing is read but through *find*.
    """
    frames = sum(span.frames for span in spans)
    stretches = tuple(_stretches(spans, program.rate, audio.rate))
    walk = _Walk(program, find, join_fade)
    for track in program.audio:
        for clip in track.clips:
            heard = [stretch for stretch in stretches if clip.start < stretch.stop and stretch.start < clip.stop]
            if heard and clip.speed:
                walk.add(track, clip, heard)
    findings = walk.findings
    if not walk.parts and not findings:
        findings.append(warn("sound.silent", "Nothing is heard in this cut; its sound is silence.", where=program.name))
    whole = Mix(
        samples=samples_at(frames, program.rate, audio.rate),
        rate=audio.rate,
        channels=2,
        parts=tuple(walk.parts),
        target=loudness.target if loudness else None,
        true_peak=loudness.true_peak if loudness else None,
    )
    for sound in dict.fromkeys(audio.sounds):
        findings += _doubts(whole, sound, walk.widest)
    return tuple(_laid_out(whole, sound) for sound in audio.sounds), tuple(dict.fromkeys(findings))


def _laid_out(whole: Mix, track: specs.SoundTrack) -> Mix:
    """What *track* carries of the *whole* mix."""
    channels = len(track.channels)
    if track.carries == "silence":
        return msgspec.structs.replace(whole, channels=channels, parts=(), target=None, true_peak=None)
    return msgspec.structs.replace(whole, channels=channels, stem=stem_of(track))


def _doubts(whole: Mix, track: specs.SoundTrack, widest: int) -> Iterator[Finding]:
    """What *track* cannot be made as its receiver may think; *widest* is the most channels of a source."""
    mix = _laid_out(whole, track)
    title = title_of(track)
    mixed = [part for part in mix.parts if part.role is Role.MIX]
    if mix.stem and mixed:
        message = f"{title} is wanted, but the cut plays a finished mix, which cannot be taken apart."
        remedy = "Put the stems on tracks of their own, and name the tracks by what they carry (DX, MX, FX)."
        yield fail("sound.no-stem", message, where=mixed[0].path, remedy=remedy)
    elif mix.stem and mix.parts and not mix.heard:
        yield info("sound.silent-stem", f"{title} is silent: the cut plays nothing of the kind.")
    if track.layout == "5.1" and mix.heard and widest <= 2:
        message = f"{title} sounds on L and R only: no source has more than two channels, and none are made up."
        yield warn("sound.no-surround", message, remedy="Bring the 5.1 mix into the timeline, or deliver stereo.")


def _stretches(spans: Sequence[Span], rate: Rate, sample_rate: int) -> Iterator[_Stretch]:
    """The *spans* with their places in the cut; spans that run on into each other become one stretch."""
    offset, waiting = 0, None
    for span in spans:
        if span.frames <= 0:
            continue
        if waiting is not None and waiting.stop == span.start:
            waiting = Span(waiting.start, span.stop)
            continue
        if waiting is not None:
            yield _stretch(waiting, offset, rate, sample_rate)
            offset += waiting.frames
        waiting = span
    if waiting is not None:
        yield _stretch(waiting, offset, rate, sample_rate)


def _stretch(span: Span, offset: int, rate: Rate, sample_rate: int) -> _Stretch:
    return _Stretch(rate.seconds(span.start), rate.seconds(span.stop), rate.seconds(offset), sample_rate)


@dataclass
class _Walk:
    """Gathers the *parts* of a mix and the *findings* about them; *widest* is the most channels of a source."""

    program: Program
    find: Find
    join_fade: Fraction
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    widest: int = 0

    def add(self, track: AudioTrack, clip: AudioClip, heard: Sequence[_Stretch]) -> None:
        """Add the *clip*'s parts in the stretches where it is *heard*, or the finding that says why there are none."""
        program = self.program
        first = max(clip.start, heard[0].start)
        where = f"{clip.name}, {track.name} at {program.timecode(floor(first * program.rate))}"
        try:
            facts = self.find(clip)
        except EditorError as error:
            file = "" if error.where in ("", clip.name, clip.source.name) else f"{error.where}: "
            self.findings.append(fail("sound.unusable", f"{file}{error.what}", where=where, remedy=error.remedy))
            return
        problem = _unusable(clip, facts, where)
        if problem or facts is None:
            self.findings.extend(problem)
            return
        sound = facts.sound[0]
        rate = facts.picture.rate if facts.picture and not facts.picture.still else program.rate
        source_in = media_time(clip.source_in, clip.absolute, facts.timecode, rate)
        self.findings.extend(_shortage(program, clip, heard, facts, source_in, where))
        self.widest = max(self.widest, len(clip.channels) or sound.channels)
        for stretch in heard:
            start, stop = (stretch.sample(t) for t in (max(clip.start, stretch.start), min(clip.stop, stretch.stop)))
            if start < stop:
                begin = source_in + (stretch.seconds(start) - clip.start) * clip.speed
                fades = tuple(_ramps(clip, stretch, start, stop, self.join_fade))
                self.parts.append(_part(facts, track, clip, (start, stop), begin, fades))


def _part(
    facts: MediaFacts,
    track: AudioTrack,
    clip: AudioClip,
    reach: tuple[int, int],
    begin: Fraction,
    fades: tuple[Ramp, ...],
) -> Part:
    return Part(
        path=facts.path,
        content=facts.content,
        stream=facts.sound[0].index,
        start=reach[0],
        stop=reach[1],
        source_in=begin,
        role=track.role,
        speed=clip.speed,
        gain_db=clip.gain_db,
        fades=fades,
        channels=clip.channels,
    )


def _unusable(clip: AudioClip, facts: MediaFacts | None, where: str) -> list[Finding]:
    """Why nothing can be taken from the media of *clip*; empty when all is well."""
    if facts is None:
        message = f"The sound {clip.source.path or clip.source.name!r} is missing or cannot be read."
        return [fail("sound.missing", message, where=where, remedy="Relink the clip or name the media folder.")]
    if not facts.sound:
        return [fail("sound.no-stream", f"{facts.path} holds no sound.", where=where, remedy="Relink the clip.")]
    beyond = [str(n + 1) for n in clip.channels if not 0 <= n < facts.sound[0].channels]
    if beyond:
        message = f"The clip takes channel {', '.join(beyond)}, but {facts.path} has {facts.sound[0].channels}."
        return [fail("sound.no-channel", message, where=where, remedy="Choose other channels or relink the clip.")]
    return []


def _shortage(
    program: Program, clip: AudioClip, heard: Sequence[_Stretch], facts: MediaFacts, source_in: Fraction, where: str
) -> Iterator[Finding]:
    """What the cut asks of the media beyond its ends: a frame or less is told, more stops the delivery."""
    length = _length(facts.sound[0], facts)
    missing = Fraction(0)
    for stretch in heard:
        ends = [
            source_in + (t - clip.start) * clip.speed
            for t in (max(clip.start, stretch.start), min(clip.stop, stretch.stop))
        ]
        before, after = max(-min(ends), Fraction(0)), max(max(ends) - length, Fraction(0))
        missing = max(missing, min(before + after, abs(ends[1] - ends[0])))
    frames = missing / abs(clip.speed) * program.rate
    if frames * 1000 < 1:  # less than a thousandth of a frame is rounding, not loss
        return
    message = f"The sound of {facts.path} is {float(frames):.2f} frames shorter than the cut needs"
    figures = {"measured": f"{float(length):.3f} s", "limit": f"{float(length + missing):.3f} s"}
    found = (
        fail("sound.short", f"{message}.", where=where, remedy="Relink to longer media or trim the clip.")
        if frames > 1
        else info("sound.short", f"{message}; the rest is silent.", where=where)
    )
    yield Finding(
        rule=found.rule, severity=found.severity, message=found.message, where=where, remedy=found.remedy, **figures
    )


def _length(sound: SoundFacts, facts: MediaFacts) -> Fraction:
    return Fraction(sound.samples, sound.rate) if sound.samples > 0 else facts.seconds


def _ramps(clip: AudioClip, stretch: _Stretch, start: int, stop: int, join_fade: Fraction) -> Iterator[Ramp]:
    """The fades that are heard in mix samples ``[start, stop)``; one that the cut goes through keeps its slope."""
    head, tail = stretch.sample(clip.start + clip.fade_in), stretch.sample(clip.stop - clip.fade_out)
    fades: list[Ramp] = [
        (stretch.sample(clip.start), head, 0.0, 1.0),
        (tail, stretch.sample(clip.stop), 1.0, 0.0),
    ]
    if join_fade > 0 and clip.start < stretch.start:
        fades.append((start, stretch.sample(stretch.start + join_fade), 0.0, 1.0))
    if join_fade > 0 and stretch.stop < clip.stop:
        fades.append((stretch.sample(stretch.stop - join_fade), stop, 1.0, 0.0))
    yield from (ramp for ramp in fades if ramp[0] < ramp[1] and ramp[0] < stop and start < ramp[1])
