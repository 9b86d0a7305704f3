"""An MLT project as XML: its elements by id, its properties, and times as frames.

MLT writes a time as a count of frames, as a clock (``00:00:01.960``) or as timecode (``00:00:01:24``); what they mean
in frames is MLT's own arithmetic (``mlt_property.c`` of MLT 7), which melt confirms in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop.time import Rate, ceil, floor
from twopop.timeline import adapters
from twopop.timeline.xml_text import root_of
from twopop_mlt.profile import Profile, profile_of

#: Elements that give frames.
SERVICES = ("producer", "chain", "playlist", "tractor", "multitrack")

#: No time in a project lies beyond this many frames (a day at the highest rate).
_MOST_FRAMES = 24 * 3600 * 1000


@dataclass(frozen=True)
class Document:
    """The project at *path* with its *root* element. *folder* is where its relative paths begin.

    *rate_said* tells whether the file says its frame rate at all.
    """

    path: Path
    root: Element
    folder: str
    profile: Profile
    rate_said: bool
    by_id: dict[str, Element] = field(default_factory=dict)

    @property
    def rate(self) -> Rate:
        """Frames per second of all its times."""
        return self.profile.rate

    def frames(self, text: str | None) -> int | None:
        """The frames that *text* says; None for what says none."""
        return frames_of(text, self.rate)

    def inner(self, holder: Element) -> Element | None:
        """The service that an entry or a track *holder* plays: the one it names, or the one written inside it."""
        name = holder.get("producer")
        if name is not None:
            return self.by_id.get(name)
        return next((child for child in holder if child.tag in SERVICES), None)

    def absolute(self, resource: str) -> str:
        """The *resource* as an absolute path; what is an address stays one."""
        if resource.startswith(("/", "\\")) or PureWindowsPath(resource).drive or is_address(resource):
            return resource
        joint = "" if not self.folder or self.folder.endswith(("/", "\\")) else "/"
        return f"{self.folder}{joint}{resource}"


def read_document(path: Path, rate: Rate | None = None) -> Document:
    """The project at *path*; *rate* is taken where it says none. Raises InputError for what is no MLT project."""
    return parse_document(adapters.contents(path), path, rate)


def parse_document(data: bytes, path: Path, rate: Rate | None = None) -> Document:
    """The project in *data*, which was read from *path*. Raises InputError."""
    root = root_of(with_namespace(data), path)
    if root.tag != "mlt":
        raise InputError(
            f"This is no MLT project (its root is <{root.tag[:40]}>).",
            where=str(path),
            remedy="Save it from Kdenlive or Shotcut, or write it with melt.",
        )
    profile, said = profile_of(root, rate)
    by_id: dict[str, Element] = {}
    for element in root.iter():
        if element.tag in SERVICES and element.get("id"):
            by_id.setdefault(element.get("id", ""), element)
    folder = root.get("root") or str(path.absolute().parent)
    if not (folder.startswith("/") or PureWindowsPath(folder).drive):
        folder = str(path.absolute().parent / folder)
    return Document(path, root, folder, profile, said, by_id)


def with_namespace(data: bytes) -> bytes:
    """Old Kdenlive writes attributes with a prefix that it never declares; declared, they are read as what they are."""
    head = data[:4096]
    if b"kdenlive:" in data and b"xmlns:kdenlive" not in head:
        return re.sub(rb"<mlt(?=[\s>])", b'<mlt xmlns:kdenlive="http://www.kdenlive.org/project"', data, count=1)
    return data


def is_address(resource: str) -> bool:
    """Whether *resource* names a protocol (``http://…``, ``concat:…``) instead of a path."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:", resource)) and not PureWindowsPath(resource).drive


def properties(element: Element) -> Iterator[tuple[str, str]]:
    """The (name, text) of each property of *element* itself."""
    for child in element:
        if child.tag == "property" and child.get("name"):
            value = child.get("value")
            yield child.get("name", ""), (child.text or "") if value is None else value


def said(element: Element, *names: str) -> str:
    """The first of the properties *names* that *element* has, without white space around it; ""."""
    own = dict(properties(element))
    for name in names:
        if own.get(name, "").strip():
            return own[name].strip()
        if element.get(name, "").strip() and name == "mlt_service":
            return element.get(name, "").strip()
    return ""


def service(element: Element) -> str:
    """What kind of producer, filter or transition *element* is (its ``mlt_service``)."""
    return said(element, "mlt_service")


def number(text: str, otherwise: float | None = None) -> float | None:
    """The number that *text* begins with, as C reads one; a comma counts as its point."""
    match = re.match(r"\s*([+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,2})?)", text or "")
    return float(match[1].replace(",", ".")) if match else otherwise


def frames_of(text: str | None, rate: Rate) -> int | None:
    """The frames that the time *text* says at *rate*, as MLT counts them; None for what is no time."""
    if text is None or not text.strip() or len(text) > 60:
        return None
    text = text.strip()
    try:
        frames = _clock_or_code(text, rate) if re.search(r"[:;]", text) else _whole(text)
    except ValueError:
        return None
    return frames if frames is not None and abs(frames) <= _MOST_FRAMES else None


def _clock_or_code(text: str, rate: Rate) -> int:
    if re.search(r"[.,]", text):
        *whole, last = text.replace(",", ".").split(":")
        minutes, hours = (int(part or "0") for part in ([*reversed(whole)] + ["0"] * 2)[:2])
        return floor(rate * hours * 3600) + floor(rate * minutes * 60) + round(Fraction(last or "0") * rate)
    parts = text.replace(";", ":").split(":")
    frames, seconds, minutes, hours = (int(part or "0") for part in ([*reversed(parts)] + ["0"] * 3)[:4])
    return floor(rate * hours * 3600) + floor(rate * minutes * 60) + ceil(rate * seconds) + frames


def _whole(text: str) -> int | None:
    match = re.match(r"[+-]?\d{1,12}", text)
    return int(match[0]) if match else None


def clock(frames: int, rate: Rate) -> str:
    """*frames* as MLT's clock, to the millisecond; ``frames_of`` reads the same frames again up to 500 a second.

    MLT throws away what whole hours and minutes have beyond a whole frame, so these are taken off in frames.
    """
    hours = _most(frames, rate, 3600)
    frames -= floor(rate * hours * 3600)
    minutes = min(59, _most(frames, rate, 60))
    frames -= floor(rate * minutes * 60)
    millis = floor(Fraction(frames) / rate * 1000 + Fraction(1, 2))
    return f"{hours:02}:{minutes:02}:{millis // 1000:02}.{millis % 1000:03}"


def _most(frames: int, rate: Rate, seconds: int) -> int:
    """The most times *seconds* whose frames, rounded down, are not more than *frames*."""
    times = floor(Fraction(frames) / rate / seconds) + 1
    while floor(rate * times * seconds) > frames:
        times -= 1
    return times
