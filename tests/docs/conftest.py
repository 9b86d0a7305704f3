"""The demo's folder, for the pages and for their pictures."""

import sys
from pathlib import Path

import pytest

from support import demo_folder

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory, ffmpeg):
    """The demo's folder, with media that take no time to draw. Nothing is delivered in it."""
    return demo_folder.make_folder(tmp_path_factory.mktemp("docs") / "demo", ffmpeg)
