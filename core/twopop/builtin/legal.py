"""Rights and metadata as the timeline and the order state them. Not legal advice."""

from twopop import Grant, LegalField, Order, Program, Variant, hookimpl
from twopop.legal.grants import grants_in
from twopop.legal.metadata import fields_for


@hookimpl
def rights(program: Program) -> list[Grant]:
    """What the clips' own metadata says of their rights."""
    return grants_in(program)


@hookimpl
def legal_metadata(order: Order, variant: Variant) -> list[LegalField]:
    """Title, and whatever of copyright, comment and description the order's free fields give."""
    project = order.project
    words = {**project.fields, "client": project.client, "title": project.title, "code": project.code}
    return fields_for(words, variant)
