"""From the bytes of a caption file to its cues, as they stand there: SRT and WebVTT."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from fractions import Fraction

from twopop.errors import InputError
from twopop.findings import Finding, info, warn

_CLOCK = r"(?:(\d{1,10}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:[ \t]+(.*?))?\s*", re.ASCII)
_PLACE = re.compile(r"\{\\an?(\d{1,2})\}")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^<>]*>|<(?:\d+:)?\d\d:\d\d\.\d{3}>")
_KEPT = frozenset("ibu")
#: Tags seen in SRT files; anything else between < and > is text there, since SRT has no way to escape it.
_SRT_TAGS = frozenset({"c", "font", "lang", "rt", "ruby", "s", "span", "v"})


@dataclass(frozen=True)
class Cue:
    """One cue: seconds from the file's zero, *lines* with only ``<i>``, ``<b>``, ``<u>``, and *where* it stands."""

    start: Fraction
    stop: Fraction
    lines: tuple[str, ...]
    settings: str
    where: str


def decode(content: bytes, name: str) -> tuple[str, list[Finding]]:
    """The text of a caption file: UTF-8, UTF-16, or else Windows-1252 with a warning; all line ends become one.

    Raises InputError for what is no text.
    """
    findings: list[Finding] = []
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        message = "The file is not UTF-8; it was read as Windows-1252 (Latin-1)."
        findings.append(warn("captions.encoding", message, where=name, remedy="Look at the accents; save it as UTF-8."))
    if "\0" in text:
        raise InputError("This is no text file.", where=name, remedy="Give an SRT or WebVTT file.")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), findings


def _encoding(content: bytes) -> str:
    head = content[:400]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3 and b"\0" not in head[::2]:
        return "utf-16-le"
    if len(head) >= 4 and head[::2].count(0) > len(head) // 3 and b"\0" not in head[1::2]:
        return "utf-16-be"
    return "utf-8-sig"


def srt_cues(text: str, name: str) -> tuple[list[Cue], list[Finding]]:
    """The cues of an SRT file in its own order; what cannot be read becomes a finding that names the line.

    A cue is a line of times and the lines up to the next blank one. Raises InputError when there is no such line.
    """
    lines = text.split("\n")
    times = [(n, match) for n, line in enumerate(lines) if (match := _TIMING.fullmatch(line))]
    if not times:
        raise InputError("This is no SRT file: no line has times (00:00:01,000 --> 00:00:02,000).", where=name)
    cues, findings, used = [], [], set[int]()
    for n, match in times:
        used.add(n)
        said: list[str] = []
        for m in range(n + 1, len(lines)):
            if not lines[m].strip() or _TIMING.fullmatch(lines[m]):
                break
            used.add(m)
            said.append(lines[m])
        said = _without_next_number(said, lines, n + 1)
        cue, notes = _srt_cue(match, said, f"{name}:{n + 1}")
        cues.append(cue)
        findings += notes
    for n, line in enumerate(lines):
        if n not in used and line.strip() and not line.strip().isdecimal():
            message = f"This line belongs to no caption and was left out: {line.strip()[:60]!r}."
            findings.append(
                warn("captions.damaged", message, where=f"{name}:{n + 1}", remedy="Mend the times above it.")
            )
    return cues, findings


def _without_next_number(said: list[str], lines: list[str], first: int) -> list[str]:
    """*said* without the number of the next cue, where the blank line between the two is missing."""
    after = first + len(said)
    glued = after < len(lines) and _TIMING.fullmatch(lines[after]) is not None
    return said[:-1] if glued and said and said[-1].strip().isdecimal() else said


def _srt_cue(match: re.Match[str], said: list[str], where: str) -> tuple[Cue, list[Finding]]:
    text = "\n".join(said)
    places = _PLACE.findall(text)
    text = re.sub(r"\{\\[^{}]*\}", "", text)
    top = any(place in ("7", "8", "9") for place in places)
    lines, lost = plain(text)
    start, stop = _seconds(match, 1), _seconds(match, 5)
    return Cue(start, stop, lines, "line:0" if top else "", where), _lost(lost, where)


def vtt_cues(text: str, name: str) -> tuple[list[Cue], list[Finding]]:
    """The cues of a WebVTT file in its own order; a damaged one becomes a finding.

    Raises InputError when the file does not begin with ``WEBVTT``.
    """
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        captions = webvtt.from_string(text).captions
    except (MalformedFileError, MalformedCaptionError):
        raise InputError("This is no WebVTT file: its first line is not WEBVTT.", where=name) from None
    cues: list[Cue] = []
    findings: list[Finding] = []
    for number, caption in enumerate(captions, 1):
        where = f"{name}, caption {number}"
        match = _TIMING.fullmatch(f"{caption.start} --> {caption.end}")
        if match is None:
            findings.append(warn("captions.damaged", "The times of this caption cannot be read.", where=where))
            continue
        said, lost = plain("\n".join(caption.lines), escaped=True)
        words = str(caption.settings).split()
        settings = " ".join(word for word in words if not word.startswith("region:"))
        lost += ["region"] if len(settings.split()) < len(words) else []
        cues.append(Cue(_seconds(match, 1), _seconds(match, 5), said, settings, where))
        findings += _lost(lost, where)
    timed = sum("-->" in line for line in text.split("\n"))
    if timed > len(captions):
        message = f"{timed - len(captions)} of {timed} captions have times that cannot be read."
        findings.append(warn("captions.damaged", message, where=name, remedy="Mend the lines with '-->'."))
    return cues, findings


def plain(text: str, *, escaped: bool = False) -> tuple[tuple[str, ...], list[str]]:
    """The lines of *text* with ``<i>``, ``<b>``, ``<u>`` only, and the names of the other tags that were taken out.

    With *escaped* the text is WebVTT's: all tags go and character references (``&amp;``) are undone. Blank lines are
    dropped.
    """
    lost: list[str] = []

    def keep(match: re.Match[str]) -> str:
        tag = (match[2] or "").lower()
        if tag in _KEPT:
            return f"<{match[1]}{tag}>"
        if not escaped and tag not in _SRT_TAGS:
            return match[0]
        lost.append(tag or "time")
        return ""

    bare = _TAG.sub(keep, text)
    if escaped:
        bare = html.unescape(bare)
    return tuple(line.strip() for line in bare.split("\n") if line.strip()), lost


def _lost(tags: list[str], where: str) -> list[Finding]:
    if not tags:
        return []
    named = ", ".join(f"<{tag}>" for tag in dict.fromkeys(tags))
    return [info("captions.markup", f"Mark-up that captions do not keep was taken out: {named}.", where=where)]


def _seconds(match: re.Match[str], group: int) -> Fraction:
    hours, minutes, seconds = (int(match[group + n] or 0) for n in range(3))
    return (hours * 60 + minutes) * 60 + seconds + Fraction(int(match[group + 3].ljust(3, "0")), 1000)
