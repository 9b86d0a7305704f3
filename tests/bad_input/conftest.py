"""A tiny project for every test, and the clips that all of them share."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_project import FRAMES, RATE, Result, TinyProject

from support.numbered import INTRA, make_numbered

TONE = ("-f", "lavfi", "-i", f"sine=440:sample_rate=48000:duration={FRAMES / RATE}")


@pytest.fixture(autouse=True)
def _reports_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports that failures write go away with the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of numbered clips at 25 frames a second: ``a.mov`` with a tone, ``bare.mov`` without sound."""
    folder = tmp_path_factory.mktemp("clips")
    size = (64, 36)
    make_numbered(
        folder / "a.mov", frames=FRAMES, rate=RATE, size=size, codec=INTRA, inputs=TONE, more=("-c:a", "pcm_s16le")
    )
    make_numbered(folder / "bare.mov", frames=FRAMES, rate=RATE, size=size, codec=INTRA)
    return folder


@pytest.fixture
def project(tmp_path: Path, clips: Path) -> TinyProject:
    """A project with an order for one deliverable of one shot, all of it good."""
    made = TinyProject(tmp_path / "project", clips)
    made.cut()
    made.order()
    return made


@pytest.fixture
def unprivileged() -> Callable[..., Result]:
    """``project.process`` for a user to whom permissions apply; of root, Linux takes the right to pass over them."""
    if os.name != "posix":
        pytest.skip("permissions as POSIX has them")
    if os.geteuid() != 0:
        return TinyProject.process
    if sys.platform != "linux":
        pytest.skip("to root nothing is forbidden")
    return functools.partial(TinyProject.process, preexec_fn=_without_capabilities)


def _without_capabilities() -> None:
    """capset(2), version 3, with nothing in it; and no capabilities for programs started as root (SECBIT_NOROOT)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(28, 0x1 | 0x2, 0, 0, 0)
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if libc.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capset")
