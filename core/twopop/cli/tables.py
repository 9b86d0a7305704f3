"""Plan and receipt as an editor reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from twopop.cli.findings import gather, show_findings
from twopop.cli.layout import counted, length, table, volume
from twopop.cli.reasons import show_because
from twopop.cli.screen import words
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.receipt import Delivered, Outcome, Receipt

_STYLE = {
    "ready": "green",
    "delivered": "green",
    "unchanged": "dim",
    "blocked": "red",
    "failed": "bold red",
    "cancelled": "yellow",
}

#: Below this width the size in pixels is left out: the file's name and its aspect say it too.
_WIDE = 120


def show_plan(console: Console, plan: Plan, *, why: bool = False) -> None:
    """Print *plan*: its problems, a line for each deliverable (with its reasons if *why*), and the work it asks for."""
    _show_head(console, plan)
    by_id = {deliverable.id: deliverable.findings for deliverable in plan.deliverables}
    gathered = gather(plan.findings, by_id)
    if gathered:
        console.print(words("Findings", "bold"))
        show_findings(console, gathered, total=len(plan.deliverables))
        console.print()
    if plan.deliverables:
        console.print(_plan_table(plan.deliverables, wide=console.width >= _WIDE))
        console.print()
    show_because(console, plan)
    if why:
        _show_reasons(console, plan.deliverables)
    states = Counter(deliverable.state for deliverable in plan.deliverables)
    console.print(
        words(
            f"{counted(len(plan.deliverables), 'deliverable')} ordered: "
            f"{states['ready']} to make, {states['unchanged']} unchanged, {states['blocked']} blocked.",
            "bold",
        )
    )
    console.print(words(estimate(plan)))


def estimate(plan: Plan) -> str:
    """The work that *plan* asks for, as in ``"14 of 96 segments to render, 1,240 frames; 2 of 6 mixes to make."``."""
    work = plan.estimate
    segments, mixes = work.segments - work.segments_in_store, work.mixes - work.mixes_in_store
    if not work.to_make:
        return "Nothing has to be rendered."
    copied = f" {counted(work.frames_copied, 'frame')} copied." if work.frames_copied else ""
    if not segments and not mixes:
        stored = f": all {counted(work.segments, 'segment')} are in the store" if work.segments else ""
        return f"Nothing has to be rendered{stored}.{copied}"
    return (
        f"{segments:,} of {counted(work.segments, 'segment')} to render, {counted(work.frames_to_render, 'frame')}; "
        f"{mixes:,} of {counted(work.mixes, 'mix', 'mixes')} to make.{copied}"
    )


def show_receipt(console: Console, receipt: Receipt, plan: Plan) -> None:
    """Print *receipt*: one table of every file, the findings in words, and the counts."""
    if receipt.deliverables:
        console.print(_receipt_table(receipt.deliverables, plan, wide=console.width >= _WIDE))
        console.print()
    gathered = gather(receipt.findings, {record.id: record.findings for record in receipt.deliverables})
    if gathered:
        console.print(words("Findings", "bold"))
        show_findings(console, gathered, total=len(receipt.deliverables))
        console.print()
    console.print(words(counts(receipt), "bold"))
    console.print(words(work_done(receipt)))


def counts(receipt: Receipt) -> str:
    """How it ended, as in ``"24 deliverables ordered: 24 delivered, 0 unchanged, 0 failed, 0 blocked."``."""
    ends = Counter(record.outcome for record in receipt.deliverables)
    shown: list[Outcome] = ["delivered", "unchanged", "failed", "blocked"]
    shown += ["cancelled"] if ends["cancelled"] else []
    said = ", ".join(f"{ends[outcome]} {outcome}" for outcome in shown)
    return f"{counted(len(receipt.deliverables), 'deliverable')} ordered: {said}."


def work_done(receipt: Receipt) -> str:
    """What the run rendered, in one sentence."""
    ends = Counter(record.outcome for record in receipt.deliverables)
    rendered = f"{counted(receipt.segments_rendered, 'segment')} rendered"
    if ends["cancelled"]:
        return f"Stopped: {rendered}, which are kept. Run it again and it goes on from there."
    if receipt.segments_rendered:
        whole = receipt.segments_reused and not ends["failed"]
        reused = f", {receipt.segments_reused:,} taken from the store" if whole else ""
        return f"{rendered}{reused}."
    if ends["delivered"] or ends["unchanged"]:
        return "Nothing had to be rendered."
    return "Nothing was rendered."


def _show_head(console: Console, plan: Plan) -> None:
    project, cut = plan.project, plan.timeline
    title = " · ".join(project[key] for key in ("client", "title", "code") if project.get(key))
    console.print(words(title, "bold"))
    console.print(
        words(
            f"{cut.file}: {cut.name or 'the cut'}, {length(cut.frames, cut.rate)} ({counted(cut.frames, 'frame')} "
            f"at {cut.rate}), from {cut.start}, {counted(cut.events, 'event')}"
        )
    )
    console.print(words(f"Into {plan.out}"))
    console.print()


def _plan_table(deliverables: Iterable[Deliverable], *, wide: bool) -> Table:
    columns = ["File", "Length", "Frames", *(["Picture"] if wide else []), "Version", "State", "Segments"]
    made = table(*columns, right=("Frames", "Segments"), folds=("File", "Version"))
    for each in deliverables:
        possible = each.state != "blocked" or bool(each.path)
        version = f"v{each.version} {each.version.why}".strip() if each.version.number else ""
        made.add_row(
            words(each.path or each.id),
            length(each.frames, each.rate) if possible else "",
            f"{each.frames:,}" if possible else "",
            *([_pixels(each.size)] if wide else []),
            words(version),
            Text(each.state, style=_STYLE[each.state]),
            f"{len(each.segments):,}" if each.segments else "",
        )
    return made


def _show_reasons(console: Console, deliverables: Iterable[Deliverable]) -> None:
    for each in deliverables:
        console.print(words(each.path or each.id, "bold"))
        for reason in each.reasons:
            why = f": {reason.why}" if reason.why else ""
            console.print(words(f"  {reason.what} = {reason.value}  by {reason.plugin}{why}"))
    console.print()


def _receipt_table(records: Iterable[Delivered], plan: Plan, *, wide: bool) -> Table:
    columns = [
        "File",
        "Length",
        *(["Picture"] if wide else []),
        "Size",
        "LUFS",
        "dBTP",
        "Version",
        "Outcome",
        "Findings",
    ]
    made = table(*columns, right=("Size", "LUFS", "dBTP", "Findings"), folds=("File",))
    paths = {deliverable.id: deliverable.path for deliverable in plan.deliverables}
    for each in records:
        sound = each.sounds[0] if each.sounds else None
        made.add_row(
            words(each.file.path if each.file else paths.get(each.id) or each.id),
            length(each.frames, each.rate) if each.frames else "",
            *([_pixels(each.size)] if wide else []),
            volume(each.file.bytes) if each.file else "",
            _level(sound.integrated_lufs) if sound else "",
            _level(sound.true_peak_dbtp) if sound else "",
            f"v{each.label or each.version}" if each.version else "",
            Text(each.outcome, style=_STYLE[each.outcome]),
            str(len(each.findings) or ""),
        )
        for sidecar in each.sidecars:
            size = (volume(sidecar.bytes), *[""] * 5)
            made.add_row(words(f"+ {sidecar.path}", "dim"), "", *([""] if wide else []), *size)
    return made


def _level(value: float | None) -> str:
    return "silent" if value is None else f"{value:.1f}"


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}" if all(size) else ""
