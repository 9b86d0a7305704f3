from hypothesis import given
from hypothesis import strategies as st

from twopop.versions.model import Registered
from twopop.versions.policy import next_free


def out(number: int, content: str) -> Registered:
    return Registered(number=number, content=content, out="/o", path="a.mp4", sha256="f" * 64)


def begun(number: int, content: str) -> Registered:
    return Registered(number=number, content=content)


def test_the_first_is_one() -> None:
    assert next_free((), "A").number == 1


def test_unchanged_content_keeps_its_number_and_says_why() -> None:
    version = next_free((out(1, "A"), out(2, "B")), "B")
    assert (version.number, version.why) == (2, "unchanged since v2")


def test_changed_content_takes_the_number_after_all_registered() -> None:
    version = next_free((out(1, "A"), out(7, "B"), begun(9, "C")), "D")
    assert version.number == 10
    assert "v7" in version.why


def test_what_a_crashed_run_began_is_taken_up_again() -> None:
    assert next_free((out(1, "A"), begun(2, "B")), "B").number == 2
    assert next_free((begun(1, "B"),), "B").number == 1


def test_a_crashed_run_does_not_change_what_went_out_last() -> None:
    assert next_free((out(1, "A"), begun(2, "B")), "A").number == 1


def test_going_back_to_an_older_cut_is_a_new_version() -> None:
    version = next_free((out(1, "A"), out(2, "B")), "A")
    assert version.number == 3
    assert "v1" in version.why
    assert "v2" in version.why


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), max_size=8), st.sampled_from("ABC"))
def test_no_number_ever_stands_for_two_contents(past: list[tuple[str, bool]], content: str) -> None:
    history = tuple((out if done else begun)(n, c) for n, (c, done) in enumerate(past, 1))
    version = next_free(history, content)
    assert version.why
    assert all(v.content == content for v in history if v.number == version.number)
    assert version.number >= max((v.number for v in history if v.sha256), default=0)
