"""
Public holidays of a year for which the hall has no list of its own.

Source: the `holidays` library (https://holidays.readthedocs.io). It holds the State Council's notice of the years it knows,
with the workdays exchanged; of later years only the holidays fixed by law. The hall's own list of a year always goes before.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from server.config import CalendarYear

if TYPE_CHECKING:
    from server.config import Calendar

SATURDAY = 5
DAY = timedelta(days=1)


def calendar_year(calendar: Calendar, year: int) -> CalendarYear:
    """The holidays and make-up workdays in force in `year`: the hall's list, else the public one."""
    own = next((one for one in calendar.year if one.year == year), None)
    return own or public_year(calendar.public, year)


@lru_cache(maxsize=64)
def public_year(country: str | None, year: int) -> CalendarYear:
    """
    What the library knows of a year: holidays, with the weekend days that touch them, and make-up workdays.

    A notice names whole runs of days off, the library only those that would have been workdays; the days between and beside them
    are put back, so that weekend duty rests on a long holiday too.
    """
    if country is None:
        return CalendarYear(year=year)
    from holidays import country_holidays  # noqa: PLC0415 (a tenth of a second, and only for years without a list)

    known = country_holidays(country, years=year)
    worked = {day for day in getattr(known, "weekend_workdays", ()) if day.year == year}
    off = {day for day in known if day.year == year} - worked
    for step in (DAY, -DAY):
        for holiday in sorted(off):
            day = holiday + step
            while day.year == year and day.weekday() >= SATURDAY and day not in off and day not in worked:
                off.add(day)
                day += step
    return CalendarYear(year=year, holidays=tuple(sorted(off)), makeup_workdays=tuple(sorted(worked)))


def runs(days: tuple[date, ...]) -> list[tuple[date, date]]:
    """Days as (first, last) of each unbroken run."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
