"""The grammar against brute force: every name that a small template can make, written out and compared."""

import datetime
import re
import string
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.naming.forms import Aspect, Choice, Code, Date, Duration, Form, Language, Text, Version
from twopop.naming.grammar import Grammar, grammar
from twopop.naming.template import NameTemplate

#: Small languages, as a form and as all of its texts.
SMALL: list[tuple[Form, tuple[str, ...]]] = [
    (Code(form="a"), ("a",)),
    (Code(form="a|ab|b"), ("a", "ab", "b")),
    (Code(form="[ab]{2}"), ("aa", "ab", "ba", "bb")),
    (Code(form="a{1,3}"), ("a", "aa", "aaa")),
    (Choice(labels={"1": "b", "2": "a_b"}), ("b", "a_b")),
    (Code(form="b(_b)?"), ("b", "b_b")),
]
FIELDS = "xyz"


def parts(texts: dict[str, tuple[str, ...]]) -> st.SearchStrategy[str]:
    """Templates over the fields x, y and z, whose words are *texts*."""
    fields = st.sampled_from(FIELDS)
    written = fields.map("{{{{{}}}}}".format)
    literal = st.sampled_from(["_", "a", "b", "a_"])
    compared = fields.flatmap(
        lambda f: st.tuples(st.just(f), st.sampled_from(["==", "!="]), st.sampled_from(texts[f])).map(
            lambda t: f"{t[0]} {t[1]} '{t[2]}'"
        )
    )
    listed = fields.map(lambda f: f"{f} in {(*texts[f][:2], '')!r}")
    condition = st.one_of(fields, fields.map("not {}".format), compared, listed)
    conditions = st.one_of(condition, st.tuples(condition, condition).map(" and ".join))

    def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        chosen = st.tuples(conditions, inner, inner).map(
            lambda t: f"{{% if {t[0]} %}}{t[1]}{{% else %}}{t[2]}{{% endif %}}"
        )
        alone = st.tuples(conditions, inner).map(lambda t: f"{{% if {t[0]} %}}{t[1]}{{% endif %}}")
        short = st.tuples(fields, conditions).map(lambda t: f"{{{{ 'b' if {t[1]} else {t[0]} }}}}")
        return st.one_of(chosen, alone, short, st.lists(inner, min_size=2, max_size=3).map("".join))

    return st.recursive(st.one_of(written, literal), blocks, max_leaves=6)


@st.composite
def small_templates(draw: st.DrawFn) -> tuple[str, dict[str, Form], dict[str, tuple[str, ...]]]:
    chosen = {field: draw(st.sampled_from(SMALL)) for field in FIELDS}
    texts = {field: words for field, (_, words) in chosen.items()}
    text = "".join(draw(st.lists(parts(texts), min_size=1, max_size=3)))
    return text, {field: form for field, (form, _) in chosen.items()}, texts


def every_name(template: NameTemplate, texts: dict[str, tuple[str, ...]]) -> dict[str, list[dict[str, str]]]:
    """{name: all the ways in which fields give it}, by writing out every one."""
    names: dict[str, list[dict[str, str]]] = {}
    optional = {field: ("",) if field in template.optional else () for field in template.fields}
    for words in product(*(optional[field] + texts[field] for field in template.fields)):
        given_ = dict(zip(template.fields, words, strict=True))
        names.setdefault(template.fill(given_), []).append(given_)
    return names


def tried(text: str, forms: dict[str, Form]) -> tuple[Grammar | None, str]:
    """The grammar, or why it is refused."""
    try:
        return Grammar(text, forms), ""
    except InputError as error:
        return None, error.what


@settings(max_examples=200, deadline=None)
@given(small_templates())
def test_a_template_is_accepted_exactly_when_no_name_has_two_readings(small) -> None:
    text, forms, texts = small
    template = NameTemplate(text)
    names = every_name(template, texts)
    unreadable = {name for name, ways in names.items() if len(ways) > 1}
    made, refused = tried(text, forms)
    if made is None:
        twice = any(len(re.findall(rf"\W{field}\W", text)) > 1 for field in FIELDS)
        assert unreadable or twice, f"refused without need: {refused}"
        if unreadable and not twice:
            shown = re.search(r"'(.*?)' could be read as", refused)
            assert shown
            assert shown[1] in unreadable
        return
    assert not unreadable
    for name, (words,) in names.items():
        values = {field: forms[field].read(word) for field, word in words.items() if word}
        assert made.write(values) == name
        assert made.read(name) == values


@settings(max_examples=100, deadline=None)
@given(small_templates(), st.text(alphabet="ab_", max_size=5))
def test_a_text_is_read_exactly_when_it_is_a_name(small, text: str) -> None:
    source, forms, texts = small
    made, _ = tried(source, forms)
    assume(made is not None)
    names = every_name(made.template, texts)
    if text in names:
        assert made.read(text) == {f: forms[f].read(word) for f, word in names[text][0].items() if word}
    else:
        with pytest.raises(InputError, match="no name of this template"):
            made.read(text)


HOUSE: dict[str, Form] = {
    "code": Text(case="upper", letters="A-Z0-9", least=4, most=8),
    "language": Language(),
    "market": Text(case="upper"),
    "textless": Choice(labels={"textless": "textless"}),
    "duration": Duration(),
    "aspect": Aspect(),
    "date": Date(),
    "version": Version(),
}
ACCEPTED = [
    "{{client}}_{{title}}_{{duration}}_{{aspect}}{% if language %}_{{language}}{% endif %}"
    "{% if market %}_{{market}}{% endif %}{% if textless %}_textless{% endif %}_v{{version}}",
    "{{code}}/{{code}}_{{date}}{{version}}",
    "{{client}}/{{code}}/delivery/{{date}}",
    "{% if market == 'UK' %}{{market}}{% else %}{{market}}-INT{% endif %}_{{title}}",
    "{{ title ~ '_' ~ aspect }}_{{ 'T' if textless else 'N' }}",
    "{{date}}{{aspect}}",
    "{{code}}v{{version}}",
    "{{title}}{{ '_v' ~ version if version != '001' }}",
]
WORDS = st.fixed_dictionaries(
    {
        "client": st.text(string.ascii_letters + " -_.", min_size=1, max_size=9).filter(lambda t: t.strip(" -_.")),
        "title": st.text(string.printable + "éßø", min_size=1).filter(lambda t: re.search("[A-Za-z0-9]", t)),
        "code": st.text(string.ascii_uppercase + string.digits, min_size=4, max_size=8),
        "duration": st.one_of(st.integers(1, 999).map("{}s".format), st.sampled_from(["full", "Director Cut"])),
        "aspect": st.builds("{}:{}".format, st.integers(1, 99), st.integers(1, 99)),
        "language": st.sampled_from(["", "en", "en-GB", "zh-Hant", "ca-valencia"]),
        "market": st.sampled_from(["", "UK", "dach", "Middle East"]),
        "textless": st.sampled_from(["", "textless"]),
        "date": st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)).map(str),
        "version": st.integers(1, 99999).map(str),
    }
)


@pytest.mark.parametrize("text", ACCEPTED)
@settings(deadline=None)
@given(words=WORDS)
def test_what_is_written_is_read_back(text: str, words: dict[str, str]) -> None:
    made = grammar(text, HOUSE)
    assume(not made.missing(words))
    values = made.values(words)
    assert made.read(made.write(values, words)) == values


@pytest.mark.parametrize(
    ("text", "name", "readings"),
    [
        ("{{client}}-{{title}}", "A-A-A", ("client 'A-A', title 'A'", "client 'A', title 'A-A'")),
        ("{{client}}{{version}}", "A1000", ("client 'A1', version '000'", "client 'A', version '1000'")),
        ("{% if language %}L{% endif %}x", "Lx", ("language 'aa'", "language 'ab'")),
        ("x{% if market == 'UK' %}_UK{% endif %}", "x", ("market 'A'", "market 'B'")),
        (
            "{{title}}{% if client %}_{{client}}{% endif %}{% if note %}_{{note}}{% endif %}",
            "A_A",
            ("client 'A', no note", "no client, note 'A'"),
        ),
    ],
)
def test_a_template_with_two_readings_is_refused_with_both(text: str, name: str, readings: tuple[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        Grammar(text, HOUSE)
    assert f"'{name}' could be read as" in caught.value.what
    assert all(reading in caught.value.what for reading in readings), caught.value.what
    assert caught.value.remedy
    assert text[:60] in caught.value.where


def test_a_word_that_never_stands_in_a_name_is_no_condition() -> None:
    with pytest.raises(InputError, match="compared with '9:16'") as caught:
        Grammar("{{aspect}}{% if aspect == '9:16' %}_V{% endif %}", HOUSE)
    assert "'1x1'" in caught.value.remedy


def test_too_many_cases_are_refused() -> None:
    text = "".join(f"{{% if f{n} %}}_{{{{f{n}}}}}{{% endif %}}" for n in range(11))
    with pytest.raises(InputError, match="2048 cases"):
        Grammar(text, {})


def test_what_has_no_value_is_named_all_at_once() -> None:
    made = grammar("{{client}}_{{date}}_{{code}}", HOUSE)
    with pytest.raises(InputError, match="'code' and 'date' have no value"):
        made.write(made.values({"client": "A", "date": "", "code": ""}), {"client": "", "date": "", "code": ""})


def test_words_that_have_not_the_form_name_their_field() -> None:
    with pytest.raises(InputError, match="field 'aspect'"):
        grammar("{{aspect}}", HOUSE).values({"aspect": "wide"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Harbour", "after 'Harbour' title or '_' is expected, not its end"),
        ("Harbour_v01", "after 'Harbour_v01' version is expected, not its end"),
        ("Harbour_v001 copy", "after 'Harbour_v001' nothing more is expected, not ' '"),
        ("Hafen Köln_v001", "after 'Hafen' title or '_' is expected, not ' '"),
        ("", "at its beginning title is expected, not its end"),
    ],
)
def test_a_name_of_another_template_says_how_far_it_fits(name: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        grammar("{{title}}_v{{version}}", HOUSE).read(name)
    assert said in caught.value.what


def test_a_day_that_never_was_is_told() -> None:
    with pytest.raises(InputError, match="no day of the calendar"):
        grammar("{{date}}", HOUSE).read("20260230")
