import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.legal.media import ALL, Media, shipped_media

WORDS = st.sampled_from(sorted({ALL, *shipped_media()}))


def below(branch: str) -> set[str]:
    """Brute force: every leaf whose way up passes *branch*."""
    parents = set(shipped_media().values())
    found = set()
    for leaf in set(shipped_media()) - parents:
        way, at = [leaf], leaf
        while at != ALL:
            at = shipped_media()[at]
            way.append(at)
        if branch in way:
            found.add(leaf)
    return found


@given(st.lists(WORDS, min_size=1))
def test_a_branch_means_everything_below_it(said: list[str]) -> None:
    assert Media().leaves(said) == set().union(*(below(word) for word in said))
    assert Media().leaves(", ".join(said)) == Media().leaves(said)


@given(st.lists(WORDS, min_size=1))
def test_leaves_are_told_by_the_highest_branches_that_they_fill(said: list[str]) -> None:
    media = Media()
    leaves = media.leaves(said)
    told = media.words(leaves).split(", ")
    assert media.leaves(told) == leaves
    assert sum(len(media.leaves(word)) for word in told) == len(leaves)


def test_a_house_adds_words() -> None:
    media = Media({"Retail": "online", "shelf": "retail"})
    assert media.leaves("retail") == {"shelf"}
    assert "shelf" in media.leaves("online")


@pytest.mark.parametrize("more", [{"shelf": "retial"}, {"a": "b", "b": "a"}])
def test_a_word_that_hangs_on_nothing_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(InputError, match="hangs on"):
        Media(more)


def test_an_unknown_word_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="'youtube'"):
        Media().leaves("youtbe")
    with pytest.raises(InputError, match="No media"):
        Media().leaves([])
