"""Rendering a few of a plan's things again: what an editor does after mending what made them fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Event

from twopop.delivery.jobs import tasks_for
from twopop.delivery.plan import Plan, named
from twopop.delivery.run import executor_called
from twopop.delivery.session import Session
from twopop.delivery.work import Done
from twopop.errors import InputError
from twopop.store.leases import leased

#: The fewest letters that stand for a key.
_LEAST = 6


def keys_called(plan: Plan, names: Iterable[str]) -> list[str]:
    """The keys of *plan* that *names* stand for: keys or how they begin. Raises InputError for one that is none."""
    known = [*plan.segments, *plan.mixes]
    found = []
    for name in names:
        meant = [key for key in known if key.startswith(name)] if len(name) >= _LEAST else []
        if len(meant) != 1:
            raise InputError(
                f"{name!r} {'is how several keys begin' if meant else 'is no key of this plan'}.",
                remedy="Give a key as twopop deliver and twopop plan --json name it.",
            )
        found += meant
    return list(dict.fromkeys(found))


def render(
    plan: Plan, session: Session, keys: Sequence[str], *, executor: str, cancel: Event
) -> Iterator[tuple[Done, str]]:
    """Make *keys* of *plan*, and give the end of each with what it is in a few words; entries that are whole are kept.

    Raises InputError for an unknown executor, EditorError when the store cannot be written to.
    """
    store, run = session.store, executor_called(executor, session)
    kinds = {key: "segments" if key in plan.segments else "sound" for key in keys}
    with leased(store.folder, [f"{kind}/{key}" for key, kind in kinds.items()], cancel=cancel):
        lacking = []
        for key, kind in kinds.items():
            if store.intact(kind, key):
                yield Done(key=key, found=True), named(plan, key)
            else:
                lacking.append(key)
        if lacking:
            for done in run.run(tasks_for(plan, session, lacking), cancel):
                yield done, named(plan, done.key)
