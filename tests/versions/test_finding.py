import pytest
from catalogue_values import out
from hypothesis import given
from hypothesis import strategies as st

from twopop.versions.catalogue import Catalogue
from twopop.versions.finding import folded


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Harbour-Line_Days_30s_9x16_en_v001.mp4", ["harbour", "line", "days", "30s", "9x16", "en", "v001", "mp4"]),
        ("ÉTÉ été Été", ["ete"]),
        ("STRASSE straße", ["strasse"]),
        ("' OR 1=1 -- \"*", ["or", "1"]),
        ("日本語 ١٢", ["日本語", "١٢"]),
        ("", []),
    ],
)
def test_words_are_split_and_folded(said: str, words: list[str]) -> None:
    assert folded(said) == words


@given(st.text())
def test_folding_twice_changes_nothing(said: str) -> None:
    once = folded(said)
    assert folded(" ".join(once)) == once


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return {
        "full 16:9 en social-h264": "social/Harbour-Line_Days_full_16x9_en_v001.mp4",
        "30s 9:16 de social-h264": "social/Harbour-Line_Days_30s_9x16_de_v001.mp4",
        "30s 9:16 fr broadcast": "tv/Été_30s_9x16_fr_v001.mxf",
        "6s 1:1 ja social-h264": "social/港の日々_6s_1x1_ja_v001.mp4",
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("harbour", ["30s 9:16 de social-h264", "full 16:9 en social-h264"]),
        ("HARBOUR 30", ["30s 9:16 de social-h264"]),
        ("ete", ["30s 9:16 fr broadcast"]),
        ("été 30s mxf", ["30s 9:16 fr broadcast"]),
        ("9x16", ["30s 9:16 fr broadcast", "30s 9:16 de social-h264"]),
        ("港の", ["6s 1:1 ja social-h264"]),
        ("harbour nothing", []),
        ("arbour", []),
        ("':* | harbour & !", ["30s 9:16 de social-h264", "full 16:9 en social-h264"]),
        ("!?", []),
    ],
)
def test_all_words_have_to_be_there_or_begin_so(
    where: str, names: dict[str, str], asked: str, found: list[str]
) -> None:
    with Catalogue(where) as catalogue:
        for identity, path in names.items():
            catalogue.deliver("spot", out(identity, 1, "c", path=path))
        assert [entry.identity for entry in catalogue.search(asked)] == found
        assert [entry.identity for entry in catalogue.search(asked, project="spot")] == found
        assert catalogue.search(asked, project="another") == []
        assert [entry.identity for entry in catalogue.search(asked, limit=1)] == found[:1]


def test_a_file_is_found_by_its_name(where: str, names: dict[str, str]) -> None:
    with Catalogue(where) as catalogue:
        for identity, path in names.items():
            catalogue.deliver("spot", out(identity, 1, "c", path=path))
        full = [("spot", "full 16:9 en social-h264")]
        for name in (
            "social/Harbour-Line_Days_full_16x9_en_v001.mp4",
            "/mnt/out/social/Harbour-Line_Days_full_16x9_en_v001.mp4",
            "Harbour-Line_Days_full_16x9_en_v001.mp4",
            "Harbour-Line_Days_full_16x9_en_v001",
            "full 16:9 en social-h264",
        ):
            assert catalogue.candidates(name) == full, name
        assert catalogue.candidates("Harbour%") == []
        assert catalogue.candidates("full 16:9 en social-h264", project="another") == []
