"""How many people waited through a day: the curve of the live page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from server.clock import US, instant, to_us
from server.opening import week_of
from server.rules import limits
from server.tables import Stage

if TYPE_CHECKING:
    from server.store import Read

STEP_MIN = 15
AT_LEAST_H = 4  # a curve shorter than this is drawn as long as this
PER_HOUR = 60 // STEP_MIN
HALF_HOUR = PER_HOUR // 2

_stages = Stage.__table__  # type: ignore[attr-defined]
_waits = (
    _stages.c.hall == bindparam("hall"),
    _stages.c.day == bindparam("day"),
    _stages.c.undone == 0,
    _stages.c.counter.is_(None),
    _stages.c.kind == "waiting",
)
_slot = {
    name: ((column - bindparam("start")) // bindparam("step")).label("slot")
    for name, column in {"came": _stages.c.began_at, "went": _stages.c.ended_at}.items()
}
_came = select(_slot["came"], func.count().label("n")).where(*_waits).group_by("slot")
_went = select(_slot["went"], func.count().label("n")).where(*_waits, _stages.c.ended_at.is_not(None)).group_by("slot")


def curve(rx: Read, *, waiting: int) -> dict[str, Any]:
    """
    How many waited at each quarter of an hour: today until now, and on the same weekday last week.

    `today[i]` and `before[i]` are counted at `from` + i × `step_s`; `before` is empty where nobody came that day.
    """
    today = date.fromisoformat(rx.day)
    last_week = today - timedelta(weeks=1)
    counted, first = _waiting_at(rx, today)
    before, _ = _waiting_at(rx, last_week)
    begins, ends = _span(rx, today, first=first)
    done = min(ends, _slots(rx, today, rx.now) + 1)
    sessions = limits.sessions_on(today, week=week_of(rx.hall, near=today))
    return {
        "from": instant(_at_slot(rx, today, begins)),
        "until": instant(_at_slot(rx, today, ends)),
        "step_s": STEP_MIN * 60,
        "today": counted[begins:done],
        "now": waiting,
        "at": instant(rx.now),
        "before": before[begins : ends + 1] if any(before) else [],
        "before_day": last_week.isoformat(),
        "breaks": [
            {"from": instant(_local(rx, today, a.close)), "until": instant(_local(rx, today, b.open))}
            for a, b in pairwise(sessions)
        ],
    }


def _waiting_at(rx: Read, day: date) -> tuple[list[int], int | None]:
    """How many waited at the beginning of each quarter of the business day, and the quarter in which the first came."""
    count = 24 * PER_HOUR
    facts = {"hall": rx.hall.id, "day": day.isoformat(), "start": _at_slot(rx, day, 0), "step": STEP_MIN * 60 * US}
    change, first = [0] * (count + 1), None
    for row in rx.all(_came, **facts):
        change[min(row.slot + 1, count)] += row.n
        first = row.slot if first is None else min(first, row.slot)
    for row in rx.all(_went, **facts):
        change[min(row.slot + 1, count)] -= row.n
    return list(accumulate(change)), first


def _span(rx: Read, day: date, *, first: int | None) -> tuple[int, int]:
    """The quarters the curve begins and ends with: whole hours around the sessions and whatever happened outside them."""
    now = _slots(rx, day, rx.now) + 1
    sessions = limits.sessions_on(day, week=week_of(rx.hall, near=day))
    opens = [_slots(rx, day, _local(rx, day, session.open)) for session in sessions]
    closes = [_slots(rx, day, _local(rx, day, session.close)) for session in sessions]
    begins = min([*opens[:1], *([] if first is None else [first])], default=now)
    if rx.hall.setup.hall.always_open and first is not None:
        begins = first
    begins = begins // HALF_HOUR * HALF_HOUR
    ends = max([*closes[-1:], now, begins + AT_LEAST_H * PER_HOUR])
    return begins, min(-(-ends // HALF_HOUR) * HALF_HOUR, 24 * PER_HOUR)


def _local(rx: Read, day: date, at: time) -> int:
    return to_us(datetime.combine(day, at, tzinfo=rx.hall.zone))


def _at_slot(rx: Read, day: date, slot: int) -> int:
    return _local(rx, day, rx.hall.setup.hall.day_start) + slot * STEP_MIN * 60 * US


def _slots(rx: Read, day: date, at_us: int) -> int:
    return (at_us - _at_slot(rx, day, 0)) // (STEP_MIN * 60 * US)
