"""What all tests share: helpers on the path, the embedded ffmpeg, and the real media where they are there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("twopop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("twopop")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _only_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No site or studio file of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("TWOPOP_") and name != "TWOPOP_FFMPEG"]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.site_config_dir", lambda *_: "/nonexistent")


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """The folder of real footage, sound, captions and timelines; skips where it is not there."""
    media = SHARED / "media"
    if not media.is_dir():
        pytest.skip(f"the shared media are not there ({media})")
    return media


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    """The ffmpeg in use."""
    from twopop.picture.tools import find_ffmpeg

    return find_ffmpeg()


@pytest.fixture(scope="session")
def ffprobe() -> str:
    """An independent ffprobe; skips where none is installed."""
    found = shutil.which("ffprobe")
    if found is None:
        pytest.skip("no ffprobe is installed")
    return found


@pytest.fixture(scope="session")
def mediainfo() -> str:
    """An independent MediaInfo; skips where none is installed."""
    found = shutil.which("mediainfo")
    if found is None:
        pytest.skip("no mediainfo is installed")
    return found
