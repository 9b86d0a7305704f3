"""Clauses on taking cuts in: what is put into a host is what it tells afterwards."""

from __future__ import annotations

from pathlib import Path

from twopop.errors import InputError
from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.cards import SOURCES, make_sources
from twopop.hosts.contract.cuts import DROP, FILM, PAL, Cut
from twopop.hosts.contract.model import Clause, clause, holds, refuses, same
from twopop.hosts.model import Capability
from twopop.timeline.program import Kind, Program

_LONG = "Größte Änderung \u2013 題名 «Ü» & 50 % " + "and a name that goes on " * 4 + "to the end"


@clause("put.rate", "A cut keeps its frame rate and its length to the frame, odd rates too.", Capability.PUT)
def rate_and_length(bench: Bench) -> None:
    """24000/1001, 25, and 30000/1001."""
    for cut, name in ((FILM, "film"), (PAL, "pal"), (DROP, "drop")):
        program = bench.read(bench.put(cut, f"rate {name}")[0]).program
        same(f"rate and frames of a cut at {cut.rate}", (program.rate, program.frames), (cut.rate, cut.frames))


@clause("put.start", "A cut keeps its start timecode, drop-frame as drop-frame.", Capability.PUT)
def start_timecode(bench: Bench) -> None:
    """The timecodes of first frames."""
    for cut, name in ((FILM, "film"), (PAL, "pal"), (DROP, "drop")):
        program = bench.read(bench.put(cut, f"start {name}")[0]).program
        same(f"start of a cut at {cut.rate}", program.timecode(0), cut.start)


@clause("put.shots", "A cut keeps its shots: order, gaps, in and out points to the frame.", Capability.PUT)
def shots(bench: Bench) -> None:
    """Each shot with its place, source and source frame."""
    for cut, name in ((FILM, "film"), (PAL, "pal"), (DROP, "drop")):
        program = bench.read(bench.put(cut, f"shots {name}")[0]).program
        same("shots (start, stop, source, its first frame)", _shots(program, cut), _shots_of(cut))


@clause("put.sound", "A cut keeps its sound: each clip's place and source, to the sample.", Capability.PUT)
def sounds(bench: Bench) -> None:
    """Each audio clip with its place, source and source time."""
    program = bench.read(bench.put(FILM, "sounds")[0]).program
    heard = [
        (clip.start, clip.stop, _letter(clip.source.path), clip.source_in)
        for track in program.audio
        for clip in track.clips
    ]
    seconds = FILM.rate.seconds
    wanted = [(seconds(start), seconds(stop), source, seconds(first)) for start, stop, source, first in _shots_of(FILM)]
    same("sound (start, stop, source, its first second)", sorted(heard), wanted)


@clause("put.media", "Clips name their media by absolute paths of files that are there.", Capability.PUT)
def media_is_found(bench: Bench) -> None:
    """Paths with blanks and letters of elsewhere too."""
    program = bench.read(bench.put(FILM, "media")[0]).program
    files = {path.resolve() for path in make_sources(bench.media, FILM.rate).values()}
    pictures = [event.source.path for event in program.picture if event.source is not None]
    sounds = [clip.source.path for track in program.audio for clip in track.clips]
    for path in map(Path, pictures + sounds):
        holds(path.is_absolute() and path.resolve() in files, f"a clip's media is {str(path)!r}")


@clause("put.markers", "A cut brings its markers: frame, length, name, colour and note.", Capability.PUT)
def markers_come_along(bench: Bench) -> None:
    """All of them, with all they say."""
    for cut, name in ((FILM, "film"), (DROP, "drop")):
        program = bench.read(bench.put(cut, f"markers {name}")[0]).program
        same("markers", program.markers, cut.markers)


@clause("put.words", "A cut brings its words, and its raster.", Capability.PUT, Capability.METADATA)
def words_come_along(bench: Bench) -> None:
    """The metadata that was in the OTIO."""
    told = bench.read(bench.put(FILM, "words")[0])
    same("words", {key: told.words.get(key) for key, _ in FILM.words}, dict(FILM.words))


@clause("put.name", "Names are kept, long ones and those with letters of elsewhere too.", Capability.PUT)
def names_are_kept(bench: Bench) -> None:
    """As listed, and as read."""
    id, _ = bench.put(FILM, _LONG)
    listed = {each.id: each.name for each in bench.host.timelines()}
    same("name as listed", listed.get(id), _LONG)
    same("name as read", bench.read(id).name, _LONG)


@clause("put.beside", "A name that is taken is given beside: what was there stays as it was.", Capability.PUT)
def never_over_anything(bench: Bench) -> None:
    """Putting two cuts under one name makes two timelines."""
    first, _ = bench.put(FILM, "twice")
    before = bench.read(first)
    second, _ = bench.put(PAL, "twice")
    holds(second != first, "the second cut got the id of the first")
    after = bench.read(first)
    same("the first cut afterwards", after, before)
    names = {each.id: each.name for each in bench.host.timelines()}
    holds(second in names and names[second] != names.get(first), "two timelines have one name")
    holds(names[second].startswith("twice"), f"the second cut is called {names[second]!r}")
    same("rate of the second cut", bench.read(second).program.rate, PAL.rate)


@clause("put.leaves", "Putting a cut in changes no other timeline and moves nothing.", Capability.PUT)
def others_are_left(bench: Bench) -> None:
    """The other timelines and the current one are as before."""
    first, _ = bench.put(FILM, "left alone")
    before, current = bench.read(first), _current(bench)
    bench.put(PAL, "beside it")
    same("the other timeline", bench.read(first), before)
    same("the current timeline", _current(bench), current)


@clause("put.nonsense", "What is no timeline is refused, and nothing is made.", Capability.PUT)
def nonsense_is_refused(bench: Bench) -> None:
    """Text that is no OTIO, and OTIO that is cut off."""
    before = bench.host.timelines()
    text = FILM.otio(bench.media, "half")
    for what, otio in (("text that is no OTIO", "no timeline"), ("OTIO that is cut off", text[:80])):
        refuses(what, InputError, lambda otio=otio: bench.host.put(otio, "nonsense"))  # type: ignore[misc]
    same("the timelines afterwards", bench.host.timelines(), before)


def _current(bench: Bench) -> list[str]:
    return [each.id for each in bench.host.timelines() if each.current]


def _shots(program: Program, cut: Cut) -> list[tuple[int, int, str, int]]:
    return [
        (
            event.start,
            event.stop,
            _letter(event.source.path) if event.source else event.name,
            cut.rate.nearest_frame(event.source_in),
        )
        for event in program.picture
        if event.kind is not Kind.BLACK
    ]


def _shots_of(cut: Cut) -> list[tuple[int, int, str, int]]:
    found, at = [], 0
    for shot in cut.shots:
        if shot.source:
            found.append((at, at + shot.frames, shot.source, shot.first))
        at += shot.frames
    return found


def _letter(path: str) -> str:
    name = Path(path).name
    return next((letter for letter, (file, _, _) in SOURCES.items() if file == name), name)


CLAUSES: tuple[Clause, ...] = (
    rate_and_length,
    start_timecode,
    shots,
    sounds,
    media_is_found,
    markers_come_along,
    words_come_along,
    names_are_kept,
    never_over_anything,
    others_are_left,
    nonsense_is_refused,
)
