"""``plan``, ``deliver``, ``demo`` and ``verify``: from an order to files, and the files read back."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from twopop import schema
from twopop.cli.findings import exit_status, gather, show_findings
from twopop.cli.layout import counted
from twopop.cli.screen import margin, paper, words, write_json

if TYPE_CHECKING:
    from twopop.delivery.plan import Plan
    from twopop.delivery.receipt import Receipt
    from twopop.delivery.session import Session


def plan(order: Path, out: Path | None, project: Path | None, *, as_json: bool, why: bool) -> int:
    """Show everything that delivering *order* would do."""
    from twopop.cli.tables import show_plan

    _, made = planned(order, out, project)
    if as_json:
        write_json(schema.to_json(made))
    else:
        show_plan(paper(), made, why=why)
    return _plan_status(made)


def deliver(
    order: Path, out: Path | None, project: Path | None, executor: str, *, as_json: bool, keep_going: bool = True
) -> int:
    """Deliver *order*, showing how far it is; then one table of what became of it, and what failed."""
    session, made = planned(order, out, project)
    receipt = _delivered(session, made, executor, as_json=as_json, keep_going=keep_going)
    if receipt.failures and not as_json:
        console = paper()
        console.print()
        console.print(words("Failed", "bold red"))
        for failure in receipt.failures:
            reason = f"{failure.problem.where}: {failure.problem.message}"
            at = f" --project {shlex.quote(str(project))}" if project else ""
            again = f"twopop render {shlex.quote(str(order))} {failure.key}{at}"
            console.print(words(f"  {failure.what}: {reason} Again: {again}"))
    return _receipt_status(receipt)


def render(order: Path, project: Path | None, keys: list[str], executor: str) -> int:
    """Render single segments or mixes of *order* into the store."""
    from twopop.cli.progress import stoppable
    from twopop.delivery.repeat import keys_called
    from twopop.delivery.repeat import render as make

    session, made = planned(order, None, project)
    found = keys_called(made, keys)
    console, problems, halted = paper(), [], False
    with stoppable() as cancel:
        for done, what in make(made, session, found, executor=executor, cancel=cancel):
            if done.problem:
                problems.append(done.problem)
                reason = f"{done.problem.where}: {done.problem.message} {done.problem.remedy}".strip()
                console.print(words(f"failed    {done.key}  {what}: {reason}", "bold red"))
                continue
            halted |= done.cancelled
            said = "stopped  " if done.cancelled else "in store " if done.found else "rendered "
            console.print(words(f"{said} {done.key}  {what}"))
    return exit_status(problems) or int(halted)


def demo(folder: Path) -> int:
    """Make a small spot in *folder* and deliver it."""
    from twopop.cli.progress import busy
    from twopop.delivery.session import open_session
    from twopop.demo import make_spot

    with busy("Drawing the spot") as tell:
        ffmpeg = Path(open_session(folder.absolute()).tools.path)
        order = make_spot(folder, ffmpeg, progress=tell)
    status = deliver(order, None, None, "local", as_json=False)
    paper().print(
        words(f"The cut, its media and the order are in {folder}: change them and run twopop deliver {order}")
    )
    return status


def verify(folder: Path, *, as_json: bool) -> int:
    """Read back everything that was delivered into *folder*."""
    from twopop.cli.progress import busy
    from twopop.delivery.verify import verify as read_back

    with busy("Reading the files back"):
        verified = read_back(folder)
    if as_json:
        write_json(schema.to_json(verified))
        return exit_status(verified.findings)
    console = paper()
    show_findings(console, gather(verified.findings, {}))
    wrong = len({finding.where for finding in verified.findings})
    files = counted(verified.files, "file")
    if wrong:
        console.print(words(f"{files} read back: {wrong} not as delivered.", "bold red"))
    else:
        console.print(words(f"{files} read back: all as they were delivered.", "bold green"))
    return exit_status(verified.findings)


def planned(order: Path, out: Path | None, project: Path | None) -> tuple[Session, Plan]:
    """The plan for the order in the file *order*, and the session that made it; raises TwopopError."""
    from twopop.cli.progress import busy
    from twopop.delivery.order import read_order
    from twopop.delivery.planner import make_plan
    from twopop.delivery.session import open_session

    asked = read_order(order)
    with busy("Reading the cut and its media"):
        session = open_session((project or order.parent).absolute())
        return session, make_plan(asked, session, out=out.absolute() if out else None)


def _delivered(session: Session, made: Plan, executor: str, *, as_json: bool, keep_going: bool) -> Receipt:
    from twopop.cli.progress import stoppable, watched
    from twopop.cli.tables import show_receipt
    from twopop.delivery.run import deliver as run

    began = time.monotonic()
    if not as_json:
        margin().print(words(f"Delivering into {made.out}"))
    with stoppable() as cancel, watched(cancel) as tell:
        receipt = run(made, session, executor=executor, progress=tell, cancel=cancel, keep_going=keep_going)
    if as_json:
        write_json(schema.to_json(receipt))
    else:
        show_receipt(paper(), receipt, made)
        margin().print(words(f"It took {_took(time.monotonic() - began)}.", "dim"))
    return receipt


def _plan_status(made: Plan) -> int:
    return exit_status([*made.findings, *(finding for each in made.deliverables for finding in each.findings)])


def _receipt_status(receipt: Receipt) -> int:
    status = exit_status([*receipt.findings, *(finding for each in receipt.deliverables for finding in each.findings)])
    halted = any(record.outcome in ("failed", "blocked", "cancelled") for record in receipt.deliverables)
    return status or int(halted)


def _took(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
