"""Rights and metadata as the timeline and the order state them. Not legal advice."""

from pathlib import Path

from twopop import Ledger, LegalField, Order, Program, Settings, Variant, hookimpl
from twopop.legal.clearance import House
from twopop.legal.ledger import read_ledger
from twopop.legal.media import Media
from twopop.legal.metadata import fields_for
from twopop.legal.of_clips import ledger_of_clips
from twopop.settings import RightsTable


@hookimpl
def rights(order: Order, program: Program, settings: Settings, folder: Path) -> list[Ledger]:
    """The ledgers that the order names, and what the clips' own metadata says of their rights."""
    table = settings[RightsTable]
    house = House(Media(table.media), table.regions, table.binding)
    return [*(read_ledger(folder / file, house) for file in order.rights.ledgers), ledger_of_clips(program)]


@hookimpl
def legal_metadata(order: Order, variant: Variant) -> list[LegalField]:
    """Title, and whatever of copyright, comment and description the order's free fields give."""
    project = order.project
    words = {**project.fields, "client": project.client, "title": project.title, "code": project.code}
    return fields_for(words, variant)
