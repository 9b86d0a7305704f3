import datetime
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop import schema
from twopop.errors import InputError
from twopop.naming.forms import (
    AnyForm,
    Aspect,
    Choice,
    Code,
    Date,
    Duration,
    Form,
    Frame,
    Integer,
    Language,
    Text,
    Version,
)
from twopop.naming.machine import machine_of

DAY = datetime.date(2026, 11, 22)
CLOCK = Code(form="[A-Z]{3}/[A-Z0-9]{4}[0-9]{3}/[0-9]{3}", swap={"/": "_"})


@pytest.mark.parametrize(
    ("form", "words", "value", "text"),
    [
        (Text(), "Harbour Line", "Harbour-Line", "Harbour-Line"),
        (Text(), "v1.2 a_b", "v1-2-a-b", "v1-2-a-b"),
        (Text(), "Fish & Chips", "Fish-Chips", "Fish-Chips"),
        (Text(case="upper", letters="A-Z0-9"), "Été 26", "ETE26", "ETE26"),
        (Text(case="lower", letters="a-z0-9_"), "Chef's Table", "chefs_table", "chefs_table"),
        (CLOCK, "ABC/PRDA001/030", "ABC/PRDA001/030", "ABC_PRDA001_030"),
        (Integer(digits=3), "7", 7, "007"),
        (Integer(digits=3), "12345", 12345, "12345"),
        (Version(), "v3", 3, "003"),
        (Version(digits=2), "012", 12, "12"),
        (Version(rounds=True), "2.1", "2.1", "2.1"),
        (Version(rounds=True), "v02.10", "2.10", "2.10"),
        (Version(rounds=True), "7", 7, "007"),
        (Frame(), "1001", 1001, "1001"),
        (Frame(), "%04d", "####", "####"),
        (Duration(), "30s", "30s", "30s"),
        (Duration(digits=3, unit=""), "30s", "30s", "030"),
        (Duration(), "full", "full", "full"),
        (Duration(unit=""), "Director Cut", "Director-Cut", "Director-Cut"),
        (Aspect(), "9:16", "9:16", "9x16"),
        (Aspect(), "9x16", "9:16", "9x16"),
        (Language(), "pt-br", "pt-BR", "pt-BR"),
        (Language(), "ZH-HANT-tw", "zh-Hant-TW", "zh-Hant-TW"),
        (Language(), "ca-valencia", "ca-valencia", "ca-valencia"),
        (Language(style="upper"), "en-us", "en-US", "EN-US"),
        (Language(style="joined"), "en-us", "en-US", "ENUS"),
        (Language(style="joined"), "es-419", "es-419", "ES419"),
        (Date(), "2026-11-22", DAY, "20261122"),
        (Date(style="YYMMDD"), "2026-11-22", DAY, "261122"),
        (Date(style="YYMMDD"), "2075-01-02", datetime.date(2075, 1, 2), "750102"),
        (Date(style="YYYY-MM-DD"), "2026-11-22", DAY, "2026-11-22"),
        (Choice(labels={"5.1": "51", "stereo": "LR"}), "5.1", "5.1", "51"),
        (Choice(labels={"5.1": "51", "stereo": "LR"}), "LR", "stereo", "LR"),
    ],
)
def test_words_become_a_value_and_stand_in_a_name(form: Form, words: str, value: object, text: str) -> None:
    assert form.value(words) == value
    assert form.write(form.value(words)) == text
    assert form.read(text) == value
    assert machine_of(form.pattern()).accepts(text)


@pytest.mark.parametrize(
    ("form", "words", "said"),
    [
        (Text(letters="0-9"), "12a", "holds 'a'"),
        (Text(most=4), "Harbour", "7 characters; 4 are the most"),
        (Text(least=4), "Bay", "3 characters; 4 the fewest"),
        (Text(never=("NULL",)), "NULL", "means that there is none"),
        (Text(), "広告", "Nothing of"),
        (CLOCK, "ABC/PRDA001", "has not the form"),
        (CLOCK, "abc/PRDA001/030", "has not the form"),
        (Integer(), "1.5", "no whole number"),
        (Integer(), "-1", "no whole number"),
        (Integer(), "٣", "no whole number"),
        (Integer(digits=3, fixed=True), "1000", "more than 3 digits"),
        (Version(), "v", "no whole number"),
        (Version(), "2.1", "no whole number"),
        (Duration(), "1:30", "neither seconds"),
        (Aspect(), "16/9", "no aspect"),
        (Aspect(), "0:9", "no aspect"),
        (Language(), "english", "no language tag"),
        (Language(style="joined"), "ca-valencia", "no language tag"),
        (Date(), "22.11.2026", "no date"),
        (Date(), "2026-02-30", "no date"),
        (Date(), "1926-02-03", "this century"),
        (Choice(labels={"5.1": "51", "stereo": "LR"}), "sterio", "mean 'stereo'"),
    ],
)
def test_words_that_have_not_the_form_are_refused(form: Form, words: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        form.value(words)


WORDS = st.one_of(
    st.text(max_size=30),
    st.text(string.ascii_letters + string.digits + "-_ .:/", max_size=20),
    st.integers(0, 10**9).map(str),
    st.from_regex(r"v?[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True),
    st.builds("{}s".format, st.integers(0, 9999)),
    st.builds("{}:{}".format, st.integers(1, 9999), st.integers(1, 9999)),
    st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)).map(str),
    st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[a-z]{5,8})?", fullmatch=True),
    st.from_regex(r"[A-Z]{3}/[A-Z0-9]{4}[0-9]{3}/[0-9]{3}", fullmatch=True),
)
FORMS = [
    *(Text(), Text(case="upper", letters="A-Z0-9_", most=9), Text(case="lower", letters="a-z0-9.", least=2)),
    *(CLOCK, Integer(), Integer(digits=4), Integer(digits=2, fixed=True), Version(), Version(rounds=True), Frame()),
    *(Frame(digits=1),),
    *(
        Duration(),
        Duration(digits=3, unit=""),
        Duration(digits=2, unit="sec"),
        Aspect(),
        Aspect(by="by"),
        Aspect(by="_"),
    ),
    *(Date(), Date(style="YYMMDD"), Date(style="YYYY-MM-DD"), Choice(labels={"16:9": "W", "9:16": "T"})),
    *(Language(), Language(style="upper"), Language(style="joined")),
]


@pytest.mark.parametrize("form", FORMS, ids=repr)
@given(words=WORDS)
def test_what_is_written_is_of_the_pattern_and_is_read_as_it_was(form: Form, words: str) -> None:
    try:
        value = form.value(words)
    except InputError:
        return
    text = form.write(value)
    assert text
    assert machine_of(form.pattern()).accepts(text)
    assert form.read(text) == value


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_different_texts_of_a_pattern_are_different_values_and_written_as_they_were(form: Form) -> None:
    """What the proof of templates stands on: between values and texts there is one way only."""
    values = {}
    for text, _ in zip(machine_of(form.pattern()).shortest(), range(2000), strict=False):
        try:
            values[text] = form.read(text)
        except InputError:  # a 30th of February has the pattern of a date
            continue
        assert form.write(values[text]) == text
    assert len(set(values.values())) == len(values) > 0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "text", "letters": "é"}, "plain ASCII"),
        ({"kind": "text", "letters": "a-z", "case": "upper"}, "no text at all"),
        ({"kind": "text", "letters": "a-z/"}, "letters may name"),
        ({"kind": "text", "most": 999}, "up to 120"),
        ({"kind": "text", "mots": 9}, "'most'"),
        ({"kind": "txet"}, "txet"),
        ({"kind": "code", "form": "(a"}, "not closed"),
        ({"kind": "code", "form": "a*"}, "empty code"),
        ({"kind": "code", "form": "[A-Z_]+", "swap": {"/": "_"}}, "swap"),
        ({"kind": "integer", "digits": 0}, "from 1 to 18"),
        ({"kind": "choice", "labels": {}}, "labels"),
        ({"kind": "choice", "labels": {"a": "X", "b": "x"}}, "differ in more than case"),
        ({"kind": "choice", "labels": {"a": "x/y"}}, "letters, digits"),
    ],
)
def test_a_table_that_is_no_form_is_refused_with_its_place(table: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        schema.from_builtins({"fields": {"code": table}}, dict[str, dict[str, AnyForm]], where="twopop.toml")
    assert str(caught.value).startswith("twopop.toml")


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_forms_travel_as_toml_and_can_be_kept_in_a_set(form: Form) -> None:
    raw = schema.to_builtins(form)
    assert raw["kind"] == type(form).__name__.lower()
    assert {schema.from_builtins(raw, AnyForm, where="")} == {form}  # type: ignore[arg-type]
