"""What a panel chooses from: specs, saved orders, the studio's buttons."""

from __future__ import annotations

import pytest

from support.projects import FILM, clip, time, timeline, track, write_project
from twopop import schema
from twopop.delivery.order import read_order
from twopop.delivery.session import open_session
from twopop.errors import EditorError, InputError, PluginError
from twopop.service import choosing
from twopop.service.choosing import Preset, PresetName, Press
from twopop.service.methods import Nothing
from twopop.service.work import Work

ORDER = """
[[matrix]]
durations = ["full", "short"]
aspects = ["16:9", "9:16", "1:1"]
specs = ["tiny-h264"]
[[deliverable]]
duration = "full"
aspect = "16:9"
spec = "tiny-intra"
"""

BUTTON = """
from twopop import PanelAction, hookimpl
from twopop.findings import warn

def look(folder):
    return [warn("studio.files", f"There are {len(list(folder.iterdir()))} files.")]

def fail(folder):
    raise ValueError("no such server")

def leave(folder):
    raise SystemExit(4)

@hookimpl
def panel_actions():
    return [
        PanelAction("count", "Count files", "Says how many.", look),
        PanelAction("send", "Send", "Sends.", fail),
        PanelAction("leave", "Leave", "Ends.", leave),
    ]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made = tmp_path / "spot"
    write_project(made, timeline(track(clip("a.mov", time(0, FILM), 10, FILM)), rate=FILM), ORDER)
    (made / "plugins" / "buttons.py").write_text(BUTTON)
    studio = tmp_path / "studio"
    (studio / "orders").mkdir(parents=True)
    (studio / "studio.toml").write_text("")
    (studio / "orders" / "order.toml").write_text((made / "order.toml").read_text())
    (studio / "orders" / "social.toml").write_text('schema = "twopop.order/1"\nnonsense = 1\n')
    monkeypatch.setenv("TWOPOP_STUDIO", str(studio / "studio.toml"))
    return made


def test_specs_say_their_aspects_picture_and_sound(folder):
    found = {row.name: row for row in choosing.specs(open_session(folder), Nothing(), Work())}
    assert found["tiny-h264"].aspects == ("16:9", "9:16", "1:1")
    assert found["tiny-intra"].picture == "prores .mov"
    assert found["tiny-intra"].sound.startswith("pcm_s24le: ")
    assert "youtube-1080p" in found or len(found) > 2


def test_saved_orders_come_from_the_project_and_the_studio(folder):
    found = choosing.presets(open_session(folder), Nothing(), Work())
    assert [(row.name, row.layer, row.lines) for row in found] == [
        ("order", "project", 7), ("order (studio)", "studio", 7), ("social", "studio", 0),
    ]  # fmt: skip
    assert found[0].title == "Harbour Line · Cut"
    assert "nonsense" in found[2].problem
    assert not found[0].problem


def test_an_order_is_kept_under_a_name_and_comes_back_as_it_was(folder):
    session = open_session(folder)
    order = schema.to_builtins(read_order(folder / "order.toml"))
    choosing.save_preset(session, Preset(name="Social (autumn)", order=order), Work())
    assert choosing.preset(session, PresetName(name="Social (autumn)"), Work()) == order
    assert (folder / "orders" / "Social (autumn).json").exists()
    with pytest.raises(InputError, match="Did you mean"):
        choosing.preset(session, PresetName(name="Social (autum)"), Work())


def test_nothing_is_replaced_without_a_word(folder):
    session = open_session(folder)
    order = schema.to_builtins(read_order(folder / "order.toml"))
    (folder / "orders").mkdir()
    (folder / "orders" / "mine.toml").write_text((folder / "order.toml").read_text())
    with pytest.raises(EditorError, match="already"):
        choosing.save_preset(session, Preset(name="mine", order=order), Work())
    assert not (folder / "orders" / "mine.json").exists()
    choosing.save_preset(session, Preset(name="mine", order=order, replace=True), Work())
    assert (folder / "orders" / "mine.toml.old").read_text() == (folder / "order.toml").read_text()
    names = [row.name for row in choosing.presets(session, Nothing(), Work())]
    assert names.count("mine") == 1


@pytest.mark.parametrize(
    "name", ["", "..", "../up", "a/b", "a\\b", ".hidden", "CON", "nul.x", "x" * 81, "a\nb", "a\0b", "a."]
)
def test_a_name_cannot_leave_the_folder(folder, name):
    order = schema.to_builtins(read_order(folder / "order.toml"))
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputError, match="cannot be the name"):
        choosing.save_preset(open_session(folder), Preset(name=name, order=order), Work())
    assert sorted(folder.rglob("*")) == before


def test_an_order_that_is_none_is_not_kept(folder):
    with pytest.raises(InputError):
        choosing.save_preset(open_session(folder), Preset(name="bad", order={"schema": "twopop.order/1"}), Work())
    assert not (folder / "orders").exists()


def test_buttons_are_listed_and_pressed(folder):
    session = open_session(folder)
    own = [row for row in choosing.actions(session, Nothing(), Work()) if row.plugin == "buttons"]
    assert [(row.id, row.label) for row in own] == [("count", "Count files"), ("send", "Send"), ("leave", "Leave")]
    (found,) = choosing.act(session, Press(action="count", out=str(folder / "plugins")), Work())
    assert found.rule == "studio.files"
    with pytest.raises(PluginError, match="no such server"):
        choosing.act(session, Press(action="send", out=str(folder)), Work())
    with pytest.raises(PluginError, match="'buttons' failed in the action 'leave': SystemExit"):
        choosing.act(session, Press(action="leave", out=str(folder)), Work())
    with pytest.raises(InputError, match="Did you mean"):
        choosing.act(session, Press(action="counts", out=str(folder)), Work())
