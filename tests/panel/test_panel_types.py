"""The panel's types agree with the service's, and the check would find it if they did not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import check_types
import pytest
import wire_types

from support.panel_page import PANEL

pytestmark = pytest.mark.skipif(bool(check_types.why_not()), reason=check_types.why_not() or "there")


def test_the_panel_keeps_to_the_types_of_the_wire():
    assert check_types.check() == ""


def test_a_wrong_word_on_the_wire_is_found(tmp_path: Path):
    """Each of these edits makes the panel say or expect something that the service does not know."""
    edits = {
        "lib/work.js": ('app.ask("preset", { project, name })', 'app.ask("preset", { project })'),
        "lib/deeds.js": ("{ id: job.id, path, how }", "{ id: job.id, path, howe: how }"),
        "lib/jobwords.js": ("job.finished", "job.finnished"),
        "lib/job.js": ('say("job.folder")', 'say("job.foldr")'),
    }
    shutil.copytree(PANEL, tmp_path / "panel")
    for name, (old, new) in edits.items():
        text = (tmp_path / "panel" / name).read_text()
        assert old in text
        (tmp_path / "panel" / name).write_text(text.replace(old, new))
    here = Path(__file__).parent
    config = json.loads((here / "tsconfig.json").read_text())
    globals_ = (here / "globals.d.ts").read_text().replace("../../core/twopop/service/panel/", "./panel/")
    (tmp_path / "globals.d.ts").write_text(globals_)
    (tmp_path / "wire.d.ts").write_text(wire_types.declarations())
    config["include"] = ["panel/**/*.js", "*.d.ts"]
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    said = check_types.check(tmp_path / "tsconfig.json")
    assert set(re.findall(r"panel/(lib/\w+\.js)\(", said)) == set(edits)
