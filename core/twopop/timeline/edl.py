"""Reading CMX 3600 edit decision lists: event by event, so that one bad event spoils no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.findings import Finding, info, warn
from twopop.time import Rate
from twopop.timeline import adapters, edl_clips
from twopop.timeline.edl_lines import Line, Sheet, channels, read_lines
from twopop.timeline.edl_rate import count, guessed_rate
from twopop.timeline.exact import moment
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.reading import Reading, ReadOptions


@dataclass(frozen=True)
class Edit:
    """A line with its times as frames: source in and out, record in and out."""

    line: Line
    source: tuple[int, int]
    record: tuple[int, int]

    @property
    def frames(self) -> int:
        """Its length on the record side."""
        return self.record[1] - self.record[0]


@dataclass
class _List:
    """An EDL on its way to a timeline."""

    sheet: Sheet
    rate: Rate
    findings: list[Finding]

    def say(self, rule: str, words: str, line: Line, remedy: str = "") -> None:
        self.findings.append(warn(rule, words, where=f"line {line.at}, event {line.number:03}", remedy=remedy))


def read_edl(path: Path, options: ReadOptions) -> Reading:
    """The cut in the CMX 3600 EDL at *path*; what of it is damaged is named in findings. Raises InputError."""
    text = adapters.text_of(adapters.contents(path))
    sheet = read_lines(text)
    if not sheet.lines and not sheet.bad and not sheet.title:
        raise InputError(
            "It holds no event of an edit decision list.", where=str(path), remedy="Export a CMX 3600 EDL."
        )
    return adapters.called("an EDL", path, lambda: _reading(path, sheet, options))


def _reading(path: Path, sheet: Sheet, options: ReadOptions) -> Reading:
    findings: list[Finding] = []
    rate = options.rate
    if rate is None:
        rate, why = guessed_rate(sheet)
        words = f"An EDL does not say its frame rate; {rate} is taken, because {why}."
        findings.append(warn("timeline.rate-guessed", words, where=path.name, remedy="Give the right one with --rate."))
    for at, line in sheet.bad:
        words = f"This line cannot be read and is left out: {line[:90]!r}."
        findings.append(warn("timeline.edl-line", words, where=f"line {at}"))
    drop = (sheet.drop or any(line.drop for line in sheet.lines)) and rate.may_drop
    if not rate.may_drop and (sheet.drop or any(";" in text for text in sheet.timecodes())):
        words = f"The list says drop-frame, which {rate} does not have; its timecode is read as non-drop."
        findings.append(warn("timeline.edl-drop", words, where=path.name, remedy="Check --rate."))
    work = _List(sheet, rate, findings)
    edits = _edits(work)
    if sheet.lines and not edits:
        raise InputError("None of its events can be read.", where=str(path), remedy="Check --rate, or export it again.")
    start = min((edit.record[0] for edit in edits), default=0)
    timeline = _timeline(work, edits, start)
    return flatten(Cut(timeline, rate, drop, findings=tuple(work.findings)), options)


def _edits(work: _List) -> list[Edit]:
    """The readable lines with their times as frames."""
    edits = []
    for line in work.sheet.lines:
        counted = [count(text, work.rate, drop=line.drop or work.sheet.drop) for text in line.times]
        source_in, source_out, record_in, record_out = (number for number, _ in counted)
        if not all(honest for _, honest in counted):
            words = f"One of its timecodes does not exist at {work.rate}; the next that does is taken."
            work.say("timeline.edl-label", words, line, "Check --rate.")
        if record_out < record_in:
            work.say("timeline.edl-event", "The event ends before it begins on the record side; it is left out.", line)
            continue
        edits.append(Edit(line, (source_in, source_out), (record_in, record_out)))
    return edits


def _timeline(work: _List, edits: Sequence[Edit], start: int) -> Any:
    """The OTIO timeline of *edits*: one track for each channel, clips where the record side has them."""
    from opentimelineio import schema

    timeline = schema.Timeline(name=work.sheet.title, global_start_time=moment(work.rate.seconds(start), work.rate))
    tracks: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.line.edit == "K":
            words = "A key: its background is shown, its foreground is not."
            work.say(
                "timeline.key", words, edit.line, "Render a master from the host, or add the foreground as a title."
            )
            continue
        named = channels(edit.line.channels, edit.line.comments)
        if not named:
            work.findings.append(
                info("timeline.edl-channel", f"No channel in {edit.line.channels!r}.", where=f"line {edit.line.at}")
            )
        for name in named:
            tracks.setdefault(name, []).append(edit)
    for name in sorted(tracks, key=lambda name: (name[0] != "V", int(name[1:] or 1))):
        timeline.tracks.append(_track(work, name, tracks[name], start))
    timeline.tracks.markers.extend(edl_clips.locators(edits, work.rate, start, work.sheet.drop))
    return timeline


def _track(work: _List, name: str, edits: Sequence[Edit], start: int) -> Any:
    from opentimelineio import schema

    kind = schema.TrackKind.Video if name.startswith("V") else schema.TrackKind.Audio
    track = schema.Track(name=name, kind=kind)
    end = start
    kept = _without_overlaps(work, sorted(edits, key=lambda edit: edit.record[0]))
    for index, (edit, stop) in enumerate(kept):
        following = kept[index + 1][0] if index + 1 < len(kept) else None
        length = stop - edit.record[0]
        if length == 0 and not _leads_in(edit, following, None if not len(track) else end):
            continue
        if edit.record[0] > end:
            track.append(schema.Gap(source_range=edl_clips.span(0, edit.record[0] - end, work.rate)))
        if edit.line.edit[0] in "DW" or edit.line.edit == "KO":
            _add_transition(work, track, edit, length)
        partner = following if following is not None and following.line.number == edit.line.number else None
        track.append(edl_clips.clip(edit, length, work.rate, work.say, outgoing=partner is not None))
        end = edit.record[0] + length
    return track


def _leads_in(edit: Edit, following: Edit | None, end: int | None) -> bool:
    """Whether the empty *edit* is needed: a transition goes out from it, and no clip before it *end*s there."""
    if following is None or following.line.edit == "C" or following.record[0] != edit.record[0]:
        return False
    return edit.record[0] != end


def _without_overlaps(work: _List, edits: Sequence[Edit]) -> list[tuple[Edit, int]]:
    """*edits* in record order, each with where it stops: not after the next one begins."""
    out = []
    for edit, following in zip(edits, [*edits[1:], None], strict=True):
        stop = edit.record[1]
        if following is not None and following.record[0] < stop:
            words = f"The event overlaps the next one on the record side by {stop - following.record[0]} frames."
            work.say("timeline.edl-overlap", f"{words} It ends where the next one begins.", edit.line)
            stop = max(edit.record[0], following.record[0])
        out.append((edit, stop))
    return out


def _add_transition(work: _List, track: Any, edit: Edit, length: int) -> None:
    from opentimelineio import schema

    frames = min(edit.line.length, length)
    if frames < edit.line.length:
        work.say(
            "timeline.edl-transition", "The transition is longer than the clip it leads to; it is shortened.", edit.line
        )
    if frames <= 0:
        return
    wipe = edit.line.edit != "D"
    name = f"{'wipe' if edit.line.edit[0] == 'W' else 'key'} {edit.line.edit}" if wipe else "dissolve"
    track.append(
        schema.Transition(
            name=name,
            transition_type="SMPTE_Wipe" if wipe else schema.TransitionTypes.SMPTE_Dissolve,
            in_offset=moment(Fraction(0), work.rate),
            out_offset=moment(work.rate.seconds(frames), work.rate),
        )
    )
