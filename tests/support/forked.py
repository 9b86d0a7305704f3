"""Deliveries in processes of their own that begin at once: one process loads everything and is forked for each."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

_LOADED = [
    *(
        "support.forked",
        "twopop.delivery.planner",
        "twopop.delivery.run",
        "twopop.delivery.session",
        "twopop.discovery",
    ),
    *("twopop.builtin.checks", "twopop.sound.mix", "twopop.sound.loudness", "twopop.picture.render", "av", "ffmpeg"),
    *("scipy.signal", "pyloudnorm", "opentimelineio", "sqlalchemy", "alembic", "msgspec"),
]


def server() -> ForkServerContext:
    """What starts the processes; posix only."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def deliver(folder: Path, say: Callable[[str], Any] = lambda _: None) -> None:
    """Plan and deliver the order in *folder*."""
    from twopop.delivery.order import read_order
    from twopop.delivery.planner import make_plan
    from twopop.delivery.run import deliver as run
    from twopop.delivery.session import open_session

    session = open_session(folder)
    receipt = run(make_plan(read_order(folder / "order.toml"), session), session)
    say(" ".join(sorted({record.outcome for record in receipt.deliverables})))
