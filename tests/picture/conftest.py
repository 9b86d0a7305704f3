from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twopop.picture.facts import MediaFacts
from twopop.picture.probe import probe
from twopop.picture.recipe import Segment
from twopop.picture.render import render_segment
from twopop.picture.tools import find_ffmpeg
from twopop.store import Store

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def render(store: Store) -> Callable[[Segment], Path]:
    """Render a segment and give the file in the store."""

    def rendered(segment: Segment) -> Path:
        key = segment.key()
        render_segment(segment, key, store, find_ffmpeg(), seconds=60)
        return store.path("segments", key)

    return rendered


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., MediaFacts]:
    """The facts of a numbered source of 120 frames; each kind is made once."""
    from support.numbered import make_numbered

    folder = tmp_path_factory.mktemp("numbered")
    made: dict[str, MediaFacts] = {}

    def facts(name: str, **how: object) -> MediaFacts:
        if name not in made:
            made[name] = probe(make_numbered(folder / name, frames=120, **how))  # type: ignore[arg-type]
        return made[name]

    return facts
