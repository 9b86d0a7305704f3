import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.naming.rules import SYSTEMS, clean, problems, refused_by, unsafe


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
        ("a\u202eb.mp4", "cannot be seen"),
        ("a\u200bb.mp4", "cannot be seen"),
        ("a\u2028b.mp4", "cannot be seen"),
        ("\ufeffa.mp4", "cannot be seen"),
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


LONG = "\U0001f3ac" * 130  # 130 characters, 260 UTF-16 units, 520 bytes


@pytest.mark.parametrize(
    ("path", "refusing"),
    [
        ("Harbour Days (v1).mov", set()),
        ("Été à Köln.mov", set()),
        ("a:b.mov", {"windows", "macos", "ltfs"}),
        ("a?b.mov", {"windows", "ltfs"}),
        ("a#b.mov", {"s3"}),
        ("a\\b.mov", {"windows", "ltfs", "s3"}),
        ("con.mov", {"windows"}),
        ("Spec/LPT1", {"windows"}),
        ("a.", {"windows"}),
        ("folder /a.mov", {"windows"}),
        (LONG, {"windows", "macos", "linux"}),
        ("\u20ac" * 86, {"linux"}),
        ("a" * 255, set()),
        ("a" * 256, {"windows", "macos", "linux", "ltfs"}),
        ("/".join(["a" * 200] * 2), {"windows"}),
        ("/".join(["a" * 200] * 6), {"windows", "macos", "s3"}),
    ],
)
def test_each_system_refuses_what_it_cannot_take(path: str, refusing: set[str]) -> None:
    """The limits of reference tables: Windows, APFS, Linux, LTFS 2.4, S3 object keys."""
    assert {name for name in SYSTEMS if refused_by(path, [name])} == refusing


def test_a_path_counts_with_the_folders_it_will_lie_in() -> None:
    assert refused_by("a.mov", ["windows"], whole="C:/" + "b" * 250 + "/a.mov") == []  # 259
    (told,) = refused_by("a.mov", ["windows"], whole="C:/" + "b" * 251 + "/a.mov")
    assert "259 UTF-16 units" in told
    assert "260" in told


@pytest.mark.parametrize(
    "path", ["../a", "/a", "C:a", "a//b", "", "-rf", "a\u202eb", "a\nb", "a\x00b", "e\u0301", "a/./b", "\ud800"]
)
def test_what_is_dangerous_anywhere_is_refused_without_the_portable_rule_too(path: str) -> None:
    assert unsafe(path)
    assert problems(path)


@given(st.text(max_size=300))
def test_no_hostile_name_gets_past_the_portable_rule(path: str) -> None:
    if not problems(path):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", path)
        assert refused_by(path, list(SYSTEMS)) == []
        assert unsafe(path) == []
