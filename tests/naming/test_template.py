import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.naming.template import LONGEST, NameTemplate

FIELDS = {"client": "ACME", "title": "Harbour", "duration": "30s", "aspect": "9x16", "language": "en", "version": "007"}


def test_fields_are_filled_in() -> None:
    template = NameTemplate("{{client}}_{{title}}_{{duration}}_{{aspect}}_{{language}}_v{{version}}")
    assert template.fill(FIELDS) == "ACME_Harbour_30s_9x16_en_v007"
    assert template.fields == ("aspect", "client", "duration", "language", "title", "version")


def test_an_unknown_field_is_named_with_the_template_and_the_nearest_one() -> None:
    with pytest.raises(InputError) as caught:
        NameTemplate("{{ client }}_{{ titel }}").fill(FIELDS)
    told = str(caught.value)
    assert "'titel'" in told
    assert "{{ client }}_{{ titel }}" in told
    assert "'title'" in told


def test_an_unknown_field_in_a_condition_is_named_too() -> None:
    for text in ("{% if markt %}x{% endif %}", "{% if markt == 'UK' %}x{% endif %}", "{{ client ~ markt }}"):
        with pytest.raises(InputError, match="'markt'"):
            NameTemplate(text).fill(FIELDS)


def test_fields_that_are_asked_for_are_known_with_the_words_they_are_compared_with() -> None:
    template = NameTemplate(
        "{{ title }}{% if not language or market in ('UK', '', 'US') %}x{% endif %}{{ 'a' if market != 'DE' }}"
    )
    assert template.asked == {"language": frozenset(), "market": {"UK", "US", "DE"}}
    assert template.fields == ("language", "market", "title")
    assert template.optional == {"language", "market"}
    assert NameTemplate("{{ 'x' if version != '001' else version }}").optional == frozenset()


def test_white_space_is_layout_in_the_template_and_a_dash_in_a_value() -> None:
    text = """
        {{ client }}
        _{{ title }}
        {% if language %} _{{ language }} {% endif %}
    """
    assert NameTemplate(text).fill({**FIELDS, "title": "Old\tHarbour \n Wall"}) == "ACME_Old-Harbour-Wall_en"


def test_conditions_compare_and_choose() -> None:
    template = NameTemplate(
        "{{ title }}{% if language in ('en', 'de') %}_EU{% endif %}_{{ 'S' if aspect == '1x1' else 'N' }}"
    )
    assert template.fill(FIELDS) == "Harbour_EU_N"


def test_names_of_python_and_jinja_are_no_fields() -> None:
    for name in ("range", "dict", "lipsum", "cycler", "namespace", "loop", "caller", "varargs", "super"):
        with pytest.raises(InputError, match=f"'{name}'"):
            NameTemplate(f"{{{{ {name} }}}}").fill(FIELDS)


HOSTILE = {
    "attribute": "{{ title.__class__ }}",
    "subclasses": "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "item": "{{ title['__class__'] }}",
    "attr filter": "{{ title|attr('__class__') }}",
    "map filter": "{{ [title]|map('upper')|list }}",
    "format filter": "{{ '%999999999d'|format(1) }}",
    "centre filter": "{{ title|center(999999999) }}",
    "call": "{{ title() }}",
    "huge range": "{{ range(10**12) }}",
    "loop": "{% for n in 'ab' %}{% for m in 'ab' %}x{% endfor %}{% endfor %}",
    "multiplied": "{{ 'x' * 999999999 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import '/etc/passwd' as p %}",
    "from": "{% from 'x' import y %}",
    "extends": "{% extends 'x' %}",
    "block": "{% block a %}x{% endblock %}",
    "macro": "{% macro a() %}{{ a() }}{% endmacro %}",
    "set": "{% set a = 'x' %}",
    "self": "{{ self }}",
    "dictionary": "{{ {'a': 1} }}",
    "filter": "{{ title|upper }}",
    "filter in a condition": "{% if title|length %}x{% endif %}",
    "test": "{{ 'x' if title is divisibleby 3 else 'y' }}",
    "defined": "{{ 'x' if title is defined else 'y' }}",
    "part of a word": "{% if 'a' in title %}x{% endif %}",
    "two fields compared": "{% if title == client %}x{% endif %}",
    "order of words": "{% if title < 'b' %}x{% endif %}",
    "compared twice": "{% if 'a' < title < 'b' %}x{% endif %}",
    "number": "{{ 5 }}",
    "compared with a number": "{% if version == 7 %}x{% endif %}",
    "joined in a condition": "{% if title ~ client == 'ab' %}x{% endif %}",
    "or in the text": "{{ title or client }}",
    "private characters": "{{ title }}\ue000client\ue001",
    "nested": "{{" + "(" * 450 + "title" + ")" * 450 + "}}",
    "too long": "x" * (LONGEST + 1),
    "empty": " \n",
    "open": "{{ title",
    "half closed": "{{ title }",
    "open if": "{% if title %}",
    "no tag": "{% nonsense %}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_template_that_does_more_than_fill_in_is_refused_when_read(text: str) -> None:
    with pytest.raises(InputError) as caught:
        NameTemplate(text)
    assert caught.value.where.startswith("name template")
    assert "Traceback" not in str(caught.value)


def test_a_choice_without_an_else_leaves_nothing() -> None:
    assert NameTemplate("a{{ '_x' if title == 'other' }}").fill(FIELDS) == "a"


@given(st.text(alphabet="{}%()[]|~.'\"_ abctile0123456789-+*\n", max_size=60))
def test_no_text_gives_anything_but_a_name_or_words(text: str) -> None:
    try:
        name = NameTemplate(text).fill(FIELDS)
    except InputError:
        return
    assert name == "".join(name.split())


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(string.ascii_letters + " ._-", max_size=9), min_size=3)
)
def test_a_template_of_plain_fields_joins_them(fields: dict[str, str]) -> None:
    wanted = "_".join("-".join(fields[name].split()) for name in "abc")
    assert NameTemplate("{{a}}_{{b}}_{{ c }}").fill(fields) == wanted
