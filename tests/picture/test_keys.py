"""A segment's key covers every field of its recipe, also those to come, but for a few that decide no bytes."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

import msgspec
import pytest

from twopop.picture import recipe
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain, Segment, Take
from twopop.specs import Colour
from twopop.time import Rate
from twopop.variants.model import CropKey, CropPath, Span

#: Where things lie, and why: what decides no bytes. A typeface is known by *typeface*, a file by its *content*.
DECIDE_NOTHING = (".font", ".path", ".crop.how")


def take(**more):
    keys = (CropKey(0, Fraction(1, 3), Fraction(1, 2), Fraction(1)), CropKey(9, Fraction(2, 3)))
    values = {
        "path": "/a.mov", "content": "c1", "stream": 0, "rate": Rate(25), "first": Fraction(3), "step": Fraction(1),
        "size": (64, 36), "crop": CropPath(keys=keys, how="by hand"), "rotation": 90, "sample_aspect": Fraction(4, 3),
        "colour": Colour(),
    }  # fmt: skip
    return Take(**(values | more))


FULL = Segment(
    span=Span(10, 20), rate=Rate(25), size=(64, 36), base=take(), over=take(path="/b.mov", content="c2"),
    mingle=Mingle(phase=2, length=12), typeface="f1", font="/f.ttf", tools="ffmpeg 9",
    encoding=Encoding(
        encoder="libx264", pixel_format="yuv420p", format="mp4", options=(("crf", "18"), ("g", "12")), colour=Colour()
    ),
    overlays=(
        Overlay(kind="title", text="Hello", fade_in=(0, 5), fade_out=(2, 5)),
        Overlay(kind="timecode", timecode=90000, drop=True),
        Overlay(kind="graphic", take=take(path="/logo.png", content="c3", still=True)),
    ),
)  # fmt: skip


def others(value: Any, kind: Any, place: str) -> Iterator[tuple[str, Any]]:
    """*value* of the type *kind* with one thing changed, for each thing that there is, and where that is."""
    if isinstance(value, msgspec.Struct):
        hints = typing.get_type_hints(type(value))
        for name in value.__struct_fields__:
            for where, other in others(getattr(value, name), hints[name], f"{place}.{name}"):
                yield where, msgspec.structs.replace(value, **{name: other})
    elif isinstance(value, tuple):
        yield f"{place} without its last", value[:-1]
        for number, item in enumerate(value):
            for where, other in others(item, None, f"{place}.{number}"):
                yield where, (*value[:number], other, *value[number + 1 :])
    else:
        yield place, _another(value, kind)


def _another(value: Any, kind: Any) -> Any:
    for choice in (kind, *typing.get_args(kind)):
        if typing.get_origin(choice) is Literal:
            return next(word for word in typing.get_args(choice) if word != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    if value is None:
        return take() if Take in typing.get_args(kind) else (7, 7)
    return type(value)(value + 1)


ALL = dict(others(FULL, Segment, ""))


@pytest.mark.parametrize("place", sorted(ALL))
def test_each_field_decides_the_key_or_is_known_not_to(place):
    idle = place.endswith(DECIDE_NOTHING) or place.startswith(".watch.")
    assert (ALL[place].key() == FULL.key()) == idle


def test_all_that_the_issue_names_is_a_field():
    """The walk above is only as good as what it walks over."""
    wanted = ["base.content", "base.first", "base.step", "mingle.phase", "base.crop.keys", "overlays.0.text"]
    wanted += ["encoding.encoder", "encoding.options", "encoding.pixel_format", "encoding.colour", "tools", "size"]
    wanted += ["base.colour", "base.rate", "rate", "typeface", "overlays.0.fade_in", "overlays.2.take.content"]
    assert [name for name in wanted if not any(place.startswith(f".{name}") for place in ALL)] == []


def test_the_engines_own_graph_is_part_of_the_key(monkeypatch):
    before = FULL.key()
    monkeypatch.setattr(recipe, "GRAPH_VERSION", recipe.GRAPH_VERSION + 1)
    assert FULL.key() != before


def test_where_the_stretch_lies_in_the_cut_decides_nothing_but_its_length_does():
    assert msgspec.structs.replace(FULL, span=Span(110, 120)).key() == FULL.key()
    assert msgspec.structs.replace(FULL, span=Span(110, 121)).key() != FULL.key()


def test_a_plain_picture_is_known_by_its_colour():
    assert (
        msgspec.structs.replace(FULL, base=Plain()).key()
        != msgspec.structs.replace(FULL, base=Plain(colour="#ffffff")).key()
    )
