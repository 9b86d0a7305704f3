from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from twopop.errors import Cancelled, EditorError, StudioError
from twopop.picture import tools


def program(folder: Path, body: str) -> Path:
    """A small program that stands in for ffmpeg."""
    path = folder / "tool"
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)
    return path


def test_the_environment_comes_before_the_setting(monkeypatch, tmp_path):
    one, two = program(tmp_path, ""), tmp_path / "two"
    two.symlink_to(one)
    monkeypatch.setenv("TWOPOP_FFMPEG", str(one))
    assert tools.find_ffmpeg(str(two)) == one
    monkeypatch.delenv("TWOPOP_FFMPEG")
    assert tools.find_ffmpeg(str(two)) == two


def test_a_setting_that_names_nothing_is_the_studios_to_mend(monkeypatch):
    monkeypatch.delenv("TWOPOP_FFMPEG", raising=False)
    with pytest.raises(StudioError, match="no program") as raised:
        tools.find_ffmpeg("/no/such/ffmpeg")
    assert raised.value.remedy


def test_without_the_embedded_one_the_path_is_searched(monkeypatch, tmp_path):
    monkeypatch.delenv("TWOPOP_FFMPEG", raising=False)
    monkeypatch.setattr(tools, "_embedded", lambda: None)
    program(tmp_path, "").rename(tmp_path / "ffmpeg")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools.find_ffmpeg() == tmp_path / "ffmpeg"
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StudioError, match="no ffmpeg"):
        tools.find_ffmpeg()


def test_what_a_binary_can_do(ffmpeg):
    found = tools.inspect_tools(ffmpeg)
    assert {"fps", "setpts", "crop", "drawtext", "zscale", "xfade", "overlay", "color"} <= found.filters
    assert {"libx264", "prores_ks", "aac"} <= found.encoders
    assert found.major >= 5
    assert len(found.fingerprint) == 32


def test_another_configuration_is_another_fingerprint(tmp_path):
    prints = set()
    for word in ("--enable-gpl", "--enable-nonfree"):
        (tmp_path / word).mkdir()
        tool = program(tmp_path / word, f"print('ffmpeg version 7.1 x'); print('configuration: {word}')")
        prints.add(tools.inspect_tools(tool).fingerprint)
        assert tools.inspect_tools(tool).major == 7
    assert len(prints) == 2


def test_a_program_that_is_no_ffmpeg(tmp_path):
    with pytest.raises(StudioError, match="no ffmpeg"):
        tools.inspect_tools(program(tmp_path, "print('hello')"))


def test_last_words_are_plain(tmp_path):
    tool = program(
        tmp_path,
        "import sys\nsys.stderr.write('x' * 100000 + '\\n[mov @ 0x55d0c8] moov atom not found\\n')\nsys.exit(1)",
    )
    with pytest.raises(EditorError, match="moov atom not found") as raised:
        tools.run([str(tool)], seconds=20, where="a.mov")
    assert "0x55d0c8" not in str(raised.value)
    assert len(raised.value.what) < 20_000


def test_a_full_disk_is_said_in_words():
    assert "disk is full" in str(tools.failure("av_interleaved_write_frame(): No space left on device"))


def test_it_is_stopped_after_its_time(tmp_path):
    with pytest.raises(StudioError, match="longer than 1 s"):
        tools.run([str(program(tmp_path, "import time; time.sleep(60)"))], seconds=1)


def test_cancel_kills_it_and_its_children(tmp_path):
    note = tmp_path / "child"
    tool = program(
        tmp_path,
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\ntime.sleep(60)",
    )
    cancel = threading.Event()

    def stop_when_it_runs() -> None:
        while not (note.exists() and note.read_text()):
            time.sleep(0.01)
        cancel.set()

    threading.Thread(target=stop_when_it_runs, daemon=True).start()
    with pytest.raises(Cancelled):
        tools.run([str(tool)], seconds=60, cancel=cancel)
    assert gone(int(note.read_text()))


def gone(pid: int) -> bool:
    """Whether the process has ended (it may wait to be reaped)."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_nothing_is_started_after_cancel(tmp_path):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        tools.run(["/no/such/program"], seconds=1, cancel=cancel)


def test_the_font(tmp_path):
    assert tools.default_font().read_bytes()[:4] == b"\x00\x01\x00\x00"
    with pytest.raises(StudioError, match="typeface"):
        tools.default_font(str(tmp_path / "none.ttf"))
