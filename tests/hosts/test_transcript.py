"""Transcripts: what is written down, and what a replay answers, refuses and proves."""

import json
from pathlib import Path
from threading import Event

import msgspec
import pytest
from practice import FILM, PRORES, nothing

from twopop.errors import Cancelled, EditorError, InputError, StudioError
from twopop.hosts import Host, Place
from twopop.hosts.contract import CLAUSES, run
from twopop.hosts.contract.bench import Bench
from twopop.hosts.fake import FakeHost
from twopop.hosts.transcript import SCHEMA, Recording, Transcript, replay
from twopop.variants.model import Span

SOME = tuple(
    clause for clause in CLAUSES if clause.name in ("put.markers", "render.range", "render.cancel", "undo.changed")
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transcript of some clauses, made in a folder with blanks and an umlaut in its name."""
    folder = tmp_path_factory.mktemp("made here ü")
    file = tmp_path_factory.mktemp("transcripts") / "fake.jsonl"
    with Recording.to(file, "fake", folder) as eyes:
        report = run("fake", eyes.connecting(FakeHost), folder, eyes=eyes, clauses=SOME)
    assert not report.broken
    return file


def outcomes(file: Path, folder: Path) -> dict[str, tuple[str, str]]:
    return {each.clause: (each.state, each.seen) for each in replay(file, folder).outcomes}


def test_a_replay_gives_what_the_recording_gave_wherever_it_runs(recorded: Path, tmp_path: Path) -> None:
    told = outcomes(recorded, tmp_path)
    assert {name: told[name][0] for name in (clause.name for clause in SOME)} == dict.fromkeys(
        (clause.name for clause in SOME), "kept"
    )
    others = {state for name, (state, _) in told.items() if name not in {clause.name for clause in SOME}}
    assert others == {"does not apply"}
    assert not list((tmp_path / "renders").iterdir())


def test_no_path_of_the_machine_is_in_it(recorded: Path) -> None:
    lines = [json.loads(line) for line in recorded.read_text().splitlines()]
    assert lines[0] == {"schema": SCHEMA, "host": "fake"}
    text = recorded.read_text()
    assert "made here" not in text
    assert "made%20here" not in text
    assert "{bench}/media" in text
    assert "{bench-url}/media" in text


@pytest.mark.parametrize(
    ("old", "new", "clause", "words"),
    [
        ('"A9"', '"A8"', "render.range", "number 0: 'A8' instead of 'A9'"),
        ("Last frame", "Lost frame", "put.markers", "no answer to call put"),
        ('"kind":"Cancelled"', '"kind":"StudioError"', "render.cancel", "the host failed"),
    ],
)
def test_a_transcript_that_was_changed_no_longer_keeps_the_contract(
    recorded: Path, tmp_path: Path, old: str, new: str, clause: str, words: str
) -> None:
    text = recorded.read_text()
    assert old in text
    file = tmp_path / "changed.jsonl"
    file.write_text(text.replace(old, new))
    state, seen = outcomes(file, tmp_path / "bench")[clause]
    assert state == "broken"
    assert words in seen


def test_what_was_not_asked_then_is_refused_in_words(recorded: Path, tmp_path: Path) -> None:
    transcript = Transcript(recorded, tmp_path)
    transcript.begin("put.markers")
    host: Host = transcript.connect(Place(tmp_path / "project", scratch=True))
    with pytest.raises(
        StudioError, match=r"no answer to call show \(project, scratch\); here it was: call put"
    ) as error:
        host.show("t1", 0)
    assert "--record" in error.value.remedy


def test_errors_and_progress_come_back_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    (folder / "project").mkdir(parents=True)
    place, file = Place(folder / "project"), tmp_path / "t.jsonl"
    asked: list[list[object]] = []

    def ask(host: Host) -> list[object]:
        told: list[object] = []
        edit = host.put(FILM.otio(folder / "media", "film"), "film")
        with pytest.raises(InputError) as unknown:
            host.read("nobody")
        host.render(
            edit.made[0],
            Span(0, 3),
            PRORES,
            folder / "f.mov",
            progress=lambda done, total: told.append((done, total)),
            cancel=Event(),
        )
        stop = Event()
        stop.set()
        with pytest.raises(Cancelled):
            host.render(edit.made[0], None, PRORES, folder / "g.mov", progress=nothing, cancel=stop)
        with pytest.raises(EditorError):
            host.show(edit.made[0], 999)
        return [unknown.value.what, unknown.value.where, unknown.value.remedy, msgspec.structs.astuple(edit), *told]

    with Recording.to(file, "fake", folder) as eyes:
        asked.append(ask(eyes.connecting(FakeHost)(place)))
    transcript = Transcript(file, folder)
    asked.append(ask(transcript.connect(place)))
    assert asked[0] == asked[1]
    assert asked[0][-3:] == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(StudioError, match="nothing more was asked here"):
        transcript.connect(place).identify()


def test_a_recording_that_is_broken_off_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    with pytest.raises(KeyboardInterrupt), Recording.to(file, "fake", tmp_path / "bench"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_host_that_could_not_be_reached_stays_out_of_reach(tmp_path: Path) -> None:
    def refuse(place: Place) -> Host:
        raise StudioError("It is not running.", remedy="Start it.")

    file = tmp_path / "t.jsonl"
    with Recording.to(file, "gone", tmp_path / "bench") as eyes:
        first = run("gone", eyes.connecting(refuse), tmp_path / "bench", eyes=eyes, clauses=SOME)
    again = replay(file, tmp_path / "other bench")
    assert all("It is not running." in each.seen for each in first.outcomes)
    assert {each.clause: each for each in first.outcomes}.items() <= {
        each.clause: each for each in again.outcomes
    }.items()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("no JSON\n", "line 1"),
        ('{"schema": "twopop.order/1"}\n', "twopop.host-transcript/1"),
        ('{"schema": "twopop.host-transcript/2", "host": "x"}\n', "newer"),
        ('{"schema": "twopop.host-transcript/1", "host": "x"}\n{"did": "sing"}\n', "line 2"),
    ],
)
def test_a_file_that_is_no_transcript_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(text)
    with pytest.raises(InputError, match=words):
        Transcript(file, tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        Transcript(tmp_path / "none.jsonl", tmp_path)


def test_the_bench_leaves_what_it_was_given_alone(tmp_path: Path) -> None:
    bench = Bench(FakeHost, tmp_path)
    bench.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media", "project", "renders"]
