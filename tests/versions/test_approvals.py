import pytest
from catalogue_values import out, wish

from twopop.errors import EditorError
from twopop.versions.catalogue import Catalogue


@pytest.fixture
def filled(where: str) -> str:
    with Catalogue(where) as catalogue:
        for number in (1, 2, 3):
            catalogue.deliver("spot", out("a", number, f"c{number}"))
        catalogue.reserve("spot", [wish("a", 4, "c4")])
    return where


def test_one_version_is_approved_at_a_time(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        assert catalogue.set_approval("spot", "a", 1, "approved", "by the client") == []
        assert catalogue.set_approval("spot", "a", 3, "approved") == [1]
        assert [v.approval for v in catalogue.histories("spot", "a")["a"]] == ["superseded", "", "approved", ""]
        opinions = [(o.state, o.note) for o in catalogue.history("spot", "a")[0].opinions]
        assert opinions == [("approved", "by the client"), ("superseded", "by version 3")]
        assert all(opinion.who and opinion.when for opinion in catalogue.history("spot", "a")[0].opinions)


def test_a_withdrawn_one_leaves_the_others_alone(filled: str) -> None:
    with Catalogue(filled) as catalogue:
        catalogue.set_approval("spot", "a", 2, "approved")
        assert catalogue.set_approval("spot", "a", 3, "withdrawn", "wrong claim") == []
        assert [v.approval for v in catalogue.histories("spot", "a")["a"]] == ["", "approved", "withdrawn", ""]


@pytest.mark.parametrize(("identity", "number"), [("a", 4), ("a", 9), ("nobody", 1)])
def test_of_what_did_not_go_out_nothing_can_be_said(filled: str, identity: str, number: int) -> None:
    with Catalogue(filled) as catalogue, pytest.raises(EditorError, match="did not go out"):
        catalogue.set_approval("spot", identity, number, "approved")
