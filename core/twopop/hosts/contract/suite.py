"""All clauses, judging one, and running all of them against a host."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event

from twopop.errors import Cancelled, StudioError, TwopopError
from twopop.hosts.contract import marking, rendering, taking_in, telling, undoing
from twopop.hosts.contract.bench import Bench, Connect, Eyes
from twopop.hosts.contract.model import Broken, Clause, NotHere, Outcome, Report

#: The whole contract, in the order in which it is run.
CLAUSES: tuple[Clause, ...] = (
    *telling.CLAUSES,
    *taking_in.CLAUSES,
    *marking.CLAUSES,
    *rendering.CLAUSES,
    *undoing.CLAUSES,
)


def judge(clause: Clause, bench: Bench) -> Outcome:
    """What comes of *clause* on *bench*. Whatever the host raises that it should not is a broken promise."""
    try:
        bench.eyes.begin(clause.name)
        missing = clause.needs - set(bench.identity.can)
        if missing:
            why = " ".join(bench.identity.lacks.get(each, f"The host lacks {each}.") for each in sorted(missing))
            return Outcome(clause=clause.name, promise=clause.promise, state="does not apply", seen=why)
        clause.check(bench)
    except NotHere as absent:
        return Outcome(clause=clause.name, promise=clause.promise, state="does not apply", seen=str(absent))
    except Broken as broken:
        return _broken(clause, broken.seen)
    except StudioError as error:
        return _broken(clause, f"the host failed: {error}")
    except TwopopError as error:
        return _broken(clause, f"{type(error).__name__}: {error}")
    except Exception as error:  # whatever a bridge raises is its own failure
        return _broken(clause, f"the bridge has a fault ({type(error).__name__}: {error})")
    return Outcome(clause=clause.name, promise=clause.promise, state="kept")


def run(
    name: str,
    connect: Connect,
    folder: Path,
    *,
    eyes: Eyes | None = None,
    clauses: tuple[Clause, ...] = CLAUSES,
    told: Callable[[Outcome], None] = lambda outcome: None,
    cancel: Event | None = None,
) -> Report:
    """Run *clauses* against the host *name* that *connect* connects to, in *folder*, which is empty.

    *told* hears each outcome as it comes. The scratch project is closed in the end. Raises Cancelled when *cancel* was
    set, at the next clause.
    """
    bench = Bench(connect, folder, eyes)
    outcomes, identity = [], None
    try:
        with suppress(TwopopError):  # the clauses say it
            identity = bench.identity
        for clause in clauses:
            if cancel is not None and cancel.is_set():
                raise Cancelled("The check was stopped.")
            outcomes.append(judge(clause, bench))
            told(outcomes[-1])
    finally:
        bench.close()
    return Report(name=name, identity=identity, outcomes=tuple(outcomes))


def _broken(clause: Clause, seen: str) -> Outcome:
    return Outcome(clause=clause.name, promise=clause.promise, state="broken", seen=seen)
