import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.naming.rules import Cleaned, clean, problems


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Été à Köln", "Ete-a-Koln"),
        ("Straße", "Strasse"),
        ("ŁÓDŹ", "LODZ"),
        ("Smørrebrød", "Smorrebrod"),
        ("E\u0301te\u0301", "Ete"),
        ("a\u2013b\u2014c", "a-b-c"),
        ("  two \t words\n", "two-words"),
        ("../../etc/passwd", "etcpasswd"),
        ("--rm", "rm"),
        ("v1.2.", "v1.2"),
        ("a...b", "a.b"),
        ("x:'[,%y\"", "xy"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\U0001f3ac Film", "Film"),
        ("\ufb01lm", "film"),
        ("nul\x00l", "null"),
        ("\ud800x", "x"),
    ],
)
def test_values_are_made_safe(value: str, wanted: str) -> None:
    assert clean(value) == wanted


@pytest.mark.parametrize("value", ["", " ", "\U0001f3ac", "広告", "...", "--", "\n", "\u202e"])
def test_nothing_left_is_an_error_and_not_an_invented_word(value: str) -> None:
    with pytest.raises(InputError, match="Nothing of"):
        clean(value)


@given(st.text(max_size=40))
def test_what_is_clean_has_safe_letters_only_and_stays_as_it_is(value: str) -> None:
    try:
        name = clean(value)
    except InputError:
        return
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name)
    assert ".." not in name
    assert clean(name) == name


@given(st.text(max_size=40))
def test_composed_and_decomposed_values_give_one_name(value: str) -> None:
    def result(form: str) -> str:
        try:
            return clean(form)
        except InputError:
            return ""

    assert result(unicodedata.normalize("NFC", value)) == result(unicodedata.normalize("NFD", value))


def test_a_field_nobody_uses_may_hold_anything_and_one_in_use_is_named() -> None:
    fields = Cleaned({"title": "Hafen Köln", "note": "広告", "language": ""})
    assert (fields["title"], fields["language"], sorted(fields)) == ("Hafen-Koln", "", ["language", "note", "title"])
    with pytest.raises(InputError, match="field 'note'"):
        fields["note"]


@pytest.mark.parametrize(
    "path",
    [
        "a.mp4",
        "spec/ACME_Harbour_30s_v001.mov",
        "A/b/C-d.e_f.wav",
        "console.mp4",
        "com10.txt",
        "a" * 116 + ".mp4",
        "9.x",
    ],
)
def test_good_paths_have_no_problems(path: str) -> None:
    assert problems(path) == []


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("../a.mp4", "leads out"),
        ("a/../b.mp4", "leads out"),
        ("./a.mp4", "leads out"),
        ("/a.mp4", "absolute"),
        ("C:a.mp4", "absolute"),
        ("\\\\server\\a", "absolute"),
        ("a//b.mp4", "empty"),
        ("", "empty"),
        ("a/", "empty"),
        ("-rf.mp4", "dash"),
        ("x/-rf.mp4", "dash"),
        ("a.", "ends with a dot"),
        ("a ", "ends with a dot or a space"),
        ("folder./a.mp4", "ends with a dot"),
        (".hidden", "begins with '.'"),
        ("_a.mp4", "begins with '_'"),
        ("a b.mp4", "holds ' '"),
        ("a..mp4", "two dots"),
        ("a\nb.mp4", "holds"),
        ("a\x00b", "holds"),
        ("a\\b.mp4", "holds"),
        ("\u202egpj.mp4", "holds"),
        ("\U0001f3ac.mp4", "holds"),
        ("e\u0301.mp4", "NFC"),
        ("CON", "Windows"),
        ("con.mp4", "Windows"),
        ("spec/NUL.tar.gz", "Windows"),
        ("Com1.mov", "Windows"),
        ("lpt9/a.mov", "Windows"),
        ("aux", "Windows"),
        ("a" * 121, "121 bytes"),
        ("\u00e9" * 100, "200 bytes"),
        ("\u20ac" * 100, "300 bytes"),
        ("/".join(["a" * 80] * 3), "242 bytes"),
        ("\ud800", "holds"),
    ],
)
def test_bad_paths_are_told_in_words(path: str, word: str) -> None:
    assert any(word in problem for problem in problems(path)), problems(path)


@pytest.mark.parametrize("letter", list(":'[,%\"<>|?*;$`&@~#{}()=+! "))
def test_filter_shell_and_windows_characters_are_refused(letter: str) -> None:
    assert problems(f"a{letter}b.mp4")


@given(st.text(max_size=30), st.text(max_size=30))
def test_two_clean_values_make_a_good_name_unless_reserved(one: str, two: str) -> None:
    try:
        name = f"{clean(one)}_{clean(two)}.mp4"
    except InputError:
        return
    # "_" is in the stem before the first dot only when the first value has no dot of its own
    reserved = clean(one).partition(".")[0].lower() in {"con", "prn", "aux", "nul"} and "." in clean(one)
    assert reserved or problems(name) == [] or len(name) > 120
