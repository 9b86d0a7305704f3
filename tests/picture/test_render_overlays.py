"""What is drawn on top of the picture: titles, burn-ins, graphics; and names and texts that try to break out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from picture_recipes import LOSSLESS, LOSSLESS_10, planes, segment_of, take_of

from support.numbered import lumas, read_numbers
from twopop.errors import StudioError
from twopop.picture.probe import probe
from twopop.picture.recipe import Overlay, Plain
from twopop.picture.render import render_segment
from twopop.time import Rate, frame_of


def lit(path: Path) -> list[np.ndarray]:
    """The places of each frame that are brighter than black."""
    return [luma > 60 for luma in lumas(path)]


def test_a_title_is_centred_in_the_lower_third_and_fades_by_its_weights(render):
    title = Overlay(kind="title", text="HHHHHHHH", fade_in=(0, 4), fade_out=(-8, 4))
    path = render(segment_of(Plain(), 14, size=(640, 360), overlays=(title,), encoding=LOSSLESS))
    frames = [frame[0] for frame in planes(path)]
    weights = [min((k + 0.5) / 4, 1) * (1 - min(max((k - 8 + 0.5) / 4, 0), 1)) for k in range(14)]
    # the inside of a stroke is white: its level is the title's weight
    assert [(frame.max() - 16) / 219 for frame in frames] == pytest.approx(weights, abs=0.012)
    rows, columns = np.nonzero(frames[6] > 120)
    assert rows.min() >= 240
    assert rows.max() <= 360 * 0.95
    assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=5)


@pytest.mark.parametrize("size", [(360, 640), (240, 426)])
def test_long_titles_stay_inside_a_narrow_frame(render, size):
    title = Overlay(kind="title", text="Harbour lights by night, seen from the sea, unterseebootsfahrtgesellschaft")
    (seen,) = lit(render(segment_of(Plain(), 1, size=size, overlays=(title,))))
    columns = np.nonzero(seen.any(axis=0))[0]
    assert columns.min() >= size[0] * 0.04
    assert columns.max() <= size[0] * 0.96


def test_burn_ins_lie_top_left_and_bottom_centre(render):
    overlays = (Overlay(kind="name", text="ACME_v001"), Overlay(kind="timecode", timecode=90000))
    (seen, later) = lit(render(segment_of(Plain(), 2, size=(640, 360), overlays=overlays)))
    rows, columns = np.nonzero(seen[:60])
    assert columns.max() < 320
    rows, columns = np.nonzero(seen[180:])
    assert rows.min() > 120
    assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=6)
    assert (seen[180:] != later[180:]).any()
    assert (seen[:60] == later[:60]).all()


def test_burnt_in_timecode_counts_and_drops(render):
    """The same figures are drawn as for the plain text that the timecode should be."""
    overlay = Overlay(kind="timecode", timecode=1798, drop=True)
    counted = lumas(
        render(segment_of(Plain(), 4, size=(640, 360), overlays=(overlay,), rate=Rate(30000, 1001), encoding=LOSSLESS))
    )
    starts = {1798: "00:00:59;28", 1799: "00:00:59;29", 1800: "00:01:00;02", 1801: "00:01:00;03"}
    for frame, start in zip(counted, starts.values(), strict=True):
        single = Overlay(kind="timecode", timecode=frame_of(start, Rate(30000, 1001)), drop=True)
        (alone,) = lumas(
            render(
                segment_of(Plain(), 1, size=(640, 360), overlays=(single,), rate=Rate(30000, 1001), encoding=LOSSLESS)
            )
        )
        assert (alone == frame).all()


def test_graphics_keep_their_alpha_and_fade(render, tmp_path, ffmpeg):
    picture = tmp_path / "logo'%02d.png"
    draw = "color=c=black@0.0:s=200x100,format=rgba,drawbox=x=0:w=100:h=100:color=white@1:replace=1:t=fill"
    made = [
        str(ffmpeg),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        draw,
        "-frames:v",
        "1",
        "-update",
        "1",
        str(tmp_path / "l.png"),
    ]
    subprocess.run(made, check=True)
    (tmp_path / "l.png").rename(picture)
    take = take_of(probe(picture), 0, 0)
    for encoding, scale in ((LOSSLESS, 1), (LOSSLESS_10, 4)):
        logo = Overlay(kind="graphic", take=take, fade_in=(-2, 4), fade_out=(-8, 3))
        path = render(segment_of(Plain(colour="#000000"), 14, size=(400, 400), overlays=(logo,), encoding=encoding))
        frames = [frame[0] / scale for frame in planes(path)]
        weights = [min(max((k - 2 + 0.5) / 4, 0), 1) * (1 - min(max((k - 8 + 0.5) / 3, 0), 1)) for k in range(14)]
        assert [(frame[150:250, 50:150].mean() - 16) / 219 for frame in frames] == pytest.approx(weights, abs=0.012)
        assert frames[7][150:250, 220:380].mean() == pytest.approx(16, abs=0.5)
        assert frames[7][:90].mean() == pytest.approx(16, abs=0.5)


HOSTILE = [
    "-leading.mp4",
    "a:b'c[d],e;f=%03d.mp4",
    'quote"s and $HOME `x`.mp4',
    "line\nbreak.mp4",
    "emoji 🎬 é.mp4",
    "back\\slash.mp4",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_and_texts_that_try_to_break_out(tmp_path, monkeypatch, numbered, ffmpeg):
    from twopop.store import Store

    plain = Path(numbered("25.mp4", rate=25).path)
    temporary = tmp_path / "t'm:p,[%d]"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    for name in HOSTILE:
        source = tmp_path / name
        source.write_bytes(plain.read_bytes())
        take = take_of(probe(source), 50)
        overlays = (Overlay(kind="title", text=name), Overlay(kind="name", text="%{pts}:'\\n[x],;" + name))
        segment = segment_of(take, 2, overlays=overlays)
        store = Store(tmp_path / f"store of {name}")
        render_segment(segment, segment.key(), store, ffmpeg, seconds=60)
        assert read_numbers(store.path("segments", segment.key())) == [50, 51]
    assert not list(temporary.iterdir())


def test_a_font_by_a_hostile_name(tmp_path, render):
    from twopop.picture.tools import default_font

    font = tmp_path / "it's: a [font],%.ttf"
    font.write_bytes(default_font().read_bytes())
    title = Overlay(kind="title", text="x")
    assert render(segment_of(Plain(), 1, overlays=(title,), font=str(font))).is_file()
    with pytest.raises(StudioError, match="typeface"):
        render(segment_of(Plain(), 1, overlays=(title,), font=str(tmp_path / "none.ttf")))


def test_percent_signs_are_drawn_and_not_expanded(render):
    one, two = (
        lumas(
            render(
                segment_of(Plain(), 2, size=(320, 180), overlays=(Overlay(kind="name", text=text),), encoding=LOSSLESS)
            )
        )
        for text in ("%{n}", "%{x}")
    )
    assert (one[0] == one[1]).all()
    assert (one[0] != two[0]).any()
