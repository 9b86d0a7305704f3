"""The order: what a person asks for, written in ``order.toml`` or sent as JSON by a panel (``twopop.order/1``)."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from twopop import schema
from twopop.errors import InputError
from twopop.legal.model import Flight, LegalWords
from twopop.legal.super_rules import Super
from twopop.time import Rate
from twopop.variants.model import Variant

SCHEMA = "twopop.order/1"

#: The form of a language tag (RFC 5646, 2.1), without asking whether there is such a language.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Project(_Part, frozen=True, kw_only=True):
    """``[project]``: who and what the deliverables are for. *fields* are free: names and metadata can use them.

    *date* is the day that names bear; it is never taken from the clock, so that the same order gives the same names.
    """

    client: str
    title: str
    code: str = ""
    date: datetime.date | None = None
    fields: dict[str, str] = {}


class TimelineFile(_Part, frozen=True, kw_only=True):
    """``[timeline]``: the cut's *file* and the *media* folders to look in, relative to the order's folder.

    *rate* is needed where the file has none (an EDL); *name* picks one of several timelines in the file. *retime* is
    how clips are retimed that do not say it themselves ("": the house's way).
    """

    file: str
    media: tuple[str, ...] = ()
    rate: str = ""
    name: str = ""
    retime: Literal["", "nearest", "blend", "motion"] = ""


class MasterFiles(_Part, frozen=True, kw_only=True):
    """``[master]``: files in which the host has rendered the whole timeline, relative to the order's folder.

    *picture* is textless and stands for the clips. For texted deliverables *titles* (a file with alpha) is laid over
    it, or *texted* is taken instead, where the aspect is its own. *sound* is a finished mix that stands for the audio
    tracks. *start* is the timecode of their first frames, where they do not say it or say it wrongly.
    """

    picture: str
    texted: str = ""
    titles: str = ""
    sound: str = ""
    start: str = ""


class Matrix(_Part, frozen=True, kw_only=True):
    """``[[matrix]]``: every combination of these is a deliverable."""

    durations: tuple[str, ...]
    aspects: tuple[str, ...]
    specs: tuple[str, ...]
    languages: tuple[str, ...] = ("",)
    texted: tuple[bool, ...] = (True,)
    markets: tuple[str, ...] = ("",)


class Single(_Part, frozen=True, kw_only=True):
    """``[[deliverable]]``: one deliverable."""

    duration: str
    aspect: str
    spec: str
    language: str = ""
    texted: bool = True
    market: str = ""


class FieldsFor(_Part, frozen=True, kw_only=True):
    """``[[fields]]``: free fields for some deliverables only, such as the clock number of each length.

    They hold for deliverables with this *duration*, *aspect*, *spec*, *language* and *market*; one that is not given
    holds for all. *values* are the fields; of two tables that give one field the later counts.
    """

    values: dict[str, str]
    duration: str = ""
    aspect: str = ""
    spec: str = ""
    language: str = ""
    market: str = ""


class CutdownRule(_Part, frozen=True, kw_only=True):
    """``[cutdowns."30s"]``: how a cutdown is made, by *keep* or by *markers*, not both.

    *keep* lists ``[in, out]`` record timecodes, out exclusive as in an EDL; *markers* names markers whose stretches
    are kept in order. *tolerance_frames* is how far the sum may be from the length in the label.
    """

    keep: tuple[tuple[str, str], ...] = ()
    markers: str = ""
    tolerance_frames: Annotated[int, msgspec.Meta(ge=0)] = 0


class ReframeDefaults(_Part, frozen=True, kw_only=True):
    """``[reframe]``: what happens to a picture of another aspect where its clip has no wish of its own.

    *fit* ``"crop"`` fills the frame around (*x*, *y*), from 0 to 1; ``"pad"`` shows everything with black around.
    """

    fit: Literal["crop", "pad"] = "crop"
    x: _Share = 0.5
    y: _Share = 0.5


class LegalTable(LegalWords, frozen=True, kw_only=True):
    """``[legal]``: what is written into the files and beside them.

    ``[legal.durations."30s"]`` and ``[legal.markets.US]`` say what is otherwise in one length or market (a length has
    an Ad-ID or a clock number of its own); of both, the market's word counts. *sidecars* are the files that go along.
    """

    durations: dict[str, LegalWords] = msgspec.field(default_factory=dict)
    markets: dict[str, LegalWords] = msgspec.field(default_factory=dict)
    sidecars: tuple[Literal["xmp", "json"], ...] = ("xmp", "json")


class Ledgers(_Part, frozen=True, kw_only=True):
    """``[rights]``: the *ledgers* to read (TOML or CSV), relative to the order's folder."""

    ledgers: tuple[str, ...] = ()


class FlightPlan(Flight, frozen=True, kw_only=True):
    """``[use]``: where and when the film will run; ``[use.markets.US]`` says what is otherwise in one market."""

    markets: dict[str, Flight] = msgspec.field(default_factory=dict)


class Order(_Part, frozen=True, kw_only=True):
    """What a person asks for: usually a matrix of deliverables of one timeline, or of one *master* of it.

    *captions* maps a language to its caption file, relative to the order's folder. *out* is the output folder, also
    relative to it. With *replace* a file of another content under a wanted name is put aside; without, it stops that
    deliverable. *poster* is the timecode of the frame for stills.
    """

    schema: str
    project: Project
    timeline: TimelineFile
    master: MasterFiles | None = None
    matrix: tuple[Matrix, ...] = ()
    deliverable: tuple[Single, ...] = ()
    fields: tuple[FieldsFor, ...] = ()
    cutdowns: dict[str, CutdownRule] = {}
    reframe: ReframeDefaults = ReframeDefaults()
    poster: str = ""
    captions: dict[str, str] = {}
    use: FlightPlan | None = None
    rights: Ledgers = Ledgers()
    legal: LegalTable | None = None
    supers: tuple[Super, ...] = ()
    out: str = "delivery"
    replace: bool = False


def free_fields(order: Order, variant: Variant, spec: str) -> dict[str, str]:
    """The order's free fields for *variant* in *spec*: the project's, then those of the ``[[fields]]`` that fit."""
    facts = {
        "duration": variant.duration,
        "aspect": variant.aspect,
        "spec": spec,
        "language": variant.language,
        "market": variant.market,
    }
    fields = dict(order.project.fields)
    for table in order.fields:
        if all(getattr(table, key) in ("", value) for key, value in facts.items()):
            fields |= table.values
    return fields


def read_order(path: Path) -> Order:
    """The order in the TOML or JSON file at *path*; raises InputError that names the key and the nearest right one."""
    where = str(path)
    if path.suffix.lower() == ".json":
        try:
            raw = schema.from_json(path.read_bytes(), dict[str, Any], where=where)
        except OSError as error:
            raise InputError(f"The order cannot be read ({error.strerror}).", where=where) from None
    else:
        raw = schema.read_toml(path)
    return parse_order(raw, where=where)


def parse_order(raw: dict[str, Any], *, where: str) -> Order:
    """The order in the tables *raw*; raises InputError."""
    schema.check_schema(raw, SCHEMA, where=where)
    order = schema.from_builtins(raw, Order, where=where)
    if not order.matrix and not order.deliverable:
        raise InputError("The order asks for nothing.", where=where, remedy="Add a [[matrix]] or a [[deliverable]].")
    for label, rule in order.cutdowns.items():
        if bool(rule.keep) == bool(rule.markers):
            raise InputError(f'The cutdown "{label}" should have either keep or markers.', where=where)
    _check_languages(order, where)
    _check_paths(order, where)
    if order.timeline.rate:
        try:
            Rate.read(order.timeline.rate)
        except InputError as error:
            raise InputError(error.what, where=f"{where}, [timeline] rate", remedy=error.remedy) from None
    return order


def _check_languages(order: Order, where: str) -> None:
    """Refuse what has not the form of a language tag: it becomes part of file names."""
    asked = {language for matrix in order.matrix for language in matrix.languages}
    for language in sorted({*asked, *(single.language for single in order.deliverable), *order.captions}):
        if language and not _LANGUAGE.fullmatch(language):
            raise InputError(
                f"{language!r} is no language tag.", where=where, remedy="Write it as BCP 47 does: en, de-AT, zh-Hant."
            )


def _check_paths(order: Order, where: str) -> None:
    """Refuse what no system takes as a path."""
    for path in (order.out, order.timeline.file, *order.timeline.media, *order.captions.values()):
        if "\0" in path:
            raise InputError(f"{path!r} is no path.", where=where, remedy="Take the character \\x00 out.")
