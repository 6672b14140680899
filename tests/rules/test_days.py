"""Days and stamps: the business day begins at four, a naive time is refused."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import SteppedClock, business_day, day_ends_us, from_us, instant, to_us

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUR = time(4)


def day_at(text, zone=SHANGHAI):
    """The business day at a hall time."""
    return business_day(to_us(datetime.fromisoformat(text).replace(tzinfo=zone)), zone=zone, day_start=FOUR).isoformat()


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-23T09:00:00", "2026-11-23"),
        ("2026-11-23T23:59:59.999999", "2026-11-23"),
        ("2026-11-24T00:00:00", "2026-11-23"),
        ("2026-11-24T03:59:59.999999", "2026-11-23"),
        ("2026-11-24T04:00:00", "2026-11-24"),
        ("2027-01-01T03:00:00", "2026-12-31"),
        ("2028-03-01T01:00:00", "2028-02-29"),
    ],
)
def test_the_business_day_turns_at_four_and_not_at_midnight(at, day):
    """Numbers of a late evening belong to the day that began in the morning."""
    assert day == day_at(at)


def test_a_day_is_that_of_the_hall_and_not_of_utc():
    """Eight in the morning in Shanghai is midnight in UTC; three in the morning in Ürümqi's clocks is the same stamp."""
    stamp = to_us(datetime(2026, 11, 23, 20, 30, tzinfo=UTC))

    assert date(2026, 11, 24) == business_day(stamp, zone=SHANGHAI, day_start=FOUR)
    assert date(2026, 11, 23) == business_day(stamp, zone=ZoneInfo("UTC"), day_start=FOUR)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "UTC"])
def test_in_a_zone_without_summer_time_every_day_has_its_24_hours(zone):
    """Each ends where the next begins."""
    day, hours = date(2026, 1, 1), []
    for _ in range(366):
        ends = day_ends_us(day, zone=ZoneInfo(zone), day_start=FOUR)
        hours.append((day_ends_us(day + timedelta(days=1), zone=ZoneInfo(zone), day_start=FOUR) - ends) / 3.6e9)
        day += timedelta(days=1)

    assert {24.0} == set(hours)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_a_day_ends_with_its_last_microsecond(day):
    """One before the end is still today, the end itself is tomorrow."""
    ends = day_ends_us(day, zone=SHANGHAI, day_start=FOUR)

    assert day == business_day(ends - 1, zone=SHANGHAI, day_start=FOUR)
    assert day + timedelta(days=1) == business_day(ends, zone=SHANGHAI, day_start=FOUR)


def test_a_naive_time_is_refused():
    """Nobody knows when it is."""
    with pytest.raises(ValueError, match="without a zone"):
        to_us(datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_stamp_loses_nothing(naive):
    """There and back, to the microsecond."""
    at = naive.replace(tzinfo=UTC)

    assert at == from_us(to_us(at))


def test_a_stamp_on_the_wire_has_z_and_six_decimals():
    """Always."""
    assert "2026-11-23T01:00:00.000000Z" == instant(to_us(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)))
    assert instant(None) is None


def test_a_stepped_clock_stands_still_until_it_is_moved():
    """Also backwards, as a badly set one would."""
    clock = SteppedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    before = clock.now_us()
    clock.step(minutes=5)
    later = clock.now_us()
    clock.move_to(before)

    assert (300_000_000, before) == (later - before, clock.now_us())
