"""A master that the host renders once for each state of its timeline, and plans that are made from it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import opentimelineio as otio
import pytest
from delivering import desk, order_of, spot
from serving import PATIENCE, Serving

from twopop.delivery.session import open_session
from twopop.errors import StudioError
from twopop.hosts.encoding import encode, pixel_format
from twopop.hosts.fake import editor, faults
from twopop.hosts.fake.faults import Faults
from twopop.hosts.model import Capability, HostTimeline
from twopop.picture.probe import probe
from twopop.service import masters
from twopop.service.masters import MasterFor, MasterTaken
from twopop.service.work import Work
from twopop.timeline.program import Marker

SMALL = "[service]\nmaster_size = [160, 90]\nmaster_video = 'prores-422'\n"


@pytest.fixture
def project(tmp_path):
    folder = spot(tmp_path)
    settings = folder / "twopop.toml"
    settings.write_text(settings.read_text() + SMALL)
    return folder


def given(folder: Path) -> HostTimeline:
    return HostTimeline(id="t1", name="cut", otio=(folder / "cut.otio").read_text())


def place(folder: Path, timeline: HostTimeline, host: str = "fake") -> masters.MasterPlace:
    return masters.master(open_session(folder), MasterFor(host=host, timeline=timeline), Work())


def test_the_state_of_a_timeline_is_what_its_host_tells_of_it_but_for_markers_and_its_name(project):
    timeline = given(project)
    made = otio.schema.Timeline.from_json_string(timeline.otio)
    made.name = "another"
    made.tracks.markers.append(otio.schema.Marker(name="look"))
    marked = msgspec.structs.replace(timeline, otio=made.to_json_string())
    made.find_clips()[0].metadata["grade"] = {"node": 1}
    graded = msgspec.structs.replace(timeline, otio=made.to_json_string())
    first = place(project, timeline)
    assert place(project, marked).file == first.file
    assert place(project, graded).file != first.file
    assert place(project, timeline, host="other").file != first.file
    assert (first.preset.size, first.preset.video, first.frames) == ((160, 90), "prores-422", 76)
    assert first.titles
    assert first.preset.textless
    assert not first.there


def test_what_is_not_what_was_asked_for_never_becomes_a_master(project):
    asked = place(project, given(project))
    file = Path(asked.file).with_name("new.mov")
    file.parent.mkdir(parents=True)
    short = msgspec.structs.replace(asked.preset, size=(64, 36))
    import av
    import numpy as np

    blank = av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8), "rgb24").reformat(format=pixel_format(short))
    encode(file, short, [blank] * 3, None)
    with pytest.raises(StudioError, match="3 frames instead of 76"):
        masters.take_master(open_session(project), MasterTaken(file=str(file), place=asked), Work())
    assert not file.exists()
    assert not Path(asked.file).exists()


def test_a_plan_from_a_master(tmp_path, project):
    """Rendered once, told while it renders, used again as long as nothing but markers changed; then anew."""
    service = Serving(tmp_path, folder=project)
    folder = project / ".twopop" / "masters"

    async def at_work():
        async with desk(service) as it:
            faults.switch_on(project, Faults(lacks={Capability.RENDER: "This edition renders nothing."}))
            refused = await it.refused(
                "plan", project=it.project, host="fake", order=order_of(project), picture="master"
            )
            assert "This edition renders nothing." in refused
            faults.switch_on(project, Faults(lies=("one-frame-short",)))
            refused = await it.refused(
                "plan", project=it.project, host="fake", order=order_of(project), picture="master"
            )
            assert "75 frames instead of 76" in refused
            assert list(folder.iterdir()) == []
            faults.switch_on(project, Faults())
            plan = await it.plan(order_of(project), picture="master")
            (master,) = folder.iterdir()
            (reel,) = [note for name, note in it.panel.notes if name == "work" and note["done"] == note["total"] == 76]
            assert "renders the master" in reel["said"]
            faults.switch_on(project, Faults(dies=("render",)))  # it would be seen if it were rendered again
            editor.add_marker(project, "t1", Marker(frame=5, name="look"))
            again = await it.plan(order_of(project), picture="master")
            assert again["total"] == plan["total"] == 4
            line = (await it.ask("rows", id=plan["id"]))["rows"][0]["id"]
            job = (await it.ask("deliver", id=plan["id"], deliverables=[line]))["job"]["id"]
            assert (await it.over(job))["finished"] == 1
            return plan, master

    plan, master = asyncio.run(at_work())
    assert service.end() == 0
    facts = probe(master)
    assert (facts.picture.size, facts.picture.frames, facts.picture.codec) == ((160, 90), 76, "prores")
    made = json.loads((project / ".twopop" / "plans" / plan["id"] / "plan.json").read_text())
    assert made["order"]["master"]["picture"] == f".twopop/masters/{master.name}"
    takes = {take["path"] for segment in made["segments"].values() for take in _takes(segment)}
    assert takes == {str(master)}


def test_a_render_is_stopped_with_the_call_that_waits_for_it(tmp_path, project):
    service = Serving(tmp_path, folder=project)

    async def stopped():
        async with desk(service) as it:
            faults.switch_on(project, Faults(slow={"render": 0.1}))
            message = {"project": it.project, "host": "fake", "order": order_of(project), "picture": "master"}
            waiting = asyncio.create_task(it.panel.ask("plan", **message))
            async with asyncio.timeout(PATIENCE):
                while not any(name == "work" and note["total"] == 76 for name, note in it.panel.notes):
                    await asyncio.sleep(0.05)
            await it.panel.note("cancel", id=it.panel._count)
            assert "stopped" in (await waiting)["error"]["message"]
            async with asyncio.timeout(PATIENCE):
                while list((project / ".twopop" / "masters").iterdir()):
                    await asyncio.sleep(0.05)

    asyncio.run(stopped())
    assert service.end() == 0


def _takes(value):
    if isinstance(value, dict):
        if "path" in value and "content" in value:
            yield value
        for each in value.values():
            yield from _takes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _takes(each)
