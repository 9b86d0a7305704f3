"""The practice project: what lies on disk, what an editor does beside, what goes wrong on demand."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from practice import FILM, clip, cut, make_sources, practice, rendered

from twopop.errors import Cancelled, EditorError, InputError
from twopop.hosts import Capability, Edit, Place
from twopop.hosts import otio as text_of
from twopop.hosts.fake import FakeHost, editor
from twopop.hosts.fake.faults import Faults, switch_on
from twopop.hosts.fake.project import folder_of, load
from twopop.timeline.program import Marker
from twopop.variants.model import Span

NOTE = (Marker(frame=9, name="ours", colour="red", note="words"),)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def host(tmp_path: Path, media: Path) -> FakeHost:
    return practice(tmp_path / "project", media)


# -- how it begins, and what it keeps ----------------------------------------------------------------------------------


def test_its_first_timelines_are_the_otio_files_of_the_folder(tmp_path: Path, media: Path) -> None:
    source = make_sources(media, FILM.rate)["A"]
    (tmp_path / "reels").mkdir()
    for place in (tmp_path / "beside.mov", tmp_path / "reels" / "below.mov"):
        place.write_bytes(source.read_bytes())
    items = [clip(Path(name), 0, 5, FILM.rate) for name in ("beside.mov", "elsewhere/below.mov", "offline.mov")]
    (tmp_path / "b.otio").write_text(cut(items, name="second"))
    (tmp_path / "a.otio").write_text(FILM.otio(media, "first"))
    (tmp_path / "c.otio").write_text("this is no timeline")
    host = FakeHost(Place(tmp_path))
    assert [(each.name, each.current) for each in host.timelines()] == [("first", True), ("second", False)]
    program = text_of.reading(host.read(host.timelines()[1].id).otio).program
    paths = [event.source.path for event in program.picture if event.source]
    assert paths == [str(tmp_path / name) for name in ("beside.mov", "reels/below.mov", "offline.mov")]


def test_a_folder_without_cuts_is_a_project_without_timelines(tmp_path: Path) -> None:
    host = FakeHost(Place(tmp_path))
    assert host.timelines() == ()
    with pytest.raises(InputError, match="No timeline is open"):
        host.read("")


def test_another_connection_finds_everything(host: FakeHost) -> None:
    edit = host.put(host.read().otio, "copy")
    host.show(edit.made[0], 5)
    again = FakeHost(host.place)
    assert again.timelines() == host.timelines()
    assert again.read("").playhead == 5


def test_ids_are_never_given_twice(host: FakeHost) -> None:
    otio = host.read().otio
    first = host.put(otio, "one")
    host.undo(first)
    assert host.put(otio, "one").made != first.made


def test_a_damaged_project_is_told_and_not_written_over(host: FakeHost) -> None:
    file = host.folder / "project.json"
    file.write_text(file.read_text()[:200])
    with pytest.raises(InputError, match=r"project\.json"):
        host.timelines()
    with pytest.raises(InputError):
        FakeHost(host.place)
    assert len(file.read_text()) == 200


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda host: host.put(host.read().otio, "  "), "name"),
        (lambda host: host.show("", FILM.frames), "outside"),
        (lambda host: host.add_markers("", (Marker(frame=FILM.frames, name="late"),)), "'late' lies outside"),
        (lambda host: host.bring_in((), " / "), "name"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    host: FakeHost, asked: Callable[[FakeHost], Any], words: str
) -> None:
    before = load(host.folder)
    with pytest.raises(InputError, match=words):
        asked(host)
    assert load(host.folder) == before


# -- an editor beside --------------------------------------------------------------------------------------------------


def test_what_an_editor_selects_and_opens_is_told(host: FakeHost, tmp_path: Path) -> None:
    folder = host.place.folder
    second = host.put(host.read().otio, "second").made[0]
    editor.select(folder, "", Span(3, 12))
    assert host.read().selection == Span(3, 12)
    editor.open_timeline(folder, second)
    assert [each.name for each in host.timelines() if each.current] == ["second"]
    assert host.read().selection is None
    editor.open_timeline(folder, "")
    assert not any(each.current for each in host.timelines())


def edits(host: FakeHost) -> dict[str, Edit]:
    """One edit of each kind."""
    timeline = host.timelines()[0].id
    media = make_sources(host.place.folder / "media", FILM.rate)
    return {
        "put": host.put(host.read().otio, "new"),
        "markers": host.add_markers(timeline, NOTE),
        "words": host.set_metadata(timeline, {"campaign": "ours"}),
        "items": host.bring_in((media["A"],), "twopop"),
    }


CHANGES = {
    "a marker in a new timeline": ("put", lambda folder, edit: editor.add_marker(folder, edit.made[0], NOTE[0])),
    "a new name for it": ("put", lambda folder, edit: editor.rename(folder, edit.made[0], "theirs")),
    "a new name for a marker": ("markers", lambda folder, edit: editor.rename_marker(folder, "", "ours", "theirs")),
    "a file in another bin": (
        "items",
        lambda folder, edit: editor.move_item(folder, next(iter((folder / "media").rglob("A.mov"))), "theirs"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_editor_changed_since_is_not_taken_back(host: FakeHost, change: str) -> None:
    kind, by_hand = CHANGES[change]
    edit = edits(host)[kind]
    by_hand(host.place.folder, edit)
    before = load(host.folder)
    with pytest.raises(EditorError, match="changed by somebody since"):
        host.undo(edit)
    assert load(host.folder) == before


def test_what_an_editor_threw_away_is_undone_already(host: FakeHost) -> None:
    made = edits(host)
    editor.remove_marker(host.place.folder, "", "ours")
    editor.delete_timeline(host.place.folder, made["put"].made[0])
    before = load(host.folder)
    host.undo(made["markers"])
    host.undo(made["put"])
    assert load(host.folder) == before
    editor.delete_timeline(host.place.folder, host.timelines()[0].id)
    host.undo(made["words"])


def test_an_edit_of_another_host_is_refused(host: FakeHost) -> None:
    with pytest.raises(InputError, match="no edit of a practice project"):
        host.undo(Edit(id="x", what="A bin", undo={"uuid": "1234"}))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["put", "markers", "words", "items"]), st.integers(0, 2)), max_size=6))
def test_undoing_all_edits_backwards_gives_the_project_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / "cut.otio").write_text(cut([clip(folder / "cut.otio", 0, 20, FILM.rate)]))
    host = FakeHost(Place(folder))
    before = load(host.folder)
    done = []
    for kind, number in asked:
        timelines = host.timelines()
        timeline = timelines[number % len(timelines)].id
        done.append(
            {
                "put": lambda: host.put(host.read().otio, f"copy {number}"),  # noqa: B023
                "markers": lambda: host.add_markers(timeline, NOTE * (number + 1)),  # noqa: B023
                "words": lambda: host.set_metadata(timeline, {f"key {number}": kind, "both": str(number)}),  # noqa: B023
                "items": lambda: host.bring_in((folder / "cut.otio",), "/".join("abc"[: number + 1])),  # noqa: B023
            }[kind]()
        )
    for edit in reversed(done):
        host.undo(edit)
    after = load(host.folder)
    assert [each.name for each in after.timelines] == [each.name for each in before.timelines]
    assert text_of.reading(after.timelines[0].otio) == text_of.reading(before.timelines[0].otio)
    assert text_of.words(after.timelines[0].otio) == {}
    assert (after.bins, after.items) == (before.bins, before.items)


# -- what goes wrong on demand -----------------------------------------------------------------------------------------


def test_faults_come_and_go_while_the_host_runs(host: FakeHost) -> None:
    folder = host.place.folder
    switch_on(folder, Faults(lacks={Capability.MARKERS: "This edition has no markers."}))
    assert Capability.MARKERS not in host.identify().can
    with pytest.raises(EditorError, match="This edition has no markers"):
        host.add_markers("", NOTE)
    switch_on(folder, Faults())
    assert host.identify().lacks == {}
    host.add_markers("", NOTE)


def test_a_host_that_cannot_tell_selections_tells_none(host: FakeHost) -> None:
    editor.select(host.place.folder, "", Span(3, 12))
    switch_on(host.place.folder, Faults(lacks={Capability.SELECTION: "It is not told to scripts."}))
    assert host.read().selection is None


def test_a_fault_that_there_is_none_of_is_refused(host: FakeHost) -> None:
    (folder_of(host.place.folder) / "faults.json").write_text('{"lies": ["looses-marker"]}')
    with pytest.raises(InputError, match=r"faults\.json"):
        host.timelines()


@pytest.mark.parametrize(("fault", "names"), [("dies", ["film"]), ("dies_after", ["film", "copy"])])
def test_a_host_that_dies_loses_nothing_that_it_had_done(host: FakeHost, fault: str, names: list[str]) -> None:
    switch_on(host.place.folder, Faults(**{fault: ("put",)}))
    script = (
        "import sys; from pathlib import Path; from twopop.hosts import Place; from twopop.hosts.fake import FakeHost\n"
        "host = FakeHost(Place(Path(sys.argv[1]))); host.put(host.read().otio, 'copy')"
    )
    died = subprocess.run([sys.executable, "-c", script, str(host.place.folder)], check=False, timeout=60)
    assert died.returncode == 9
    switch_on(host.place.folder, Faults())
    assert [each.name for each in host.timelines()] == names


def test_a_host_that_dies_in_a_render_leaves_no_file_of_that_name(host: FakeHost, tmp_path: Path) -> None:
    switch_on(host.place.folder, Faults(dies=("render",)))
    script = (
        "import sys; from pathlib import Path; from threading import Event; from practice import PRORES\n"
        "from twopop.hosts import Place; from twopop.hosts.fake import FakeHost; file = Path(sys.argv[2])\n"
        "told = lambda done, total: print(done, total, flush=True)\n"
        "FakeHost(Place(Path(sys.argv[1]))).render('', None, PRORES, file, progress=told, cancel=Event())"
    )
    command = [sys.executable, "-c", script, str(host.place.folder), str(tmp_path / "f.mov")]
    died = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parent)
    assert (died.returncode, died.stdout.split("\n")[-2]) == (9, "18 37")
    assert not (tmp_path / "f.mov").exists()


def test_killed_at_any_moment_it_has_all_that_it_had_answered(host: FakeHost) -> None:
    script = (
        "import sys; from pathlib import Path; from twopop.hosts import Place; from twopop.hosts.fake import FakeHost\n"
        "host = FakeHost(Place(Path(sys.argv[1]))); otio = host.read().otio\n"
        "while True: print(host.put(otio, 'copy').made[0], flush=True)"
    )
    answered: list[str] = []
    for round in range(1, 4):
        command = [sys.executable, "-c", script, str(host.place.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
            assert killed.stdout is not None
            answered += [killed.stdout.readline().strip() for _ in range(round * 2)]
            killed.kill()
            answered += killed.stdout.read().split()
        assert {each.id for each in host.timelines()} >= set(answered)
    assert not list(host.folder.glob("*.otio"))


def test_a_slow_render_can_still_be_stopped(host: FakeHost, tmp_path: Path) -> None:
    from threading import Event, Timer

    switch_on(host.place.folder, Faults(slow={"render": 3600}))
    stop = Event()
    timer = Timer(0.1, stop.set)
    timer.start()
    with pytest.raises(Cancelled):
        rendered(host, tmp_path / "slow.mov", cancel=stop)
    assert not list(tmp_path.glob("*.mov"))
    timer.join()
