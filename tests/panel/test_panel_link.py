"""The panel's connection goes and comes back: it says so, asks how things stand, and sends nothing twice."""

from __future__ import annotations

import threading

import pytest

from support.fake_service import Refuse
from support.panel_steps import paired, press, see, to_order, to_plan, until
from twopop.service.methods import HostNote, WorkNote


def back(page):
    page.wait_for_selector(".lamp.online")


def test_a_lost_connection_is_said_and_comes_back_by_itself(page, service):
    to_order(page)
    service.stop()
    page.wait_for_selector(".banner.lost:has-text('Deliveries go on.')")
    assert page.is_disabled(".foot button.primary")
    service.start()
    back(page)
    assert page.locator(".banner:not(.away)").count() == 0
    assert page.input_value("label:has-text('Title') input") == "harbour"


def test_it_tries_for_ever_ever_more_seldom(page, service):
    """The waits are 0.25 s doubling to 5 s: here no try gets through, and no wait is waited for."""
    page.evaluate("""() => {
        window.waits = [];
        const [wait, socket] = [window.setTimeout, window.WebSocket];
        window.setTimeout = (act, time) => {
            if (time > 5000) return wait(act, time);
            window.waits.push(time);
            return wait(act, Math.min(time, 5));
        };
        window.WebSocket = class extends EventTarget {
            constructor() {
                super();
                const shut = () => this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
                wait(window.waits.length < 40 ? shut : () => { window.WebSocket = socket; shut(); });
            }
            close() {}
        };
    }""")
    service.stop()
    service.start()
    page.wait_for_function("window.waits.length >= 20")
    back(page)
    waits = page.evaluate("window.waits")
    assert waits[:8] == [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]


def test_a_delivery_whose_answer_was_lost_is_found_and_not_asked_for_again(page, service):
    to_plan(page)
    service.cut.add("deliver")
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    assert "the delivery was started: this is it" in page.inner_text(".notice")
    assert len(service.asked("deliver")) == 1


def test_a_delivery_that_never_reached_the_service_is_said_not_to_have_started(page, service):
    to_plan(page)
    service.held["deliver"] = threading.Event()
    page.click(".foot button.primary")
    page.wait_for_selector(".busy:has-text('Starting the delivery')")
    service.stop()
    page.wait_for_selector(".notice:has-text('It may have been done')")
    service.world.jobs.clear()
    service.start()
    page.wait_for_selector(".notice:has-text('Nothing was sent again')")
    back(page)
    assert len(service.asked("deliver")) == 1
    assert page.locator("#lines .line:not(.away)").count() > 0


def test_a_call_that_changes_nothing_is_simply_told_to_be_lost(page, service):
    to_order(page)
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264"):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    service.cut.add("plan")
    press(page, "Plan")
    page.wait_for_selector(".notice:has-text('Nothing was sent')")
    back(page)


def test_a_service_that_was_started_anew_has_forgotten_the_plan(page, service):
    to_plan(page)
    service.stop()
    service.world.plans.clear()
    service.start()
    page.wait_for_selector(".notice:has-text('Plan again: it gives the same.')")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")


def test_what_was_unticked_stays_so_after_the_connection_came_back(page, service):
    to_plan(page)
    see(page, "To make")
    page.click("#lines .line .box >> nth=0")
    page.wait_for_selector(".foot button.primary:text-is('Deliver 13 files')")
    service.stop()
    page.wait_for_selector(".banner.lost")
    service.start()
    back(page)
    assert page.inner_text(".foot button.primary") == "Deliver 13 files"


def test_a_service_that_lets_nobody_in_says_why(page, service):
    service.refused["hello"] = Refuse(-32003, "The panel is older than the service.", remedy="Open it again.")
    service.stop()
    service.start()
    page.wait_for_selector(".banner.lost:has-text('The panel is older than the service.')")
    service.refused.clear()
    back(page)


def test_a_plan_that_takes_long_tells_how_far_it_is_and_can_be_given_up(page, service):
    to_order(page)
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264"):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    service.held["plan"] = threading.Event()
    press(page, "Plan")
    page.wait_for_selector(".busy:has-text('Planning')")
    request = service.id_of("plan")
    service.tell(WorkNote(request=request, done=30, total=120, said="Rendering the master"))
    page.wait_for_selector(".busy:has-text('Rendering the master')")
    page.wait_for_function("document.querySelector('.busy .done').style.width === '25%'")
    page.click("button:text-is('Stop waiting')")
    until(page, lambda: service.notes == [("cancel", {"id": request})])
    service.refused["plan"] = Refuse(-32002, "It was stopped.", family="cancelled")
    service.held["plan"].set()
    page.wait_for_selector(".notice.info:has-text('It was stopped.')")


def test_a_refusal_is_told_with_its_remedy_and_the_panel_lives_on(page, service):
    to_order(page)
    service.refused["timelines"] = Refuse(-32003, "The host does not answer.", remedy="Start it, then look again.")
    page.click(".steps button:text-is('Timeline')")
    page.click("label.check:has-text('Poor host')")
    page.wait_for_selector("text=The host does not answer. Start it, then look again.")
    assert page.is_disabled(".foot button.primary")
    service.refused.clear()
    page.click("button:text-is('Look again')")
    page.wait_for_selector("text=The free edition cannot move the playhead.")


def test_a_host_that_is_lost_is_told(page, service):
    to_order(page)
    lost = service.world.hosts[0].__class__(
        name="fake", title="Fake host", found=True, detail="Its process ended.", state="lost"
    )
    service.tell(HostNote(project="harbour", host=lost))
    page.wait_for_selector(".notice.warn:has-text('Fake host does not answer any more.')")
    page.click(".steps button:text-is('Timeline')")
    page.wait_for_selector("label.check:has-text('Lost. Its process ended.')")


def test_a_host_that_never_answers_does_not_hold_the_panel_up(page, service):
    service.held["timelines"] = threading.Event()
    page.click("label.check:has-text('Poor host')")
    page.wait_for_selector("text=Asking the host")
    service.held.clear()
    page.click("label.check:has-text('Fake host')")
    page.wait_for_selector("text=harbour_v2")
    press(page, "Choose order")
    page.wait_for_selector("text=Saved orders")


def test_an_error_of_the_panel_itself_is_told(fresh, service):
    page = fresh(errors="expected")
    paired(page, service)
    page.evaluate("setTimeout(() => { throw new Error('a fault of ours'); })")
    page.wait_for_selector(".notice.fail:has-text('a fault of ours')")
    page.evaluate("void Promise.reject(new Error('another one'))")
    page.wait_for_selector(".notice.fail:has-text('another one')")


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '"x"', '{"jsonrpc": "2.0", "id": 999, "result": 1}', '{"method": "job"}']
)
def test_words_that_are_none_are_not_heeded(page, service, text):
    service.say(text)
    to_order(page)
    page.wait_for_selector("text=Saved orders")
