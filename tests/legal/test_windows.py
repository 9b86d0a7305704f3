import datetime

from hypothesis import given
from hypothesis import strategies as st

from twopop.legal.windows import Window, first_gap

FIRST = datetime.date(2026, 1, 1)
DAYS = st.integers(0, 20).map(lambda n: FIRST + datetime.timedelta(days=n))
WINDOWS = st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=5)


def holds(window: Window, day: datetime.date) -> bool:
    first, last = window
    return (first is None or first <= day) and (last is None or day <= last)


@given(WINDOWS, DAYS, DAYS)
def test_the_first_day_that_no_window_covers(windows: list[Window], one: datetime.date, other: datetime.date) -> None:
    start, end = min(one, other), max(one, other)
    days = [start + datetime.timedelta(days=n) for n in range((end - start).days + 1)]
    assert first_gap(windows, start, end) == next((d for d in days if not any(holds(w, d) for w in windows)), None)


def test_windows_that_meet_leave_no_gap() -> None:
    june, july = datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)
    assert first_gap([(july, None), (None, june)], datetime.date(2026, 1, 1), datetime.date(2027, 1, 1)) is None
