"""MLT as a host beyond the contract: projects of people, bins, and other hands at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from mlt_folders import MARK, kdenlive, program_of, render, spot

from support import mlt
from support.mlt import entry, file, playlist, producer, tractor, transition
from support.numbered import make_numbered
from twopop import EditorError, InputError, StudioError
from twopop.hosts import Capability, Host, Place
from twopop.hosts import otio as text_of
from twopop.hosts.contract import CLAUSES, Bench, judge
from twopop.hosts.contract.cuts import PAL
from twopop_mlt import melt
from twopop_mlt.host import MltHost


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "numbered.mov"
    sound = ("-f", "lavfi", "-i", "sine=440:duration=4")
    return make_numbered(path, frames=100, size=mlt.SIZE, inputs=sound, more=("-c:a", "aac", "-map", "0", "-map", "1"))


# -- projects of people ------------------------------------------------------------------------------------------------


def test_the_only_project_that_people_made_is_the_current_one(tmp_path: Path) -> None:
    spot(tmp_path, "/m/a.mov")
    (tmp_path / "sub").mkdir()
    host = MltHost(Place(tmp_path))
    host.put(PAL.otio(tmp_path / "media", "cut"), "cut")
    (tmp_path / "broken.mlt").write_text("<mlt")
    (tmp_path / ".hidden").mkdir()
    spot(tmp_path / ".hidden", "/m/a.mov")
    assert [(each.id, each.name, each.current) for each in host.timelines()] == [
        ("cut.mlt", "cut", False),
        ("spot.mlt", "spot", True),
    ]
    assert host.read("").id == "spot.mlt"
    spot(tmp_path / "sub", "/m/a.mov", "other.mlt")
    assert not any(each.current for each in host.timelines())
    with pytest.raises(InputError, match="cannot be told"):
        host.read("")
    with pytest.raises(InputError):
        host.read("../elsewhere.mlt")


def test_a_put_tells_what_of_the_timeline_it_leaves_out(tmp_path: Path) -> None:
    wipe = transition("luma", 0, 1, in_=0, out=9, resource="/m/bars.pgm")
    body = (
        file("n", "/m/a.mp4"),
        producer("bars", "", "frei0r.test_pat_B", in_=0, out=99, length=100),
        tractor("m", mlt.track("n", None, 20, 29), mlt.track("n", None, 50, 59), wipe, shotcut__transition="lumaMix"),
        playlist("v", entry("n", 0, 19), entry("m", 0, 9), entry("n", 60, 79), entry("bars", 0, 9)),
    )
    mlt.write(tmp_path / "spot.mlt", *body)
    host = MltHost(Place(tmp_path))
    said = host.put(host.read("spot.mlt").otio, "again").what
    assert "Left out at 00:00:01:00" in said
    assert "bars.pgm" in said
    assert "frei0r.test_pat_B" in said


def test_each_sequence_is_a_timeline_with_markers_and_words_of_its_own(tmp_path: Path) -> None:
    path = kdenlive(tmp_path)
    before = path.read_bytes()
    host = MltHost(Place(tmp_path))
    ids = [each.id for each in host.timelines()]
    assert ids == ["spot.kdenlive", "spot.kdenlive#{1}"]
    edits = [host.add_markers(ids[1], (MARK,)), host.set_metadata(ids[1], {"campaign": "Vår"})]
    assert "Kdenlive or Shotcut" in edits[0].what
    assert program_of(host, ids[1]).markers == (MARK,)
    assert text_of.words(host.read(ids[1]).otio)["campaign"] == "Vår"
    assert program_of(host, ids[0]).markers == ()
    assert b"<!-- by hand -->" in path.read_bytes()
    listed = json.loads(
        path.read_text().split('sequenceproperties.guides">')[1].split("</property>")[0].replace("&quot;", '"')
    )
    assert (listed[0]["pos"], listed[0]["duration"], listed[0]["type"]) == (3, 2, 8)  # as Kdenlive counts: 8 is red
    for edit in reversed(edits):
        host.undo(edit)
    assert program_of(host, ids[1]).markers == ()
    assert text_of.words(host.read(ids[1]).otio) == {}
    same = [ElementTree.canonicalize(text, strip_text=True, with_comments=True) for text in (path.read_bytes(), before)]
    assert same[0].replace("[]", "") == same[1].replace("[]", "")


def test_markers_that_kdenlive_saved_without_our_ids_can_be_undone_and_changed_ones_are_left(tmp_path: Path) -> None:
    path = kdenlive(tmp_path)
    host = MltHost(Place(tmp_path))
    edit = host.add_markers("spot.kdenlive", (MARK,))
    text = path.read_text()
    key = next(part for part in text.split('"id": "')[1:]).split('"')[0]
    resaved = json.loads(text.split('sequenceproperties.guides">')[2].split("</property>")[0])
    del resaved[0]["twopop"]
    kept = text.split('sequenceproperties.guides">')[2].split("</property>")[0]
    path.write_text(text.replace(kept, json.dumps(resaved)))
    assert key not in path.read_text()
    host.undo(edit)
    assert program_of(host, "spot.kdenlive").markers == ()

    edit = host.add_markers("spot.kdenlive", (MARK,))
    changed = path.read_text().replace("Schwarz", "Ganz schwarz")
    path.write_text(changed)
    with pytest.raises(EditorError, match="changed by somebody"):
        host.undo(edit)
    assert path.read_text() == changed


def test_an_edit_is_refused_when_somebody_saves_at_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = spot(tmp_path, "/m/a.mov")
    from twopop_mlt import editing

    whole = editing.text_of

    def meanwhile(document: Any) -> bytes:
        path.write_bytes(path.read_bytes().replace(b'in="10"', b'in="11"'))
        return whole(document)

    monkeypatch.setattr(editing, "text_of", meanwhile)
    with pytest.raises(EditorError, match="same moment"):
        MltHost(Place(tmp_path)).add_markers("spot.mlt", (MARK,))
    assert b'in="11"' in path.read_bytes()
    assert b"qc.black" not in path.read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["spot.mlt"]


def test_a_full_disk_leaves_the_project_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = spot(tmp_path, "/m/a.mov")
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("twopop.files.give_name", full)
    host = MltHost(Place(tmp_path))
    with pytest.raises(EditorError, match="No space left"):
        host.add_markers("spot.mlt", (MARK,))
    with pytest.raises(EditorError, match="No space left"):
        host.put(PAL.otio(tmp_path / "media", "cut"), "cut")
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*cut*")) + list(tmp_path.glob(".partial*"))


def test_a_folder_that_is_not_there_is_the_studios_matter(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no such folder"):
        MltHost(Place(tmp_path / "nowhere"))


def test_a_scratch_project_never_begins_where_projects_of_people_are(tmp_path: Path) -> None:
    path = spot(tmp_path, "/m/a.mov")
    with pytest.raises(StudioError, match="empty folder"):
        MltHost(Place(tmp_path, scratch=True))
    assert path.exists()


def test_without_melt_everything_but_rendering_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(melt, "program", lambda: None)
    spot(tmp_path, "/m/a.mov")
    host = MltHost(Place(tmp_path))
    identity = host.identify()
    assert Capability.RENDER in identity.lacks
    assert Capability.PUT in identity.can
    with pytest.raises(EditorError, match="melt is not installed"):
        render(host, "spot.mlt", tmp_path / "a.mov")


# -- the bin of a Kdenlive project -------------------------------------------------------------------------------------


def test_the_contract_of_bins_is_kept_where_there_is_a_kdenlive_project(tmp_path: Path) -> None:
    def connect(place: Place) -> Host:
        host = MltHost(place)
        if place.scratch:
            mlt.write(place.folder / "bin.kdenlive", playlist("main_bin", kdenlive__documentnotes="x"))
        return host

    bench = Bench(connect, tmp_path)
    outcomes = {each.name: judge(each, bench) for each in CLAUSES if Capability.IMPORT in each.needs}
    bench.close()
    assert {outcome.state for outcome in outcomes.values()} == {"kept"}, outcomes
    assert len(outcomes) == 3


def test_what_is_brought_in_is_a_clip_as_kdenlive_keeps_it(tmp_path: Path, numbered: Path) -> None:
    path = kdenlive(tmp_path)
    host = MltHost(Place(tmp_path))
    host.bring_in((numbered,), "twopop/2026")
    text = path.read_text()
    assert 'name="kdenlive:folder.-1.1">twopop<' in text
    assert 'name="kdenlive:folder.1.2">2026<' in text
    assert 'name="kdenlive:folderid">2<' in text
    made = text.split(f">{numbered}<")[0].rsplit("<producer", 1)[1]
    assert 'out="99"' in made  # 100 frames: four seconds at 25
    assert program_of(host, "spot.kdenlive").frames == 10
