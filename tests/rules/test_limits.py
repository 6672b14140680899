"""May a number be given now? Hours, calendar, weekdays."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from server.rules.limits import Session, Week, issuing_at, next_service_day, offered_on, sessions_on, workdays_after

ZONE = ZoneInfo("Asia/Shanghai")
AM, PM = Session("am", time(8, 30), time(11, 30)), Session("pm", time(13, 30), time(17))
DUTY = Session("duty", time(9), time(11, 30), counters=(2, 11))
WORKWEEK = ("mon", "tue", "wed", "thu", "fri")
WEEK = Week(
    days=WORKWEEK,
    sessions=(AM, PM),
    before_min=15,
    cutoff_min=15,
    holidays=frozenset({date(2026, 10, day) for day in range(1, 8)}),
    makeup_workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    duty=(("sat", DUTY),),
)


def at(text):
    """A hall time of November 2026 ("23 09:00" is a Monday), or a full one."""
    return datetime.fromisoformat(text if len(text) > 9 else f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "session"),
    [
        ("23 08:14", None),
        ("23 08:15", "am"),
        ("23 11:14", "am"),
        ("23 11:15", None),
        ("23 13:14", None),
        ("23 13:15", "pm"),
        ("23 16:44", "pm"),
        ("23 16:45", None),
        ("28 08:45", "duty"),
        ("28 11:15", None),
        ("29 09:00", None),
        ("2026-10-01 09:00", None),
        ("2026-10-10 09:00", "am"),
        ("2026-10-10 14:00", "pm"),
        ("2026-09-20 09:00", "am"),
    ],
)
def test_numbers_are_given_from_before_a_session_until_before_its_end(now, session):
    """Weekdays; Saturday's duty; no holiday; a make-up Saturday or Sunday like a weekday."""
    issuing = issuing_at(at(now), week=WEEK)

    assert (session is not None, session) == (issuing.open, issuing.session.id if issuing.session else None)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("23 07:00", "2026-11-23 08:15"),
        ("23 12:00", "2026-11-23 13:15"),
        ("23 18:00", "2026-11-24 08:15"),
        ("27 18:00", "2026-11-28 08:45"),
        ("28 12:00", "2026-11-30 08:15"),
        ("2026-09-30 18:00", "2026-10-08 08:15"),
        ("2026-10-09 18:00", "2026-10-10 08:15"),
    ],
)
def test_a_closed_hall_says_when_it_opens(now, opens):
    """The next session of today, else the next day that has one, over weekends and holidays."""
    issuing = issuing_at(at(now), week=WEEK)

    assert (None, at(opens)) == (issuing.until, issuing.opens_at)


def test_an_open_hall_says_until_when():
    """The last number of the session."""
    assert at("23 11:15") == issuing_at(at("23 09:00"), week=WEEK).until


@pytest.mark.parametrize(("now", "session"), [("22 03:00", "am"), ("22 11:59", "am"), ("22 12:00", "pm"), ("22 23:59", "pm")])
def test_an_always_open_hall_knows_only_noon(now, session):
    """Sunday or night: the morning's session counts before twelve."""
    week = Week(days=WORKWEEK, sessions=(AM, PM), always_open=True, holidays=frozenset({date(2026, 11, 22)}))
    issuing = issuing_at(at(now), week=week)

    assert (True, session, None) == (issuing.open, issuing.session.id, issuing.until)


def test_an_always_open_hall_may_have_one_session():
    """Which then counts all day."""
    week = Week(days=(), sessions=(AM,), always_open=True)

    assert ["am", "am"] == [issuing_at(at(now), week=week).session.id for now in ("22 09:00", "22 21:00")]


def test_a_weekend_duty_has_its_own_counters():
    """Of "5+2" only those are at work."""
    assert ((2, 11),) == tuple(s.counters for s in sessions_on(date(2026, 11, 28), week=WEEK))


def test_a_holiday_goes_before_a_duty():
    """Nobody works on the first of October, whatever weekday it is."""
    week = Week(days=WORKWEEK, sessions=(AM,), duty=(("thu", DUTY),), holidays=frozenset({date(2026, 10, 1)}))

    assert () == sessions_on(date(2026, 10, 1), week=week)


@pytest.mark.parametrize(
    ("now", "days", "opens"),
    [
        ("23 09:00", ("tue", "thu"), "2026-11-24 08:15"),
        ("24 09:00", ("tue", "thu"), "2026-11-26 08:15"),
        ("26 09:00", ("tue", "thu"), "2026-12-01 08:15"),
        ("23 09:00", (), "2026-11-24 08:15"),
        ("2026-09-29 18:00", ("tue", "thu"), "2026-10-08 08:15"),
    ],
)
def test_a_service_of_some_weekdays_says_when_it_is_offered_next(now, days, opens):
    """The first working day among its days, after today."""
    assert at(opens) == next_service_day(at(now), days=days, week=WEEK)


def test_a_service_that_no_working_day_offers_has_no_next_day():
    """Sundays only, in a hall that never opens on one."""
    assert next_service_day(at("23 09:00"), days=("sun",), week=WEEK) is None


def test_a_service_without_days_is_offered_on_all():
    """And one with days on those."""
    monday = date(2026, 11, 23)

    assert [True, False, True] == [offered_on(monday, days=days) for days in ((), ("tue",), ("mon", "tue"))]


@pytest.mark.parametrize(
    ("start", "count", "ends"),
    [
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-23", 5, "2026-11-30"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-18", 1, "2026-09-20"),
    ],
)
def test_working_days_count_make_up_days_and_skip_holidays(start, count, ends):
    """Day nought is the day itself."""
    assert date.fromisoformat(ends) == workdays_after(date.fromisoformat(start), count, week=WEEK)
