import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import EditorError
from twopop.naming.conventions import Naming
from twopop.naming.parsing import Parsed, parse_name

PLAIN = Naming()
BOTH = Naming(convention="agency", specs={"broadcast-prores": "uk-clock"})
NAME = "Harbour-Line_Harbour-Days_30s_9x16_en_v003"


def parsed(file: str, naming: Naming = PLAIN) -> Parsed:
    return parse_name(file, naming.schemes(), {})


def test_a_path_is_taken_apart_with_its_folder() -> None:
    found = parsed(f"/mnt/out/delivery/social-h264/{NAME}.mp4")
    assert found.fields == {
        "client": "Harbour-Line",
        "title": "Harbour-Days",
        "duration": "30s",
        "aspect": "9:16",
        "language": "en",
        "version": 3,
        "spec": "social-h264",
    }
    assert (found.convention, found.stem, found.rest, found.folder) == ("plain", NAME, ".mp4", "social-h264")


@pytest.mark.parametrize("rest", ["", ".mp4", ".en.srt", ".slip.txt", ".tar.gz"])
def test_the_stem_is_found_whatever_follows_it(rest: str) -> None:
    found = parsed(NAME + rest)
    assert (found.stem, found.rest) == (NAME, rest)


def test_versions_that_are_counted_in_rounds_are_read() -> None:
    assert parsed(f"{NAME.replace('v003', 'v2.1')}.mp4").fields["version"] == "2.1"
    assert parsed("LINE_DAYS_06_1x1_EN_v2.1_20261122.mp4", BOTH).fields["version"] == "2.1"


def test_paths_of_windows_are_taken_too() -> None:
    assert parsed(rf"D:\out\social-h264\{NAME}.mp4").fields["spec"] == "social-h264"


def test_a_name_of_another_convention_in_use_is_found() -> None:
    found = parsed("broadcast-prores/16x9/ABC_PRDA001_030.mxf", BOTH)
    assert (found.convention, found.fields["clock"]) == ("uk-clock", "ABC/PRDA001/030")
    assert found.fields["aspect"] == "16:9"


def test_a_folder_that_says_something_else_is_told() -> None:
    found = parsed("LINE/delivery/20261123/social/LINE_DAYS_06_1x1_EN_v01_20261122.mp4", BOTH)
    assert found.fields["date"] == "2026-11-22"
    assert found.differing == {"date": "2026-11-23"}


def test_a_name_of_no_convention_says_how_far_it_fits_each() -> None:
    with pytest.raises(EditorError) as caught:
        parsed("LINE_DAYS_06.mp4", BOTH)
    assert "By agency: 'LINE_DAYS_06'" in caught.value.what
    assert "By uk-clock: 'LINE_DAYS_06' is no name of this template: at its beginning" not in caught.value.what
    assert "By uk-clock: 'LINE_DAYS_06'" in caught.value.what
    assert caught.value.where == "LINE_DAYS_06.mp4"


@given(st.text(max_size=60))
def test_no_text_gives_anything_but_fields_or_words(file: str) -> None:
    try:
        found = parsed(file, BOTH)
    except EditorError:
        return
    assert file.endswith(found.stem + found.rest)
