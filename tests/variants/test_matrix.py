from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from twopop.variants.matrix import deliverable_id, every_combination, identity, without_repeats
from twopop.variants.model import Variant, Wanted

LISTS = {
    "durations": st.lists(st.sampled_from(["full", "30s", "6s"]), min_size=1, unique=True),
    "aspects": st.lists(st.sampled_from(["16:9", "9:16", "1:1"]), min_size=1, unique=True),
    "specs": st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
    "languages": st.lists(st.sampled_from(["", "en", "de"]), min_size=1, unique=True),
    "texted": st.lists(st.booleans(), min_size=1, unique=True),
    "markets": st.lists(st.sampled_from(["", "UK"]), min_size=1, unique=True),
}


@given(st.fixed_dictionaries(LISTS))
def test_every_combination_stands_once_and_has_a_name_of_its_own(lists):
    made = every_combination(**lists)
    assert len(made) == len(list(product(*lists.values()))) == len(set(made))
    assert len({deliverable_id(line) for line in made}) == len(made)


@given(st.lists(st.sampled_from([Wanted(variant=Variant(duration=d, aspect="1:1"), spec="a") for d in "xyz"])))
def test_repeats_are_left_out_and_counted(lines):
    once, repeats = without_repeats(lines)
    assert once == sorted(set(lines), key=lines.index)
    assert len(once) + repeats == len(lines)


def test_an_identity_keeps_projects_apart():
    line = Wanted(variant=Variant(duration="full", aspect="1:1"), spec="a")
    one, two = ({"client": "A", "title": t, "code": ""} for t in ("X", "Y"))
    assert identity(one, line) != identity(two, line)
