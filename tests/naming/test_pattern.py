import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.naming.machine import machine_of
from twopop.naming.pattern import EMPTY, NOTHING, either, many, one_of, read_letters, read_pattern, then, without, word

#: Regular expressions over "ab-", as Python's own engine and our patterns both understand them.
EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[a-b-]", r"\-", "(a|b)", "()"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}"])).map(lambda p: f"({p[0]}){p[1]}"),
    ),
    max_leaves=8,
)
TEXTS = ["".join(letters) for length in range(6) for letters in product("ab-", repeat=length)]


@given(EXPRESSIONS)
def test_a_pattern_takes_exactly_what_pythons_engine_takes(expression: str) -> None:
    machine = machine_of(read_pattern(expression))
    wanted = re.compile(expression)
    assert [text for text in TEXTS if machine.accepts(text)] == [text for text in TEXTS if wanted.fullmatch(text)]


@given(EXPRESSIONS, st.sets(st.sampled_from(TEXTS[:40]), max_size=4))
def test_words_can_be_kept_out(expression: str, words: set[str]) -> None:
    machine = machine_of(without(read_pattern(expression), words))
    wanted = re.compile(expression)
    taken = [text for text in TEXTS if machine.accepts(text)]
    assert taken == [text for text in TEXTS if wanted.fullmatch(text) and text not in words]


@given(EXPRESSIONS)
def test_the_shortest_texts_come_first_and_every_state_leads_to_one(expression: str) -> None:
    machine = machine_of(read_pattern(expression))
    wanted = [
        text for text in sorted(TEXTS, key=lambda t: (len(t), t.replace("-", "z"))) if re.fullmatch(expression, text)
    ]
    found = [text for text, _ in zip(machine.shortest(), wanted, strict=False)]
    assert found == wanted
    ends = {state for state, done in enumerate(machine.done) if done}
    for _ in machine.steps:
        ends |= {state for state, step in enumerate(machine.steps) if ends & set(step.values())}
    assert ends == set(range(len(machine.steps)))


def test_building_blocks_know_nothing_and_empty() -> None:
    a = one_of("a")
    assert then(a, NOTHING, a) is NOTHING
    assert either(NOTHING, a) == a
    assert either() is NOTHING
    assert many(NOTHING) is EMPTY
    assert one_of("") is NOTHING
    assert machine_of(NOTHING).steps == ()
    assert machine_of(without(word("on"), {"on"})).steps == ()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("A-C", "ABC"),
        ("a0-2_", "a012_"),
        ("a-", "a-"),
        (r"\]\-", "]-"),
        ("A-Za-z0-9-"[:3], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ],
)
def test_classes_are_read(text: str, letters: str) -> None:
    assert read_letters(text) == frozenset(letters)


@pytest.mark.parametrize(
    ("text", "word_said"),
    [
        ("(a", "not closed"),
        ("a)", "closes nothing"),
        ("[ab", "not closed"),
        ("[]", "empty"),
        ("[b-a]", "backwards"),
        ("a{3,2}", "less than nothing"),
        ("a{999}", "more than"),
        ("a.b", "not understood"),
        ("^a$", "not understood"),
        ("*", "not understood"),
        ("a\\", "plain ASCII"),
        ("é", "plain ASCII"),
        ("a b", "plain ASCII"),
        ("(" * 5000, "nested"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_place(text: str, word_said: str) -> None:
    with pytest.raises(InputError, match=word_said) as caught:
        read_pattern(text)
    assert "at character" in str(caught.value)


@pytest.mark.parametrize("text", ["", "]", "a]b", "é"])
def test_what_is_no_class_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_letters(text)


def test_a_pattern_that_needs_too_many_states_is_refused() -> None:
    with pytest.raises(InputError, match="intricate"):
        machine_of(read_pattern("(a|b)*a(a|b){14}"))
