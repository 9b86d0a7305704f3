"""The lines of a CMX 3600 edit decision list, taken apart one by one so that a bad one spoils no other.

After the CMX 3600 format as SMPTE 258M describes it: event number, reel, channels, transition, then source in and
out, record in and out. Lines that are no event belong to the event before them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TC = r"\d{1,3}[:;.,]\d{2}[:;.,]\d{2}[:;.,]\d{2,3}|\d+"
_EVENT = re.compile(rf"^\s*(?P<number>\d+)\s+(?P<body>.+?)\s+(?P<times>(?:{_TC})(?:\s+(?:{_TC})){{3}})\s*$")
_BODY = re.compile(
    r"^(?:(?P<reel>.*?)\s+)??(?P<channels>\S+)\s+(?P<edit>C|D|W\s?\d{1,3}|KB?|KO|K\s+[BO])"
    r"(?:\s+\(?(?P<length>\d+)\)?(?:\s*F)?)?$",
    re.IGNORECASE,
)
_MOTION = re.compile(
    r"^M2\s+(?P<reel>.*?)\s*(?P<speed>[+-]?\d*\.?\d+)\s+(?P<at>\d{1,3}[:;.,]\d{2}[:;.,]\d{2}[:;.,]\d{2,3})"
)
_LOOKS_LIKE_EVENT = re.compile(r"^\s*\d+\s+\S+.*(?:\d\d[:;]\d\d[:;]|\s[VAB]\S*\s+[CDWK])")


@dataclass
class Line:
    """One edit line: *edit* is C, D, W001, KB, K or KO; *length* the frames of a transition; *times* as written.

    *comments* follow it; *shared* are those of all lines of its event, *alone* says that no other has its reel.
    """

    at: int
    number: int
    reel: str
    channels: str
    edit: str
    length: int
    times: tuple[str, str, str, str]
    drop: bool = False
    comments: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    alone: bool = True


@dataclass(frozen=True)
class Motion:
    """An M2 line: *speed* in frames a second for *reel* from its source time *at*."""

    reel: str
    speed: str
    at: str


@dataclass
class Sheet:
    """An EDL: its title, whether it says drop-frame, its edits in order, and the lines that could not be read."""

    title: str = ""
    drop: bool = False
    lines: list[Line] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    def timecodes(self) -> Iterator[str]:
        """Every timecode of every edit."""
        for line in self.lines:
            yield from (time for time in line.times if not time.isdigit())

    def record_timecodes(self) -> Iterator[str]:
        """The record timecodes of every edit."""
        for line in self.lines:
            yield from (time for time in line.times[2:] if not time.isdigit())


def read_lines(text: str) -> Sheet:
    """Take *text* apart; lines may end in any way."""
    sheet = Sheet()
    drop = False
    for at, raw in enumerate(re.split(r"\r\n|\n|\r", text.replace("\x00", "")), 1):
        line = raw.strip()
        upper = line.upper()
        event = _event(at, line)
        if event is not None:
            event.drop = drop
            sheet.lines.append(event)
        elif upper.startswith("TITLE:") and not sheet.lines:
            sheet.title = line[6:].strip()
        elif upper.startswith("FCM"):
            drop = "DROP" in upper and "NON" not in upper
            sheet.drop = drop if not sheet.lines else sheet.drop
        elif _LOOKS_LIKE_EVENT.match(line):
            sheet.bad.append((at, line))
        elif line and sheet.lines:
            sheet.lines[-1].comments.append(line)
    _share(sheet)
    return sheet


def _share(sheet: Sheet) -> None:
    """Let the lines of one event (neighbours with one number) know each other's comments."""
    for _, group in itertools.groupby(sheet.lines, key=lambda line: line.number):
        lines = list(group)
        for line in lines:
            line.shared = [comment for each in lines for comment in each.comments]
            line.alone = sum(each.reel == line.reel for each in lines) == 1


def motion(comment: str) -> Motion | None:
    """The M2 line in *comment*, if it is one."""
    match = _MOTION.match(comment)
    return Motion(match["reel"].strip(), match["speed"], match["at"]) if match else None


def channels(code: str, comments: list[str]) -> list[str]:
    """The tracks that a channel *code* means (``B`` is V and A1, ``AA/V`` V, A1 and A2), with those of AUD lines."""
    shorthand = {"B": ["V", "A1"], "A": ["A1"], "AA": ["A1", "A2"], "NONE": [], "BOTH": ["V", "A1"]}
    upper = code.upper()
    found = shorthand.get(upper)
    if found is None:
        found = []
        for part in re.findall(r"V\d*|A\d+|AA|A|B", upper):
            found += shorthand.get(part, [part])
    for comment in comments:
        more = re.fullmatch(r"AUD\s+([\d\s]+)", comment.strip(), re.IGNORECASE)
        found += [f"A{number}" for number in more[1].split()] if more else []
    return list(dict.fromkeys("V" if track == "V1" else track for track in found))


def _event(at: int, line: str) -> Line | None:
    match = _EVENT.match(line)
    body = _BODY.match(match["body"]) if match else None
    if match is None or body is None or len(match["number"]) > 9:
        return None
    edit = re.sub(r"\s+", "", body["edit"].upper())
    one, two, three, four = match["times"].split()
    length = int(body["length"][:6]) if body["length"] else 0
    reel = (body["reel"] or "").strip()
    return Line(at, int(match["number"]), reel, body["channels"], edit, length, (one, two, three, four))
