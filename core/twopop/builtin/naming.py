"""Names by a convention: its template, its forms, its limits, and the house's rules on top."""

import contextlib

import msgspec

from twopop import (
    Cutdown,
    Deliverable,
    FileName,
    Finding,
    Form,
    InputError,
    NameField,
    Order,
    Plan,
    Program,
    Settings,
    Spec,
    Variant,
    fail,
    hookimpl,
    info,
)
from twopop.delivery.order import free_fields
from twopop.naming.conventions import COMMON, Naming, Scheme
from twopop.naming.house import convention_findings, filled, rule_findings
from twopop.naming.identifiers import clock_seconds
from twopop.naming.template import NameTemplate
from twopop.time import timecode


@hookimpl
def settings() -> list[type]:
    """The table ``[naming]``."""
    return [Naming]


@hookimpl
def name_fields(order: Order, program: Program, variant: Variant, spec: Spec, cutdown: Cutdown) -> list[NameField]:
    """The project's words, the order's free fields, and what the variant and the spec are called."""
    seconds, over = divmod(cutdown.frames, program.rate.nominal)
    words = {
        **free_fields(order, variant, spec.name),
        **({"date": order.project.date.isoformat()} if order.project.date else {}),
        "client": order.project.client,
        "title": order.project.title,
        "code": order.project.code,
        "duration": variant.duration,
        "seconds": "" if over else str(seconds),
        "aspect": variant.aspect.replace(":", "x"),
        "language": variant.language,
        "market": variant.market,
        "textless": "" if variant.texted else "textless",
        "spec": spec.name,
    }
    return [NameField(name=name, value=value, form=COMMON.get(name)) for name, value in words.items()]


@hookimpl
def name(fields: dict[str, str], forms: dict[str, Form], spec: Spec, settings: Settings) -> FileName | None:
    """The two templates of the convention filled with the fields, each as its form says."""
    house = settings[Naming]
    try:
        scheme = house.chosen(spec.name)
    except InputError as error:
        key = "specs" if spec.name in house.specs else "convention"
        raise InputError(error.what, where=settings.origin("naming", key), remedy=error.remedy) from None
    words = {**dict.fromkeys({*scheme.fields, *COMMON}, ""), **fields}
    made = {}
    for key, grammar_of in (("template", scheme.stem_grammar), ("folder", scheme.folder_grammar)):
        try:
            grammar = grammar_of(forms)
            made[key] = filled(grammar, words) if grammar else ""
        except InputError as error:
            own = settings.origin("naming", key) if getattr(house, key) is not msgspec.UNSET else ""
            template = error.where.startswith("name template") and not own
            where = [own or f"naming convention {scheme.name!r}", *([] if template else [error.where])]
            raise InputError(error.what, where=", ".join(where), remedy=error.remedy) from None
    return FileName(stem=made["template"], folder=made["folder"], template=scheme.template)


@hookimpl
def check_plan(plan: Plan, settings: Settings) -> list[Finding]:
    """The limits of the conventions in use, the house's rules, and what no program can check of a name."""
    house = settings[Naming]
    found: list[Finding] = []
    notes: dict[str, str] = {}
    for each in plan.deliverables:
        if not each.path:
            continue
        stem = each.name.stem
        for rule in house.rules:
            found += rule_findings(rule, each.spec, stem, each.id)
        if any(reason.what == "name" and reason.plugin == "naming" for reason in each.reasons):
            scheme = house.chosen(each.spec)
            found += convention_findings(scheme.name, scheme.convention, stem, each.id) + _clock(each, scheme)
            notes[scheme.name] = scheme.convention.note
    return found + [info("naming.note", note) for note in notes.values() if note]


def _clock(each: Deliverable, scheme: Scheme) -> list[Finding]:
    """Whether the seconds in a clock number are those of the film."""
    if "clock" not in NameTemplate(scheme.template).fields:
        return []
    with contextlib.suppress(InputError):  # a template of the house's own may hold forms that only plugins know
        clock = str(scheme.stem_grammar({}).read(each.name.stem).get("clock", ""))
        if clock and clock_seconds(clock) * each.rate.nominal != each.frames:
            message = f"The clock number {clock} says {clock_seconds(clock)} s; the film has another length."
            length = timecode(each.frames, each.rate)
            wrong = fail("naming.clock-seconds", message, where=each.id, remedy="Ask for the number of this length.")
            return [msgspec.structs.replace(wrong, measured=length, limit=f"{clock_seconds(clock)} s")]
    return []
