"""Ten thousand deliverables, a thousand notifications a second, long names, narrow and wide, dark and light."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from support import panel_world
from support.panel_steps import lines, paired, press, see, to_order, to_plan
from twopop.service.methods import FindingNote, JobNote

LONG = "Harbour-Line-and-Sons_The-Long-Title-of-the-Spring-Campaign-of-the-Harbour-Days_Director-s-Cut-2026"


def rows_in_page(page):
    return page.eval_on_selector_all("#lines .row", "all => all.length")


def test_ten_thousand_lines_are_read_with_a_screenful_of_rows(page, service):
    service.world.rows = panel_world.lines(many=10_000)
    to_plan(page)
    page.wait_for_selector("button.tab:text-is('All 10,000')", timeout=30_000)
    see(page, "All")
    assert [each["first"] for each in service.asked("rows")] == list(range(0, 10_000, 200))
    page.focus("#lines")
    page.keyboard.press("End")
    page.wait_for_selector("#lines .row.active")
    assert rows_in_page(page) < 80
    last = page.eval_on_selector("#lines .row.active .name", "node => node.title")
    assert last in {row.path for row in service.world.rows}
    page.keyboard.press("Home")
    page.wait_for_selector("#lines .group.active")
    blocked = sum(row.state == "blocked" for row in service.world.rows)
    assert page.inner_text(".count.fail") == f"✕ {blocked:,} blocked".replace(",", ",")


def test_a_thousand_notifications_are_one_picture(page, service):
    """However many come between two frames, the screen is painted once for all of them, and shows the last word."""
    service.world.rows = panel_world.lines(many=500)
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    page.evaluate("""() => {
        window.asked = [];
        window.frame = window.requestAnimationFrame;
        window.requestAnimationFrame = (act) => window.asked.push(act);
        window.heard = 0;
        const parse = JSON.parse;
        JSON.parse = (text) => { window.heard += 1; return parse(text); };
    }""")
    job, files = service.world.jobs["j1"], service.world.files["j1"]
    notes = [
        JobNote(
            job=replace(job, frames=step, finished=step // 100),
            files=(replace(files[step % len(files)], state="rendering", done=step % 12),),
        )
        for step in range(1000)
    ]
    found = FindingNote(job="j1", finding=panel_world.finding("x", panel_world.Severity.WARN, "Look at this."))
    service.tell(*notes, found)
    page.evaluate("""async () => {
        while (window.heard < 1001) await new Promise((done) => setTimeout(done, 5));
    }""")
    assert page.evaluate("window.asked.length") <= 3
    page.evaluate("""() => {
        window.requestAnimationFrame = window.frame;
        window.asked.forEach((act) => act());
    }""")
    page.wait_for_selector("button.tab:text-is('Findings 1')")
    page.wait_for_selector(f".summary:has-text('9 of {len(files)} files')")


def test_between_notifications_without_a_pause_the_keyboard_is_heard(page, service):
    service.world.rows = panel_world.lines(many=500)
    to_plan(page)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    job, files = service.world.jobs["j1"], service.world.files["j1"]
    for _ in range(20):
        service.tell(*(JobNote(job=replace(job, frames=step), files=(files[step],)) for step in range(50)))
        page.keyboard.press("ArrowDown")
    page.wait_for_function(f"document.querySelector('#files .row.active .name')?.title === {files[19].path!r}")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [300, 1100])
def test_nothing_runs_out_of_the_panel_sideways(fresh, service, width, theme):
    service.world.rows = panel_world.lines(prefix=LONG)
    folder = "/Volumes/PROJECTS_RAID_01/" + LONG + "/" + LONG
    service.world.projects = [panel_world.ProjectRow(name="harbour", folder=folder)]
    page = fresh(width=width, color_scheme=theme)
    paired(page, service)

    def fits():
        return page.evaluate("""() => [...document.querySelectorAll('#panel *')].filter((node) => {
            const box = node.getBoundingClientRect();
            const shut = node.closest('.name, .second') && !node.matches('.name, .second');
            return box.width && !shut && (box.left < -1 || box.right > innerWidth + 1);
        }).map((node) => node.className)""")

    assert page.evaluate("document.body.className") == theme
    assert fits() == []
    to_order(page)
    page.wait_for_selector("text=Saved orders")
    assert fits() == []
    page.click(".steps button:text-is('Timeline')")
    to_plan(page)
    assert fits() == []
    page.click("#lines .line >> nth=0")
    page.wait_for_selector(".detail:not(.away)")
    assert fits() == []
    tails = page.eval_on_selector_all(
        "#lines .line:not(.away) .tail",
        """all => all.map((each) => {
            const [own, around] = [each, each.parentNode].map((node) => node.getBoundingClientRect());
            return [each.textContent, own.right <= around.right + 0.5];
        })""",
    )
    assert tails
    assert all(text.endswith((".mov", ".mp4")) and whole for text, whole in tails)
    page.click(".foot button.primary")
    page.wait_for_selector("#files .line")
    assert fits() == []


def test_the_theme_follows_the_system(fresh, service):
    page = fresh(color_scheme="dark")
    paired(page, service)
    assert page.evaluate("document.body.className") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.body.className === 'light'")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_stand_out_from_their_ground(fresh, service, theme):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; the sizes here are small."""
    page = fresh(width=900, color_scheme=theme)
    paired(page, service)
    to_plan(page)
    page.click("#lines .line >> nth=0")
    page.wait_for_selector(".detail:not(.away)")
    pairs = page.evaluate("""() => {
        const ground = (node) => {
            for (let each = node; each; each = each.parentElement) {
                const colour = getComputedStyle(each).backgroundColor;
                if (!/, 0\\)$/.test(colour) && colour !== 'transparent') return colour;
            }
        };
        const seen = [...document.querySelectorAll('#panel *')].filter((node) =>
            node.children.length === 0 && node.textContent.trim() && !node.disabled && node.clientHeight);
        const words = (node) => node.className + ' ' + node.textContent;
        return seen.map((node) => [words(node), getComputedStyle(node).color, ground(node)]);
    }""")
    assert len(pairs) > 40
    assert [name for name, text, ground in pairs if contrast(text, ground) < 4.5] == []


def contrast(one, other):
    """WCAG 2.2, "contrast ratio" of two colours as ``rgb(r, g, b)``."""
    light = sorted((luminance(one), luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(colour):
    parts = [int(each) / 255 for each in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# -- the keyboard ------------------------------------------------------------------------------------------------------


def test_the_whole_way_by_the_keyboard(page, service):
    def tab_to(label):
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "[document.activeElement, document.activeElement.parentNode].map((n) => n.textContent)"
            )
            if any(label in each for each in here if len(each) < 120):
                return
        raise AssertionError(f"the tab key does not reach {label}")

    page.focus("body")
    tab_to("Fake host")
    page.keyboard.press("Space")
    page.wait_for_selector("text=harbour_v2")
    tab_to("Choose order")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Saved orders")
    tab_to("Client")
    page.keyboard.type("Harbour Line")
    tab_to("16:9")
    page.keyboard.press("Space")
    tab_to("Social media, H.264")
    page.keyboard.press("Space")
    page.wait_for_selector(".foot .note:has-text('1 deliverable')")
    tab_to("Plan")
    page.wait_for_function("document.activeElement.closest('.foot') !== null")
    page.keyboard.press("Enter")
    page.wait_for_selector("#lines .line")
    page.wait_for_function("document.activeElement.id === 'lines'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".detail:not(.away)")
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelector('.detail.away') !== null")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=Saved orders")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")


def test_space_chooses_a_line_or_a_whole_group(page, service):
    to_plan(page)
    see(page, "All")
    page.focus("#lines")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_selector(".foot button.primary:text-is('Deliver 13 files')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.wait_for_selector(".foot button.primary:text-is('Deliver 14 files')")
    assert lines(page)


def test_escape_in_a_text_leaves_the_text_and_not_the_screen(page):
    to_order(page)
    page.wait_for_function("document.activeElement.closest('.screen') !== null")
    page.fill("label:has-text('Client') input", "Harbour Line")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") != "line"
    page.wait_for_selector("text=Saved orders")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=harbour_v2")
