"""
May a number be given now? Hours, calendar, weekdays, quota. All times are hall time.

Source of the calendar's shape: the State Council's yearly notice on public holidays (holidays and make-up workdays).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a day; `counters` is empty for all."""

    id: str
    open: time
    close: time
    counters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """When a hall is open."""

    days: tuple[str, ...]
    sessions: tuple[Session, ...]
    before_min: int = 0  # numbers from so many minutes before opening
    cutoff_min: int = 0  # last number so many minutes before closing
    holidays: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()
    duty: tuple[tuple[str, Session], ...] = ()  # (weekday, session) outside the weekly hours
    always_open: bool = False
    noon: time = time(12)  # always open: the first session counts before it


@dataclass(frozen=True, slots=True)
class Issuing:
    """Whether numbers are given now, until when, and else from when on."""

    open: bool
    session: Session | None  # the session numbers are given for
    until: datetime | None
    opens_at: datetime | None


def sessions_on(day: date, *, week: Week) -> tuple[Session, ...]:
    """The sessions of `day`: none on a holiday, all on a make-up workday."""
    if week.always_open:
        return week.sessions
    if day in week.holidays:
        return ()
    name = WEEKDAYS[day.weekday()]
    if day in week.makeup_workdays or name in week.days:
        return week.sessions
    return tuple(session for weekday, session in week.duty if weekday == name)


def issuing_at(now: datetime, *, week: Week) -> Issuing:
    """Whether numbers are given at `now` (aware, hall time)."""
    if week.always_open:
        first, *rest = week.sessions
        later = rest[-1] if rest else first
        return Issuing(open=True, session=first if now.time() < week.noon else later, until=None, opens_at=None)
    for session in sessions_on(now.date(), week=week):
        begins, ends = _span(now, session, week=week)
        if begins <= now < ends:
            return Issuing(open=True, session=session, until=ends, opens_at=None)
    return Issuing(open=False, session=None, until=None, opens_at=_next_opening(now, week=week))


def next_service_day(now: datetime, *, days: tuple[str, ...], week: Week) -> datetime | None:
    """When numbers are next given for a service offered on `days` only (after today)."""
    for ahead in range(1, LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        sessions = sessions_on(day, week=week)
        if sessions and (not days or WEEKDAYS[day.weekday()] in days):
            at = datetime.combine(day, sessions[0].open, tzinfo=now.tzinfo)
            return at - timedelta(minutes=week.before_min)
    return None


def offered_on(day: date, *, days: tuple[str, ...]) -> bool:
    """Whether a service limited to some weekdays is offered on `day`."""
    return not days or WEEKDAYS[day.weekday()] in days


def workdays_after(start: date, count: int, *, week: Week) -> date:
    """The `count`-th working day after `start`; day 0 is `start` itself."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        if day in week.makeup_workdays or (day.weekday() < 5 and day not in week.holidays):  # noqa: PLR2004 (Saturday)
            count -= 1
    return day


def _next_opening(now: datetime, *, week: Week) -> datetime | None:
    for ahead in range(LOOK_AHEAD_DAYS):
        day = now + timedelta(days=ahead)
        for session in sessions_on(day.date(), week=week):
            begins, _ = _span(day, session, week=week)
            if begins > now:
                return begins
    return None


def _span(day: datetime, session: Session, *, week: Week) -> tuple[datetime, datetime]:
    opens = datetime.combine(day.date(), session.open, tzinfo=day.tzinfo)
    closes = datetime.combine(day.date(), session.close, tzinfo=day.tzinfo)
    return opens - timedelta(minutes=week.before_min), closes - timedelta(minutes=week.cutoff_min)
