import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from twopop.findings import Severity
from twopop.naming.collisions import collisions, folded, twins_on_disk

NAMES = st.text(alphabet="aAbBéÉßẞ\u03c3\u03c2\u03a3iİ\u0131k\u212a.\u0301\u0308o", min_size=1, max_size=6)


def test_different_paths_do_not_collide() -> None:
    assert collisions({"one": "s/a.mp4", "two": "s/b.mp4", "three": "t/a.mp4"}) == []


def test_each_one_involved_fails_and_names_the_others() -> None:
    found = collisions({"one": "s/a.mp4", "two": "s/b.mp4", "three": "S/A.mp4"})
    assert [(f.where, f.severity, f.rule) for f in found] == [
        ("one", Severity.FAIL, "naming.collision"),
        ("three", Severity.FAIL, "naming.collision"),
    ]
    assert "three (as 'S/A.mp4')" in found[0].message
    assert "one (as 's/a.mp4')" in found[1].message


def test_composed_and_decomposed_and_case_twins_are_one_path() -> None:
    twins = {"nfc": "caf\u00e9", "nfd": "cafe\u0301", "upper": "CAF\u00c9", "sharp": "stra\u00dfe", "ss": "STRASSE"}
    assert {f.where for f in collisions(twins)} == set(twins)


def test_a_path_that_is_a_folder_of_another_collides() -> None:
    (found,) = collisions({"file": "spec", "below": "SPEC/a/b.mp4"})
    assert found.where == "file"
    assert "SPEC/a/b.mp4" in found.message


def test_many_twins_are_counted_and_not_all_listed() -> None:
    found = collisions({f"d{n}": "same.mp4" for n in range(10_000)})
    assert len(found) == 10_000
    assert all("and 9996 more" in f.message and len(f.message) < 200 for f in found)


def test_many_different_paths_are_all_well() -> None:
    assert collisions({f"d{n}": f"spec/Nächte_{n}.mov" for n in range(10_000)}) == []


@given(st.lists(NAMES, max_size=8))
def test_found_exactly_where_caseless_matching_says_so(names: list[str]) -> None:
    """Against The Unicode Standard's D145 taken pair by pair."""

    def same(one: str, two: str) -> bool:
        forms = [unicodedata.normalize("NFD", unicodedata.normalize("NFD", x).casefold()) for x in (one, two)]
        return forms[0] == forms[1]

    paths = {f"d{place}": name for place, name in enumerate(names)}
    involved = {a for a in paths for b in paths if a != b and same(paths[a], paths[b])}
    assert {f.where for f in collisions(paths)} == involved


@given(NAMES)
def test_a_name_collides_with_its_own_spellings(name: str) -> None:
    spellings = {
        "as it is": name,
        "composed": unicodedata.normalize("NFC", name),
        "decomposed": unicodedata.normalize("NFD", name),
    }
    assert {f.where for f in collisions(spellings)} == set(spellings)


def test_a_twin_that_lies_in_the_output_folder_is_found(tmp_path: Path) -> None:
    for path in ("Social/Spot_v001.mp4", "social-h264/spot_V002.mp4", "caf\u00e9/a.mp4"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert folded("CAFE\u0301") == folded("caf\u00e9")
    found = twins_on_disk(
        tmp_path,
        {
            "as it lies": "Social/Spot_v001.mp4",
            "folder": "social/Other.mp4",
            "file": "social-h264/Spot_v002.mp4",
            "accent": "cafe\u0301/b.mp4",
            "new": "elsewhere/Spot_v001.mp4",
        },
    )
    assert [(f.where, f.severity, f.rule) for f in found] == [
        (name, Severity.FAIL, "naming.collision") for name in ("folder", "file", "accent")
    ]
    assert "'Social' lies in the output folder" in found[0].message
    assert "'social-h264/spot_V002.mp4'" in found[1].message


def test_nothing_lies_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert twins_on_disk(tmp_path / "nowhere", {"one": "a/b.mp4"}) == []
    (tmp_path / "file").touch()
    assert twins_on_disk(tmp_path / "file", {"one": "a/b\x00.mp4"}) == []
