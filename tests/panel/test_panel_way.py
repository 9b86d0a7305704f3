"""An editor's way through the panel, in a browser that lacks what UXP lacks: pair, choose, plan, deliver, undo."""

from __future__ import annotations

from msgspec.structs import replace

from support import panel_world
from support.fake_service import CODE
from support.panel_steps import idle, lines, paired, press, see, to_plan, until
from twopop.service.methods import FindingNote, JobNote


def test_a_wrong_code_is_told_and_a_right_one_lets_in(fresh, service):
    page = fresh()
    page.goto(service.url)
    page.wait_for_selector("#code")
    page.keyboard.type("000 000")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice.fail:has-text('That is not the code.')")
    assert "Look at it once more." in page.inner_text(".notice")
    page.fill("#code", CODE)
    press(page, "Pair")
    page.wait_for_selector("text=Fake host")
    assert [each["code"] for each in service.asked("pair")] == ["000000", CODE]
    page.reload()
    page.wait_for_selector("text=Fake host")
    assert len(service.asked("pair")) == 2


def test_a_token_that_is_not_good_any_more_leads_back_to_pairing(page, service):
    service.token = service.token[::-1] + "x"
    page.reload()
    page.wait_for_selector("#code")
    assert "Pair it again" in page.inner_text("#panel")
    assert page.evaluate("localStorage.getItem('twopop.token')") is None


def test_what_a_host_lacks_is_said_in_words(page):
    page.click("label.check:has-text('Poor host')")
    page.wait_for_selector("text=The free edition cannot move the playhead.")
    look = page.locator("button:text-is('Show me')").first
    assert look.is_disabled()
    assert look.get_attribute("title") == "The free edition cannot move the playhead."
    press(page, "Choose order")
    page.wait_for_selector("text=The free edition cannot render for others.")
    assert page.is_disabled("label:has-text('A master') input")


def test_the_matrix_becomes_an_order(page, service):
    to_plan(page, "30s", "1:1", "Textless")
    (asked,) = service.asked("plan")
    order = asked["order"]
    assert asked["host"] == "fake"
    assert asked["timeline"] == "t1"
    assert order["project"] == {"client": "Harbour Line", "title": "harbour", "code": ""}
    assert order["matrix"] == [
        {
            "durations": ["full", "30s"],
            "aspects": ["16:9", "1:1"],
            "specs": ["social-h264"],
            "languages": [""],
            "markets": [""],
            "texted": [True, False],
        }
    ]
    assert order["cutdowns"] == {"30s": {"markers": "CUT30"}}


def test_the_plan_shows_problems_first_and_what_to_do(page, service):
    to_plan(page)
    blocked = [row.path for row in service.world.rows if row.state == "blocked"]
    looked = [row.path for row in service.world.rows if row.state != "blocked" and row.findings]
    assert lines(page) == blocked + looked
    see(page, "All")
    page.wait_for_selector("button.tab.now:text-is('All 18')")
    assert lines(page)[0] == blocked[0]
    page.click("#lines .line >> nth=0")
    page.wait_for_selector(".detail:has-text('Renew the licence')")
    page.click(".detail button:text-is('Show me')")
    idle(page)
    assert service.asked("show") == [{"project": "harbour", "host": "fake", "timeline": "t1", "frame": 288}]


def test_the_delivery_is_asked_for_once_however_often_the_button_is_pressed(page, service):
    to_plan(page)
    page.evaluate("""() => {
        const button = document.querySelector('.foot button.primary');
        for (let press = 0; press < 5; press += 1) button.click();
    }""")
    page.wait_for_selector("#files .line")
    assert service.asked("deliver") == [{"id": "p1", "deliverables": [], "bring_in": False, "markers": False}]


def test_only_what_is_chosen_is_delivered(page, service):
    to_plan(page)
    see(page, "To make")
    page.click("#lines .line .box >> nth=0")
    ready = [row for row in service.world.rows if row.state == "ready"]
    press(page, f"Deliver {len(ready) - 1} files")
    page.wait_for_selector("#files .line")
    (asked,) = service.asked("deliver")
    assert len(asked["deliverables"]) == len(ready) - 1
    assert set(asked["deliverables"]) < {row.id for row in ready}


def test_a_delivery_from_the_first_frame_to_the_undo(page, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    job, files = service.world.jobs["j1"], service.world.files["j1"]
    service.tell(
        JobNote(job=replace(job, frames=504, finished=1), files=(replace(files[0], state="rendering", done=6),))
    )
    page.wait_for_selector("#files .line:has-text('rendering')")
    page.wait_for_function("document.querySelector('.summary .done').style.width === '50%'")
    page.wait_for_selector("text=about 2 min left")
    edits = (panel_world.edit("e1", "14 files were taken in", "bin twopop"),)
    done = replace(job, state="done", frames=1008, finished=14, failed=1, blocked=1, report="r.json", edits=edits)
    failed = replace(files[1], state="failed", findings=(panel_world.EXPIRED,))
    service.tell(JobNote(job=done, files=(failed,)), FindingNote(job="j1", finding=panel_world.EXPIRED))
    page.wait_for_selector(".summary:has-text('1 failed')")
    assert "12 of 14 delivered" in page.inner_text(".summary")
    assert "1 blocked" in page.inner_text(".summary")
    see(page, "Problems")
    page.wait_for_function("document.querySelectorAll('#files .line:not(.away)').length === 1")
    page.click("button:text-is('Report')")
    idle(page)
    page.click("button:text-is('Undo…')")
    assert "14 files were taken in" in page.inner_text(".edits")
    assert service.asked("undo") == []
    page.click("button:text-is('Take back')")
    page.wait_for_selector(".notice.ok:has-text('1 change was taken back.')")
    assert service.asked("undo") == [{"id": "j1"}]
    assert service.asked("open") == [{"id": "j1", "path": "report", "how": "open"}]


def test_files_of_one_name_are_told_apart_by_their_folder(page, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    folders = page.eval_on_selector_all("#files .line:not(.away) .spec", "all => all.map((each) => each.textContent)")
    paths = [file.path for file in service.world.files["j1"]]
    assert folders
    assert folders == [path.rpartition("/")[0] for path in paths][: len(folders)]


def test_stopping_is_asked_twice(page, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    press(page, "Stop")
    press(page, "Go on")
    press(page, "Stop")
    assert service.asked("cancel") == []
    press(page, "Stop it")
    page.wait_for_selector(".summary:has-text('Stopped')")
    assert service.asked("cancel") == [{"id": "j1"}]


def test_a_delivery_that_runs_is_found_again_after_a_reload(page, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    page.reload()
    page.wait_for_selector("#files .line")
    assert len(service.asked("deliver")) == 1


def test_a_delivery_of_another_panel_is_in_the_list(page, fresh, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    other = fresh()
    paired(other, service)
    other.click("button.step:has-text('1 running')")
    other.dblclick("#jobs .line")
    other.wait_for_selector("#files .line")


def test_another_project_begins_anew(fresh, service):
    service.world.projects.append(panel_world.ProjectRow(name="lighthouse", folder="/projects/lighthouse"))
    page = fresh()
    paired(page, service)
    to_plan(page)
    page.click(".steps button:text-is('Timeline')")
    page.select_option("select.pick", "lighthouse")
    page.wait_for_selector(".under:has-text('lighthouse')")
    until(page, lambda: {"project": "lighthouse"} in service.asked("presets"))
    assert page.is_disabled(".steps button:text-is('Plan')")
    page.reload()
    page.wait_for_selector(".under:has-text('lighthouse')")


def test_a_path_that_is_copied_is_the_path(page):
    copied = page.evaluate("""() => {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector(".under"));
        document.getSelection().removeAllRanges();
        document.getSelection().addRange(range);
        const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), cancelable: true });
        document.dispatchEvent(event);
        return event.clipboardData.getData("text/plain");
    }""")
    assert copied == "/projects/harbour-line/spring/harbour"
