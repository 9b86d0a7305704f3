"""What clips of an MLT project say: sound, fades, filters, titles, colours; and what of it can only be told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from support import mlt
from support.mlt import blank, colour, effect, entry, file, playlist, producer, tractor, transition
from twopop import Kind, Program, Reading, ReadOptions, Role
from twopop_mlt.reading import read_mlt


def read(path: Path, *body: str, name: str = "", **said: object) -> Reading:
    return read_mlt(mlt.write(path, *body, **said), ReadOptions(name=name))


def cut(path: Path, *body: str, **said: object) -> Program:
    return read(path, *body, **said).program


def spoken(id_: str, *inside: str, frames: int = 100) -> str:
    return producer(id_, "/media/a.wav", "avformat", *inside, in_=0, out=frames - 1, length=frames, video_index=-1)


def test_gains_and_fades_of_sound(tmp_path: Path) -> None:
    body = (
        spoken("a"),
        playlist(
            "s",
            entry("a", 10, 29, effect("volume", gain="0.5"), effect("volume", gain="-6dB")),
            entry("a", 30, 49, effect("volume", gain=0, end=1, in_=30, out=34)),
            entry("a", 50, 69, effect("volume", gain=1, end=0, in_=60, out=69)),
            entry("a", 70, 89, effect("volume", level=-3)),
            shotcut__audio=1,
            shotcut__name="DX 1",
        ),
        tractor("t", mlt.track("s", "video")),
    )
    found = read(tmp_path / "a.mlt", *body)
    (heard,) = found.program.audio
    assert heard.role is Role.DIALOGUE
    one, two, three, four = heard.clips
    assert one.gain_db == pytest.approx(20 * -0.30103 - 6, abs=1e-4)
    assert (two.fade_in, two.fade_out) == (Fraction(5, 25), 0)
    assert (three.fade_in, three.fade_out) == (0, Fraction(10, 25))
    assert four.gain_db == -3
    assert [(clip.start, clip.source_in) for clip in heard.clips] == [
        (Fraction(n, 25), Fraction(n + 10, 25)) for n in (0, 20, 40, 60)
    ]
    assert {each.rule for each in found.findings} == {"timeline.no-picture"}


def test_what_of_sound_cannot_be_carried_is_told_at_its_clip(tmp_path: Path) -> None:
    body = (
        spoken("a"),
        colour("c", "red"),
        playlist("v", entry("c", 0, 39)),
        playlist(
            "s",
            entry("a", 0, 19, effect("volume", level="0=-60;10=0", in_=0, out=19, shotcut__filter="fadeInVolume")),
            entry("a", 20, 39, effect("volume", level="0=0;5=-10;9=0"), effect("sox", effect="reverb")),
        ),
        tractor("t", mlt.track("v"), mlt.track("s", "video"), transition("mix", 0, 1, sum=1, always_active=1)),
    )
    found = read(tmp_path / "a.mlt", *body)
    (heard,) = found.program.audio
    assert heard.clips[0].fade_in == Fraction(10, 25)
    told = {(each.rule, each.where.split()[0]): each.message for each in found.findings}
    assert "decibels" in told["timeline.doubt", "00:00:00:00"]
    assert "volume with keyframes, sox" in told["timeline.effect", "00:00:00:20"]


def two_voices(*more: str) -> tuple[str, ...]:
    return (
        spoken("a"),
        spoken("b"),
        playlist("s", entry("a", 0, 49)),
        playlist("r", blank(10), entry("b", 0, 9)),
        tractor("t", mlt.track("s"), mlt.track("r"), *more),
    )


def test_tracks_that_no_mix_brings_together_are_not_heard_at_once(tmp_path: Path) -> None:
    alone = cut(tmp_path / "a.mlt", *two_voices())
    assert [[(c.start * 25, c.stop * 25) for c in t.clips] for t in alone.audio] == [[(0, 10), (20, 50)], [(10, 20)]]
    mixed = read(tmp_path / "b.mlt", *two_voices(transition("mix", 0, 1, sum=1, always_active=1)))
    assert [[(c.start * 25, c.stop * 25) for c in t.clips] for t in mixed.program.audio] == [[(0, 50)], [(10, 20)]]
    halved = read(tmp_path / "c.mlt", *two_voices(transition("mix", 0, 1, always_active=1)))
    assert any("half its level" in each.message for each in halved.findings)


def test_streams_that_are_switched_off_or_not_there(tmp_path: Path) -> None:
    types = {
        "meta.media.0.stream.type": "video",
        "meta.media.1.stream.type": "audio",
        "meta.media.2.stream.type": "audio",
    }
    body = (
        file("both", "/m/a.mp4", **types, audio_index=1),
        file("second", "/m/b.mp4", **types, audio_index=2),
        file("mute", "/m/c.mp4", set__test_audio=1).replace('"set:test_audio"', '"set.test_audio"'),
        file("silent", "/m/d.mp4", **{"meta.media.0.stream.type": "video"}),
        file("song", "/m/e.mp3"),
        producer("still", "/m/f.png", "qimage", in_=0, out=99, length=100),
        playlist("v", *(entry(each, 0, 9) for each in ("both", "second", "mute", "silent", "song", "still"))),
    )
    found = read(tmp_path / "a.mlt", *body)
    assert [event.name for event in found.program.picture] == ["a.mp4", "b.mp4", "c.mp4", "d.mp4", "black", "f.png"]
    assert [clip.name for clip in found.program.audio[0].clips] == ["a.mp4", "b.mp4", "e.mp3"]
    assert [each.where.split()[-1] for each in found.findings if "sound stream 2 of 2" in each.message]


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_fades_of_pictures_are_dissolves_from_and_to_black_or_what_lies_below(tmp_path: Path) -> None:
    body = (
        file("n", "/m/a.mp4"),
        playlist(
            "v",
            entry("n", 0, 19, effect("brightness", level="0=0;8=1", alpha=1)),
            entry("n", 20, 39, effect("brightness", start=1, end=0, in_=34, out=39)),
        ),
        playlist("w", blank(5), entry("n", 50, 59, effect("brightness", level=1, alpha="0=0;4=1"))),
        tractor("t", mlt.track("v", "audio"), mlt.track("w", "audio")),
    )
    found = read(tmp_path / "a.mlt", *body)
    assert not found.findings or {each.rule for each in found.findings} == {"timeline.dissolve-cut"}
    below = (body[0], body[1], tractor("t", mlt.track("v", "audio")))
    program = cut(tmp_path / "b.mlt", *below)
    assert [(each.start, each.stop) for each in program.dissolves] == [(0, 8), (34, 40)]
    assert [(each.kind, each.start, each.stop) for each in program.picture] == [
        (Kind.BLACK, 0, 8),
        (Kind.MEDIA, 0, 20),
        (Kind.MEDIA, 20, 40),
        (Kind.BLACK, 34, 40),
    ]


def test_a_dissolve_between_tracks_is_one_where_the_upper_clip_begins_or_ends(tmp_path: Path) -> None:
    body = (
        file("n", "/m/a.mp4"),
        playlist("v", entry("n", 0, 59)),
        playlist("w", blank(20), entry("n", 70, 89)),
        tractor(
            "t",
            mlt.track("v", "audio"),
            mlt.track("w", "audio"),
            transition("luma", 0, 1, in_=20, out=24),
            transition("luma", 0, 1, in_=30, out=39, reverse=1),
        ),
    )
    program = cut(tmp_path / "a.mlt", *body)
    assert [(each.start, each.stop) for each in program.dissolves] == [(20, 25), (30, 40)]


def test_what_cannot_be_shown_is_told_by_clip_and_timecode(tmp_path: Path) -> None:
    moving = effect("affine", transition__rect="0=-40 0 320 90;9=-90 0 320 90", kdenlive_id="pan_zoom").replace(
        "transition:rect", "transition.rect"
    )
    still = effect("qtblend", rect=f"0=0 0 {mlt.SIZE[0]} {mlt.SIZE[1]} 1", rotation="0=0")
    body = (
        file("n", "/m/a.mp4"),
        playlist("v", entry("n", 0, 9, still), entry("n", 10, 19, moving), entry("n", 20, 29, effect("sepia"))),
        playlist("w", blank(5), entry("n", 50, 59)),
        tractor(
            "t",
            mlt.track("v", "audio"),
            mlt.track("w", "audio"),
            transition("qtblend", 0, 1, in_=5, out=14, rect="0 0 80 45 1"),
            effect("avfilter.subtitles", **{"av.filename": "/m/a.srt"}),
        ),
    )
    told = [(each.rule, each.where, each.message) for each in read(tmp_path / "a.mlt", *body).findings]
    assert ("timeline.effect", "00:00:00:10 a.mp4") in [each[:2] for each in told]
    assert any("pan_zoom (affine) with keyframes" in each[2] for each in told)
    assert any(each[1].startswith("00:00:00:20") and "sepia" in each[2] for each in told)
    assert any(each[1].startswith("00:00:00:05") and "qtblend over the tracks below" in each[2] for each in told)
    assert all("avfilter.subtitles" in each[2] for each in told)


def test_tracks_that_lie_plainly_over_each_other_say_nothing(tmp_path: Path) -> None:
    for plain in (
        transition("qtblend", 0, 1, always_active=1, compositing=0),
        transition("frei0r.cairoblend", 0, 1, always_active=1, internal_added=237),
        transition("composite", 0, 1, geometry="0/0:100%x100%:100", always_active=1),
        transition("qtblend", 0, 1, rect="0 0 80 45 1", disable=1),
    ):
        body = (
            file("n", "/m/a.mp4"),
            playlist("v", entry("n", 0, 19)),
            playlist("w", blank(5), entry("n", 50, 59)),
            tractor("t", mlt.track("v", "audio"), mlt.track("w", "audio"), plain),
        )
        assert read(tmp_path / "a.mlt", *body).findings == ()


def test_a_wipe_is_told_and_shown_as_a_dissolve(tmp_path: Path) -> None:
    wipe = transition("luma", 0, 1, in_=0, out=9, resource="/usr/share/lumas/bars.pgm")
    body = (
        file("n", "/m/a.mp4"),
        tractor("m", mlt.track("n", None, 20, 29), mlt.track("n", None, 50, 59), wipe, shotcut__transition="lumaMix"),
        playlist("v", entry("n", 0, 19), entry("m", 0, 9), entry("n", 60, 79)),
        tractor("t", mlt.track("v", "audio")),
    )
    found = read(tmp_path / "a.mlt", *body)
    assert [(each.start, each.stop) for each in found.program.dissolves] == [(20, 30)]
    assert any(each.rule == "timeline.transition" and "bars.pgm" in each.message for each in found.findings)
    assert [event.frames for event in found.program.picture] == [30, 30]


COLOURS = {
    "red": "#ff0000",
    "#80ff80": "#80ff80",
    "#ff112233": "#112233",
    "0x80ff80ff": "#80ff80",
    "color:blue": "#0000ff",
}


@pytest.mark.parametrize("said", COLOURS)
def test_colours(said: str, tmp_path: Path) -> None:
    (event,) = cut(tmp_path / "a.mlt", colour("c", said), playlist("v", entry("c", 0, 9))).picture
    assert (event.kind, event.colour) == (Kind.COLOUR, COLOURS[said])


def test_titles_of_every_kind_say_their_words(tmp_path: Path) -> None:
    def item(y: int, text: str) -> str:
        return f"<item type='QGraphicsTextItem'><position x='0' y='{y}'/><content>{text}</content></item>"

    card = (
        f"<kdenlivetitle width='160' height='90'>{item(50, 'and more')}{item(9, 'Harbour &amp; Days')}</kdenlivetitle>"
    )
    body = (
        file("n", "/m/a.mp4"),
        producer("k", "", "kdenlivetitle", xmldata=card, in_=0, out=99, length=100),
        producer("q", "", "qtext", text="plain words", in_=0, out=99, length=100),
        producer("p", "", "pango", markup="<b>Bold</b> words", in_=0, out=99, length=100),
        colour("s", "#00000000", 100, effect("dynamictext", argument="Simple\nlines")),
        colour("r", "#00000000", 100, effect("qtext", html="<html><style>x{}</style><p>Rich</p><p>text</p></html>")),
        colour("tc", "#00000000", 100, effect("dynamictext", argument="#timecode#")),
        playlist("v", entry("n", 0, 59)),
        playlist("w", *(entry(each, 0, 9) for each in ("k", "q", "p", "s", "r", "tc"))),
        tractor("t", mlt.track("v", "audio"), mlt.track("w", "audio")),
    )
    found = read(tmp_path / "a.mlt", *body)
    assert [event.text for event in found.program.overlays] == [
        "Harbour & Days\nand more",
        "plain words",
        "Bold words",
        "Simple\nlines",
        "Rich\ntext",
    ]
    assert [(event.start, event.layer) for event in found.program.overlays] == [(n * 10, 1) for n in range(5)]
    assert found.program.picture[0].frames == 60


def test_words_on_a_colour_that_is_seen_are_told_and_the_colour_stays(tmp_path: Path) -> None:
    text = effect("dynamictext", argument="over red")
    body = (colour("c", "#ff0000", 100, text), playlist("v", entry("c", 0, 9)))
    found = read(tmp_path / "a.mlt", *body)
    assert [(event.kind, event.colour) for event in found.program.events] == [(Kind.COLOUR, "#ff0000")]
    assert any("over red" in each.message for each in found.findings)
    clear = (file("n", "/m/a.mp4"), colour("c", "#00000000", 100, text), playlist("v", entry("n", 0, 9)))
    clear += playlist("w", entry("c", 0, 9)), tractor("t", mlt.track("v", "audio"), mlt.track("w", "audio"))
    assert read(tmp_path / "b.mlt", *clear).findings == ()  # these words are what the title says


def test_what_only_mlt_can_make_is_grey_and_told(tmp_path: Path) -> None:
    body = (producer("n", "", "count", in_=0, out=99, length=100), playlist("v", entry("n", 0, 9)))
    found = read(tmp_path / "a.mlt", *body)
    assert found.program.picture[0].colour == "#808080"
    assert any("count" in each.message for each in found.findings)
