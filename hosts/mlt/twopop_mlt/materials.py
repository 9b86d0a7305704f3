"""What an MLT producer is: a file at a speed, a still, a colour, a title, or something that only MLT can make."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Literal, TypedDict
from xml.etree.ElementTree import Element

from twopop import InputError
from twopop.time import Rate, exact
from twopop_mlt.document import Document, number, properties, said, service
from twopop_mlt.titles import title_of

_FILES = ("avformat", "avformat-novalidate", "vorbis", "")
STILLS = ("qimage", "pixbuf", "svg")
_COLOURS = ("color", "colour")
_TITLES = ("kdenlivetitle", "qtext", "pango")
_SOUND_SUFFIXES = frozenset(
    [".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".ac3", ".wma", ".w64", ".caf"]
)
STILL_SUFFIXES = frozenset(
    [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr", ".dpx", ".tga", ".gif", ".svg", ".psd"]
)
_NAMED_COLOURS = {
    "black": "#000000",
    "white": "#ffffff",
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "0": "#000000",
}


@dataclass(frozen=True)
class Material:
    """What a producer shows and sounds.

    *kind* is ``file``, ``colour``, ``title``, ``clear`` (nothing is seen) or ``made`` (only MLT can make it; *maker* is
    the name of its service). *path* is absolute, or an address. *speed* 0 holds the frame *held*. *first* is where its
    own frames begin in the file, *length* how many it plays, *whole* how many it has (None where nothing says it).
    *available* is the media's length in seconds where the project says more than *whole* (None: that nobody knows).
    *doubts* are words about what of it cannot be taken over.
    """

    kind: str
    name: str
    path: str = ""
    media: str = ""
    speed: Fraction = Fraction(1)
    held: int = 0
    first: int = 0
    length: int | None = None
    whole: int | None = None
    rate: Rate | None = None
    available: Fraction | Literal["frames"] | None = "frames"
    has_picture: bool = True
    has_sound: bool = False
    text: str = ""
    colour: str = "#000000"
    maker: str = ""
    remapped: bool = False
    doubts: tuple[str, ...] = ()


def material(producer: Element, document: Document) -> Material:
    """What *producer* (a ``producer`` or ``chain`` element) is."""
    kind = service(producer)
    name = said(producer, "kdenlive:clipname", "shotcut:caption")
    colour, opaque = _colour(said(producer, "resource")) if kind in _COLOURS else ("", False)
    text = title_of(producer, kind) if not opaque else ""
    if text:
        return Material("title", name or text.splitlines()[0], text=text, **_extent(producer, document))
    if kind in _TITLES:
        words = "No words can be read out of this title; without the host it is not shown."
        return Material("clear", name or "title", doubts=(words,), **_extent(producer, document))
    if kind in _COLOURS:
        return Material("colour" if opaque else "clear", name or "colour", colour=colour, **_extent(producer, document))
    if kind in _FILES + STILLS + ("timewarp", "hold"):
        return _of_file(producer, document, kind, name)
    return Material("made", name or kind, maker=kind, has_sound=kind == "tone", **_extent(producer, document))


class _Extent(TypedDict):
    first: int
    length: int | None
    whole: int | None


def _extent(producer: Element, document: Document) -> _Extent:
    """Where the own frames of *producer* begin, and how many there are."""
    first = document.frames(producer.get("in") or said(producer, "in")) or 0
    last = document.frames(producer.get("out") or said(producer, "out"))
    whole = document.frames(said(producer, "length"))
    whole = whole if whole and whole > 0 else None
    if last is None and whole is not None:
        last = whole - 1
    if last is not None and whole is not None:
        last = min(last, whole - 1)
    length = last - first + 1 if last is not None and last >= first else None
    return {"first": first, "length": length, "whole": whole}


def _of_file(producer: Element, document: Document, kind: str, name: str) -> Material:
    own = dict(properties(producer))
    resource, speed = said(producer, "resource", "src"), Fraction(1)
    if kind == "timewarp":
        head, _, tail = resource.partition(":")
        resource = own.get("warp_resource") or tail or resource
        speed = _speed(own.get("warp_speed") or head)
    original = said(producer, "kdenlive:originalurl", "shotcut:resource")
    proxied = original not in ("", "-") and (own.get("kdenlive:proxy", "") not in ("", "-") or "shotcut:proxy" in own)
    resource = original if proxied else resource
    path = document.absolute(resource) if resource else ""
    media = own.get("twopop:media") or PurePosixPath(path.replace("\\", "/")).name
    picture, sound, doubts = _streams(producer, own, kind, path)
    if kind == "hold":
        speed, sound = Fraction(0), False
    return Material(
        "file",
        name or media or "unnamed clip",
        path=path,
        media=media,
        speed=speed,
        held=document.frames(own.get("frame")) or 0,
        rate=_rate(own),
        available=_available(own),
        has_picture=picture,
        has_sound=sound,
        remapped=any(service(link) == "timeremap" for link in producer.findall("link")),
        doubts=doubts,
        **_extent(producer, document),
    )


def _speed(text: str) -> Fraction:
    """A speed as the short ratio it means: 1.333333 is 4/3, 0.999 is 999/1000. 0 means 1, as in MLT."""
    value = number(text, 1.0) or 1.0
    if abs(value) > 1000 or abs(value) < 1e-4:
        return Fraction(1)
    written = exact(repr(value))
    short = written.limit_denominator(1001)
    return short if abs(short - written) <= abs(written) / 10**6 else written


def _rate(own: dict[str, str]) -> Rate | None:
    """The media's own frame rate as we or MLT noted it, when it is whole or a broadcast one."""
    if "twopop:rate" in own:
        with contextlib.suppress(InputError):
            return Rate.read(own["twopop:rate"])
        return None
    for key in own:
        if re.fullmatch(r"meta\.media\.\d{1,3}\.stream\.frame_rate", key):
            value = number(own[key])
            if value and 1 <= value <= 1000:
                with contextlib.suppress(InputError):
                    return Rate.read(value)
    return None


def _available(own: dict[str, str]) -> Fraction | Literal["frames"] | None:
    """The length of the media as we noted it."""
    if "twopop:available" not in own:
        return "frames"
    with contextlib.suppress(ValueError, TypeError):
        return max(Fraction(0), exact(own["twopop:available"]))
    return None


def _streams(producer: Element, own: dict[str, str], kind: str, path: str) -> tuple[bool, bool, tuple[str, ...]]:
    """Whether the file gives picture and sound, and what is odd about it.

    The project's own switches come first, then what MLT noted of the file, then what its suffix tells.
    """
    suffix = PurePosixPath(path).suffix.lower()
    if kind in STILLS or (suffix in STILL_SUFFIXES and "audio_index" not in own):
        doubt = "It is a sequence of single images, which is not read as one file."
        return True, False, (doubt,) if re.search(r"%\d*d|/\.all\.", path) else ()
    types = {match[1]: own[key] for key in own if (match := re.fullmatch(r"meta\.media\.(\d+)\.stream\.type", key))}
    picture, sound = suffix not in _SOUND_SUFFIXES, True
    if types:
        picture, sound = "video" in types.values(), "audio" in types.values()
    for switch, stream in (("video_index", "vstream"), ("audio_index", "astream")):
        off = own.get(switch, "").strip() == "-1" or own.get(stream, "").strip() == "-1"
        picture = picture and not (off and switch == "video_index")
        sound = sound and not (off and switch == "audio_index")
    picture = picture and own.get("set.test_image", "0").strip() in ("", "0")
    sound = sound and own.get("set.test_audio", "0").strip() in ("", "0")
    sounds = sorted((int(key) for key, what in types.items() if what == "audio"))
    chosen = own.get("audio_index", "").strip()
    if sound and len(sounds) > 1 and chosen.isdigit() and int(chosen) in sounds[1:]:
        words = f"It plays sound stream {sounds.index(int(chosen)) + 1} of {len(sounds)}; the first is taken."
        return picture, sound, (words,)
    return picture, sound, ()


def _colour(text: str) -> tuple[str, bool]:
    """The colour that MLT's *text* says as ``#rrggbb``, and whether anything of it is seen.

    ``#rrggbb`` and ``#aarrggbb`` put alpha first, ``0xrrggbbaa`` last.
    """
    text = text.strip().lower()
    text = text.partition(":")[2] if text.startswith(("color:", "colour:")) else text
    if text in _NAMED_COLOURS:
        return _NAMED_COLOURS[text], text != "0"
    if match := re.fullmatch(r"#(?:([0-9a-f]{2}))?([0-9a-f]{6})", text):
        return f"#{match[2]}", match[1] != "00"
    if match := re.fullmatch(r"0x([0-9a-f]{6})([0-9a-f]{2})", text):
        return f"#{match[1]}", match[2] != "00"
    return "#000000", True
