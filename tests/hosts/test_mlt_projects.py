"""Projects of Kdenlive and Shotcut as these keep them, and projects that nobody vouches for."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import mlt
from support.mlt import colour, effect, entry, file, group, playlist, producer, tractor, transition, words
from twopop import InputError, Kind, Marker, Program, Reading, ReadOptions, Role
from twopop_mlt.reading import read_mlt


def read(path: Path, *body: str, name: str = "", **said: object) -> Reading:
    return read_mlt(mlt.write(path, *body, **said), ReadOptions(name=name))


def cut(path: Path, *body: str, **said: object) -> Program:
    return read(path, *body, **said).program


def old_kdenlive(guides: object, *, hide: str = "audio") -> tuple[str, ...]:
    """A project as Kdenlive 22.12 keeps it: guides in the bin, markers on its clips, tracks of two playlists."""
    return (
        file("n", "shots/a.mp4", kdenlive__id=4, kdenlive__clipname="Harbour", **{"meta.media.0.stream.type": "video"},
             kdenlive__markers=json.dumps([{"comment": "wave", "pos": 15, "type": 8}])),
        playlist("main_bin", entry("n", 0, 99), **{"kdenlive:docproperties.guides": json.dumps(guides)}),
        producer("black_track", "black", "color", length=2147483647, eof="continue"),
        file("n4", "shots/a.mp4", kdenlive__id=4, **{"meta.media.0.stream.type": "video"}),
        file("a4", "shots/a.mp4", kdenlive__id=4, video_index=-1, audio_index=1),
        playlist("p0", entry("a4", 10, 39)),
        playlist("p1"),
        tractor("t0", mlt.track("p0", "video"), mlt.track("p1", "video"), kdenlive__audio_track=1,
                kdenlive__track_name="MX"),
        playlist("p2", entry("n4", 10, 39)),
        playlist("p3"),
        tractor("t1", mlt.track("p2", hide), mlt.track("p3", hide), kdenlive__trackheight=67),
        tractor(
            "t",
            mlt.track("black_track"),
            mlt.track("t0"),
            mlt.track("t1"),
            transition("mix", 0, 1, internal_added=237, always_active=1, sum=1),
            transition("frei0r.cairoblend", 0, 2, internal_added=237, always_active=1),
            effect("volume", window=75, max_gain="20dB", internal_added=237, disable=1),
        ),
    )  # fmt: skip


def test_a_project_of_kdenlive_22(tmp_path: Path) -> None:
    guides = [{"comment": "30s", "pos": 3, "type": 0}, {"comment": "end", "pos": 20, "type": 3, "duration": 5}]
    found = read(tmp_path / "spot.kdenlive", *old_kdenlive(guides), producer="main_bin")
    program = found.program
    assert (program.name, program.frames, found.findings) == ("spot", 30, ())
    (event,) = program.picture
    assert event.source is not None
    assert event.source.path == str(tmp_path / "shots/a.mp4")
    assert event.source_in == Fraction(10, 25)
    (heard,) = program.audio
    assert (heard.name, heard.role) == ("MX", Role.MUSIC)
    assert program.markers == (
        Marker(frame=3, name="30s", colour="purple"),
        Marker(frame=5, name="wave", colour="red"),
        Marker(frame=20, name="end", frames=5, colour="green"),
    )


def test_a_hidden_track_of_kdenlive_is_not_seen(tmp_path: Path) -> None:
    program = cut(tmp_path / "a.kdenlive", *old_kdenlive([], hide="both"))
    assert all(event.kind is Kind.BLACK for event in program.picture)
    assert program.audio


def sequence(uuid: str, name: str, inner: str, guides: object) -> tuple[str, ...]:
    return (
        producer(
            f"black-{uuid}", "black", "color", length=2147483647, eof="continue", kdenlive__playlistid="black_track"
        ),
        playlist(f"p-{uuid}", entry(inner, 0, 19)),
        playlist(f"q-{uuid}"),
        tractor(
            f"t-{uuid}", mlt.track(f"p-{uuid}", "audio"), mlt.track(f"q-{uuid}", "audio"), kdenlive__trackheight=67
        ),
        tractor(
            uuid,
            mlt.track(f"black-{uuid}"),
            mlt.track(f"t-{uuid}"),
            transition("qtblend", 0, 1, always_active=1, internal_added=237),
            kdenlive__uuid=uuid,
            kdenlive__clipname=name,
            **{"kdenlive:sequenceproperties.guides": json.dumps(guides)},
        ),
    )


def new_kdenlive() -> tuple[str, ...]:
    """A project as Kdenlive 23.04 and later keep it: two sequences, one within the other, the outer one open."""
    return (
        file("n", "/m/a.mp4", **{"meta.media.0.stream.type": "video"}),
        *sequence("{one}", "Shots", "n", []),
        *sequence("{two}", "Spot", "{one}", [{"comment": "here", "pos": 7, "type": 1}]),
        playlist(
            "main_bin", entry("n", 0, 99), entry("{one}", 0, 19), **{"kdenlive:docproperties.activetimeline": "{two}"}
        ),
        tractor("last", mlt.track("{two}", None, 0, 19), kdenlive__projectTractor=1),
    )


def test_a_project_of_kdenlive_23_holds_sequences(tmp_path: Path) -> None:
    found = read(tmp_path / "a.kdenlive", *new_kdenlive())
    assert found.program.name == "Spot"
    assert [each.rule for each in found.findings] == ["timeline.several"]
    assert found.program.markers == (Marker(frame=7, name="here", colour="blue"),)
    assert [(each.name, each.frames) for each in found.program.picture] == [("a.mp4", 20)]
    assert cut(tmp_path / "a.kdenlive", *new_kdenlive(), name="Shots").markers == ()


def test_a_project_of_shotcut(tmp_path: Path) -> None:
    mark = group("0", words({"text": "6s", "start": "00:00:00.200", "end": "00:00:01.000", "color": "#008000"}))
    body = (
        file("n", "a.mp4", shotcut__caption="Harbour"),
        playlist("main_bin", entry("n", 0, 99), xml_retain=1),
        colour("black", "0", 40),
        playlist("background", entry("black", 0, 39)),
        playlist("playlist0", entry("n", 10, 49), shotcut__video=1, shotcut__name="V1"),
        tractor(
            "tractor0",
            group("shotcut:markers", mark),
            mlt.track("background"),
            mlt.track("playlist0"),
            transition("mix", 0, 1, always_active=1, sum=1),
            shotcut=1,
        ),
    )
    found = read(tmp_path / "spot.mlt", *body, producer="tractor0", root=str(tmp_path / "elsewhere"))
    (event,) = found.program.picture
    assert (event.name, event.track) == ("Harbour", "V1")
    assert event.source is not None
    assert event.source.path == str(tmp_path / "elsewhere/a.mp4")
    assert found.program.markers == (Marker(frame=5, name="6s", frames=20, colour="#008000"),)
    assert found.program.audio[0].clips[0].source_in == Fraction(10, 25)
    assert found.findings == ()


def test_proxies_give_way_to_what_they_stand_for(tmp_path: Path) -> None:
    body = (
        file("k", "proxy/a.mkv", kdenlive__proxy="proxy/a.mkv", kdenlive__originalurl="/m/a.mov"),
        file("s", "proxies/b.mp4", shotcut__proxy=1, shotcut__resource="/m/b.mov"),
        playlist("v", entry("k", 0, 9), entry("s", 0, 9)),
    )
    sources = [event.source for event in cut(tmp_path / "a.mlt", *body).picture]
    assert [source.path for source in sources if source] == ["/m/a.mov", "/m/b.mov"]


def test_the_command_line_reads_a_project(tmp_path: Path) -> None:
    path = mlt.write(tmp_path / "spot.kdenlive", *old_kdenlive([]))
    command = [sys.executable, "-m", "twopop", "timeline", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rate"], said["duration_frames"], len(said["events"])) == ("25", 30, 1)


def bomb(levels: int) -> str:
    lists = [playlist(f"p{n}", *(entry(f"p{n - 1}") for _ in range(10))) for n in range(1, levels)]
    return mlt.project(colour("c", "red"), playlist("p0", entry("c", 0, 9)), *lists)


BAD = {
    "entities": '<!DOCTYPE mlt [<!ENTITY a "aaaa">]><mlt><producer>&a;</producer></mlt>',
    "an entity from a file": '<!DOCTYPE mlt [<!ENTITY a SYSTEM "file:///etc/passwd">]><mlt>&a;</mlt>',
    "another root": "<xmeml/>",
    "damaged": "<mlt><playlist",
    "empty": "",
    "no timeline": mlt.project(),
    "far too deep": "<mlt>" + "<playlist>" * 300 + "</playlist>" * 300 + "</mlt>",
    "a timeline within itself": mlt.project(playlist("p", entry("p"))),
    "tractors within each other": mlt.project(tractor("a", mlt.track("b")), tractor("b", mlt.track("a"))),
    "more uses than any cut has": bomb(9),
    "a rate that is none": mlt.project(head='<profile frame_rate_num="0" frame_rate_den="0" width="1" height="1"/>'),
    "a rate out of reach": mlt.project(playlist("p"), head='<profile frame_rate_num="999999999" frame_rate_den="1"/>'),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_projects_are_refused_in_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twopop_mlt.lines.MOST_USES", 2000)  # 40000 as it stands, which takes a while
    path = tmp_path / "bad.mlt"
    path.write_text(BAD[name])
    with pytest.raises(InputError) as told:
        read_mlt(path, ReadOptions())
    assert str(path) in str(told.value)
    assert "Traceback" not in str(told.value)


def test_addresses_are_told_and_never_opened(tmp_path: Path) -> None:
    body = (
        file("n", "http://192.0.2.1/a.mp4"),
        file("m", "concat:/etc/passwd|/etc/hosts"),
        playlist("v", entry("n", 0, 9), entry("m", 0, 9)),
    )
    found = read(tmp_path / "a.mlt", *body)
    assert [each.where for each in found.findings if each.rule == "timeline.address"] == [
        "concat:/etc/passwd|/etc/hosts",
        "http://192.0.2.1/a.mp4",
    ]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "damaged.kdenlive"


@given(data=st.data())
def test_no_damage_gives_anything_but_words(damaged: Path, data: st.DataObject) -> None:
    text = mlt.project(*data.draw(st.sampled_from([old_kdenlive([{"pos": 3, "comment": "x"}]), new_kdenlive()])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", "-1", "99999999999", "NaN", "<", '"', "=;", "\u20ac", "{one}"]))
            + text[at + length :]
        )
    damaged.write_text(text, encoding="utf-8")
    try:
        program = read_mlt(damaged, ReadOptions()).program
    except InputError:
        return
    assert program.frames >= 0
