"""The only place that reads a clock. Hall time rules tickets; real time rules sessions, lock-out, time-outs."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

US = 1_000_000  # microseconds a second


class Clock(Protocol):
    """Something that tells the hall's time, at `speed` times the pace of real time."""

    speed: float
    playing: bool  # whether a busy hall is being played

    def now_us(self) -> int:
        """Microseconds since 1970-01-01T00:00:00Z."""

    def set_by(self, real_us: int) -> None:
        """It is `real_us` now, by the clock that all servers of the hall have in common; matters where hall time is real time."""


class SystemClock:
    """Hall time is this machine's time, or that of the clock it was set by."""

    speed = 1.0
    playing = False

    def __init__(self, machine: Callable[[], int] | None = None) -> None:
        self._machine = machine or real_us
        self._ahead_us = 0

    def now_us(self) -> int:
        return self._machine() + self._ahead_us

    def set_by(self, real_us: int) -> None:
        self._ahead_us = real_us - self._machine()


class SteppedClock:
    """Hall time stands still until it is moved: replays and tests."""

    speed = 1.0
    playing = False

    def __init__(self, at: datetime) -> None:
        self._now_us = to_us(at)

    def now_us(self) -> int:
        return self._now_us

    def set_by(self, real_us: int) -> None:
        """It stands where it was put."""

    def move_to(self, at_us: int) -> None:
        """Move to `at_us`; also backwards, as a badly set clock would."""
        self._now_us = at_us

    def step(self, **delta: float) -> None:
        """Move by a timedelta's keywords, for example `minutes=5`."""
        self._now_us += round(timedelta(**delta).total_seconds() * US)


class PacedClock:
    """Hall time runs `speed` times as fast as real time, from `at` on; the speed may change while it runs."""

    def __init__(self, *, at_us: int | None = None, speed: float = 1.0) -> None:
        self._hall_us = real_us() if at_us is None else at_us
        self._real_s = time.monotonic()
        self.speed = speed
        self.playing = False

    def now_us(self) -> int:
        return self._hall_us + round((time.monotonic() - self._real_s) * self.speed * US)

    def set_by(self, real_us: int) -> None:
        """It has a time of its own."""

    def move_to(self, at_us: int) -> None:
        """Go on from `at_us` at the same speed."""
        self._hall_us, self._real_s = at_us, time.monotonic()

    def run_at(self, speed: float) -> None:
        """Go on from this moment at another speed."""
        self._hall_us, self._real_s, self.speed = self.now_us(), time.monotonic(), speed


def real_us() -> int:
    """Real time in microseconds since 1970-01-01T00:00:00Z."""
    return time.time_ns() // 1000


def to_us(at: datetime) -> int:
    """
    Microseconds since the epoch.

    Raises:
        ValueError: `at` has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * US + since.microseconds


def from_us(at_us: int) -> datetime:
    """The aware UTC time of a stamp."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)


def instant(at_us: int | None) -> str | None:
    """A stamp on the wire: UTC with Z and always six decimals."""
    return None if at_us is None else from_us(at_us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def business_day(now_us: int, *, zone: ZoneInfo, day_start: time_of_day) -> date:
    """The hall's day at `now_us`: it begins at `day_start` hall time, so 03:59 still belongs to the day before."""
    local = from_us(now_us).astimezone(zone)
    return local.date() if local.time() >= day_start else local.date() - timedelta(days=1)


def day_ends_us(day: date, *, zone: ZoneInfo, day_start: time_of_day) -> int:
    """The stamp at which the business day `day` is over."""
    return to_us(datetime.combine(day + timedelta(days=1), day_start, tzinfo=zone))
