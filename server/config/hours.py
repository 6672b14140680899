"""When the hall is open: weekly hours, duty outside them, public holidays, busy days."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from server.config.part import Part
from server.config.practice import ID, Names

FIRST_YEAR, LAST_YEAR = 2000, 2100  # of a calendar

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Session(Part):
    id: str = Field(pattern=ID, description="name of the session, for example am")
    open: time = Field(description="hall time the session opens")
    close: time = Field(description="hall time the session closes")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.close <= self.open:
            raise ValueError("a session must close after it opens")
        return self


class Hours(Part):
    days: tuple[Day, ...] = Field(description="weekdays the hall opens")
    sessions: tuple[Session, ...] = Field(min_length=1, description="the sessions of an open day, in order")
    ticket_open_minutes_before: int = Field(0, ge=0, description="numbers are given from so many minutes before opening")
    ticket_cutoff_minutes_before: int = Field(0, ge=0, description="the last number is given so many minutes before closing")
    serve_all_issued_tickets: bool = Field(True, description="everyone who holds a number is served, also after closing")
    staff_signin_by: time | None = Field(None, description="staff sign in by this hall time")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for before, after in pairwise(self.sessions):
            if after.open < before.close:
                raise ValueError(f"session {after.id} overlaps {before.id}")
        return self


class WeekendDuty(Part):
    day: Day = Field(description="weekday of the duty")
    open: time = Field(description="hall time it opens")
    close: time = Field(description="hall time it closes")
    counters: tuple[int, ...] = Field(description="counters on duty")
    enabled: bool = Field(True, description="whether the duty is in force")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.close <= self.open:
            raise ValueError("a duty must close after it opens")
        return self


class CalendarYear(Part):
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR, description="calendar year of the notice")
    holidays: tuple[date, ...] = Field((), description="public holidays: closed")
    makeup_workdays: tuple[date, ...] = Field((), description="weekend days worked in exchange: open")

    @model_validator(mode="after")
    def _of_this_year(self) -> Self:
        for day in (*self.holidays, *self.makeup_workdays):
            if day.year != self.year:
                raise ValueError(f"{day} is not a day of {self.year}")
        if both := sorted({*self.holidays} & {*self.makeup_workdays}):
            raise ValueError(f"{both[0]} is a holiday and a workday at once")
        return self


class PeakDays(Part):
    first: date = Field(description="first busy day")
    last: date = Field(description="last busy day")
    note: Names = Field({}, description="what kiosks, screens and phones say on these days")
    quota_percent: int = Field(100, ge=1, le=1000, description="quotas of these days, in percent of the usual ones")
    counters: tuple[int, ...] = Field((), description="counters that should be open on these days")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("the last busy day comes before the first")
        return self


class Calendar(Part):
    public: Literal["CN", "HK", "MO", "TW"] | None = Field(
        "CN", description="public holidays in a year without a list of its own"
    )
    year: tuple[CalendarYear, ...] = Field((), description="one list a year, from the State Council's notice")
    peak: tuple[PeakDays, ...] = Field((), description="busy days: more counters, other quotas, a notice")

    @model_validator(mode="after")
    def _once(self) -> Self:
        years = [one.year for one in self.year]
        if twice := {year for year in years if years.count(year) > 1}:
            raise ValueError(f"there are two lists for {min(twice)}")
        spans = sorted(self.peak, key=lambda one: one.first)
        for before, after in pairwise(spans):
            if after.first <= before.last:
                raise ValueError(f"busy days overlap on {after.first}")
        return self
