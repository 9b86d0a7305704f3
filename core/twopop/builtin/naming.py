"""Names from a template."""

import msgspec

from twopop import FileName, NameField, Order, Settings, Spec, Variant, hookimpl
from twopop.naming.rules import Cleaned
from twopop.naming.template import NameTemplate
from twopop_templates import template as shipped


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[naming]``: the *template* of a deliverable's name and of its *folder* below the output folder."""

    template: str = shipped("names/deliverable.j2")
    folder: str = shipped("names/folder.j2")


@hookimpl
def settings() -> list[type]:
    """The table ``[naming]``."""
    return [Naming]


@hookimpl
def name_fields(order: Order, variant: Variant, spec: Spec) -> list[NameField]:
    """The project's words, the order's free fields, and what the variant and the spec are called."""
    words = {
        **order.project.fields,
        "client": order.project.client,
        "title": order.project.title,
        "code": order.project.code,
        "duration": variant.duration,
        "aspect": variant.aspect.replace(":", "x"),
        "language": variant.language,
        "market": variant.market,
        "textless": "" if variant.texted else "textless",
        "spec": spec.name,
    }
    return [NameField(name=name, value=value) for name, value in words.items()]


@hookimpl
def name(fields: dict[str, str], settings: Settings) -> FileName | None:
    """The two templates filled with the fields, each made safe for file names first."""
    house = settings[Naming]
    safe = Cleaned(fields)
    stem = NameTemplate(house.template).fill(safe)
    return FileName(stem=stem, folder=NameTemplate(house.folder).fill(safe), template=house.template)
