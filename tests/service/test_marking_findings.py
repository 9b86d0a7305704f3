"""Findings as markers: in the colour of their weight, once, and only where the timeline is still the planned one."""

from __future__ import annotations

import msgspec
import opentimelineio as otio
import pytest

from support.projects import FILM, marker, small_spot, spot_cut
from twopop import schema
from twopop.delivery.order import read_order
from twopop.delivery.session import open_session
from twopop.errors import EditorError
from twopop.findings import Severity
from twopop.hosts.model import HostTimeline
from twopop.service import marking, planning
from twopop.service.marking import MarksFor
from twopop.service.planning import PlanFor
from twopop.service.values import FindingRow
from twopop.service.work import Work


@pytest.fixture(scope="module")
def spot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marks") / "spot"
    small_spot(folder)
    return folder


def given(folder, made=None) -> HostTimeline:
    made = made or spot_cut()
    for each in made.find_clips():
        if isinstance(each.media_reference, otio.schema.ExternalReference):
            each.media_reference.target_url = str(folder / each.media_reference.target_url)
    return HostTimeline(id="t1", name="cut", otio=made.to_json_string())


@pytest.fixture(scope="module")
def plan(spot):
    order = schema.to_builtins(read_order(spot / "order.toml"))
    asked = PlanFor(project="spot", host="fake", timeline=given(spot), order=order)
    return planning.plan(open_session(spot), asked, Work()).id


def row(id: str, frame: int | None, message: str, severity: str = "warn", **more) -> FindingRow:
    return FindingRow(id=id, rule="a.b", severity=Severity(severity), message=message, frame=frame, **more)


def marks(spot, plan, *findings, timeline=None):
    asked = MarksFor(plan=plan, timeline=timeline or given(spot), findings=findings)
    return marking.marks(open_session(spot), asked, Work()).new


def test_a_marker_says_what_and_what_to_do_in_the_colour_of_its_weight(spot, plan):
    found = [
        row("1", 9, "The clip is too short.", "fail", remedy="Relink it."),
        row("2", 3, "Look at this."),
        row("3", 3, "By the way.", "info"),
        row("4", None, "Nowhere."),
    ]
    told = [(each.frame, each.colour, each.note) for each in marks(spot, plan, *found)]
    assert told == [
        (3, "blue", "By the way. (a.b)"), (3, "yellow", "Look at this. (a.b)"),
        (9, "red", "The clip is too short. Relink it. (a.b)"),
    ]  # fmt: skip


def test_what_was_found_in_many_deliverables_is_one_marker(spot, plan):
    (made,) = marks(spot, plan, *(row(str(n), 5, "Too loud.", deliverable=f"d{n}") for n in range(8)))
    assert made.note == "Too loud. In 8 deliverables. (a.b)"


def test_a_long_name_is_cut_and_its_note_is_not(spot, plan):
    (made,) = marks(spot, plan, row("1", 5, "word " * 40))
    assert len(made.name) <= 60
    assert made.name.endswith("…")
    assert made.note.count("word") == 40


def test_what_is_there_already_is_not_set_again(spot, plan):
    cut = spot_cut()
    cut.tracks.markers.append(marker("Look at this.", 3, 0, FILM))
    (made,) = marks(spot, plan, row("1", 3, "Look at this."), row("2", 4, "Look at this."), timeline=given(spot, cut))
    assert made.frame == 4


def test_a_timeline_that_shows_something_else_by_now_is_not_marked(spot, plan):
    with pytest.raises(EditorError, match="was changed after this plan"):
        marks(spot, plan, row("1", 3, "x"), timeline=given(spot, spot_cut(third=19)))


def test_a_new_name_or_a_marker_does_not_make_it_another(spot, plan):
    renamed = msgspec.structs.replace(given(spot), name="cut v4")
    assert marks(spot, plan, row("1", 3, "x"), timeline=renamed)
