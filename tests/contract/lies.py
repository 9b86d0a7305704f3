"""Hosts that lie: each is a practice project that does one thing wrong and says that all went well.

A lie names the clauses that have to catch it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from twopop.hosts import Capability, Edit, Host, HostTimeline, Identity, Place, TimelineName
from twopop.hosts.fake import FakeHost
from twopop.hosts.fake import project as held
from twopop.hosts.fake.faults import Faults
from twopop.timeline.program import Marker
from twopop.variants.model import Span


@dataclass(frozen=True)
class Lie:
    """A lying host: its *name*, how to *connect* to it, and the clauses that it *breaks*."""

    name: str
    connect: Callable[[Place], Host]
    breaks: tuple[str, ...]


def idle(method: str, *breaks: str) -> Lie:
    """A host that answers *method* without doing it."""
    return Lie(f"{method} does nothing", lambda place: FakeHost(place, Faults(idle=(method,))), breaks)


def fault(lie: str, *breaks: str) -> Lie:
    """A host with one of the practice project's own faults."""
    return Lie(lie, lambda place: FakeHost(place, Faults(lies=(lie,))), breaks)  # type: ignore[arg-type]


def telling(name: str, change: Callable[[Identity], dict[str, Any]], *breaks: str) -> Lie:
    """A host that says something else of itself."""

    class Liar(FakeHost):
        def identify(self) -> Identity:
            identity = super().identify()
            return msgspec.structs.replace(identity, **change(identity))

    return Lie(name, Liar, breaks)


def bending(name: str, bend: Callable[[Any], None], *breaks: str) -> Lie:
    """A host that takes cuts in otherwise than they are; *bend* changes the OTIO as plain JSON."""

    class Liar(FakeHost):
        def put(self, otio: str, name: str) -> Edit:
            cut = json.loads(otio)
            bend(cut)
            return super().put(json.dumps(cut), name)

    return Lie(name, Liar, breaks)


def reading(name: str, change: Callable[[HostTimeline], dict[str, Any]], *breaks: str) -> Lie:
    """A host that tells its timelines otherwise than they are."""

    class Liar(FakeHost):
        def read(self, timeline: str = "") -> HostTimeline:
            told = super().read(timeline)
            return msgspec.structs.replace(told, **change(told))

    return Lie(name, Liar, breaks)


def tracks(cut: Any, kind: str) -> list[Any]:
    return [track for track in cut["tracks"]["children"] if track["kind"] == kind]


def pictures(cut: Any) -> Any:
    return tracks(cut, "Video")[0]["children"]


def markers(cut: Any) -> Any:
    return cut["tracks"]["markers"]


def times(value: Any) -> Any:
    """Every time in *value*, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from times(each)
    if isinstance(value, dict):
        if value.get("OTIO_SCHEMA") == "RationalTime.1":
            yield value
        for each in value.values():
            yield from times(each)


# -- what cuts can become on their way in ------------------------------------------------------------------------------


def rounds_the_rate(cut: Any) -> None:
    for time in times(cut):
        time["rate"] = round(time["rate"])


def drops_the_last_shot(cut: Any) -> None:
    for track in cut["tracks"]["children"]:
        track["children"].pop()


def trims_by_one(cut: Any) -> None:
    pictures(cut)[0]["source_range"]["duration"]["value"] -= 1


def slips_by_one(cut: Any) -> None:
    pictures(cut)[0]["source_range"]["start_time"]["value"] += 1


def closes_gaps(cut: Any) -> None:
    for track in cut["tracks"]["children"]:
        track["children"] = [child for child in track["children"] if not child["OTIO_SCHEMA"].startswith("Gap")]


def takes_no_sound(cut: Any) -> None:
    cut["tracks"]["children"] = tracks(cut, "Video")


def slips_the_sound(cut: Any) -> None:
    tracks(cut, "Audio")[0]["children"][0]["source_range"]["start_time"]["value"] += 0.5


def starts_at_nothing(cut: Any) -> None:
    cut["global_start_time"]["value"] = 0


def never_drops(cut: Any) -> None:
    cut["metadata"]["twopop"]["drop"] = False


def names_media_by_file(cut: Any) -> None:
    for track in cut["tracks"]["children"]:
        for child in track["children"]:
            for reference in (child.get("media_references") or {}).values():
                reference["target_url"] = Path(reference["target_url"]).name


def names_media_elsewhere(cut: Any) -> None:
    for track in cut["tracks"]["children"]:
        for child in track["children"]:
            for reference in (child.get("media_references") or {}).values():
                reference["target_url"] = "/elsewhere/" + Path(reference["target_url"]).name


def moves_markers(cut: Any) -> None:
    for marker in markers(cut)[1:2]:
        marker["marked_range"]["start_time"]["value"] += 1


def makes_points(cut: Any) -> None:
    for marker in markers(cut):
        marker["marked_range"]["duration"]["value"] = 1


def forgets_notes(cut: Any) -> None:
    for marker in markers(cut):
        marker["metadata"] = {}


def has_one_colour(cut: Any) -> None:
    for marker in markers(cut):
        marker["color"] = "RED"


def knows_ascii_only(cut: Any) -> None:
    for marker in markers(cut):
        marker["name"] = marker["name"].encode("ascii", "replace").decode()


def forgets_words(cut: Any) -> None:
    kept = cut["metadata"]["twopop"]
    cut["metadata"]["twopop"] = {key: kept[key] for key in ("drop", "size")}


# -- hosts that do too much, or the wrong thing ------------------------------------------------------------------------


class LongNames(FakeHost):
    def put(self, otio: str, name: str) -> Edit:
        return super().put(otio, name[:63])


class TakesAnything(FakeHost):
    def put(self, otio: str, name: str) -> Edit:
        if not otio.endswith("}"):
            otio = '{"OTIO_SCHEMA": "Timeline.1", "name": "", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}'
        return super().put(otio, name)


class TouchesOthers(FakeHost):
    def put(self, otio: str, name: str) -> Edit:
        for each in self.timelines():
            super().add_markers(each.id, (Marker(frame=1, name="was here"),))
        return super().put(otio, name)


class OpensWhatItTakes(FakeHost):
    def put(self, otio: str, name: str) -> Edit:
        edit = super().put(otio, name)
        held.save(self.folder, msgspec.structs.replace(self._project(), current=edit.made[0]))
        return edit


class NamesTwice(FakeHost):
    def timelines(self) -> tuple[TimelineName, ...]:
        return tuple(msgspec.structs.replace(each, name=each.name.split(" 2")[0]) for each in super().timelines())


class ListsTwice(FakeHost):
    def timelines(self) -> tuple[TimelineName, ...]:
        return tuple(msgspec.structs.replace(each, current=True) for each in super().timelines())


class AnswersAnything(FakeHost):
    def read(self, timeline: str = "") -> HostTimeline:
        known = [each.id for each in self.timelines()]
        return super().read(timeline if timeline in known or not known else known[0])


class ReadsAnother(FakeHost):
    def read(self, timeline: str = "") -> HostTimeline:
        return super().read(timeline or self.timelines()[0].id)


class ReplacesMarkers(FakeHost):
    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        project = self._project()
        found = project.timeline(timeline)
        bare = json.loads(found.otio)
        bare["tracks"]["markers"] = []
        held.save(self.folder, project.changed(msgspec.structs.replace(found, otio=json.dumps(bare))))
        return super().add_markers(timeline, markers)


class MarksEverything(FakeHost):
    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        for each in self.timelines():
            if each.id != timeline:
                super().add_markers(each.id, markers)
        return super().add_markers(timeline, markers)


class ShortWords(FakeHost):
    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        return super().set_metadata(timeline, {key: word[:255] for key, word in words.items()})


class ReplacesWords(FakeHost):
    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        project = self._project()
        found = project.timeline(timeline)
        bare = json.loads(found.otio)
        bare["metadata"]["twopop"] = {}
        held.save(self.folder, project.changed(msgspec.structs.replace(found, otio=json.dumps(bare))))
        return super().set_metadata(timeline, words)


class OneBin(FakeHost):
    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        return super().bring_in(files, folder.split("/")[0])

    def in_bin(self, folder: str) -> tuple[str, ...]:
        return super().in_bin(folder.split("/")[0])


class BringsTwice(FakeHost):
    def in_bin(self, folder: str) -> tuple[str, ...]:
        return super().in_bin(folder) * 2


class PassesMissing(FakeHost):
    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        return super().bring_in(tuple(file for file in files if file.exists()), folder)


class ShowsTheNext(FakeHost):
    def show(self, timeline: str, frame: int) -> None:
        super().show(timeline, max(0, frame - 1))


class StaysWhereItIs(FakeHost):
    def show(self, timeline: str, frame: int) -> None:
        current = self._project().current
        super().show(timeline, frame)
        held.save(self.folder, msgspec.structs.replace(self._project(), current=current))


class ForgetsWhenLeft(FakeHost):
    def close(self) -> None:
        super().close()
        if not self.place.scratch:
            held.save(self.folder, msgspec.structs.replace(self._project(), timelines=()))


class StartsFull(FakeHost):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        if place.folder.name == "another project" and not self._project().timelines:
            cut = '{"OTIO_SCHEMA": "Timeline.1", "name": "", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}'
            super().put(cut, "from last time")


class LeavesALog(FakeHost):
    def close(self) -> None:
        super().close()
        if self.place.scratch:
            (self.place.folder / "host.log").write_text("all went well")


def lacks_markers(identity: Identity) -> dict[str, Any]:
    can = tuple(each for each in identity.can if each is not Capability.MARKERS)
    return {"can": can, "lacks": {Capability.MARKERS: "This edition has no markers."}}


class RefusesOtherwise(FakeHost):
    def __init__(self, place: Place) -> None:
        super().__init__(place, Faults(lacks={Capability.MARKERS: "nope, not today"}))

    def identify(self) -> Identity:
        return msgspec.structs.replace(super().identify(), lacks={Capability.MARKERS: "This edition has no markers."})


TOLD = (
    telling("says no version", lambda _: {"version": " "}, "identity.told"),
    telling("forgets a capability", lambda told: {"can": told.can[1:]}, "identity.capabilities"),
    telling(
        "lacks in one word", lambda told: {"can": told.can[1:], "lacks": {told.can[0]: "no"}}, "identity.capabilities"
    ),
    telling("can what it lacks", lambda told: {"lacks": {told.can[0]: "It is not there."}}, "identity.capabilities"),
    telling("does what it lacks", lacks_markers, "identity.refusals"),
    Lie("refuses in other words", RefusesOtherwise, ("identity.refusals",)),
    idle("put", "timelines.listed", "put.shots"),
    idle("add_markers", "markers.added", "undo.markers"),
    idle("set_metadata", "words.kept", "undo.words"),
    idle("show", "show.playhead", "timelines.current"),
    idle("bring_in", "import.bin"),
    idle("undo", "undo.put", "undo.markers", "undo.words", "undo.import", "undo.changed", "undo.travels"),
    idle("close", "lasting.scratch"),
    fault("loses-marker", "put.markers", "markers.added"),
    fault("puts-over", "put.beside"),
    bending("rounds the rate", rounds_the_rate, "put.rate"),
    bending("drops the last shot", drops_the_last_shot, "put.shots", "put.rate", "put.sound"),
    bending("trims by a frame", trims_by_one, "put.shots"),
    bending("slips by a frame", slips_by_one, "put.shots"),
    bending("closes gaps", closes_gaps, "put.shots", "put.sound"),
    bending("takes no sound", takes_no_sound, "put.sound"),
    bending("slips the sound by half a frame", slips_the_sound, "put.sound"),
    bending("starts at nothing", starts_at_nothing, "put.start"),
    bending("never drops", never_drops, "put.start"),
    bending("names media by file", names_media_by_file, "put.media"),
    bending("names media elsewhere", names_media_elsewhere, "put.media"),
    bending("moves a marker", moves_markers, "put.markers"),
    bending("makes markers points", makes_points, "put.markers"),
    bending("forgets notes", forgets_notes, "put.markers"),
    bending("has one colour", has_one_colour, "put.markers"),
    bending("knows ASCII only", knows_ascii_only, "put.markers"),
    bending("forgets words", forgets_words, "put.words"),
    reading("reads under another id", lambda told: {"id": told.id + "x"}, "timelines.listed"),
    reading("selects beyond the end", lambda _: {"selection": Span(30, 38)}, "timelines.selection"),
    reading("reads under another name", lambda told: {"name": told.name.upper()}, "timelines.listed", "put.name"),
    Lie("cuts names off", LongNames, ("put.name",)),
    Lie("takes anything", TakesAnything, ("put.nonsense",)),
    Lie("touches other timelines", TouchesOthers, ("put.leaves", "put.beside")),
    Lie("opens what it takes in", OpensWhatItTakes, ("put.leaves",)),
    Lie("gives one name twice", NamesTwice, ("put.beside",)),
    Lie("lists all as current", ListsTwice, ("timelines.listed", "timelines.current")),
    Lie("answers for any timeline", AnswersAnything, ("timelines.unknown", "undo.put")),
    Lie("reads another as current", ReadsAnother, ("timelines.current",)),
    Lie("replaces markers", ReplacesMarkers, ("markers.added",)),
    Lie("marks every timeline", MarksEverything, ("markers.there",)),
    Lie("cuts words off", ShortWords, ("words.kept",)),
    Lie("replaces words", ReplacesWords, ("words.kept", "undo.words")),
    Lie("has one bin", OneBin, ("import.bin",)),
    Lie("brings in twice", BringsTwice, ("import.bin",)),
    Lie("passes over what is missing", PassesMissing, ("import.missing",)),
    Lie("shows a frame beside", ShowsTheNext, ("show.playhead",)),
    Lie("shows nothing new", StaysWhereItIs, ("show.playhead", "timelines.current")),
    Lie("forgets when left", ForgetsWhenLeft, ("undo.changed", "lasting.connection")),
    Lie("starts with what was there", StartsFull, ("lasting.scratch",)),
    Lie("leaves a log", LeavesALog, ("lasting.scratch",)),
)
