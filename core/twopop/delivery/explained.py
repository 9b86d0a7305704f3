"""Where the names of an order's deliverables come from: each field, its words, its text, and the plugin behind it."""

from __future__ import annotations

import msgspec

from twopop.delivery.names import GivenField, Namer
from twopop.delivery.order import Order
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.errors import InputError
from twopop.naming.conventions import Naming, Scheme
from twopop.naming.forms import Form
from twopop.naming.grammar import PLAIN
from twopop.naming.template import NameTemplate
from twopop.timeline.program import Program
from twopop.variants.model import Cutdown, Span, Variant
from twopop.versions.model import Version


class ExplainedField(msgspec.Struct, frozen=True, kw_only=True):
    """One field: the words given as its *value* ("" for none), the *text* they become in names, and who gave them.

    *kind* is its form. *used* says whether the templates use it; *problem* is why its words cannot stand in a name.
    """

    name: str
    value: str
    text: str
    plugin: str
    kind: str
    used: bool
    problem: str = ""


class ExplainedName(msgspec.Struct, frozen=True, kw_only=True):
    """The name of one deliverable: its *path* ("" when it has none), the *plugin* that decided, and the *fields*.

    *convention*, *template* and *folder* are what the settings say; *missing* are fields that they need and that have
    no value.
    """

    id: str
    path: str
    plugin: str
    convention: str
    template: str
    folder: str
    fields: tuple[ExplainedField, ...]
    missing: tuple[str, ...]


def explain_names(plan: Plan, order: Order, session: Session) -> tuple[ExplainedName, ...]:
    """Each name in *plan*, which is that of *order*; raises TwopopError."""
    namer = Namer(session, order, _program(session, order))
    return tuple(_explained(each, namer, session) for each in plan.deliverables if each.spec in session.specs)


def forms_given(session: Session, order: Order) -> dict[str, Form]:
    """The forms that the plugins of *session* give to fields of *order*'s first deliverable; raises TwopopError."""
    program = _program(session, order)
    given, failed = session.plugins.collect("variants", order=order, program=program)
    for failure in failed:
        raise failure.raised()
    line = next((item.value for item in given if item.value.spec in session.specs), None)
    if line is None:
        return {}
    whole = Cutdown(label="full", keep=(Span(0, program.frames),))
    fields = Namer(session, order, program).fields(Version(number=1), line.variant, session.spec(line.spec), whole)
    return {name: field.form for name, field in fields.items() if field.form is not None}


def _program(session: Session, order: Order) -> Program:
    options = session.read_options(rate=order.timeline.rate, name=order.timeline.name)
    return session.read_timeline(session.folder / order.timeline.file, options).program


def _explained(each: Deliverable, namer: Namer, session: Session) -> ExplainedName:
    variant: Variant = each.variant
    cutdown = Cutdown(label=variant.duration, keep=each.spans)
    given = namer.fields(each.version, variant, session.spec(each.spec), cutdown)
    scheme = session.settings.table(Naming).chosen(each.spec)
    used, needed = _asked(scheme)
    forms = scheme.forms({name: field.form for name, field in given.items() if field.form})
    every = {**{name: GivenField("", "", None) for name in sorted(used)}, **given}
    decided = next((reason.plugin for reason in each.reasons if reason.what == "name"), "")
    return ExplainedName(
        id=each.id,
        path=each.path,
        plugin=decided,
        convention=scheme.name,
        template=NameTemplate(scheme.template).text,
        folder=scheme.folder,
        fields=tuple(_field(name, field, forms.get(name, PLAIN), name in used) for name, field in every.items()),
        missing=tuple(name for name, field in every.items() if name in needed and not field.value),
    )


def _asked(scheme: Scheme) -> tuple[set[str], set[str]]:
    """The fields that the two templates use, and those that they cannot do without."""
    used, needed = set[str](), set[str]()
    for text in filter(None, (scheme.template, scheme.folder)):
        template = NameTemplate(text)
        used |= set(template.fields)
        needed |= set(template.fields) - template.optional
    return used, needed


def _field(name: str, field: GivenField, form: Form, used: bool) -> ExplainedField:
    text, problem = "", ""
    try:
        text = form.write(form.value(field.value)) if field.value else ""
    except InputError as error:
        problem = str(error)
    return ExplainedField(
        name=name,
        value=field.value,
        text=text,
        plugin=field.plugin,
        kind=type(form).__name__.lower(),
        used=used,
        problem=problem,
    )
