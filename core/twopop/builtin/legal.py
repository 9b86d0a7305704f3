"""Rights and metadata as ledgers, the timeline and the order state them. Not legal advice."""

from collections.abc import Iterator
from pathlib import Path

from twopop import (
    Deliverable,
    Finding,
    Ledger,
    LegalField,
    MediaFacts,
    Order,
    Plan,
    Program,
    Settings,
    Sidecar,
    Spec,
    Variant,
    fail,
    hookimpl,
    warn,
)
from twopop.delivery.rights import house_of
from twopop.delivery.signing import REGISTRIES, description_of
from twopop.legal.answers import LABEL
from twopop.legal.disclosure import SOURCE_TYPES, undisclosed
from twopop.legal.embedding import embedded
from twopop.legal.identifiers import wrong_ad_id, wrong_clock, wrong_eidr, wrong_isan
from twopop.legal.ledger import read_ledger
from twopop.legal.metadata import fields_for, words_of
from twopop.legal.of_clips import ledger_of_clips
from twopop.package.credentials import FORMATS
from twopop.package.description import to_hub_json
from twopop.package.xmp import to_xmp
from twopop.schema import nearest
from twopop.settings import C2paTable


@hookimpl
def rights(order: Order, program: Program, settings: Settings, folder: Path) -> list[Ledger]:
    """The ledgers that the order names, and what the clips' own metadata says of their rights."""
    house = house_of(settings)
    return [*(read_ledger(folder / file, house) for file in order.rights.ledgers), ledger_of_clips(program)]


@hookimpl
def legal_metadata(order: Order, variant: Variant) -> list[LegalField]:
    """Title, what ``[legal]`` says of this variant, and copyright, comment and description of the free fields."""
    project, table = order.project, order.legal
    words = {**project.fields, "client": project.client, "title": project.title, "code": project.code}
    return fields_for(words, variant, table and words_of(table, table.durations, table.markets, variant))


@hookimpl
def check_plan(plan: Plan, settings: Settings) -> list[Finding]:
    """Identifiers of the right form, AI disclosure, and files that can carry the signature asked for."""
    found = [finding for deliverable in plan.deliverables for finding in _wrong(deliverable)]
    signed = settings[C2paTable].specs
    return found + [
        fail("legal.signature", f"{spec.title} ({spec.name}) cannot carry content credentials.", where=deliverable.id,
             remedy="Take it out of [c2pa] specs; MP4 and MOV can carry them.")
        for deliverable in plan.deliverables
        if deliverable.spec in signed and (spec := plan.specs[deliverable.spec]).container.format not in FORMATS
    ]  # fmt: skip


def _wrong(deliverable: Deliverable) -> Iterator[Finding]:
    said = {field.key: field.value for field in deliverable.metadata}
    seconds = deliverable.frames // deliverable.rate.nominal
    checks = {
        "ad_id": (wrong_ad_id, fail),
        "clock": (lambda value: wrong_clock(value, seconds), fail),
        "eidr": (wrong_eidr, warn),  # the rules for their check characters were not confirmed by a document
        "isan": (wrong_isan, warn),
    }
    for key, (wrong, weighed) in checks.items():
        if key in said and (problem := wrong(said[key])):
            yield weighed(f"legal.{key.replace('_', '-')}", f"{said[key]!r}: {problem}", where=deliverable.id,
                          remedy=f"Mend {key} under [legal]; only {REGISTRIES[key]} can confirm it.")  # fmt: skip
    ai = said.get("ai", "")
    if ai and ai not in SOURCE_TYPES:
        yield fail("legal.ai", f"There is no digital source type {ai!r}.{nearest(ai, SOURCE_TYPES)}",
                   where=deliverable.id, remedy="Mend ai under [legal].")  # fmt: skip
    for use in undisclosed(deliverable.rights, ai):
        yield warn("legal.ai-undisclosed",
                   f"{use.title!r} was made by a machine and is in this cut for {use.frames} frames; {LABEL}.",
                   where=deliverable.id, remedy='Say so under [legal] (ai = "compositeWithTrainedAlgorithmicMedia"), '
                   "and ask which notice each market wants to be seen.")  # fmt: skip


@hookimpl
def check_file(deliverable: Deliverable, spec: Spec, facts: MediaFacts) -> list[Finding]:
    """Whether the words that its container keeps can be read in the file."""
    wanted = embedded(deliverable.metadata, spec.container.format)
    return [
        fail("legal.lost", f"The file says {facts.metadata.get(key, '')!r} for {key}, not {value!r}.",
             where=deliverable.id, remedy="Shorten the word, or leave it to the sidecar.")
        for key, value in wanted.items()
        if facts.metadata.get(key, "") != value
    ]  # fmt: skip


@hookimpl
def sidecars(deliverable: Deliverable) -> list[Sidecar]:
    """The metadata beside the file, as XMP and as JSON, where the order has a ``[legal]`` table."""
    told = description_of(deliverable)
    made = {"xmp": (".xmp", to_xmp), "json": (".description.json", to_hub_json)}
    return [Sidecar(suffix=made[form][0], content=made[form][1](told)) for form in deliverable.descriptions]
