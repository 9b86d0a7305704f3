"""Legal texts on the screen: how the house sets them, and whether the finished picture shows them so."""

from twopop import Deliverable, Finding, PictureReport, hookimpl
from twopop.legal.super_rules import SupersTable
from twopop.legal.supers_seen import findings_of


@hookimpl
def settings() -> list[type]:
    """The table ``[supers]``."""
    return [SupersTable]


@hookimpl
def check_file(deliverable: Deliverable, picture: PictureReport) -> list[Finding]:
    """Whether each legal text stands long enough, in letters high enough, clear of its background and of signs."""
    return [
        finding
        for planned, seen in zip(deliverable.supers, picture.supers, strict=True)
        for finding in findings_of(planned, seen, deliverable.rate)
    ]
