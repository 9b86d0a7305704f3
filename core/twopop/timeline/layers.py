"""Layers of pictures in exact program time, and laying one over another."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from twopop.timeline.place import Place
from twopop.timeline.sources import Shown


@dataclass(frozen=True, eq=False)
class View:
    """One use of a clip: what it shows, how its time runs, and the program time *begins* from which it is counted."""

    shown: Shown
    place: Place
    begins: Fraction
    track: str = ""


@dataclass(frozen=True)
class Stretch:
    """What a layer shows in program seconds ``[start, stop)``: one view, or two while *going* turns into *view*.

    None is nothing: what lies below is seen. *kind* is the transition's name while *mixes*.
    """

    start: Fraction
    stop: Fraction
    view: View | None = None
    going: View | None = None
    mixes: bool = False
    kind: str = ""

    @property
    def clear(self) -> bool:
        """Whether all below is seen through it."""
        return self.view is None and self.going is None


@dataclass(frozen=True)
class Over:
    """A title or graphic over the picture. *order* sorts overlays from below to above; fades are program times."""

    start: Fraction
    stop: Fraction
    view: View
    order: tuple[int, ...]
    full_from: Fraction
    full_to: Fraction


@dataclass(frozen=True)
class Layer:
    """Stretches that follow each other without a hole, and the overlays upon them."""

    stretches: tuple[Stretch, ...]
    overs: tuple[Over, ...] = ()


#: Told when a dissolve cannot be kept: the time it begins at, and why.
Doubt = Callable[[Fraction, str], None]


def empty(start: Fraction, stop: Fraction) -> Layer:
    """A layer that shows nothing."""
    return Layer((Stretch(start, stop),) if stop > start else ())


def merged(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """*stretches* with neighbours that show the same drawn together and empty ones left out."""
    out: list[Stretch] = []
    for each in stretches:
        if each.stop <= each.start:
            continue
        last = out[-1] if out else None
        same = last is not None and not (last.mixes or each.mixes) and last.view is each.view
        if last is not None and same and last.stop == each.start:
            out[-1] = replace(last, stop=each.stop)
        else:
            out.append(each)
    return tuple(out)


def cut_in_middle(mix: Stretch) -> tuple[Stretch, Stretch]:
    """A mix as a plain cut in its middle."""
    middle = (mix.start + mix.stop) / 2
    return Stretch(mix.start, middle, mix.going), Stretch(middle, mix.stop, mix.view)


def part(stretches: Sequence[Stretch], start: Fraction, stop: Fraction, doubt: Doubt) -> list[Stretch]:
    """What of *stretches* lies in ``[start, stop)``; a mix that is only partly in it becomes a cut in its middle."""
    found = []
    first = bisect.bisect_right(stretches, start, key=lambda each: each.stop)
    for each in stretches[first:]:
        if each.start >= stop:
            break
        whole = each.start >= start and each.stop <= stop
        if each.mixes and not whole:
            doubt(each.start, "The dissolve is partly covered by a clip above it; it becomes a cut in its middle.")
        for piece in cut_in_middle(each) if each.mixes and not whole else (each,):
            clipped = replace(piece, start=max(piece.start, start), stop=min(piece.stop, stop))
            if clipped.stop > clipped.start:
                found.append(clipped)
    return found


def laid_over(below: Layer, above: Layer, doubt: Doubt) -> Layer:
    """*above* laid over *below*, both over the same time: where *above* shows nothing, *below* is seen."""
    stretches: list[Stretch] = []
    covering = []
    for each in merged(above.stretches):
        if each.clear:
            stretches += part(below.stretches, each.start, each.stop, doubt)
            continue
        if each.mixes and (each.view is None or each.going is None):
            stretches += _mixed_with(below, each, doubt)
        else:
            stretches.append(each)
        covering.append((each.start, each.stop))
    kept = tuple(piece for over in below.overs for piece in _uncovered(over, covering))
    return Layer(merged(stretches), kept + above.overs)


def _mixed_with(below: Layer, mix: Stretch, doubt: Doubt) -> list[Stretch]:
    """A mix from or to nothing, with what lies below in the place of nothing."""
    under = part(below.stretches, mix.start, mix.stop, doubt)
    if len(under) == 1 and not under[0].mixes:
        ground = under[0].view
        return [replace(mix, view=mix.view or ground, going=mix.going or ground)]
    doubt(mix.start, "The dissolve runs over a cut on the track below; it becomes a cut in its middle.")
    out = []
    for piece in cut_in_middle(mix):
        if piece.view is not None:
            out.append(piece)
        else:
            out += part(below.stretches, piece.start, piece.stop, doubt)
    return out


def _uncovered(over: Over, covering: Sequence[tuple[Fraction, Fraction]]) -> Iterator[Over]:
    """What of *over* is seen beside the stretches that cover it."""
    start = over.start
    for low, high in covering:
        if high <= start:
            continue
        if low >= over.stop:
            break
        if low > start:
            yield replace(over, start=start, stop=low)
        start = max(start, high)
    if start < over.stop:
        yield replace(over, start=start)


def clipped(layer: Layer, start: Fraction, stop: Fraction, doubt: Doubt) -> Layer:
    """*layer* within ``[start, stop)``."""
    overs = tuple(
        replace(over, start=max(over.start, start), stop=min(over.stop, stop))
        for over in layer.overs
        if over.start < stop and over.stop > start
    )
    return Layer(tuple(part(layer.stretches, start, stop, doubt)), overs)
