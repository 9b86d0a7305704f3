"""What is measured of supers on the encoded picture, against rows counted by other tools and pictures gone wrong."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from picture_recipes import LOSSLESS, LOSSLESS_10, X264, segment_of

import twopop_templates
from twopop.picture import colour, legibility
from twopop.picture.facts import SuperSeen
from twopop.picture.plates import lay_out, letters, script
from twopop.picture.recipe import Encoding, Overlay, Plain, Plate, Segment, Whole
from twopop.picture.tools import default_font, find_ffmpeg
from twopop.picture.typeface import typeface
from twopop.picture.whole import render_whole
from twopop.specs import Colour
from twopop.store import Store
from twopop.variants.model import Span

FACE = typeface(default_font())
RASTER = (640, 360)
SDR = Colour()
ROOM = (32, 18, 608, 342)
HDR = {"matrix": "bt2020nc", "primaries": "bt2020"}


def plate_of(text: str, x_height: float = 12) -> Plate:
    plate = lay_out(text, FACE, letters(x_height, FACE.metrics.x_height), ROOM)
    assert plate is not None
    return plate


def over(plate: Plate, target: Colour = SDR, bar: float = 0.75) -> Overlay:
    template = twopop_templates.text("supers/super.ass.j2")
    return Overlay(
        kind="super",
        plate=plate,
        text=script(plate, RASTER, FACE, white=colour.white(target), bar=bar, template=template),
    )


def with_super(overlay: Overlay, encoding: Encoding = X264, ground: str = "#c0c0c0", frames: int = 4) -> Segment:
    return segment_of(Plain(colour=ground), frames, size=RASTER, encoding=encoding, overlays=(overlay,))


def seen_in(store: Store, segment: Segment) -> SuperSeen:
    entry = store.entry("segments", segment.key())
    assert entry is not None
    ((seen,),) = legibility.seen_of(entry.measured)
    return seen


def luma(path: Path) -> NDArray[np.uint8]:
    """Every frame's luma, decoded by the ffmpeg on the PATH or else ours, as (frame, row, column)."""
    width, height = RASTER
    program = shutil.which("ffmpeg") or str(find_ffmpeg())
    command = [program, "-v", "error", "-i", str(path), "-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    run = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(run.stdout, np.uint8).reshape(-1, height, width)


Render = Callable[[Segment], Path]


def test_the_height_of_letters_is_that_of_the_rows_they_take_up(render: Render, store: Store) -> None:
    segment = with_super(over(plate_of("xzvw xzvw")), LOSSLESS, ground="#202020")
    picture = luma(render(segment))[0]
    rows = np.flatnonzero((picture > 128).any(axis=1))  # nothing else is so bright
    counted = rows[-1] - rows[0] + 1
    seen = seen_in(store, segment)
    assert counted >= 12
    assert seen.x_height == pytest.approx(counted, abs=0.6)
    assert seen.capital == pytest.approx(seen.x_height * FACE.metrics.capital / FACE.metrics.x_height, abs=0.02)
    assert (seen.box[1], seen.box[3]) == (rows[0], rows[-1] + 1)
    assert seen.frames == (Span(0, 4),)


@pytest.mark.parametrize("encoding", [X264, LOSSLESS_10])
def test_measured_through_a_codec_it_is_the_same(render: Render, store: Store, encoding: Encoding) -> None:
    segment = with_super(over(plate_of("Terms apply. Åland (18+)\nSee harbourline.example")), encoding)
    render(segment)
    seen = seen_in(store, segment)
    assert seen.x_height == pytest.approx(segment.overlays[0].plate.size * FACE.metrics.x_height, abs=0.4)  # type: ignore[union-attr]
    assert seen.frames == (Span(0, 4),)
    assert seen.contrast > 7


def test_a_template_that_draws_small_letters_is_found_out(render: Render, store: Store) -> None:
    told = over(plate_of("Terms apply", 12))
    size = f"{told.plate.size * (FACE.metrics.ascent + FACE.metrics.descent):.3f}"  # type: ignore[union-attr]
    halved = Overlay(kind="super", plate=told.plate, text=told.text.replace(f",{size},", f",{float(size) / 2:.3f},"))
    segment = with_super(halved)
    render(segment)
    assert seen_in(store, segment).x_height == pytest.approx(6.3, abs=0.5)


def test_what_is_not_drawn_is_not_seen(render: Render, store: Store) -> None:
    told = over(plate_of("Terms apply"))
    events = [line for line in told.text.splitlines(keepends=True) if not line.startswith("Dialogue: 1")]
    segment = with_super(Overlay(kind="super", plate=told.plate, text="".join(events)))
    render(segment)
    assert seen_in(store, segment) == SuperSeen()


def test_contrast_is_the_ratio_of_the_light_of_a_display(render: Render, store: Store) -> None:
    bar_half = with_super(over(plate_of("HHHHHHHH"), bar=0.5), LOSSLESS, ground="#ffffff")
    render(bar_half)
    assert seen_in(store, bar_half).contrast == pytest.approx(1.05 / (0.5**2.4 + 0.05), rel=0.05)
    bar_none = with_super(over(plate_of("HHHHHHHH"), bar=0.0), ground="#e8e8e8")
    render(bar_none)
    assert seen_in(store, bar_none).frames == ()


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_in_hdr_letters_are_reference_white(render: Render, store: Store, transfer: str) -> None:
    target = Colour(transfer=transfer, **HDR)  # type: ignore[arg-type]
    encoding = Encoding(encoder="ffv1", pixel_format="yuv420p10le", format="mov", colour=target)
    segment = with_super(over(plate_of("HHHHHHHH"), target, bar=1.0), encoding)
    render(segment)
    assert seen_in(store, segment).contrast == pytest.approx(1.05 / 0.05, rel=0.05)  # white on black


def test_a_text_that_stands_in_some_parts_of_a_whole_is_seen_in_these(store: Store) -> None:
    first, second = plate_of("Terms apply"), plate_of("See harbourline.example")
    ground = Plain(colour="#808080")
    parts = (
        segment_of(ground, 3, size=RASTER),
        segment_of(ground, 4, size=RASTER, overlays=(over(first),)),
        segment_of(ground, 2, size=RASTER, overlays=(over(first), over(second, bar=0.6))),
    )
    whole = Whole(parts=parts)
    render_whole(whole, whole.key(), store, find_ffmpeg(), seconds=60)
    entry = store.entry("segments", whole.key())
    assert entry is not None
    none, one, two = legibility.seen_of(entry.measured)
    assert [len(part) for part in (none, one, two)] == [0, 1, 2]
    assert one[0].frames == (Span(0, 4),)


def test_stretches_are_put_together() -> None:
    one = SuperSeen(frames=(Span(0, 4),), x_height=12.0, capital=16.0, box=(5, 6, 7, 8), contrast=9.0)
    two = SuperSeen(frames=(Span(0, 2), Span(3, 5)), x_height=11.0, capital=15.0, box=(4, 7, 9, 8), contrast=10.0)
    assert legibility.joined([(10, one), (14, two), (19, SuperSeen())]) == SuperSeen(
        frames=(Span(10, 16), Span(17, 19)), x_height=11.0, capital=15.0, box=(4, 6, 9, 8), contrast=9.0
    )
    assert legibility.joined([]) == SuperSeen()


def test_an_entry_without_supers_says_nothing(render: Render, store: Store) -> None:
    segment = segment_of(Plain(), 2)
    render(segment)
    entry = store.entry("segments", segment.key())
    assert entry is not None
    assert "supers" not in entry.measured
    assert legibility.seen_of(entry.measured) == []
    assert legibility.seen_of({"supers": "damaged"}) == []
