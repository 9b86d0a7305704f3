from twopop.legal.metadata import fields_for
from twopop.variants.model import Variant

VARIANT = Variant(duration="30s", aspect="9:16", language="de", texted=False)


def fields(project: dict[str, str]) -> dict[str, str]:
    return {field.key: field.value for field in fields_for(project, VARIANT)}


def test_the_title_says_which_variant_it_is() -> None:
    assert fields({"title": "Harbour", "client": "ACME"}) == {"title": "Harbour (30s 9:16 de textless)"}


def test_free_fields_with_a_legal_meaning_are_copied() -> None:
    project = {"title": "H", "copyright": "© 2026 ACME", "comment": "for air", "description": "A spot", "agency": "X"}
    assert {k: v for k, v in fields(project).items() if k != "title"} == {
        "copyright": "© 2026 ACME",
        "comment": "for air",
        "description": "A spot",
    }


def test_empty_fields_are_left_out() -> None:
    assert fields({"title": " ", "copyright": "", "comment": "\x00\u202e\n"}) == {}


def test_values_are_one_line_of_plain_text() -> None:
    odd = {"title": "two\nlines\x00", "copyright": "\u202eevil\u202c \ud800Cafe\u0301"}
    assert fields(odd) == {"title": "two lines (30s 9:16 de textless)", "copyright": "evil Caf\u00e9"}
