"""Deliveries from a rendered master: the timeline says where the shots are, the master shows them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from support import projects
from support.numbered import PRORES, lumas, make_numbered, read_numbers
from support.projects import FILM, clip, dissolve, stretch, time, track
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.picture.tools import find_ffmpeg

TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
TITLED = f"drawbox=x=0:y=0:w=40:h=20:color=white:t=fill,{TAGGED}"
TONE = ("-f", "lavfi", "-i", "sine=f=440:r=48000:d=4")
FROM = ("-timecode", "00:59:59:00")


@pytest.fixture(scope="module")
def renders(tmp_path_factory):
    """Renders of the cut's 72 frames with one second of handle on either side; the clips themselves are not there."""
    folder = tmp_path_factory.mktemp("renders")
    how = {"rate": FILM, "codec": PRORES, "more": FROM}
    make_numbered(folder / "textless.mov", frames=120, filters=TAGGED, **how)
    make_numbered(folder / "texted.mov", frames=120, filters=TITLED, start=1000, **how)
    make_numbered(
        folder / "late.mov", frames=72, rate=FILM, codec=PRORES, filters=TAGGED, more=("-timecode", "01:00:00:12")
    )
    make_numbered(
        folder / "pal.mov", frames=120, rate=25, codec=PRORES, filters=TAGGED, more=("-timecode", "00:59:59:00")
    )
    make_numbered(folder / "square.mov", frames=120, size=(180, 180), filters=TAGGED, **how)
    make_numbered(folder / "bare.mov", frames=72, rate=FILM, codec=PRORES, filters=TAGGED)
    box = "color=c=black@0:s=320x180:r=24000/1001:d=5.1,format=yuva444p10le,"
    box += "drawbox=x=0:y=160:w=60:h=20:color=white@1:t=fill:replace=1"
    alpha = ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le", "-frames:v", "120", *FROM]
    subprocess.run([str(find_ffmpeg()), "-y", "-v", "error", "-f", "lavfi", "-i", box, *alpha,
                    str(folder / "titles.mov")], check=True)  # fmt: skip
    mix = ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=5.005", "-c:a", "pcm_s16le", str(folder / "mix.wav")]
    subprocess.run([str(find_ffmpeg()), "-y", "-v", "error", *mix], check=True)
    return folder


def cut():
    title = otio.schema.Clip(
        name="Harbour",
        media_reference=otio.schema.GeneratorReference(generator_kind="title", parameters={"text": "Harbour"}),
        source_range=stretch(time(0, FILM), 12, FILM),
    )
    glow = clip("gone.mov", time(0, FILM), 30, FILM, name="Pier")
    glow.effects.append(otio.schema.Effect(effect_name="Glow"))
    other = clip("gone too.mov", time(5, FILM), 42, FILM, name="Gulls", speed=0.5)
    other.metadata["twopop"] = {"reframe": {"9:16": {"x": 0.5}}}
    tracks = track(glow, dissolve(4, 4, FILM), other), track(projects.gap(10, FILM), title, name="Titles")
    return projects.timeline(*tracks, rate=FILM, start=86400)


def project(folder: Path, renders: Path, master: str, *, texted="[true]", specs='["tiny-intra"]', aspects='["16:9"]'):
    for file in renders.iterdir():
        shutil.copyfile(file, folder / file.name)
    order = f"""{"[master]" if master else ""}
{master}
[[matrix]]
durations = ["full", "short"]
aspects = {aspects}
specs = {specs}
texted = {texted}
[cutdowns.short]
keep = [["01:00:01:20", "01:00:02:09"], ["01:00:00:05", "01:00:00:08"]]
"""
    path = projects.write_project(folder, cut(), order)
    spec = folder / "plugins" / "tiny-intra.toml"
    spec.write_text(spec.read_text().replace('codec = "prores"', 'codec = "prores"\nprofile = "Proxy"'))
    return path


def planned(order: Path):
    session = open_session(order.parent)
    return make_plan(read_order(order), session), session


def delivered(order: Path):
    plan, session = planned(order)
    receipt = deliver(plan, session)
    assert [d.outcome for d in receipt.deliverables] == ["delivered"] * plan.wanted, [
        (d.id, d.findings) for d in receipt.deliverables
    ] + [*receipt.findings]
    return plan, {d.id: Path(plan.out) / d.path for d in plan.deliverables}


def why(plan, name: str, what="picture"):
    deliverable = next(d for d in plan.deliverables if d.id.startswith(name))
    return next((reason.value, reason.why) for reason in deliverable.reasons if reason.what == what)


SHORT = [*range(44, 57), *range(5, 8)]


def test_the_textless_master_is_copied_and_no_clip_is_looked_for(tmp_path, renders):
    plan, files = delivered(project(tmp_path, renders, 'picture = "textless.mov"', texted="[false]"))
    assert why(plan, "full") == ("from the master", "textless.mov, titles are drawn by twopop")
    assert why(plan, "full", "copy")[0] == "all 72 frames copied"
    assert plan.segments == {}
    full, short = files.values()
    assert read_numbers(full) == [24 + n for n in range(72)]
    assert read_numbers(short) == [24 + n for n in SHORT]
    assert not [f for f in plan.findings if f.rule in ("timeline.effect", "media.unusable")]


def test_titles_are_drawn_where_the_timeline_has_them(tmp_path, renders):
    plan, files = delivered(project(tmp_path, renders, 'picture = "textless.mov"'))
    assert why(plan, "full", "copy") == ("60 of 72 frames copied", "something lies over it (12 frames)")
    assert [number for number in read_numbers(next(iter(files.values()))) if number is not None][-1] == 24 + 71


def test_titles_come_from_a_layer_with_alpha(tmp_path, renders):
    plan, files = delivered(project(tmp_path, renders, 'picture = "textless.mov"\ntitles = "titles.mov"'))
    assert why(plan, "full") == ("from the master", "textless.mov, titles from titles.mov")
    full = next(iter(files.values()))
    assert read_numbers(full) == [24 + n for n in range(72)]
    corner = np.mean([luma[165:178, 5:55].mean() for luma in lumas(full)])
    beside = np.mean([luma[165:178, 100:150].mean() for luma in lumas(full)])
    assert (corner > 215, beside < 160) == (True, True)


def test_a_texted_master_serves_its_own_shape_only(tmp_path, renders):
    master = 'picture = "textless.mov"\ntexted = "texted.mov"'
    order = project(tmp_path, renders, master, texted="[true, false]", aspects='["16:9", "9:16"]')
    plan, files = delivered(order)
    assert why(plan, "full 16:9 textless")[0] == "from the master"
    assert why(plan, "full 16:9 tiny") == ("from the texted master", "texted.mov")
    assert why(plan, "full 9:16 tiny")[0] == "from the master"
    numbers = {name: read_numbers(path)[-1] for name, path in files.items() if name.startswith("full")}
    assert numbers == {
        "full 16:9 tiny-intra": 1000 + 95, "full 16:9 textless tiny-intra": 95,
        "full 9:16 tiny-intra": 95, "full 9:16 textless tiny-intra": 95,
    }  # fmt: skip


def test_the_sound_comes_from_the_mix(tmp_path, renders):
    master = 'picture = "textless.mov"\nsound = "mix.wav"\nstart = "00:59:59:00"'
    plan, _ = planned(project(tmp_path, renders, master))
    mix = plan.mixes[plan.deliverables[0].mixes[0]]
    assert [Path(part.path).name for part in mix.parts] == ["mix.wav"]
    assert not [f for d in plan.deliverables for f in d.findings if f.rule == "sound.silent"]


def test_without_a_master_effects_offer_it(tmp_path, renders):
    plan, _ = planned(project(tmp_path, renders, ""))
    assert why(plan, "full")[0] == "from the sources"
    effect = next(finding for finding in plan.findings if finding.rule == "timeline.effect")
    assert (effect.where, "[master] picture" in effect.remedy) == ("01:00:00:00 Pier", True)


@pytest.mark.parametrize(
    ("master", "rule", "words"),
    [
        ('picture = "late.mov"', "master.length", "late.mov runs from 01:00:00:12 to 01:00:03:12, the timeline from "
         "01:00:00:00 to 01:00:03:00: 12 frames are missing before it and 0 after it."),
        ('picture = "textless.mov"\nstart = "01:00:00:00"', "", ""),
        ('picture = "textless.mov"\nstart = "nonsense"', "master.unusable", "'nonsense' is no timecode."),
        ('picture = "pal.mov"', "master.rate", "pal.mov has 25 frames a second, the timeline 24000/1001."),
        ('picture = "none.mov"', "master.unusable", "none.mov' is not there."),
        ('picture = "mix.wav"\nstart = "01:00:00:00"', "master.picture", "mix.wav has no moving picture."),
        ('picture = "textless.mov"\ntitles = "texted.mov"', "master.titles-opaque", "texted.mov has no alpha"),
        ('picture = "textless.mov"\nsound = "bare.mov"', "sound.no-stream", ""),
    ],
)  # fmt: skip
def test_a_master_that_does_not_fit_is_told(tmp_path, renders, master, rule, words):
    plan, _ = planned(project(tmp_path, renders, master))
    for deliverable in plan.deliverables:
        stopping = [finding for finding in deliverable.findings if finding.severity == "fail"]
        assert [finding.rule for finding in stopping] == ([rule] if rule else [])
        assert deliverable.state == ("blocked" if rule else "ready")
        assert all(words in finding.message and finding.remedy for finding in stopping)


def test_a_master_without_timecode_begins_with_the_timeline(tmp_path, renders):
    plan, files = delivered(project(tmp_path, renders, 'picture = "bare.mov"', texted="[false]"))
    assert "master.timecode" in {finding.rule for finding in plan.deliverables[0].findings}
    assert read_numbers(next(iter(files.values()))) == [*range(72)]


def test_the_shape_is_that_of_the_timeline(tmp_path, renders):
    order = project(tmp_path, renders, 'picture = "square.mov"')
    made = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    made.metadata["twopop"] = {"size": [1920, 1080]}
    otio.adapters.write_to_file(made, str(tmp_path / "cut.otio"))
    plan, _ = planned(order)
    rules = {finding.rule for finding in plan.deliverables[0].findings}
    assert "master.shape" in rules
