"""The filters on a clip: gain and fades, which twopop can say; and the names of all others, which it can only tell."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from twopop_mlt.document import Document, number, said, service
from twopop_mlt.titles import is_text, text_of

_VOLUME = ("volume",)
_BRIGHTNESS = ("brightness", "movit.opacity")
#: What MLT and the editors attach by themselves, and what only measures.
_IDLE = re.compile(r"audiolevel|loudness_meter|loudness|avfilter\.fieldorder|fieldorder|audiochannels|audioconvert")
_IDLE_PICTURE = re.compile(
    r"resize|rescale|imageconvert|avcolor_space|avdeinterlace|deinterlace|swscale|resample|data_"
)
_SOUND = re.compile(
    r"volume|panner|channelcopy|channelswap|swapchannels|mono|balance|sox|ladspa|jackrack|lv2|vst2|rbpitch|dynamic_"
    r"|loudness|audio|avfilter\.(a[cdefghilnoprstv]|an|bass|treble|high|low|band|equal|compand|dynaud|vol|loud|silence)"
)
#: Below so many decibels a keyframed level counts as silence: Shotcut's fades begin at -60.
_SILENT_DB = -50.0
_KEY = re.compile(r"\s*([^=;]+?)\s*([|~!$\-a-zA-Z]?)=\s*([^;]*)")


@dataclass(frozen=True)
class Fade:
    """A fade of *frames*; *black*: to or from black, else what lies below is seen through it."""

    frames: int
    black: bool = False


@dataclass
class Effects:
    """What the filters of one clip do. Fades of sound are in frames; *picture* and *sound* name what is only told.

    *kept* are the filters behind these names, each with its first and last frame from the clip's first frame.
    """

    gain_db: float = 0.0
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    sound_in: int = 0
    sound_out: int = 0
    picture: list[str] = field(default_factory=list)
    sound: list[str] = field(default_factory=list)
    sound_doubts: list[str] = field(default_factory=list)
    kept: list[tuple[Element, int, int]] = field(default_factory=list)


def effects_of(filters: Iterable[tuple[Element, int]], frames: int, document: Document) -> Effects:
    """What *filters* do to a clip of *frames*; each comes with the time, as it counts, of the clip's first frame."""
    made = Effects()
    for each, first in filters:
        kind, stretch = service(each), _Stretch(each, first, frames, document)
        idle = said(each, "disable") == "1" or _IDLE.fullmatch(kind) or _IDLE_PICTURE.match(kind)
        if idle or stretch.beside:
            continue
        told = len(made.picture), len(made.sound)
        if kind in _VOLUME:
            _volume(each, stretch, made)
        elif kind in _BRIGHTNESS:
            _brightness(each, stretch, made)
        elif not _at_rest(each, kind, document):
            (made.sound if _SOUND.match(kind) else made.picture).append(_name(each, kind))
        if told != (len(made.picture), len(made.sound)):
            made.kept.append((each, stretch.base, stretch.base + stretch.length - 1))
    return made


class _Stretch:
    """The frames in which a filter works, counted from the clip's first frame: *length* of them from *base*."""

    def __init__(self, effect: Element, first: int, frames: int, document: Document) -> None:
        start = document.frames(effect.get("in") or said(effect, "in"))
        last = document.frames(effect.get("out") or said(effect, "out"))
        whole = not start and not last
        self.base = 0 if whole or start is None else start - first
        self.length = frames if whole else (last + 1 - first if last else frames) - self.base
        self.frames, self.document = frames, document

    @property
    def whole(self) -> bool:
        """Whether the filter works on all of the clip."""
        return self.base <= 0 and self.base + self.length >= self.frames

    @property
    def beside(self) -> bool:
        """Whether the filter works on nothing of the clip."""
        return self.base >= self.frames or self.base + self.length <= 0

    def keys(self, text: str) -> list[tuple[int, float]]:
        """The keyframes that *text* says, counted from the clip's first frame; one at 0 for a plain number."""
        if "=" not in text:
            value = number(text)
            return [] if value is None else [(0, value)]
        found = []
        for match in _KEY.finditer(text):
            at, value = self.document.frames(match[1]), number(match[3])
            if at is not None and value is not None:
                at = at if not match[1].strip().startswith("-") else self.length + at
                found.append((self.base + at, value))
        return sorted(found)


def _volume(effect: Element, stretch: _Stretch, made: Effects) -> None:
    gain, end, level = said(effect, "gain"), said(effect, "end"), said(effect, "level")
    if gain.lower().startswith("normalis") or said(effect, "normalise"):
        made.sound.append("volume (normalized)")
        return
    if level:
        _level(effect, level, stretch, made)
        return
    begins = _amplitude(gain, 1.0)
    if not end:
        if stretch.whole:
            made.gain_db += _db(begins)
        elif begins != 1.0:
            made.sound.append("volume (of a part of the clip)")
        return
    keys = [(stretch.base, begins), (stretch.base + stretch.length, _amplitude(end, 1.0))]
    _ramp(keys, stretch, made, _name(effect, "volume"))


def _level(effect: Element, level: str, stretch: _Stretch, made: Effects) -> None:
    keys = stretch.keys(level)
    values = {value for _, value in keys}
    if len(values) == 1 and stretch.whole:
        made.gain_db += keys[0][1]
        return
    amplitudes = [(at, 0.0 if value <= _SILENT_DB else 10 ** (value / 20)) for at, value in keys]
    name = _name(effect, "volume")
    if _ramp(amplitudes, stretch, made, name):
        made.sound_doubts.append(f"{name}: the level of this fade runs in decibels; an even fade stands for it.")


def _ramp(keys: list[tuple[int, float]], stretch: _Stretch, made: Effects, name: str) -> bool:
    """Take *keys* (frame, amplitude) as fades of the sound where they are nothing else; else tell them by *name*."""
    fades = _fades(keys, stretch.frames)
    if fades is None:
        made.sound.append(name)
        return False
    made.sound_in, made.sound_out = max(made.sound_in, fades[0]), max(made.sound_out, fades[1])
    return True


def _fades(keys: list[tuple[int, float]], frames: int) -> tuple[int, int] | None:
    """The frames of a fade in and of a fade out that *keys* say, if they say nothing else."""
    if len(keys) < 2 or any(value not in (0.0, 1.0) for _, value in keys):
        return None
    values = [value for _, value in keys]
    changes = [index for index in range(1, len(keys)) if values[index] != values[index - 1]]
    head = keys[1][0] if values[:2] == [0.0, 1.0] and keys[0][0] == 0 else 0
    tail = keys[-1][0] - keys[-2][0] if values[-2:] == [1.0, 0.0] and keys[-1][0] in (frames - 1, frames) else 0
    return (head, tail) if bool(head) + bool(tail) == len(changes) else None


def _brightness(effect: Element, stretch: _Stretch, made: Effects) -> None:
    level, alpha = said(effect, "level"), said(effect, "alpha", "opacity")
    keys = stretch.keys(level)
    if not level:
        begins, ends = number(said(effect, "start"), 1.0) or 0.0, number(said(effect, "end"))
        keys = [(0, begins)] if ends is None else [(stretch.base, begins), (stretch.base + stretch.length, ends)]
    see_through = alpha.strip().startswith("-") and "=" not in alpha
    if "=" in alpha:  # the level stays, only the opacity runs
        see_through = {value for _, value in keys} <= {1.0}
        keys = stretch.keys(alpha) if see_through else keys
    if {value for _, value in keys} <= {1.0}:
        return
    fades = _fades(keys, stretch.frames)
    if fades is None:
        made.picture.append(_name(effect, "brightness"))
        return
    if fades[0]:
        made.fade_in = Fade(fades[0], black=not see_through)
    if fades[1]:
        made.fade_out = Fade(fades[1], black=not see_through)


def _amplitude(text: str, otherwise: float) -> float:
    value = number(text)
    if value is None:
        return otherwise
    return 10 ** (value / 20) if re.search(r"db\s*$", text, re.IGNORECASE) else abs(value)


def _db(amplitude: float) -> float:
    return -120.0 if amplitude <= 1e-6 else round(20 * math.log10(amplitude), 6)


def _at_rest(effect: Element, kind: str, document: Document) -> bool:
    """Whether a filter that could do something does nothing."""
    if kind == "panner":
        return (number(said(effect, "start", "split"), 0.5) or 0.0) == 0.5 and "=" not in said(effect, "split")
    if kind in ("qtblend", "affine"):
        return at_rest(said(effect, "rect", "transition.rect", "transition.geometry"), document) and not any(
            number(said(effect, name), 0.0)
            for name in ("rotation", "transition.fix_rotate_x", "transition.fix_shear_x", "transition.rotate_z")
        )
    return False


def at_rest(rect: str, document: Document) -> bool:
    """Whether the *rect* of a transform (keyframes included) is the whole picture, unmoved and fully seen."""
    size = document.profile.size
    for part in rect.split(";") if rect else []:
        words = re.split(r"[\s,:/x]+", part.rpartition("=")[2].strip())
        values = [(number(word), "%" in word) for word in words if word]
        wanted = (0.0, 0.0, float(size[0]), float(size[1]), 1.0)
        for (value, percent), whole in zip(values, wanted, strict=False):
            if value != (100.0 if percent and whole else whole):
                return False
    return True


def _name(effect: Element, kind: str) -> str:
    name = said(effect, "kdenlive_id") or said(effect, "shotcut:filter") or kind
    if is_text(effect):
        words = text_of(effect)
        return f"{name} ({words.splitlines()[0][:40]!r})" if words else name
    moving = any("=" in (child.text or "") and ";" in (child.text or "") for child in effect if child.tag == "property")
    full = name if name == kind else f"{name} ({kind})"
    return f"{full} with keyframes" if moving else full
