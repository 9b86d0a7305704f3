"""Clauses on markers and words that are added to a timeline."""

from __future__ import annotations

from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.cuts import FILM, PAL
from twopop.hosts.contract.model import Clause, clause, same
from twopop.hosts.model import Capability
from twopop.timeline.program import Marker

_MORE = (
    Marker(frame=3, name="qc.black", frames=2, colour="red", note="Black for 2 frames \u2013 schwarz ✂"),
    Marker(frame=20, name="CUT6", frames=10, colour="cyan"),
)


@clause("markers.added", "Markers are added with all they say, and those that are there stay.",
        Capability.PUT, Capability.MARKERS)  # fmt: skip
def markers_are_added(bench: Bench) -> None:
    """In two goes."""
    id, _ = bench.put(FILM, "marked")
    bench.host.add_markers(id, _MORE[:1])
    bench.host.add_markers(id, _MORE[1:])
    wanted = tuple(sorted((*FILM.markers, *_MORE), key=lambda marker: (marker.frame, marker.name)))
    same("markers", bench.read(id).program.markers, wanted)


@clause("markers.there", "Markers go to the timeline that was named and to no other.",
        Capability.PUT, Capability.MARKERS)  # fmt: skip
def markers_go_where_they_should(bench: Bench) -> None:
    """The other timeline has what it had, the shots are what they were."""
    id, _ = bench.put(FILM, "to be marked")
    other, _ = bench.put(PAL, "not to be marked")
    before, shots = bench.read(other), bench.read(id).program.events
    bench.host.add_markers(id, _MORE)
    same("the other timeline", bench.read(other), before)
    same("the shots", bench.read(id).program.events, shots)


@clause("words.kept", "Words are kept with a timeline, replaced by key, and others stay.",
        Capability.PUT, Capability.METADATA)  # fmt: skip
def words_are_kept(bench: Bench) -> None:
    """New keys, an old one, letters of elsewhere, much text."""
    id, _ = bench.put(FILM, "worded")
    before = bench.read(id).words
    bench.host.set_metadata(id, {"twopop.order": "Frühling ✂ 題名", "long": "word " * 400})
    bench.host.set_metadata(id, {"campaign": 'other "words"\nin two lines'})
    wanted = before | {
        "twopop.order": "Frühling ✂ 題名",
        "long": "word " * 400,
        "campaign": 'other "words"\nin two lines',
    }
    same("words", bench.read(id).words, wanted)


CLAUSES: tuple[Clause, ...] = (markers_are_added, markers_go_where_they_should, words_are_kept)
