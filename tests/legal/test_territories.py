import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.legal import territories
from twopop.legal.territories import countries, expand, shipped_regions, words

#: Members of the European Union since February 2020, as its own site lists them.
MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = {MEMBERS[at : at + 2] for at in range(0, len(MEMBERS), 3)}

CODES = st.sampled_from(sorted(countries()))
REGIONS = st.sampled_from(sorted(shipped_regions()))


def test_regions_are_what_their_names_say() -> None:
    assert expand("EU") == EU
    assert expand("EEA") == EU | {"IS", "LI", "NO"}
    assert expand("DACH") == {"DE", "AT", "CH"}
    assert expand("uk") == {"GB"}
    assert expand("worldwide") == countries()


def test_the_continents_of_m49_share_no_country_and_leave_out_only_antarctica() -> None:
    continents = [expand(name) for name in ("AFRICA", "AMERICAS", "ASIA", "EUROPE", "OCEANIA")]
    assert sum(map(len, continents)) == len(frozenset().union(*continents))
    assert countries() - frozenset().union(*continents) == {"AQ"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("DE, AT;CH", {"DE", "AT", "CH"}),
        (["DE", "AT"], {"DE", "AT"}),
        ("DACH except CH", {"DE", "AT"}),
        (["EU", "GB except GB", "NO"], EU | {"NO"}),
        ("benelux excluding nl", {"BE", "LU"}),
    ],
)
def test_lists_and_exceptions(said: str | list[str], meant: set[str]) -> None:
    assert expand(said) == meant


@given(st.lists(st.one_of(CODES, REGIONS, st.just("worldwide")), min_size=1), st.lists(st.one_of(CODES, REGIONS)))
def test_what_is_excepted_is_taken_from_what_is_named(named: list[str], excepted: list[str]) -> None:
    """Brute force: ask for each country of the world whether any word names it and none takes it away."""

    def holds(word: str, country: str) -> bool:
        if word == "worldwide":
            return True
        words_in = shipped_regions()[word].split() if word in shipped_regions() else [word]
        return any(w == country or (w in shipped_regions() and w != word and holds(w, country)) for w in words_in)

    wanted = {c for c in countries() if any(holds(w, c) for w in named) and not any(holds(w, c) for w in excepted)}
    said = " ".join(named) + (" except " + " ".join(excepted) if excepted else "")
    if wanted:
        assert expand(said) == wanted
    else:
        with pytest.raises(InputError, match="names no country"):
            expand(said)


def test_a_house_adds_its_own_regions_in_terms_of_others() -> None:
    assert expand("home", {"Home": "DACH LI"}) == {"DE", "AT", "CH", "LI"}


@pytest.mark.parametrize("said", ["Atlantis", "", "EU except EU", "XX", "Germany"])
def test_what_is_no_territory_is_refused(said: str) -> None:
    with pytest.raises(InputError):
        expand(said)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(InputError, match="'NORDICS'"):
        expand("NORDIC")


def test_a_region_that_names_itself_is_refused_and_not_followed_for_ever() -> None:
    with pytest.raises(InputError):
        expand("LOOP", {"LOOP": "DE OTHER", "OTHER": "LOOP"})


def test_words_for_people() -> None:
    assert words(countries()) == "worldwide"
    assert words(countries() - {"US", "CA"}) == "worldwide except CA, US"
    assert words({"DE", "AT"}) == "AT, DE"
    assert words(expand("EU"), most=3) == "AT, BE, BG and 24 more"


def test_every_region_in_the_file_names_real_countries() -> None:
    listed = tomllib.loads(Path(territories.__file__).with_name("regions.toml").read_text("utf-8"))
    assert all(expand(name) <= countries() for name in listed)
