"""When the hall and its services give numbers: the set-up's hours handed to the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from server.clock import from_us, instant, to_us
from server.config import FIRST_YEAR, LAST_YEAR
from server.public_days import calendar_year
from server.rules import limits

if TYPE_CHECKING:
    from server.config import PeakDays, Service
    from server.config.index import HallIndex
    from server.store import Read


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a number of one service may be given now; times in hall time."""

    refusal: str | None  # None, "hall" or "service"
    session: str | None  # the session it counts for
    opens_at: datetime | None
    next_session_at: datetime | None  # when the next session's numbers begin


def week_of(hall: HallIndex, *, near: date) -> limits.Week:
    """The hall's hours and calendar, as the rule reads them: of the year of `near`, the one before and the one after."""
    if near.year not in hall.weeks:
        hall.weeks[near.year] = _week(hall, near.year)
    week: limits.Week = hall.weeks[near.year]
    return week


def _week(hall: HallIndex, year: int) -> limits.Week:
    hours, setup = hall.setup.hall.hours, hall.setup
    years = [calendar_year(setup.calendar, one) for one in range(max(year - 1, FIRST_YEAR), min(year + 1, LAST_YEAR) + 1)]
    return limits.Week(
        days=tuple(hours.days),
        sessions=tuple(limits.Session(s.id, s.open, s.close) for s in hours.sessions),
        before_min=hours.ticket_open_minutes_before,
        cutoff_min=hours.ticket_cutoff_minutes_before,
        holidays=frozenset(day for one in years for day in one.holidays),
        makeup_workdays=frozenset(day for one in years for day in one.makeup_workdays),
        duty=tuple(
            (duty.day, limits.Session("duty", duty.open, duty.close, duty.counters))
            for duty in setup.hall.weekend_duty
            if duty.enabled
        ),
        always_open=setup.hall.always_open,
    )


def local_now(rx: Read) -> datetime:
    """The hall's now, in hall time."""
    return from_us(rx.now).astimezone(rx.hall.zone)


def offer(hall: HallIndex, service: str, *, now: datetime, unused: frozenset[int] = frozenset()) -> Offer:
    """Whether `service` is offered at `now` (hall time) by a counter that is not `unused`, and otherwise when it is again."""
    week = week_of(hall, near=now.date())
    about = hall.services[service]
    issuing = limits.issuing_at(now, week=week)
    served = any(
        not issuing.session or not issuing.session.counters or n in issuing.session.counters
        for n in hall.counters_for[service]
        if n not in unused
    )
    today = (week.always_open or limits.offered_on(now.date(), days=about.days)) and _in_use(about, now.date())
    refusal = "service" if not served or not today else None if issuing.open else "hall"
    later = limits.next_service_day(now, days=about.days, week=week) if refusal == "service" else issuing.opens_at
    session = issuing.session.id if issuing.session else None
    days = () if week.always_open else about.days
    return Offer(refusal=refusal, session=session, opens_at=later, next_session_at=_after(now, session, days=days, week=week))


def quota_of(hall: HallIndex, service: str, *, session: str | None, day: date) -> int | None:
    """Numbers of `service` in a session of `day`, raised or lowered on busy days; None for no limit."""
    quota = hall.services[service].session_quota.get(session or "")
    peak = peak_on(hall, day)
    return quota if quota is None or peak is None else round(quota * peak.quota_percent / 100)


def peak_on(hall: HallIndex, day: date) -> PeakDays | None:
    """The busy days that `day` is one of."""
    return next((one for one in hall.setup.calendar.peak if one.first <= day <= one.last), None)


def late_rating_until(rx: Read, ended_at: int) -> int:
    """The end (µs) of the last working day on which a phone may rate an act that ended at `ended_at`."""
    ended = from_us(ended_at).astimezone(rx.hall.zone)
    day = limits.workdays_after(ended.date(), rx.hall.setup.rating.late_rating_workdays, week=week_of(rx.hall, near=ended.date()))
    return to_us(datetime.combine(day, time.max, tzinfo=rx.hall.zone))


def stamp(at: datetime | None) -> str | None:
    """A time as it stands on the wire."""
    return instant(to_us(at)) if at else None


def _in_use(about: Service, day: date) -> bool:
    """Whether the manager has the service switched on, and it is not away for some days."""
    if not about.enabled:
        return False
    away = about.off_from is not None and about.off_from <= day and (about.off_until is None or day <= about.off_until)
    return not away


def _after(now: datetime, session: str | None, *, days: tuple[str, ...], week: limits.Week) -> datetime | None:
    """When the numbers of the session after `session` begin: today's next, else the first of the service's next day."""
    today = [s.id for s in limits.sessions_on(now.date(), week=week)]
    if session in today[:-1]:
        following = limits.sessions_on(now.date(), week=week)[today.index(session) + 1]
        return now.replace(hour=following.open.hour, minute=following.open.minute, second=0, microsecond=0) - timedelta(
            minutes=week.before_min
        )
    return limits.next_service_day(now, days=days, week=week)
