"""Plans for panels: the same as the command line's, in pages, with findings at their frames."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import msgspec
import opentimelineio as otio
import pytest

from support.projects import FILM, clip, gap, marker, small_spot, spot_cut, time, timeline, track
from twopop import schema
from twopop.delivery.order import read_order
from twopop.delivery.plan import Plan
from twopop.delivery.session import open_session
from twopop.errors import InputError
from twopop.findings import Finding, Severity, fail, info, warn
from twopop.hosts.model import HostTimeline
from twopop.legal.answers import AssetUse
from twopop.legal.clearance import Clearance
from twopop.service import choices, places, planning, rows
from twopop.service.planning import CutOf, PlanFor, TimelineOf
from twopop.service.told import Teller, rights_of
from twopop.service.values import DeliverableRow, FindingRow
from twopop.service.work import Work
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.reading import ReadOptions
from twopop.variants.model import Span


@pytest.fixture(scope="module")
def spot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans") / "spot"
    small_spot(folder)
    return folder


def host_timeline(folder: Path, made=None) -> HostTimeline:
    """The small spot as a host gives it: with absolute paths."""
    made = spot_cut() if made is None else made
    for each in made.find_clips():
        if isinstance(each.media_reference, otio.schema.ExternalReference):
            each.media_reference.target_url = str(folder / each.media_reference.target_url)
    return HostTimeline(id="t1", name="Spot v3", otio=made.to_json_string(), selection=Span(4, 9))


def plan_for(folder: Path, **more) -> PlanFor:
    order = schema.to_builtins(read_order(folder / "order.toml"))
    return PlanFor(project="spot", host="fake", timeline=host_timeline(folder), order=order, **more)


@pytest.fixture(scope="module")
def planned(spot):
    return planning.plan(open_session(spot), plan_for(spot), Work())


def test_the_plan_is_the_command_lines(spot, planned):
    kept = planning.read_planned(spot / ".twopop", planned.id)
    text = (spot / "order.toml").read_text().replace('"cut.otio"', f'".twopop/timelines/{kept.timeline}"')
    (spot / "same.toml").write_text(text)
    command = [sys.executable, "-m", "twopop", "plan", str(spot / "same.toml"), "--json"]
    said = subprocess.run(command, capture_output=True, check=True, timeout=300).stdout
    plan = planning.read_plan(spot / ".twopop", planned.id)
    assert json.loads(said) == json.loads(schema.to_json(plan))


def test_its_row_counts_what_there_is_to_do(spot, planned):
    plan = planning.read_plan(spot / ".twopop", planned.id)
    assert (planned.total, planned.ready, planned.unchanged, planned.blocked) == (8, 8, 0, 0)
    assert (planned.host, planned.timeline, planned.timeline_name) == ("fake", "t1", "Spot v3")
    assert planned.title == "Harbour Line · Cut"
    assert planned.out == str(spot / "delivery")
    assert planned.frames_to_render == sum(each.frames for each in plan.segments.values())
    assert not planned.stopped


def test_its_lines_come_in_pages(spot, planned):
    path = places.plans(spot / ".twopop") / planned.id / "rows.jsonl"
    total, first = rows.page(path, DeliverableRow, 0, 3)
    assert (total, len(first)) == (8, 3)
    assert rows.page(path, DeliverableRow, 2, 1) == (8, (first[2],))
    assert rows.page(path, DeliverableRow, 7, 100)[1][-1].spec == "tiny-intra"
    assert rows.page(path, DeliverableRow, 90, 5) == (8, ())
    assert rows.page(path, DeliverableRow, -4, -1) == (8, ())
    assert {row.length for row in first} == {"00:00:03:04"}
    assert {row.version for row in first} == {"1"}


def test_planning_again_keeps_one_plan(spot, planned):
    again = planning.plan(open_session(spot), plan_for(spot), Work())
    assert again == planned
    assert [path.name for path in places.plans(spot / ".twopop").glob("[!.]*")] == [planned.id]


def test_two_timelines_that_look_alike_have_plans_of_their_own(spot, planned):
    given = plan_for(spot)
    other = msgspec.structs.replace(given, timeline=msgspec.structs.replace(given.timeline, id="t2"))
    assert planning.plan(open_session(spot), other, Work()).id != planned.id


def test_the_cut_of_a_deliverable_goes_back_as_a_timeline(spot, planned):
    plan = planning.read_plan(spot / ".twopop", planned.id)
    short = next(each for each in plan.deliverables if each.variant.duration == "short")
    made = planning.cut(open_session(spot), CutOf(id=planned.id, deliverable=short.id), Work())
    program = flatten(Cut(otio.schema.Timeline.from_json_string(made.otio)), ReadOptions()).program
    assert (made.name, program.frames) == ("Spot v3 short", 38)
    assert program.events[0].source.path == str(spot / "gulls.mov")
    with pytest.raises(InputError, match="no cut of"):
        planning.cut(open_session(spot), CutOf(id=planned.id, deliverable="nothing"), Work())


@pytest.mark.parametrize("id", ["", "../../etc", "a" * 32 + "/..", "A" * 32, "f" * 32 + "-1/x"])
def test_only_ids_become_paths(spot, id):
    with pytest.raises(InputError):
        planning.read_plan(spot / ".twopop", id)


def test_what_was_not_used_for_long_makes_room(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}").mkdir()
        os.utime(tmp_path / f"{number}", (number, number))
    (tmp_path / "old.otio").touch()
    os.utime(tmp_path / "old.otio", (0, 0))
    planning._prune(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "3"]


def test_a_plan_whose_timeline_is_gone_says_plan_again(spot, planned):
    kept = planning.timeline_of(spot / ".twopop", planning.read_planned(spot / ".twopop", planned.id))
    aside = kept.rename(kept.with_suffix(".aside"))
    with pytest.raises(InputError, match="not kept any more"):
        planning.timeline_of(spot / ".twopop", planning.read_planned(spot / ".twopop", planned.id))
    aside.rename(kept)


# -- timelines ---------------------------------------------------------------------------------------------------------


def marked():
    shots = track(clip("boats.mp4", time(0, FILM), 72, FILM), gap(8, FILM))
    marks = [
        marker("1s", 0, 16, FILM),
        marker("1s ", 30, 8, FILM),
        marker("odd", 2, 5, FILM),
        marker("look", 9, 0, FILM),
    ]
    return timeline(shots, rate=FILM, start=86400, markers=marks)


def test_a_timeline_tells_its_markers_and_what_they_offer(spot):
    row = planning.timeline(open_session(spot), TimelineOf(host="fake", timeline=host_timeline(spot, marked())), Work())
    assert (row.rate, row.start, row.frames, row.length) == ("24000/1001", "01:00:00:00", 80, "00:00:03:08")
    assert [(choice.name, choice.count, choice.frames, choice.label) for choice in row.choices] == [
        ("1s", 2, 24, "1s"), ("odd", 1, 5, ""),
    ]  # fmt: skip
    assert [(mark.timecode, mark.frames) for mark in row.markers] == [
        ("01:00:00:00", 16), ("01:00:00:02", 5), ("01:00:00:09", 0), ("01:00:01:06", 8),
    ]  # fmt: skip
    assert row.selection == (4, 9)
    assert (places.timelines(spot / ".twopop") / f"{row.content}.otio").exists()


def test_what_is_no_timeline_is_told_by_its_name(spot):
    given = TimelineOf(host="fake", timeline=HostTimeline(id="t", name="Broken", otio="{}"))
    with pytest.raises(InputError) as told:
        planning.timeline(open_session(spot), given, Work())
    assert told.value.where == "Broken"
    assert not list(places.timelines(spot / ".twopop").glob(".partial-*"))


# -- where findings are ------------------------------------------------------------------------------------------------


def program_of(made):
    return flatten(Cut(made), ReadOptions()).program


@pytest.mark.parametrize(
    ("where", "message", "rule", "frame"),
    [
        ("01:00:01:02 boats", "", "timeline.effect", 26),
        ("00:00:00:04 (in the timeline 01:00:00:20)", "", "picture.black", 20),
        ("boats.mp4", "", "media.colour", 0),
        ("music, MUSIC at 01:00:02:00", "", "sound.short", 48),
        ("", "The music 'x' is heard from 01:00:00:10 for 5 frames.", "rights.unknown", 10),
        ("09:00:00:00", "", "timeline.effect", None),
        ("nobody knows", "", "media.colour", None),
        ("", "", "order.repeated", None),
    ],
)
def test_a_finding_knows_the_frame_it_speaks_of(where, message, rule, frame):
    assert Teller(program_of(marked())).row(info(rule, message, where=where)).frame == frame


def test_a_finding_of_a_file_is_placed_in_the_cut_that_the_file_shows(spot, planned):
    plan: Plan = planning.read_plan(spot / ".twopop", planned.id)
    short = next(each for each in plan.deliverables if each.variant.duration == "short")
    teller = Teller(plan.program)
    assert teller.row(warn("supers.held", "", where="00:00:00:21 'Terms'"), short).frame == 5
    assert teller.row(warn("media.colour", "", where="Harbour"), short).frame == 44
    assert teller.row(warn("video.rate", "", where=short.id), short).where == ""


def test_findings_keep_their_id_and_come_heaviest_first():
    teller = Teller(program_of(marked()))
    found = [info("a.b", "one"), warn("a.c", "two"), info("a.b", "one"), info("a.b", "one", where="x")]
    told = teller.rows([*found, Finding(rule="a.d", severity=Severity.FAIL, message="three")])
    assert [row.message for row in told] == ["three", "two", "one", "one"]
    assert len({row.id for row in told}) == 4
    assert told[1].id == teller.row(found[1]).id
    assert schema.from_json(schema.to_json(told[0]), FindingRow, where="") == told[0]


# -- rights in words ---------------------------------------------------------------------------------------------------


def use(title: str, state: str) -> AssetUse:
    answer = Clearance(asset=title, right="use", state=state, why="")
    return AssetUse(asset=title, kind="music", title=title, frames=1, stretches=(), answers=(answer,))


@pytest.mark.parametrize(
    ("uses", "findings", "told"),
    [
        ([], [], ("", "")),
        ([use("Tide", "cleared")], [], ("all cleared", "")),
        ([use("Tide", "unknown"), use("Sun", "cleared")], [warn("rights.unknown", "x")], ("Tide: unknown", "warn")),
        (
            [use("a", "not cleared"), use("b", "not cleared"), use("c", "not cleared"), use("d", "expires")],
            [warn("rights.expires", "x"), fail("rights.not-cleared", "y")],
            ("a, b and 1 more: not cleared; d: expires", "fail"),
        ),
        ([], [fail("rights.use", "No such country.")], ("No such country.", "fail")),
    ],
)
def test_rights_are_told_in_a_few_words(spot, planned, uses, findings, told):
    each = planning.read_plan(spot / ".twopop", planned.id).deliverables[0]
    assert rights_of(msgspec.structs.replace(each, rights=tuple(uses), findings=tuple(findings))) == told


def test_a_project_with_broken_settings_hides_no_plan_of_another(spot, planned, tmp_path):
    (tmp_path / "twopop.toml").write_text("[")
    broken, whole = SimpleNamespace(folder=tmp_path), SimpleNamespace(folder=spot)
    hub = SimpleNamespace(projects={"broken": broken, "spot": whole})
    found, _, known = asyncio.run(choices.planned(hub, planned.id))
    assert (found, known.row.id) == (whole, planned.id)
    with pytest.raises(InputError, match="not TOML"):
        asyncio.run(choices.planned(hub, "0" * 32))
