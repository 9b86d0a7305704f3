import msgspec
from hypothesis import given
from hypothesis import strategies as st

from twopop.versions.model import Registered
from twopop.versions.policy import all_alike, by_rounds, next_free, together


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


# -- withdrawn and abandoned -------------------------------------------------------------------------------------------


def test_a_withdrawn_number_is_not_used_again() -> None:
    withdrawn = msgspec.structs.replace(out(1, "A"), approval="withdrawn")
    version = next_free((withdrawn,), "A")
    assert (version.number, version.why) == (2, "the same as v1, which was withdrawn")


def left(number: int, content: str) -> Registered:
    return Registered(number=number, content=content, abandoned=True)


def test_an_abandoned_number_is_kept_or_given_again_as_the_house_says() -> None:
    history = (out(1, "A"), left(2, "B"))
    assert (next_free(history, "C").number, next_free(history, "C").reuse) == (3, False)
    again = next_free(history, "C", abandoned="release")
    assert (again.number, again.reuse) == (2, True)
    assert next_free(history, "B", abandoned="release").number == 2


def test_a_living_reservation_is_never_given_away() -> None:
    assert next_free((out(1, "A"), begun(2, "B")), "C", abandoned="release").number == 3


# -- rounds ------------------------------------------------------------------------------------------------------------


def labelled(number: int, content: str, label: str, approval: str = "") -> Registered:
    return msgspec.structs.replace(out(number, content), label=label, approval=approval)


def test_rounds_count_minors_until_one_is_approved() -> None:
    assert by_rounds((), "A").label == "1.0"
    one = labelled(1, "A", "1.0")
    assert by_rounds((one,), "A").label == "1.0"
    assert by_rounds((one,), "B").label == "1.1"
    approved = labelled(2, "B", "1.1", "approved")
    assert by_rounds((one, approved), "C").label == "2.0"
    later = by_rounds((one, labelled(2, "B", "1.1", "superseded"), labelled(3, "C", "2.0")), "D")
    assert (later.number, later.label) == (4, "2.1")


def test_versions_from_before_rounds_count_as_their_majors() -> None:
    assert by_rounds((out(1, "A"), out(2, "B")), "C").label == "2.1"


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["", "approved", "withdrawn"])), max_size=8))
def test_no_label_is_given_twice(past: list[tuple[str, str]]) -> None:
    history: tuple[Registered, ...] = ()
    for content, approval in past:
        version = by_rounds(history, content)
        if version.number in {each.number for each in history}:
            continue
        history = (*history, labelled(version.number, content, version.label, approval))
    labels = [each.label for each in history]
    assert len(set(labels)) == len(labels)
    assert [tuple(map(int, label.split("."))) for label in labels] == sorted(
        tuple(map(int, label.split("."))) for label in labels
    )


# -- lockstep ----------------------------------------------------------------------------------------------------------


def alike(*pairs: tuple[tuple[Registered, ...], str]) -> list[int]:
    seen = together(pairs)
    return [all_alike(history, content, seen).number for history, content in pairs]


def test_one_that_changed_takes_the_others_along() -> None:
    assert alike(((), "A"), ((), "B")) == [1, 1]
    assert alike(((out(1, "A"),), "A"), ((out(1, "B"),), "B")) == [1, 1]
    assert alike(((out(1, "A"),), "A"), ((out(1, "B"),), "C")) == [2, 2]


def test_what_a_run_did_not_finish_goes_on_under_the_same_number() -> None:
    done, not_done = (out(1, "A"), out(2, "A")), (out(1, "B"),)
    assert alike((done, "A"), (not_done, "C")) == [2, 2]


def test_a_new_deliverable_joins_the_number_of_the_order() -> None:
    assert alike(((out(1, "A"), out(2, "B")), "B"), ((), "N")) == [2, 2]


contents = st.sampled_from("ABC")


@given(st.lists(st.tuples(st.lists(contents, max_size=4), contents), min_size=1, max_size=4))
def test_in_lockstep_no_number_stands_for_two_contents(pasts: list[tuple[list[str], str]]) -> None:
    pairs = [(tuple(out(n, c) for n, c in enumerate(past, 1)), content) for past, content in pasts]
    numbers = alike(*pairs)
    assert len(set(numbers)) == 1
    for (history, content), number in zip(pairs, numbers, strict=True):
        assert all(version.content == content for version in history if version.number == number)
