"""Saved orders, what is done in the host from a plan, and what is done with what was delivered."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from support import panel_world
from support.panel_steps import idle, press, see, to_order, to_plan, until
from twopop.delivery.order import parse_order
from twopop.schema import to_builtins
from twopop.service.methods import JobNote

CAMPAIGN = {
    "schema": "twopop.order/1",
    "project": {"client": "Harbour Line", "title": "Harbour Days", "code": "HARB60", "fields": {"campaign": "Spring"}},
    "timeline": {"file": "harbour.otio", "media": ["media"]},
    "matrix": [{"durations": ["full", "20s"], "aspects": ["1:1"], "specs": ["review-h264"], "languages": ["en", "de"]}],
    "cutdowns": {"20s": {"keep": [["01:00:00:00", "01:00:20:00"]]}, "30s": {"markers": "CUT30"}},
    "captions": {"en": "captions.en.srt"},
    "replace": True,
}


def saved(service, name, order):
    """Keep *order* with the scripted service as the real one tells it: with all that has a default."""
    service.world.orders[name] = to_builtins(parse_order(order, where="a test"))


def choose(page, name):
    page.click(f"label.check:has-text('{name}')")
    idle(page)


def test_a_saved_order_fills_the_matrix_and_keeps_the_rest(page, service):
    saved(service, "harbour campaign", CAMPAIGN)
    to_order(page)
    choose(page, "harbour campaign")
    page.wait_for_selector(".foot .note:text-is('4 deliverables')")
    assert page.input_value("label:has-text('Languages') input") == "en, de"
    assert page.locator("label.check:has-text('CUT30')").count() == 0, "the order cuts by these markers already"
    page.click("label.check:has-text('9:16') >> nth=0")
    page.wait_for_selector(".foot .note:text-is('8 deliverables')")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")
    (asked,) = service.asked("plan")
    told = parse_order(asked["order"], where="the panel")
    kept = parse_order(CAMPAIGN, where="a test")
    table = replace(kept.matrix[0], aspects=("1:1", "9:16"))
    assert told == replace(kept, matrix=(table,))


def test_an_order_of_several_tables_is_taken_as_it_is(page, service):
    saved(service, "house social", CAMPAIGN | {"matrix": CAMPAIGN["matrix"] * 2})
    to_order(page)
    choose(page, "house social")
    page.wait_for_selector("text=taken as it is: 8 deliverables.")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")
    (asked,) = service.asked("plan")
    assert len(asked["order"]["matrix"]) == 2


def test_an_order_that_cannot_be_used_says_why(page):
    to_order(page)
    page.wait_for_selector("label.check:has-text('Did you mean')")
    assert page.is_disabled("label.check:has-text('Did you mean') input")


def test_an_order_is_saved_and_only_replaced_on_purpose(page, service):
    to_order(page)
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264"):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    page.fill("label:has-text('Name') input", "spring")
    page.click("button:text-is('Save')")
    page.wait_for_selector(".notice.ok:has-text('Saved as spring.')")
    (asked,) = service.asked("save_preset")
    assert (asked["name"], asked["replace"]) == ("spring", False)
    assert parse_order(asked["order"], where="the panel").matrix[0].specs == ("social-h264",)
    page.fill("label:has-text('Name') input", "spring")
    assert page.locator("button:text-is('Save'):visible").count() == 0
    page.click("button:text-is('Replace')")
    page.wait_for_selector(".notice.ok:has-text('Saved as spring.')")
    assert service.asked("save_preset")[-1]["replace"] is True


@pytest.mark.parametrize(
    ("undo", "message"),
    [
        (("label.check:has-text('Full')",), "Choose at least one length."),
        (("label.check:has-text('16:9') >> nth=0",), "Choose at least one aspect."),
        (("label.check:has-text('Texted')",), "Choose texted, textless or both."),
    ],
)
def test_what_an_order_still_lacks_is_said(page, undo, message):
    to_order(page)
    page.wait_for_selector(".foot .note:text-is('Say who the client is.')")
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264"):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    page.wait_for_selector(".foot .note:text-is('1 deliverable')")
    page.click(undo[0])
    page.wait_for_selector(f".foot .note:text-is('{message}')")
    assert page.is_disabled(".foot button.primary")


def test_findings_and_a_cut_go_into_the_host_and_come_out_again(page, service):
    to_plan(page)
    press(page, "Findings as markers")
    page.wait_for_selector(".edit:has-text('3 markers were made of findings')")
    assert service.asked("markers") == [{"id": "p1", "findings": []}]
    see(page, "All")
    page.click("#lines .line:has(.name[title^='social-h264'][title*='15s_9x16'])")
    page.click(".detail button:text-is('Marker')")
    idle(page)
    assert service.asked("markers")[1] == {"id": "p1", "findings": [panel_world.EXPIRED.id]}
    page.click(".detail button:text-is('Put cut into host')")
    page.wait_for_selector(".edit:has-text('harbour 30s')")
    (asked,) = service.asked("put")
    assert asked == {"id": "p1", "deliverable": "15s 9:16 en social-h264"}
    page.click("button:text-is('Undo…')")
    page.click("button:text-is('Keep')")
    page.wait_for_selector("button:text-is('Undo…')")
    assert service.asked("undo") == []
    page.click("button:text-is('Undo…')")
    page.click("button:text-is('Take back')")
    page.wait_for_selector(".edit.undone:has-text('taken back')")
    assert service.asked("undo") == [{"id": "p1"}]


def finished(page, service):
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    job, files = service.world.jobs["j1"], service.world.files["j1"]
    done = replace(job, state="done", frames=1008, finished=14, report="receipt.json")
    service.world.jobs["j1"] = done
    service.tell(JobNote(job=done, files=tuple(replace(file, state="delivered", bytes=9_200_000) for file in files)))
    page.wait_for_selector(".results:not(.away)")
    return files


def test_files_are_opened_shown_and_taken_into_a_bin(page, service):
    files = finished(page, service)
    page.click("#files .line >> nth=0")
    page.click(".detail button:text-is('Reveal')")
    idle(page)
    press(page, "Open folder")
    idle(page)
    page.focus("#files")
    page.keyboard.press("Enter")
    until(page, lambda: len(service.asked("open")) == 3)
    assert service.asked("open") == [
        {"id": "j1", "path": files[0].path, "how": "reveal"},
        {"id": "j1", "path": "", "how": "open"},
        {"id": "j1", "path": files[0].path, "how": "open"},
    ]
    page.click("button:text-is('Take into bin')")
    page.wait_for_selector(".edit:has-text('14 files were taken into the bin twopop')")
    assert service.asked("bring_in") == [{"id": "j1"}]


def test_the_studios_buttons_do_what_the_studio_wants(page, service):
    finished(page, service)
    page.click("button:text-is('Send to client')")
    page.wait_for_selector(".notice.ok:has-text('Sent to the client.')")
    assert service.asked("act") == [{"id": "j1", "action": "send"}]
