import pytest

from twopop.errors import StudioError
from twopop.naming.settle import settle


def test_the_inner_layer_wins_whatever_the_order() -> None:
    items = [
        ("project-rules", "project", "title", "P"),
        ("naming", "built-in", "title", "B"),
        ("studio-rules", "studio", "title", "S"),
        ("naming", "built-in", "code", "C"),
    ]
    for given in (items, items[::-1]):
        assert settle(given) == {"title": ("P", "project-rules"), "code": ("C", "naming")}


def test_two_values_in_one_layer_name_both_plugins() -> None:
    with pytest.raises(StudioError) as caught:
        settle([("alpha", "studio", "title", "A"), ("beta", "studio", "title", "B")])
    assert all(word in str(caught.value) for word in ("'alpha'", "'beta'", "'title'", "studio", "'A'", "'B'"))


def test_agreement_in_one_layer_is_no_quarrel() -> None:
    assert settle([("beta", "site", "t", "A"), ("alpha", "site", "t", "A")]) == {"t": ("A", "alpha")}


def test_a_quarrel_that_an_inner_layer_settles_is_none() -> None:
    items = [("a", "site", "t", "A"), ("b", "site", "t", "B"), ("c", "project", "t", "C")]
    assert settle(items) == {"t": ("C", "c")}


def test_one_plugin_with_two_values_is_named_once() -> None:
    with pytest.raises(StudioError, match="'a' gives the field 't' two values"):
        settle([("a", "site", "t", "A"), ("a", "site", "t", "B")])
