"""Rendering by the real melt: what it does wrong (each was measured) and what of it must not matter."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from threading import Event

import pytest
from mlt_folders import kdenlive, needs_melt, program_of, render, spot

from support import mlt
from support.mlt import blank, colour, effect, entry, file, playlist, tractor, transition
from support.numbered import make_numbered, read_numbers
from twopop import EditorError, Rate, ReadOptions, StudioError
from twopop.errors import Cancelled
from twopop.hosts import Edit, Place
from twopop.hosts.reading_back import read_back
from twopop.variants.model import Span
from twopop.variants.put_back import cut_back
from twopop_mlt import melt
from twopop_mlt.host import MltHost


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "numbered.mov"
    sound = ("-f", "lavfi", "-i", "sine=440:duration=4")
    return make_numbered(path, frames=100, size=mlt.SIZE, inputs=sound, more=("-c:a", "aac", "-map", "0", "-map", "1"))


@needs_melt
def test_an_interlaced_project_of_long_pixels_comes_out_progressive_and_square(tmp_path: Path, numbered: Path) -> None:
    """Without its profile melt renders 25p as fields of 16:15; with it, square pixels have to be asked for."""
    pal = mlt.profile(Rate(25), (144, 90), sample_aspect_num=16, sample_aspect_den=15, progressive=0, colorspace=601)
    spot(tmp_path, numbered, head=pal)
    render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", size=(154, 90))
    found = read_back(tmp_path / "a.mov")
    assert (found.size, found.sample_aspect, found.progressive, found.frames) == ((154, 90), 1, True, 35)


@needs_melt
@pytest.mark.parametrize("rate", [Rate(24), Rate(30000, 1001)])
def test_the_projects_own_rate_holds(rate: Rate, tmp_path: Path, numbered: Path) -> None:
    spot(tmp_path, numbered, rate=rate)
    render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", rate=rate)
    found = read_back(tmp_path / "a.mov")
    assert (found.rate, found.frames, found.sounds) == (rate, 35, 1)


@needs_melt
def test_another_shape_is_refused_instead_of_letterboxed(tmp_path: Path, numbered: Path) -> None:
    spot(tmp_path, numbered)
    with pytest.raises(EditorError, match="bars"):
        render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", size=(90, 160))


@needs_melt
def test_missing_damaged_and_foreign_media_stop_a_render_before_melt_shows_invalid(tmp_path: Path) -> None:
    (tmp_path / "damaged.mov").write_bytes(b"\x00" * 5000)
    for media, why in (
        ("gone.mov", "no such file"),
        ("damaged.mov", "cannot be read"),
        ("http://192.0.2.1/a", "address"),
    ):
        spot(tmp_path, media)
        with pytest.raises(EditorError, match=why):
            render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov")
    assert not (tmp_path / "a.mov").exists()


@needs_melt
def test_media_that_nobody_plays_is_not_asked_for(tmp_path: Path, numbered: Path) -> None:
    spot(tmp_path, numbered, "spot.mlt", file("unused", "gone.mov"), tractor("t", mlt.track("v")))
    render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", Span(0, 4))
    assert read_numbers(tmp_path / "a.mov") == [10, 11, 12, 13]


@needs_melt
def test_what_melt_cannot_load_stops_a_render_that_would_succeed(tmp_path: Path, numbered: Path) -> None:
    wrong = tractor("t", mlt.track("v"), effect("no.such.filter"), transition("no.such.transition", 0, 0))
    spot(tmp_path, numbered, "spot.mlt", wrong)
    with pytest.raises(StudioError, match=r"no\.such\."):
        render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov")
    assert not (tmp_path / "a.mov").exists()


@needs_melt
def test_an_encoder_that_melt_passes_over_is_found_in_the_file(tmp_path: Path, numbered: Path) -> None:
    """An unknown codec gives a file with sound only, and the exit code of success."""
    spot(tmp_path, numbered)
    with pytest.raises(StudioError):
        render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", own={"consumer": {"vcodec": "no-such-codec"}})
    with pytest.raises(EditorError, match="may not say target"):
        render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", own={"consumer": {"target": "x.mov"}})
    assert [each.name for each in tmp_path.iterdir()] == ["spot.mlt"]


@needs_melt
def test_paths_hold_from_the_projects_folder_and_no_consumer_in_it_is_opened(tmp_path: Path, numbered: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/a.mov").symlink_to(numbered)
    evil = f'<consumer mlt_service="avformat" target="{tmp_path}/evil.mov" vcodec="ffv1"/>'
    spot(tmp_path, "media/a.mov", "spot.mlt", evil)
    render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "out.mov", Span(2, 4))
    assert read_numbers(tmp_path / "out.mov") == [12, 13]
    assert not (tmp_path / "evil.mov").exists()


@needs_melt
def test_a_sequence_that_is_not_open_is_rendered_and_the_endless_black_is_not(tmp_path: Path, numbered: Path) -> None:
    path = kdenlive(tmp_path)
    path.write_text(path.read_text().replace("/m/a.mov", str(numbered)))
    host = MltHost(Place(tmp_path))
    render(host, "spot.kdenlive#{1}", tmp_path / "first.mov")
    render(host, "spot.kdenlive", tmp_path / "second.mov", Span(9, 10))
    assert read_numbers(tmp_path / "first.mov") == list(range(10, 20))
    assert read_numbers(tmp_path / "second.mov") == [49]


@needs_melt
def test_titles_and_pictures_over_pictures_need_no_screen(
    tmp_path: Path, numbered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    over = colour("words", "#00000000", 100, effect("dynamictext", argument="TITLE", fgcolour="#ffffffff", size=30))
    tracks = (
        playlist("w", entry("words", 0, 9)),
        tractor("t", mlt.track("v"), mlt.track("w"), transition("qtblend", 0, 1, always_active=1)),
    )
    spot(tmp_path, numbered, "spot.mlt", over, *tracks)
    render(MltHost(Place(tmp_path)), "spot.mlt", tmp_path / "a.mov", Span(0, 12))
    numbers = read_numbers(tmp_path / "a.mov")
    assert numbers[10:] == [20, 21]  # where no title lies
    assert numbers[:10] == list(range(10, 20))  # the title is in a corner, what lies below is seen


@needs_melt
def test_a_textless_render_leaves_titles_and_graphics_out(tmp_path: Path, numbered: Path) -> None:
    over = colour("words", "#00000000", 100, effect("dynamictext", argument="TITLE")), colour("logo", "#ff0000")
    tracks = (
        playlist("w", blank(3), entry("words", 0, 4)),
        playlist("g", blank(4), entry("logo", 0, 9), shotcut__name="Logo"),
        tractor("t", mlt.track("v"), mlt.track("w"), mlt.track("g"), transition("mix", 0, 1, sum=1)),
    )
    spot(tmp_path, numbered, "spot.mlt", *over, *tracks)
    host = MltHost(Place(tmp_path))
    assert host.identify().textless
    render(host, "spot.mlt", tmp_path / "texted.mov", Span(0, 20))
    render(host, "spot.mlt", tmp_path / "textless.mov", Span(0, 20), textless=True)
    assert read_numbers(tmp_path / "texted.mov")[4:14] == [None] * 10
    assert read_numbers(tmp_path / "textless.mov") == list(range(10, 30))
    assert [event.start for event in program_of(host).overlays] == [3]


def fake_melt(folder: Path, script: str) -> str:
    path = folder / "bin/melt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for melt")
def test_a_melt_that_gets_stuck_is_ended_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = 'if [ -e "$0.once" ]; then exit 0; fi; touch "$0.once"; echo $$ > "$0.pid"; sleep 600'
    monkeypatch.setattr(melt, "program", lambda: fake_melt(tmp_path, once))
    monkeypatch.setattr(melt, "PATIENCE", 0.3)
    assert melt.run([], 10, progress=lambda done: None, cancel=Event()) == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "bin/melt.pid").read_text()), 0)
    monkeypatch.setattr(melt, "program", lambda: fake_melt(tmp_path, "sleep 600"))
    with pytest.raises(StudioError, match="stuck"):
        melt.run([], 10, progress=lambda done: None, cancel=Event())


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for melt")
def test_a_stop_ends_melt_at_once_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "sleep 600 & echo $! > \"$0.child\"; printf 'Current Frame:  3, percentage: 30\\n' >&2; wait"
    monkeypatch.setattr(melt, "program", lambda: fake_melt(tmp_path, script))
    stop, told = Event(), []

    def progress(done: int) -> None:
        told.append(done)
        stop.set()

    with pytest.raises(Cancelled):
        melt.run([], 10, progress=progress, cancel=stop)
    assert told == [3]
    child = (tmp_path / "bin/melt.child").read_text().strip()
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False).stdout
    assert not state.strip() or state.strip().startswith("Z")


@needs_melt
def test_filters_that_only_mlt_can_show_go_along_with_a_cut(tmp_path: Path, numbered: Path) -> None:
    """A black bar that covers the numbers in some frames of the clip: it does so in the same frames of a cutdown."""
    cover = effect("brightness", level="0|=1;5|=0;10|=1", in_=10, out=29)
    louder = effect("volume", level="0=0;9=-9")
    body = (file("n", numbered), playlist("v", entry("n", 10, 29, cover), entry("n", 50, 59, louder)))
    mlt.write(tmp_path / "spot.mlt", *body)
    host = MltHost(Place(tmp_path))
    render(host, "spot.mlt", tmp_path / "whole.mov")
    whole = read_numbers(tmp_path / "whole.mov")
    assert whole == [*range(10, 15), *[None] * 5, *range(20, 30), *range(50, 60)]
    text = host.read("spot.mlt").otio
    edit = host.put(text, "again")
    render(host, edit.made[0], tmp_path / "again.mov")
    assert read_numbers(tmp_path / "again.mov") == whole
    short = host.put(cut_back(text, (Span(3, 12), Span(18, 28)), "shorter", ReadOptions()).otio, "shorter")
    render(host, short.made[0], tmp_path / "short.mov")
    assert read_numbers(tmp_path / "short.mov") == whole[3:12] + whole[18:28]
    told = [host.read(id_).otio.count("volume with keyframes") for id_ in ("spot.mlt", short.made[0])]
    assert told[1] >= told[0] > 0


@needs_melt
def test_a_cut_that_was_put_back_renders_as_it_was_put(tmp_path: Path, numbered: Path) -> None:
    """From a project of Kdenlive's into a new one of ours, rendered by melt."""
    path = kdenlive(tmp_path)
    path.write_text(path.read_text().replace("/m/a.mov", str(numbered)))
    host = MltHost(Place(tmp_path))
    edit = host.put(host.read("spot.kdenlive").otio, "Second, kept")
    assert isinstance(edit, Edit)
    render(host, edit.made[0], tmp_path / "kept.mov")
    assert read_numbers(tmp_path / "kept.mov") == list(range(40, 50))
    assert read_back(tmp_path / "kept.mov").samples == 10 * 1920
