"""End to end, with nothing scripted: the panel in a browser, ``twopop serve``, the practice host, files on disk."""

from __future__ import annotations

import json
import subprocess

import pytest

from support.numbered import make_numbered
from support.panel_steps import idle, press, see
from support.projects import PAL, clip, gap, marker, time, timeline, track, write_project
from support.real_service import RealService

#: Holds the delivery back at its next segment as long as a file called brake lies beside the plugin, from the moment
#: when as many files as it says are finished.
BRAKE = """
import time
from pathlib import Path
from twopop import hookimpl

HERE = Path(__file__).parent

def holds():
    try:
        return len(list(HERE.parent.glob("delivery/*/[!.]*.m*"))) >= int((HERE / "brake").read_text())
    except FileNotFoundError:
        return False

@hookimpl
def rendered():
    until = time.monotonic() + 60
    while holds() and time.monotonic() < until:
        time.sleep(0.05)
"""

ORDER = """
[[matrix]]
durations = ["full"]
aspects = ["16:9", "1:1"]
specs = ["tiny-h264", "tiny-intra"]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A spot of 2 s with a marked cutdown of 1 s and a gap. ProRes is not made in 1:1: that is the finding to mend."""
    folder = tmp_path_factory.mktemp("real") / "harbour"
    folder.mkdir()
    make_numbered(folder / "boats.mp4", frames=70, rate=25)
    picture = track(clip("boats.mp4", time(0, PAL), 30, PAL), gap(2, PAL), clip("boats.mp4", time(40, PAL), 18, PAL))
    cut = timeline(picture, rate=PAL, start=90000, markers=[marker("SHORT", 5, 25, PAL)])
    write_project(folder, cut, ORDER)
    intra = folder / "plugins" / "tiny-intra.toml"
    intra.write_text(intra.read_text().replace(', "1:1" = [180, 180]', ""))
    (folder / "plugins" / "brake.py").write_text(BRAKE)
    return folder


@pytest.fixture(scope="module")
def real(project, tmp_path_factory):
    service = RealService(project, tmp_path_factory.mktemp("state"))
    yield service
    service.end()


def let_in(page, real):
    page.goto(real.url)
    page.wait_for_selector("#code")
    page.fill("#code", real.code)
    press(page, "Pair")
    page.wait_for_selector(".lamp.online")


@pytest.fixture(scope="module")
def desk(chromium, real):
    """The panel, paired; its memory lasts from test to test: they are one editor's morning, in this order."""
    context = chromium.new_context(viewport={"width": 480, "height": 720}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(60_000)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    let_in(page, real)
    yield page
    context.close()
    assert faults == []


def plan(page):
    press(page, "Plan")
    page.wait_for_selector("#lines .line")
    idle(page)


def host_project(folder):
    return json.loads((folder / ".twopop" / "fake" / "project.json").read_text())


def test_the_timeline_of_the_host_is_read(desk):
    desk.click("label.check:has-text('Practice project')")
    desk.wait_for_selector(".fact:has-text('00:00:02:00')")
    desk.wait_for_selector(".fact:has-text('SHORT 00:00:01:00')")
    press(desk, "Choose order")


def test_a_problem_is_seen_in_the_plan_and_mended(desk):
    desk.click("label.check:has-text('order') >> nth=1")
    desk.wait_for_selector(".foot .note:text-is('4 deliverables')")
    desk.click("label.check:has-text('1s')")
    plan(desk)
    desk.wait_for_selector(".count.fail:has-text('2 blocked')")
    desk.click("#lines .line >> nth=0")
    desk.wait_for_selector(".detail .finding.fail:has-text('1:1')")
    desk.keyboard.press("Escape")
    desk.click(".steps button:text-is('Order')")
    desk.click("label.check:has-text('1:1') >> nth=0")
    desk.wait_for_selector(".foot .note:text-is('4 deliverables')")
    plan(desk)
    assert desk.locator(".count.fail").count() == 0


def test_a_cutdown_is_put_into_the_host_and_taken_back(desk, project):
    see(desk, "All")
    before = host_project(project)
    desk.click("#lines .line:has(.name[title*='_1s_']) >> nth=0")
    desk.click(".detail button:text-is('Put cut into host')")
    desk.wait_for_selector(".edit:not(.undone)")
    idle(desk)
    assert len(host_project(project)["timelines"]) == len(before["timelines"]) + 1
    desk.click("button:text-is('Undo…')")
    desk.click("button:text-is('Take back')")
    desk.wait_for_selector(".edit.undone")
    assert host_project(project)["timelines"] == before["timelines"]
    desk.keyboard.press("Escape")
    desk.keyboard.press("Escape")


def delivered(project):
    """{path below the output folder: inode} of the files that are finished."""
    out = project / "delivery"
    return {str(path.relative_to(out)): path.stat().st_ino for path in out.glob("*/[!.]*.m*")}


def test_a_delivery_is_stopped_and_what_is_finished_is_kept(desk, project):
    brake = project / "plugins" / "brake"
    brake.write_text("1")
    press(desk, "Deliver 4 files")
    desk.wait_for_selector("#files .line:has-text('delivered')")
    finished = delivered(project)
    press(desk, "Stop")
    press(desk, "Stop it")
    while not list(project.glob(".twopop/jobs/*/cancel")):
        desk.wait_for_timeout(50)
    desk.wait_for_timeout(2000)  # the delivery looks for that mark a few times a second; held, it can do no more
    brake.unlink()
    desk.wait_for_selector(".summary:has-text('Stopped')")
    assert 0 < len(finished) <= len(delivered(project)) < 4
    assert finished.items() <= delivered(project).items()


def test_the_delivery_goes_on_while_the_service_is_away(desk, real, project):
    finished, brake = delivered(project), project / "plugins" / "brake"
    desk.click(".steps button:text-is('Order')")
    desk.click("label.check:has-text('9:16') >> nth=0")
    plan(desk)
    brake.write_text("0")
    press(desk, f"Deliver {8 - len(finished)} files")
    desk.wait_for_selector("#files .line:has-text('rendering')")
    real.kill()
    desk.wait_for_selector(".banner.lost")
    brake.unlink()
    real.start()
    desk.wait_for_selector(".lamp.online")
    desk.wait_for_selector(".summary:has-text('Done')")
    desk.wait_for_selector(".summary:has-text('8 of 8 delivered')")
    assert finished.items() <= delivered(project).items()


def test_the_files_are_there_and_are_what_was_asked_for(desk, project, ffprobe):
    desk.wait_for_selector("#files .line:has-text('delivered')")
    titles = desk.eval_on_selector_all("#files .line:not(.away) .name", "all => all.map((each) => each.title)")
    files = delivered(project)
    assert len(files) == 8
    assert set(titles) <= set(files)
    for file in files:
        probe = [ffprobe, "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries"]
        entries = "stream=nb_read_packets,width,height"
        run = subprocess.run(
            [*probe, entries, "-of", "json", project / "delivery" / file], capture_output=True, check=True
        )
        (stream,) = json.loads(run.stdout)["streams"]
        frames = 25 if "_1s_" in file else 50
        size = (180, 320) if "_9x16_" in file else (320, 180)
        assert (stream["width"], stream["height"], int(stream["nb_read_packets"])) == (*size, frames)


def test_the_files_go_into_a_bin_and_out_again(desk, project):
    desk.click("button:text-is('Take into bin')")
    desk.wait_for_selector(".edit:not(.undone)")
    idle(desk)
    assert "_1s_" in json.dumps(host_project(project)["items"])
    desk.click("button:text-is('Undo…')")
    desk.click("button:text-is('Take back')")
    desk.wait_for_selector(".edit.undone")
    assert "_1s_" not in json.dumps(host_project(project)["items"])


def test_all_of_it_is_found_again_in_another_panel(desk, fresh, real):
    """A second panel, with the same token, sees both deliveries; planning again finds nothing to do."""
    token = desk.evaluate("localStorage.getItem('twopop.token')")
    other = fresh(width=300)
    other.add_init_script(f'localStorage.setItem("twopop.token", "{token}")')
    other.goto(real.url)
    other.wait_for_selector(".lamp.online")
    other.click(".steps button:has-text('Deliveries')")
    other.wait_for_selector("#jobs .line:has-text('Stopped')")
    other.wait_for_selector("#jobs .line:has-text('Done')")
    press(desk, "Back to the plan")
    desk.click(".steps button:text-is('Order')")
    plan(desk)
    desk.wait_for_selector(".count.ok:has-text('8 unchanged')")
    assert desk.is_disabled(".foot button.primary")
