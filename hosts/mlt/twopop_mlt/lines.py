"""Tracks as lines: which use of which producer lies where, and where one turns into the next.

MLT knows two ways to mix on a track. melt and Shotcut put a little tractor of two tracks between two entries of a
playlist; Kdenlive gives each track two playlists that overlap, with transitions between them. Both become the same:
uses that follow each other, and joins over their cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop_mlt.document import Document, properties, said, service

#: More uses of producers than this are no cut but a trap.
MOST_USES = 40_000
#: Tractors and playlists within each other deeper than this are taken for a damaged file.
DEEPEST = 30

_PICTURE_MIXES = ("luma", "movit.luma_mix")


@dataclass(frozen=True)
class Use:
    """*element* (a producer, or a tractor or playlist) seen or heard from *at*, for *frames*, from its own *first*.

    *entry* is the playlist entry that carries filters of its own. *head* and *tail* tell that its edge is its own and
    not cut off by a neighbour.
    """

    element: Element
    at: int
    frames: int
    first: int
    entry: Element | None = None
    head: bool = True
    tail: bool = True

    @property
    def stop(self) -> int:
        """The frame after its last."""
        return self.at + self.frames


@dataclass(frozen=True)
class Join:
    """Frames ``[start, stop)`` in which one use turns into the next.

    *picture* is the name of the transition of pictures, *even* whether that is a plain dissolve, *sound* whether the
    sound fades over as well.
    """

    start: int
    stop: int
    picture: str = ""
    even: bool = True
    sound: bool = False
    backwards: bool = False


@dataclass
class Line:
    """A track's uses in order, and its joins. *length* is where it ends, blanks included."""

    uses: list[Use] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    length: int = 0


class Lines:
    """Makes lines of playlists and tractors of one *document*."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._left = MOST_USES
        self._lengths: dict[int, int] = {}

    def count(self, uses: int = 1) -> None:
        """Count *uses*; raises InputError when there are too many."""
        self._left -= uses
        if self._left < 0:
            raise InputError(f"It uses its clips more than {MOST_USES} times, which no cut does.")

    def length(self, element: Element, depth: int = 0) -> int | None:
        """How many frames *element* has; None where only the media tells."""
        if depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        if id(element) not in self._lengths:
            found = self._length(element, depth)
            if found is None:
                return None
            self._lengths[id(element)] = found
        return self._lengths[id(element)]

    def _length(self, element: Element, depth: int) -> int | None:
        if element.tag == "playlist":
            return self.playlist(element, depth).length
        if element.tag in ("tractor", "multitrack"):
            lengths = [self._track_length(track, depth + 1) for track in tracks_of(element)]
            return max((length for length in lengths if length is not None), default=0)
        first = self.document.frames(element.get("in") or said(element, "in")) or 0
        last = self.document.frames(element.get("out") or said(element, "out"))
        whole = self.document.frames(said(element, "length"))
        if whole and whole > 0:
            last = whole - 1 if last is None else min(last, whole - 1)
        return max(0, last - first + 1) if last is not None else None

    def _track_length(self, track: Element, depth: int) -> int | None:
        inner = self.document.inner(track) if track.tag == "track" else track
        if inner is None:
            return None
        window = self.window(track if track.tag == "track" else None, inner, depth)
        return window[1] if window else None

    def window(self, holder: Element | None, inner: Element, depth: int) -> tuple[int, int] | None:
        """(first frame, frames) of *inner* that an entry or track *holder* plays; None where it plays nothing."""
        length = self.length(inner, depth + 1)
        first = self.document.frames(holder.get("in")) if holder is not None else None
        last = self.document.frames(holder.get("out")) if holder is not None else None
        first = max(0, first or 0)
        if last is None:
            last = length - 1 if length is not None else None
        elif length is not None and length > 0:
            last = min(last, length - 1)
        if last is None or last < first:
            return None
        return first, last - first + 1

    def playlist(self, playlist: Element, depth: int = 0) -> Line:
        """The line of a *playlist*."""
        if depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        line, at = Line(), 0
        for child in playlist:
            if child.tag == "blank":
                at += max(0, self.document.frames(child.get("length")) or 0)
                continue
            inner = self.document.inner(child) if child.tag == "entry" else child
            if child.tag not in ("entry", "producer", "chain", "playlist", "tractor") or inner is None:
                continue
            window = self.window(child if child.tag == "entry" else None, inner, depth)
            if window is None:
                continue
            self.count()
            if is_mix(inner, self.document):
                self._mixed(line, inner, at, window, depth)
            else:
                entry = child if child.tag == "entry" else None
                _append(line, Use(inner, at, window[1], window[0], entry), self.document)
            at += window[1]
        line.length = at
        return line

    def _mixed(self, line: Line, tractor: Element, at: int, window: tuple[int, int], depth: int) -> None:
        """Put the two halves of a mix at *at* of *line*, over each other."""
        first, frames = window
        uses = []
        for track in tracks_of(tractor):
            inner = self.document.inner(track)
            part = self.window(track, inner, depth) if inner is not None else None
            if inner is not None and part is not None and part[1] > first:
                uses.append(Use(inner, at, min(frames, part[1] - first), part[0] + first, track))
        join = join_of(tractor.findall("transition"), Join(at, at + frames))
        ordered = uses[::-1] if join.backwards else uses
        for use in ordered:
            _append(line, use, self.document)
        if len(ordered) == 2:
            line.joins.append(join)

    def doubled(self, tractor: Element, depth: int = 0) -> Line:
        """The line of a *tractor* whose playlists lie over each other on one track, as Kdenlive's."""
        line = Line()
        for track in tracks_of(tractor):
            inner = self.document.inner(track)
            if inner is not None and inner.tag == "playlist":
                one = self.playlist(inner, depth + 1)
                line.uses += one.uses
                line.joins += one.joins
                line.length = max(line.length, one.length)
        line.uses.sort(key=lambda use: (use.at, use.stop))
        for transition in tractor.findall("transition"):
            start = self.document.frames(transition.get("in") or said(transition, "in")) or 0
            last = self.document.frames(transition.get("out") or said(transition, "out"))
            if last is not None:
                _join_overlap(line, join_of([transition], Join(start, last + 1)))
        return line


def tracks_of(tractor: Element) -> list[Element]:
    """The tracks of *tractor*, the lowest first: ``track`` elements, or the services that stand for one."""
    holders = [tractor, *tractor.findall("multitrack")]
    return [
        child
        for holder in holders
        for child in holder
        if child.tag == "track" or (holder.tag == "multitrack" and child.tag in ("producer", "playlist", "tractor"))
    ]


def is_mix(element: Element, document: Document) -> bool:
    """Whether *element* is the little tractor with which melt and Shotcut turn one clip of a playlist into the next."""
    if element.tag != "tractor" or len(tracks_of(element)) != 2:
        return False
    own = dict(properties(element))
    if "shotcut:transition" in own or own.get("mlt_mix"):
        return True
    plain = [document.inner(track) for track in tracks_of(element)]
    if any(each is None or each.tag not in ("producer", "chain") for each in plain):
        return False
    kinds = [service(each) for each in element.findall("transition")]
    return any(kind in _PICTURE_MIXES for kind in kinds) or kinds == ["mix"]


def join_of(transitions: Iterable[Element], join: Join) -> Join:
    """*join* with what *transitions* say of it."""
    for each in transitions:
        kind = service(each)
        if said(each, "disable") == "1":
            continue
        if kind == "mix":
            join = replace(join, sound=True)
            continue
        even = kind in _PICTURE_MIXES and not said(each, "resource", "luma")
        name = "dissolve" if even else f"{kind} {said(each, 'resource', 'luma').rpartition('/')[2]}".strip()
        flipped = said(each, "reverse") == "1" or (kind in _PICTURE_MIXES and said(each, "invert") == "1")
        join = replace(join, picture=name, even=even, backwards=even and flipped)
    return join


def _append(line: Line, use: Use, document: Document) -> None:
    """Append *use*; the other half of a clip that a mix has cut in two becomes one clip with it again."""
    for index in range(len(line.uses) - 1, max(-1, len(line.uses) - 3), -1):
        last = line.uses[index]
        if last.stop == use.at and last.first + last.frames == use.first and _same(last, use, document):
            line.uses[index] = replace(last, frames=last.frames + use.frames)
            return
    line.uses.append(use)


def _same(one: Use, other: Use, document: Document) -> bool:
    """Whether both play the same producer with the same filters; only halves of a mix are put together again."""
    parts = (one.entry, other.entry)
    if not any(part is not None and part.tag == "track" for part in parts):
        return False
    if any(part is not None and part.tag == "entry" and part.find("filter") is not None for part in parts):
        return False
    return one.element is other.element or _told(one.element) == _told(other.element)


def _told(element: Element) -> tuple[object, ...]:
    own = {name: text for name, text in properties(element) if not name.startswith(("meta.", "kdenlive:", "shotcut:"))}
    filters = tuple((service(each), tuple(properties(each))) for each in element.findall("filter"))
    return element.tag, element.get("in") or "0", tuple(sorted(own.items())), filters


def _join_overlap(line: Line, join: Join) -> None:
    """Add *join* where two uses overlap within it; one that is there already learns what is new."""
    for index, known in enumerate(line.joins):
        if known.start < join.stop and join.start < known.stop:
            line.joins[index] = replace(
                known,
                picture=known.picture or join.picture,
                even=known.even and join.even,
                sound=known.sound or join.sound,
            )
            return
    for one, other in _overlapping(line.uses):
        start, stop = max(other.at, join.start), min(one.stop, other.stop, join.stop)
        if start < stop:
            line.joins.append(replace(join, start=start, stop=stop))
            return


def _overlapping(uses: Sequence[Use]) -> list[tuple[Use, Use]]:
    found = []
    for index, one in enumerate(uses):
        for other in uses[index + 1 :]:
            if other.at >= one.stop:
                break
            found.append((one, other))
    return found


def settled(line: Line, *, sound: bool) -> tuple[list[Use], dict[int, Join]]:
    """The uses of *line* without overlaps, and {frame of a cut: the join over it}.

    A join that is none for this kind (*sound* or picture) leaves a cut where it begins.
    """
    uses = sorted(line.uses, key=lambda use: (use.at, use.stop))
    cuts: dict[int, Join] = {}
    for join in sorted(line.joins, key=lambda each: each.start):
        counts = join.sound if sound else bool(join.picture)
        cut = (join.start + join.stop) // 2 if counts else join.start
        pair = _pair(uses, join)
        if pair is None:
            continue
        one, other = pair
        uses[one] = _ended(uses[one], cut)
        uses[other] = _begun(uses[other], cut)
        if counts:
            cuts[cut] = join
    out: list[Use] = []
    for use in sorted((each for each in uses if each.frames > 0), key=lambda each: (each.at, each.stop)):
        while out and out[-1].stop > use.at:  # what lies on the later playlist covers the earlier one
            kept = _ended(out.pop(), use.at)
            if kept.frames > 0:
                out.append(kept)
                break
        out.append(use)
    return out, cuts


def _pair(uses: Sequence[Use], join: Join) -> tuple[int, int] | None:
    """The places in *uses* of what goes and what comes in *join*."""
    there = [n for n, use in enumerate(uses) if use.at <= join.start and use.stop >= join.stop and use.frames > 0]
    if len(there) < 2:
        return None
    one, other = there[:2]
    if uses[one].at == uses[other].at:  # both begin here: the one that ends here goes
        goes_second = uses[other].stop == join.stop and uses[one].stop > join.stop
        if uses[one].stop == uses[other].stop:
            goes_second = False
        return (other, one) if goes_second else (one, other)
    return one, other


def _ended(use: Use, stop: int) -> Use:
    return replace(use, frames=max(0, min(use.stop, stop) - use.at), tail=use.tail and stop >= use.stop)


def _begun(use: Use, start: int) -> Use:
    moved = max(0, start - use.at)
    return replace(
        use, at=use.at + moved, first=use.first + moved, frames=max(0, use.frames - moved), head=use.head and not moved
    )
