import datetime
import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.legal.clearance import Clearance, Clearing, House, use_of
from twopop.legal.model import Asset, Flight, Grant

HOUSE = House()
SHOT = Asset(id="shot", kind="stock")


def day(number: int, month: int = 6) -> datetime.date:
    return datetime.date(2026, month, number)


def flight(**more: Any) -> Flight:
    said: dict[str, Any] = {"media": ("online",), "territories": ("DE",), "start": day(1), "end": day(30)}
    return Flight(**{**said, **more})


def answer(*grants: Grant, asset: Asset = SHOT, seconds: int = 30, cut: str = "full", **more: Any) -> Clearance:
    use = use_of(flight(**more), HOUSE, seconds=Fraction(seconds), cut=cut)
    return Clearing(grants, HOUSE).clear(asset, use)[0]


def grant(**more: Any) -> Grant:
    return Grant(**{"asset": "shot", "status": "executed", "origin": "rights.toml, grant 1", **more})


def test_a_grant_for_all_of_it_clears_and_names_the_paper() -> None:
    given = answer(grant(clause="3.1"))
    assert (given.state, given.grants) == ("cleared", ("rights.toml, grant 1, clause 3.1",))


@pytest.mark.parametrize(
    ("grants", "state", "said"),
    [
        ((), "unknown", "no grant"),
        ((grant(status="refused", note="estate"),), "refused", "estate"),
        ((grant(), grant(status="refused")), "refused", "refused"),
        ((grant(), grant(status="refused", territory=("US",))), "cleared", "Granted"),
        ((grant(status="quote"),), "not cleared", "not binding yet (quote)"),
        ((grant(status="confirmed"),), "not cleared", "not binding yet (confirmed)"),
        ((grant(option=True),), "not cleared", "option"),
        ((grant(status="unknown", note="ask Kim"),), "unknown", "ask Kim"),
        ((grant(), grant(status="unknown")), "unknown", "not known"),
        ((grant(territory=("AT",)),), "not cleared", "in DE"),
        ((grant(media=("tv",)),), "not cleared", "for online in DE"),
        ((grant(media=("social", "vod", "ctv", "website", "display", "email")),), "not cleared", "for podcast in DE"),
        ((grant(end=day(20)),), "expires", "runs out on 2026-06-20"),
        ((grant(end=day(20)), grant(start=day(21))), "cleared", "Granted"),
        ((grant(end=day(20)), grant(start=day(22))), "expires", "runs out on 2026-06-20"),
        ((grant(start=day(2)),), "not cleared", "Nothing is granted"),
        ((grant(trigger="first air"),), "unknown", "first air"),
        ((grant(trigger="first air", start=day(1)),), "cleared", "Granted"),
        ((grant(trigger="first air", territory=("US",)),), "not cleared", "in DE"),
        ((grant(trigger="first air", longest=Fraction(15)),), "not cleared", "Nothing is granted"),
        ((grant(trigger="first air", end=day(20)),), "not cleared", "Nothing is granted"),
        ((grant(longest=Fraction(15)),), "not cleared", "up to 15 s"),
        ((grant(longest=Fraction(30)),), "cleared", "Granted"),
        ((grant(lengths=("15s",)),), "not cleared", "15s"),
        ((grant(paid=False),), "not cleared", "organic"),
    ],
)
def test_what_is_answered(grants: tuple[Grant, ...], state: str, said: str) -> None:
    given = answer(*grants)
    assert given.state == state
    assert said in given.why


def test_expiry_names_the_last_good_day_and_what_to_do() -> None:
    given = answer(grant(end=day(20)))
    assert given.until == day(20)
    assert "end the flight on 2026-06-20" in given.remedy


def test_the_remedy_names_the_territories_that_are_fine() -> None:
    given = answer(grant(territory=("DACH",)), territories=("DACH", "US"))
    assert "in US" in given.why
    assert "keep to AT, CH, DE" in given.remedy


def test_cutdowns_have_to_be_allowed() -> None:
    assert answer(grant(edits=False)).state == "cleared"
    assert answer(grant(edits=False), cut="15s").why == "The grant does not allow cutdowns."


def test_a_grant_for_a_shorter_film_does_not_hide_one_that_fits() -> None:
    assert answer(grant(longest=Fraction(15)), grant()).state == "cleared"


def test_editorial_material_may_not_advertise() -> None:
    asset = Asset(id="shot", kind="archive", editorial_only=True)
    assert answer(grant(), asset=asset).state == "not cleared"
    assert answer(grant(), asset=asset, purpose="editorial").state == "cleared"


def test_paid_use_that_is_not_said_is_not_guessed() -> None:
    assert answer(grant(paid=True)).state == "not cleared"
    assert "does not say which" in answer(grant(paid=True)).why
    assert answer(grant(paid=True), paid=True).state == "cleared"


def test_both_sides_of_music_are_needed_independently() -> None:
    song = Asset(id="song", kind="music")
    use = use_of(flight(), HOUSE, seconds=Fraction(30), cut="full")
    both = Clearing([Grant(asset="song", right="sync", status="paid")], HOUSE).clear(song, use)
    assert [(a.right, a.state) for a in both] == [("sync", "cleared"), ("master", "unknown")]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"start": None}, "when"),
        ({"start": day(30), "end": day(1)}, "before it starts"),
        ({"territories": ()}, "no territories"),
        ({"territories": ("Narnia",)}, "NARNIA"),
        ({"media": ()}, "No media"),
        ({"media": ("telly",)}, "telly"),
    ],
)
def test_a_flight_that_says_too_little_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        use_of(flight(**more), HOUSE, seconds=Fraction(30), cut="full")


DAYS = st.integers(1, 12).map(day)
GRANTS = st.lists(
    st.builds(
        grant,
        status=st.sampled_from(["executed", "paid", "refused", "quote"]),
        media=st.sampled_from([("all",), ("social",), ("tv", "youtube"), ("cinema",)]),
        territory=st.sampled_from([("worldwide",), ("DACH",), ("worldwide except US DE",), ("US", "AT")]),
        start=st.none() | DAYS,
        end=st.none() | DAYS,
    ),
    max_size=4,
)


@given(
    GRANTS,
    st.sampled_from([("social",), ("youtube", "cinema"), ("tv",)]),
    st.sampled_from([("DE",), ("US", "CA"), ("DACH",)]),
    DAYS,
    DAYS,
)
def test_cleared_means_every_day_in_every_medium_in_every_country(
    grants: list[Grant], media: tuple[str, ...], territories: tuple[str, ...], one: datetime.date, other: datetime.date
) -> None:
    """Brute force: one question for each day, each medium and each country."""
    start, end = min(one, other), max(one, other)
    use = use_of(flight(media=media, territories=territories, start=start, end=end), HOUSE, seconds=Fraction(1),
                 cut="full")  # fmt: skip
    exact = [(g, HOUSE.media.leaves(g.media), _countries(g)) for g in grants]

    def reaches(item: Any, moment: datetime.date, medium: str, country: str) -> bool:
        held, leaves, countries = item
        in_time = (held.start is None or held.start <= moment) and (held.end is None or moment <= held.end)
        return in_time and medium in leaves and country in countries

    moments = [start + datetime.timedelta(days=n) for n in range((end - start).days + 1)]
    cells = list(itertools.product(moments, use.media, use.countries))
    refused = any(reaches(item, *cell) for item in exact if item[0].status == "refused" for cell in cells)
    good = [item for item in exact if item[0].status in ("executed", "paid")]
    covered = all(any(reaches(item, *cell) for item in good) for cell in cells)
    (given,) = Clearing(grants, HOUSE).clear(SHOT, use)
    empty = any(g.start and g.end and g.end < g.start for g in grants)  # such a term never gets past the ledger
    if not empty:
        assert (given.state == "refused") == refused
    assert (given.state == "cleared") == (covered and given.state != "refused")


def _countries(held: Grant) -> frozenset[str]:
    from twopop.legal.territories import expand

    return expand(held.territory)
