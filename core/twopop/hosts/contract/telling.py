"""Clauses on what a host tells of itself and of its timelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twopop.errors import EditorError, InputError
from twopop.hosts.contract.bench import Bench
from twopop.hosts.contract.cuts import FILM
from twopop.hosts.contract.model import Clause, clause, holds, refuses, same
from twopop.hosts.model import Capability

_NOBODY = "twopop-no-such-timeline"


@clause("identity.told", "The host says its app, its version and the open project.")
def identity_is_told(bench: Bench) -> None:
    """Nothing is empty."""
    identity = bench.host.identify()
    for word in ("app", "version", "project"):
        holds(bool(getattr(identity, word).strip()), f"the {word} is empty")
    same("asked again, it says", bench.host.identify(), identity)


@clause("identity.capabilities", "Each capability is either there or lacking, with words for an editor why.")
def capabilities_cover_all(bench: Bench) -> None:
    """Can and lacks divide all capabilities."""
    identity = bench.host.identify()
    both = set(identity.can) & set(identity.lacks)
    holds(not both, f"both there and lacking: {', '.join(sorted(both))}")
    missing = set(Capability) - set(identity.can) - set(identity.lacks)
    holds(not missing, f"nothing is said of: {', '.join(sorted(missing))}")
    for capability, why in identity.lacks.items():
        holds(len(why.split()) >= 3, f"that {capability} is lacking is told as {why!r}")


@clause("identity.refusals", "A method whose capability is lacking is refused with the words that say why.")
def lacking_methods_refuse(bench: Bench) -> None:
    """Each method that needs something lacking raises EditorError with exactly its words."""
    identity = bench.identity
    if not identity.lacks:
        return
    otio = FILM.otio(bench.media, "lacking")
    edits: dict[Capability, Callable[[], Any]] = {
        Capability.PUT: lambda: bench.host.put(otio, "lacking"),
        Capability.MARKERS: lambda: bench.host.add_markers("", FILM.markers),
        Capability.METADATA: lambda: bench.host.set_metadata("", {"key": "word"}),
        Capability.RENDER: lambda: bench.render("", FILM.rate, "lacking"),
        Capability.IMPORT: lambda: bench.host.bring_in((), "lacking"),
        Capability.SHOW: lambda: bench.host.show("", 0),
    }
    for capability, call in edits.items():
        if capability in identity.lacks:
            error = refuses(f"what needs {capability}", EditorError, call)
            holds(
                identity.lacks[capability] in str(error),
                f"what needs {capability} is refused with {str(error)!r}, not with {identity.lacks[capability]!r}",
            )


@clause("timelines.listed", "What was put in is listed under its id and its name, once.", Capability.PUT)
def timelines_are_listed(bench: Bench) -> None:
    """A new timeline appears in the list, and reading it gives the same id and name."""
    bench.put(FILM, "listed before")
    before = bench.host.timelines()
    id, _ = bench.put(FILM, "listed")
    after = bench.host.timelines()
    new = [each for each in after if each not in before and each.id not in {old.id for old in before}]
    same("new in the list", [(each.id, each.name) for each in new], [(id, "listed")])
    holds(sum(each.current for each in after) <= 1, "more than one timeline is the current one")
    held = bench.host.read(id)
    same("read under its id", (held.id, held.name), (id, "listed"))


@clause(
    "timelines.current", "The current timeline is the one that is listed as current.", Capability.PUT, Capability.SHOW
)
def current_is_current(bench: Bench) -> None:
    """After show, the timeline is listed as current, and is what read("") gives."""
    first, second = (bench.put(FILM, f"current {number}")[0] for number in (1, 2))
    for id in (second, first):
        bench.host.show(id, 0)
        same("listed as current", [each.id for each in bench.host.timelines() if each.current], [id])
        same("read as current", bench.host.read("").id, id)


@clause("timelines.unknown", "A timeline that is not there is refused as unknown input, whatever is asked of it.")
def unknown_is_refused(bench: Bench) -> None:
    """read, and each method that takes a timeline, raise InputError."""
    host = bench.host
    if Capability.PUT in bench.identity.can:
        bench.put(FILM, "known")
    calls: dict[Capability, Callable[[], Any]] = {
        Capability.MARKERS: lambda: host.add_markers(_NOBODY, FILM.markers),
        Capability.METADATA: lambda: host.set_metadata(_NOBODY, {"key": "word"}),
        Capability.SHOW: lambda: host.show(_NOBODY, 0),
        Capability.RENDER: lambda: bench.render(_NOBODY, FILM.rate, "unknown"),
    }
    refuses("reading a timeline that is not there", InputError, lambda: host.read(_NOBODY))
    for capability, call in calls.items():
        if capability in bench.identity.can:
            refuses(f"a timeline that is not there ({capability})", InputError, call)


@clause("timelines.selection", "A selection lies in its timeline; who cannot tell it tells none.", Capability.PUT)
def selection_is_within(bench: Bench) -> None:
    """Of each timeline there is."""
    bench.put(FILM, "selection")
    for name in bench.host.timelines():
        told = bench.read(name.id)
        span = told.selection
        if Capability.SELECTION not in bench.identity.can:
            same("the selection", span, None)
        elif span is not None:
            within = 0 <= span.start < span.stop <= told.program.frames
            holds(within, f"frames {span.start} to {span.stop} of {told.program.frames} are selected")


@clause("show.playhead", "Showing a frame makes its timeline current and moves the playhead there.",
        Capability.PUT, Capability.SHOW)  # fmt: skip
def show_moves_the_playhead(bench: Bench) -> None:
    """The first, a middle and the last frame."""
    id, _ = bench.put(FILM, "shown")
    other, _ = bench.put(FILM, "not shown")
    for frame in (0, 23, FILM.frames - 1):
        bench.host.show(other, 1)
        bench.host.show(id, frame)
        held = bench.host.read(id)
        same("the playhead", held.playhead, frame)
        same("current", [each.id for each in bench.host.timelines() if each.current], [id])


CLAUSES: tuple[Clause, ...] = (
    identity_is_told,
    capabilities_cover_all,
    lacking_methods_refuse,
    timelines_are_listed,
    current_is_current,
    unknown_is_refused,
    selection_is_within,
    show_moves_the_playhead,
)
