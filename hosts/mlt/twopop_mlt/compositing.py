"""How the tracks of a tractor are put over each other: what of it is plain, what is a fade, what can only be told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from twopop_mlt.document import Document, number, properties, said, service
from twopop_mlt.effects import at_rest

#: Transitions that lay one track over another as it is.
_OVER = re.compile(r"qtblend|composite|affine|frei0r\.cairoblend|frei0r\.(alphaover|over)|movit\.overlay|over")
_DISSOLVES = ("luma", "movit.luma_mix")


@dataclass(frozen=True)
class Upon:
    """Something that a transition does to track *track* in frames ``[start, stop)``; *name* tells it in words.

    *fades* says that it is a plain dissolve between this track and what lies below.
    """

    track: int
    start: int
    stop: int
    name: str
    fades: bool = False


@dataclass
class Composition:
    """What the transitions of a tractor do: *upon* tracks; which tracks are heard together (*groups*)."""

    upon: list[Upon] = field(default_factory=list)
    groups: list[set[int]] = field(default_factory=list)
    halved: set[int] = field(default_factory=set)

    def group(self, track: int) -> set[int]:
        """The tracks that are heard together with *track*."""
        return next((group for group in self.groups if track in group), {track})


def composition(tractor: Element, length: int, document: Document) -> Composition:
    """What the transitions of *tractor*, *length* frames long, do to its tracks."""
    made = Composition()
    for each in tractor.findall("transition"):
        if said(each, "disable") == "1":
            continue
        a, b = _track(each, "a_track", 0), _track(each, "b_track", 1)
        if service(each) == "mix":
            _together(made, a, b, each)
        elif _does_something(each, document):
            made.upon.append(_upon(each, b, length, document))
    return made


def _track(transition: Element, name: str, otherwise: int) -> int:
    value = number(transition.get(name) or said(transition, name), otherwise)
    return int(value if value is not None else otherwise)


def _together(made: Composition, a: int, b: int, transition: Element) -> None:
    joined = {a, b}
    for group in [group for group in made.groups if group & joined]:
        joined |= group
        made.groups.remove(group)
    made.groups.append(joined)
    if said(transition, "sum") != "1" and said(transition, "combine") != "1" and not said(transition, "start"):
        made.halved.add(b)


def _does_something(transition: Element, document: Document) -> bool:
    kind, own = service(transition), dict(properties(transition))
    if not _OVER.fullmatch(kind):
        return True
    mode = own.get("compositing") or own.get("1") or own.get("blend_mode") or "0"
    if mode.strip().lower() not in ("0", "normal", "over", ""):
        return True
    rect = own.get("rect") or own.get("geometry") or ""
    if not at_rest(_with_opacity(rect), document):
        return True
    return any(number(own.get(name, ""), 0.0) for name in ("rotation", "rotate_z", "fix_rotate_x", "fix_shear_x"))


def _with_opacity(geometry: str) -> str:
    """A composite's *geometry* (``0/0:100%x100%:100``, opacity in percent) as a rect with its opacity from 0 to 1."""
    if "/" not in geometry:
        return geometry
    return re.sub(r":(100)%?(?=;|$)", " 1", geometry.replace("/", " ")).replace("=", "= ")


def _upon(transition: Element, b: int, length: int, document: Document) -> Upon:
    kind = service(transition)
    start = document.frames(transition.get("in") or said(transition, "in")) or 0
    last = document.frames(transition.get("out") or said(transition, "out"))
    stop = length if not last else min(length, last + 1)
    fades = kind in _DISSOLVES and not said(transition, "resource", "luma") and not said(transition, "fixed")
    given = said(transition, "kdenlive_id") or kind
    name = f"{given} over the tracks below" if not fades else f"{given} from the tracks below"
    return Upon(b, start, stop, name, fades=fades)
