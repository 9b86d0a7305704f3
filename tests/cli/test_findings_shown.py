"""Findings are told once each, with their places, and decide the exit status."""

import io

import pytest
from rich.console import Console

from twopop.cli.findings import exit_status, gather, show_findings
from twopop.findings import Finding, Severity, fail, info, warn


def shown(general: list[Finding], by_deliverable: dict[str, list[Finding]], total: int = 0) -> str:
    console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    show_findings(console, gather(general, by_deliverable), total=total)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_finding_that_many_share_is_told_once() -> None:
    missing = fail("media.missing", "The file is not there.", where="01:00:04:12 harbour", remedy="Relink it.")
    told = shown([], {f"{number}s": [missing] for number in range(5)}, total=9)
    assert told.count("The file is not there.") == 1
    assert "01:00:04:12 harbour: " in told
    assert "Relink it." in told
    assert "in 5 of 9 deliverables" in told


def test_few_deliverables_are_named_and_all_are_called_all() -> None:
    found = warn("x.y", "Look.")
    assert "in 10s, 6s" in shown([], {"10s": [found], "6s": [found]}, total=9)
    assert "in all 4 deliverables" in shown([], {str(n): [found] for n in range(4)}, total=4)


def test_one_message_at_many_places_is_told_once_with_the_first_of_them() -> None:
    told = shown([warn("x.y", "Look.", where=f"place {number}") for number in range(7)], {})
    assert told.count("Look.") == 1
    assert "at 7 places, first place 0, place 1, place 2" in told


def test_the_weightiest_comes_first() -> None:
    told = shown([info("a", "third"), warn("b", "second"), fail("c", "first")], {})
    assert told.index("first") < told.index("second") < told.index("third")
    assert [word for word in told.split() if word in ("stops", "look", "note")] == ["stops", "look", "note"]


def test_figures_and_source_are_told() -> None:
    finding = Finding(rule="loudness", severity=Severity.WARN, message="Too loud.", measured="-12.1 LUFS",
                      limit="-14 LUFS", source="BS.1770", plugin="house")  # fmt: skip
    told = shown([finding], {})
    assert "Too loud. (measured -12.1 LUFS, limit -14 LUFS)" in told
    assert "found by house · BS.1770 · loudness" in told


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], 0),
        ([info("a", "x"), warn("plugin.failed", "x")], 0),
        ([fail("media.missing", "x")], 1),
        ([fail("media.missing", "x"), fail("plugin.failed", "x")], 3),
        ([fail("plugin.not-loaded", "x")], 3),
        ([fail("render.fault", "x")], 3),
    ],
)
def test_findings_decide_the_exit_status(findings: list[Finding], status: int) -> None:
    assert exit_status(findings) == status
