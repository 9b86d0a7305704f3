"""What all tests share: helpers on the path, the embedded ffmpeg, and the real media where they are there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from support.postgres import Server, why_not

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A private PostgreSQL server; skips where none can be started."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    server = Server()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty catalogue is to be: a file, and then a database."""
    if request.param == "sqlite":
        yield str(tmp_path / "work" / "catalogue.db")
        return
    server: Server = request.getfixturevalue("postgres")
    with server.new_database() as url:
        yield url
