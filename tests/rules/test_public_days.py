"""Public holidays of years without a list of their own."""

from datetime import date
from pathlib import Path

import pytest

from server.config import Calendar, CalendarYear, load
from server.public_days import calendar_year, public_year, runs

SAMPLE = load(Path(__file__).parents[2] / "config.toml").hall


def test_the_public_calendar_of_2026_is_the_state_councils_notice():
    """Day by day: runs of holidays with the weekends in them, and six make-up workdays."""
    notice = SAMPLE.calendar.year[0]

    assert sorted(notice.holidays) == list(public_year("CN", 2026).holidays)
    assert sorted(notice.makeup_workdays) == list(public_year("CN", 2026).makeup_workdays)


def test_the_halls_own_list_goes_before():
    """A year the manager has entered is as the manager entered it, whatever the library knows."""
    own = CalendarYear(year=2026, holidays=(date(2026, 3, 3),))
    calendar = Calendar(year=(own,))

    assert own == calendar_year(calendar, 2026)
    assert date(2027, 10, 1) in calendar_year(calendar, 2027).holidays


@pytest.mark.parametrize(("country", "day"), [("HK", date(2026, 7, 1)), ("MO", date(2026, 12, 20)), ("TW", date(2026, 10, 10))])
def test_other_places_have_holidays_of_their_own(country, day):
    """Establishment days of the two regions; the tenth of October."""
    assert day in public_year(country, 2026).holidays


def test_without_a_public_calendar_there_are_no_holidays_but_ones_own():
    """A hall may keep its list by hand."""
    assert CalendarYear(year=2026) == public_year(None, 2026)


def test_days_are_told_as_runs():
    """Three days in a row are one entry."""
    days = tuple(date(2026, 10, day) for day in (1, 2, 3, 10))

    assert [(date(2026, 10, 1), date(2026, 10, 3)), (date(2026, 10, 10), date(2026, 10, 10))] == runs(days)
