"""Clauses on bins, on undoing, and on what lasts."""

from __future__ import annotations

from twopop.errors import EditorError, InputError
from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.cards import make_sources
from twopop.hosts.contract.cuts import FILM, PAL
from twopop.hosts.contract.model import Clause, clause, holds, refuses, same
from twopop.hosts.model import Capability, Edit, Place
from twopop.timeline.program import Marker

_NOTE = (Marker(frame=9, name="to be undone", colour="red", note="words"),)


@clause("import.bin", "Files that are brought in lie in the bin that was named.", Capability.IMPORT)
def files_lie_in_the_bin(bench: Bench) -> None:
    """A bin in a bin that is made for them; brought in twice, they are there once."""
    files = tuple(make_sources(bench.media, FILM.rate).values())
    same("a bin that is not there", bench.host.in_bin("twopop/never made"), ())
    bench.host.bring_in(files[:2], "twopop/Lieferung 1")
    bench.host.bring_in(files[1:], "twopop/Lieferung 1")
    same("in the bin", sorted(bench.host.in_bin("twopop/Lieferung 1")), sorted(map(str, files)))
    same("in the bin around it", bench.host.in_bin("twopop"), ())


@clause("import.missing", "A file that is not there is refused, and nothing is brought in.", Capability.IMPORT)
def missing_files_are_refused(bench: Bench) -> None:
    """Not the other files either."""
    there = make_sources(bench.media, FILM.rate)["A"]
    missing = bench.renders / "not there.mov"
    refuses("a file that is not there", InputError, lambda: bench.host.bring_in((there, missing), "twopop/missing"))
    same("in the bin", bench.host.in_bin("twopop/missing"), ())


@clause("undo.put", "Undoing a put takes the new timeline away, and nothing else.", Capability.PUT)
def undo_a_put(bench: Bench) -> None:
    """The list and the other timelines are as before."""
    other, _ = bench.put(PAL, "stays")
    before, held = bench.host.timelines(), bench.read(other)
    id, edit = bench.put(FILM, "goes")
    bench.host.undo(edit)
    same("the timelines", bench.host.timelines(), before)
    same("the other timeline", bench.read(other), held)
    refuses("reading what was undone", InputError, lambda: bench.host.read(id))


@clause("undo.markers", "Undoing markers takes those away that were added, and no others.",
        Capability.PUT, Capability.MARKERS)  # fmt: skip
def undo_markers(bench: Bench) -> None:
    """Even where one looks like another."""
    id, _ = bench.put(FILM, "markers undone")
    bench.host.add_markers(id, (Marker(frame=9, name="stays", colour="red"),))
    before = bench.read(id)
    edit = bench.host.add_markers(id, (*_NOTE, Marker(frame=12, name="goes too")))
    same("markers added", len(bench.read(id).program.markers), len(FILM.markers) + 3)
    bench.host.undo(edit)
    same("the timeline", bench.read(id), before)


@clause("undo.words", "Undoing words puts back what was there: other words, or none.",
        Capability.PUT, Capability.METADATA)  # fmt: skip
def undo_words(bench: Bench) -> None:
    """One key that was there, one that was not."""
    id, _ = bench.put(FILM, "words undone")
    before = bench.read(id).words
    edit = bench.host.set_metadata(id, {"campaign": "changed", "fresh": "new"})
    same("words meanwhile", bench.read(id).words, before | {"campaign": "changed", "fresh": "new"})
    bench.host.undo(edit)
    same("words", bench.read(id).words, before)


@clause("undo.import", "Undoing an import takes those files out of the bin, and no others.", Capability.IMPORT)
def undo_an_import(bench: Bench) -> None:
    """The files themselves stay on disk."""
    files = tuple(make_sources(bench.media, FILM.rate).values())
    bench.host.bring_in(files[:1], "twopop/undone")
    edit = bench.host.bring_in(files, "twopop/undone")
    bench.host.undo(edit)
    same("in the bin", bench.host.in_bin("twopop/undone"), (str(files[0]),))
    holds(all(file.exists() for file in files), "a file was taken off the disk")


@clause("undo.twice", "Undoing twice does nothing the second time.", Capability.PUT)
def undo_twice(bench: Bench) -> None:
    """What was made since stays."""
    _, edit = bench.put(FILM, "undone twice")
    bench.host.undo(edit)
    bench.put(PAL, "undone twice")
    before = bench.host.timelines()
    bench.host.undo(edit)
    same("the timelines", bench.host.timelines(), before)


@clause("undo.changed", "What somebody changed since is not undone: that is refused, and nothing is touched.",
        Capability.PUT, Capability.MARKERS)  # fmt: skip
def undo_what_was_changed(bench: Bench) -> None:
    """A timeline that somebody marked meanwhile."""
    id, edit = bench.put(FILM, "changed since")
    with bench.another() as somebody:
        somebody.add_markers(id, _NOTE)
    before = bench.read(id)
    refuses("undoing what somebody changed", EditorError, lambda: bench.host.undo(edit))
    same("the timeline", bench.read(id), before)


@clause("undo.changed-words", "Words that somebody replaced since are not undone.", Capability.PUT, Capability.METADATA)
def undo_words_that_were_changed(bench: Bench) -> None:
    """The somebody's words stay."""
    id, _ = bench.put(FILM, "words changed since")
    edit = bench.host.set_metadata(id, {"campaign": "ours", "fresh": "ours"})
    with bench.another() as somebody:
        somebody.set_metadata(id, {"campaign": "theirs"})
    before = bench.read(id).words
    refuses("undoing words that somebody replaced", EditorError, lambda: bench.host.undo(edit))
    same("words", bench.read(id).words, before)


@clause(
    "undo.travels", "An edit can be undone by another connection, from what was written down of it.", Capability.PUT
)
def undo_by_another(bench: Bench) -> None:
    """Edits travel as JSON and outlive the process that made them."""
    from twopop import schema

    before = bench.host.timelines()
    _, edit = bench.put(FILM, "undone elsewhere")
    with bench.another() as other:
        other.undo(schema.from_json(schema.to_json(edit), Edit, where="the receipt"))
    same("the timelines", bench.host.timelines(), before)


@clause("lasting.connection", "What was done is there for the next connection.", Capability.PUT)
def a_lost_connection_loses_nothing(bench: Bench) -> None:
    """A second connection reads the same."""
    id, _ = bench.put(FILM, "lasting")
    held = bench.read(id)
    with bench.another() as other:
        same("read by another connection", bench.read(id, other), held)
    same("read when that one has gone", bench.read(id), held)


@clause("lasting.scratch", "A scratch project begins empty, and is taken away when it is closed.")
def scratch_is_taken_away(bench: Bench) -> None:
    """A project of its own in a folder of its own."""
    folder = bench.folder / "another project"
    folder.mkdir(exist_ok=True)
    host = bench.connect(Place(folder, scratch=True))
    same("timelines in a new scratch project", host.timelines(), ())
    if Capability.PUT in host.identify().can:
        host.put(FILM.otio(bench.media, "scratch"), "scratch")
    host.close()
    same("files left", bench.eyes.listing(folder), ())


CLAUSES: tuple[Clause, ...] = (
    files_lie_in_the_bin,
    missing_files_are_refused,
    undo_a_put,
    undo_markers,
    undo_words,
    undo_an_import,
    undo_twice,
    undo_what_was_changed,
    undo_words_that_were_changed,
    undo_by_another,
    a_lost_connection_loses_nothing,
    scratch_is_taken_away,
)
