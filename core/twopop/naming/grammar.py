"""The grammar that works both ways: a template and the forms of its fields write a name, and read it back.

``read(write(values)) == values`` for every grammar there is: one that could be read in two ways is refused when it is
made, with the shortest name that shows it. That is a proof and not a sample: the conditions of a template have finitely
many cases, each case is a shape (see ``reader``), and all texts of all shapes are decided together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

from twopop import schema
from twopop.errors import InputError
from twopop.naming.forms import Form, Text, Value
from twopop.naming.machine import Machine, machine_of
from twopop.naming.pattern import without
from twopop.naming.reader import Item, Reader, Shape, Slot, TooIntricate
from twopop.naming.template import CLOSE, OPEN, NameTemplate

#: The most cases that the conditions of one template may have together.
MOST_CASES = 1024

#: The form of a field of which nothing is known.
PLAIN = Text()

_HIDDEN = "Write the field itself where it is asked for, or give it a choice of one value."
_REMEDY = (
    "Put something between the two that neither may hold, such as '_', or narrow a field in [naming.fields]: "
    "fewer letters, upper or lower case, a fixed length, a choice."
)


class Grammar:
    """The template *text* with the *forms* of its fields (``PLAIN`` where none is given).

    Raises InputError for a text that is no template, and for one whose names could not be read back.
    """

    def __init__(self, text: str, forms: Mapping[str, Form]) -> None:
        self.template = NameTemplate(text)
        self.forms = {field: forms.get(field, PLAIN) for field in self.template.fields}
        self._machines: dict[Slot, Machine] = {}
        self._slots = {
            field: Slot(field, frozenset(self.template.asked.get(field, ()))) for field in self.template.fields
        }
        self._told: dict[Shape, dict[str, str]] = {}
        for shape, told in self._cases():
            if shape in self._told:
                raise self._clash(self._example(shape), self._told[shape], told)
            self._told[shape] = told
        self._reader = Reader(list(self._told), self._machines)
        self._prove()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields used, sorted."""
        return self.template.fields

    def values(self, words: Mapping[str, str]) -> dict[str, Value]:
        """What *words* (by field; "" for none) mean for the fields that the template uses.

        Raises InputError that names the field for words that have not its form.
        """
        values = {}
        for field, form in self.forms.items():
            if words.get(field):
                try:
                    values[field] = _meant(form, words[field])
                except InputError as error:
                    raise InputError(error.what, where=f"field {field!r}", remedy=error.remedy) from None
        return values

    def missing(self, words: Mapping[str, str]) -> list[str]:
        """The fields that have no value in *words* and that the template cannot do without."""
        return [field for field in self.fields if not words.get(field) and field not in self.template.optional]

    def write(self, values: Mapping[str, Value], known: Iterable[str] = ()) -> str:
        """The name made of *values*, by field; a field without a value is left out.

        *known* are the other fields there are, so that a template that asks for none of them can be told so. Raises
        InputError for a field that is unknown or has no value, though the template needs one.
        """
        texts = dict.fromkeys(known or self.fields, "")
        texts |= {field: form.write(values[field]) for field, form in self.forms.items() if field in values}
        name = self.template.fill(texts)
        if missing := self.missing(texts):
            has = "has" if len(missing) == 1 else "have"
            raise InputError(f"{' and '.join(map(repr, missing))} {has} no value.", where=self.template.where)
        return name

    def read(self, name: str) -> dict[str, Value]:
        """The values in *name*; a field without one is not there. Raises InputError that says how far it fits."""
        for items in self._reader.readings(name):
            texts = self._texts(items)
            if texts is not None:
                return {field: self.forms[field].read(text) for field, text in sorted(texts.items()) if text}
        raise self._misfit(name)

    # -- the cases of the conditions -----------------------------------------------------------------------------------

    def _cases(self) -> Iterator[tuple[Shape, dict[str, str]]]:
        """Each case of the conditions as its shape and what it tells of fields that do not stand in it."""
        atoms = {field: self._atoms(field) for field in self.fields}
        count = 1
        for choices in atoms.values():
            count *= len(choices)
        if count > MOST_CASES:
            raise InputError(
                f"The conditions of the template have {count} cases; {MOST_CASES} are the most.",
                where=self.template.where,
                remedy="Ask for fewer fields.",
            )
        for case in product(*atoms.values()):
            texts = dict(zip(atoms, case, strict=True))
            shape = self._shape(self.template.fill(texts))
            hidden = {field for field, text in texts.items() if text.startswith(OPEN)}
            told = {field: text for field, text in texts.items() if field not in hidden}
            for field in sorted(hidden.difference(item.field for item in shape if isinstance(item, Slot))):
                told[field] = self._only(field, shape, told)
            yield shape, told

    def _atoms(self, field: str) -> list[str]:
        """The cases of one field: no value, each of the words it is compared with, and any other text."""
        pattern, slot = self.forms[field].pattern(), self._slots[field]
        whole, rest = machine_of(pattern), machine_of(without(pattern, slot.barred))
        for word in sorted(slot.barred):
            if not whole.accepts(word):
                said = ", ".join(repr(text) for text in islice(whole.shortest(), 3))
                raise InputError(
                    f"{field} is compared with {word!r}, which never stands for it in a name.",
                    where=self.template.where,
                    remedy=f"Compare it with what is written: {said} and so on.",
                )
        self._machines[slot] = rest
        other = [f"{OPEN}{field}{CLOSE}"] if rest.steps else []
        return [*([""] if field in self.template.optional else []), *sorted(slot.barred), *other]

    def _shape(self, written: str) -> Shape:
        shape: list[Item] = []
        for part in written.split(OPEN):
            field, close, text = part.partition(CLOSE)
            shape += [self._slots[field], *text] if close else part
        return tuple(shape)

    def _only(self, field: str, shape: Shape, told: Mapping[str, str]) -> str:
        """The one text that *field* can have where it does not stand in the name; raises InputError for two."""
        texts = list(islice(self._machines[self._slots[field]].shortest(), 2))
        if len(texts) > 1:
            raise self._clash(self._example(shape), {**told, field: texts[0]}, {**told, field: texts[1]}, _HIDDEN)
        return texts[0]

    # -- two readings --------------------------------------------------------------------------------------------------

    def _prove(self) -> None:
        try:
            name = self._reader.two_ways()
        except TooIntricate:
            raise InputError(
                "Whether its names can be read back is too intricate to be proved.",
                where=self.template.where,
                remedy=_REMEDY,
            ) from None
        if name is not None:
            one, two = self._reader.readings(name)
            raise self._clash(name, self._parts(one), self._parts(two))

    def _example(self, shape: Shape) -> str:
        """The shortest name of *shape*."""
        return "".join(i if isinstance(i, str) else next(self._machines[i].shortest()) for i in shape)

    def _parts(self, items: list[tuple[Item, str]]) -> dict[str, str]:
        """What a reading says of each field; of one that stands twice, both texts."""
        parts = dict(self._told[tuple(item for item, _ in items)])
        for item, text in items:
            if isinstance(item, Slot):
                held = parts.get(item.field)
                parts[item.field] = text if held in (None, text) else f"{held} and then {text}"
        return parts

    def _clash(self, name: str, one: Mapping[str, str], two: Mapping[str, str], remedy: str = _REMEDY) -> InputError:
        differing = [field for field in self.fields if one.get(field, "") != two.get(field, "")]
        ways = " or as ".join(_said(reading, differing) for reading in (one, two))
        return InputError(f"{name!r} could be read as {ways}.", where=self.template.where, remedy=remedy)

    def _texts(self, items: list[tuple[Item, str]]) -> dict[str, str] | None:
        """{field: text} of a reading; None where a field that stands twice says two things."""
        texts = dict(self._told[tuple(item for item, _ in items)])
        for item, text in items:
            if isinstance(item, Slot) and texts.setdefault(item.field, text) != text:
                return None
        return texts

    def _misfit(self, name: str) -> InputError:
        fits, wanted = self._reader.stuck(name)
        slots = sorted({item.field for item in wanted if isinstance(item, Slot)})
        letters = sorted(repr(item) for item in wanted if isinstance(item, str))
        expected = " or ".join([*slots, *letters]) or "nothing more"
        found = repr(name[fits]) if fits < len(name) else "its end"
        place = f"after {name[:fits]!r}" if fits else "at its beginning"
        return InputError(
            f"{name!r} is no name of this template: {place} {expected} is expected, not {found}.",
            where=self.template.where,
        )


@lru_cache(maxsize=4096)
def _meant(form: Form, words: str) -> Value:
    """What *words* mean; the deliverables of an order say the same again and again."""
    return form.value(words)


def _said(reading: Mapping[str, str], fields: list[str]) -> str:
    return ", ".join(f"{field} {reading[field]!r}" if reading.get(field) else f"no {field}" for field in fields)


def grammar(text: str, forms: Mapping[str, Form]) -> Grammar:
    """The grammar of *text* with those of *forms* that it uses; made once for the same ones."""
    used = NameTemplate(text).fields
    return _made(text, tuple((field, forms[field]) for field in used if field in forms))


@lru_cache(maxsize=256)
def _made(text: str, forms: tuple[tuple[str, Form], ...]) -> Grammar:
    return Grammar(text, dict(forms))


def shown(value: Value) -> str | int:
    """*value* as JSON has it: a date in ISO's form."""
    return value if isinstance(value, str | int) else str(schema.to_builtins(value))
