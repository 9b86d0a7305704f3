"""A music house's own list as a ledger, and the clearance number that goes into each file."""

import csv

import msgspec

from twopop import Asset, Contributor, EditorError, Grant, Ledger, LegalField, Work, hookimpl


class MusicHouse(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[music_house]``: the *list* that the house sends, relative to the order's folder."""

    list: str = "music_house.csv"


@hookimpl
def settings():
    return [MusicHouse]


@hookimpl
def rights(settings, folder):
    path = folder / settings[MusicHouse].list
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        grants = tuple(grant for row in enumerate(rows, 2) for grant in both(*row))
        return [Ledger(assets=tuple(map(asset, rows)), grants=grants)]
    except (OSError, KeyError, ValueError) as error:
        raise EditorError(f"The list of the music house cannot be read ({error}).", where=str(path)) from None


def asset(row):
    work = Work(contributors=(Contributor(name=row["Writer"]),), isrc=row["ISRC"], usage="BI", origin="library")
    return Asset(id=row["Track"], kind="music", title=row["Title"], sources=(f"{row['Track']}*",), work=work)


def both(number, row):
    """The house is a one-stop: one line grants the composition and the recording."""
    for right in ("sync", "master"):
        yield Grant(
            asset=row["Track"], right=right, status="paid" if row["Invoice"] else "quote", media=("online",),
            territory=(row["Territory"],), clause=row["Invoice"], origin=f"music_house.csv, row {number}",
        )  # fmt: skip


@hookimpl
def legal_metadata(order):
    number = order.project.fields.get("clearance")
    return [LegalField(key="comment", value=f"Clearance {number}")] if number else []
