"""
A day in figures, by service, counter or clerk, computed from the stages.

A wait is one stage of waiting that ended in a call; what was undone is no stage, and what the day's end finished or let expire
counts for nothing. Times are whole seconds. After
closing (延时服务) is what of a service act lay behind the close of a session.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from math import ceil
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, func, select

from server.clock import US, to_us
from server.opening import week_of
from server.queries.frame import framed
from server.rules import limits
from server.tables import Rating, Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Row

    from server.store import Read

By = Literal["service", "counter", "clerk"]
Key = str | int | None

REQUIRED_SHARE = 0.8  # of those who wait, called within the target
FEW = 5  # under so many a percentile says nothing
SLOT_MIN = 30
SLOTS_AT_MOST = 28  # more columns than can be read: whole hours then
DAY_END = "day_end"
SENT_AWAY = ("finish", "transfer")  # what ends a service act as done

_stages = Stage.__table__  # type: ignore[attr-defined]
_tickets = Ticket.__table__  # type: ignore[attr-defined]
_ratings = Rating.__table__  # type: ignore[attr-defined]
_of_day = select(
    _stages.c.ticket,
    _stages.c.n,
    _stages.c.kind,
    _stages.c.service,
    _stages.c.counter,
    _stages.c.clerk,
    _stages.c.began_at,
    _stages.c.ended_at,
    _stages.c.ended_by,
).where(_stages.c.hall == bindparam("hall"), _stages.c.day == bindparam("day"), _stages.c.undone == 0)
_rated = (
    select(_ratings.c.service, _ratings.c.counter, _ratings.c.clerk, _ratings.c.level)
    .select_from(_stages.join(_ratings, (_ratings.c.hall == _stages.c.hall) & (_ratings.c.act == _stages.c.act)))
    .where(
        _stages.c.hall == bindparam("hall"),
        _stages.c.day == bindparam("day"),
        _stages.c.kind == "serving",
        _stages.c.undone == 0,
    )
)
_states = (
    select(_tickets.c.state, func.count().label("n"))
    .where(_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"))
    .group_by(_tickets.c.state)
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was over by the time of the report: `kind` is wait, walk, serve, hold or no_show."""

    kind: str
    service: str
    counter: int | None
    clerk: str | None
    lasted_us: int
    began_at: int
    ended_at: int


@dataclass(slots=True)
class Figures:
    """What one row is computed from; durations in microseconds."""

    lasted: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    levels: list[int] = field(default_factory=list)
    slots: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # waits by when they began


def day(rx: Read, *, day: str | None, by: By, locale: str) -> dict[str, Any]:
    """
    Heat map and table of a business day ("2026-11-23"; None: today).

    `heat.slots` are the columns, with `gap` where the one before does not adjoin; `rows[i].heat` has a cell or None for each.
    """
    wanted = day or rx.day
    figures, whole = _gathered(rx, wanted, by=by)
    step, slots = _columns(rx, wanted, begun=whole.slots)
    target_us = rx.hall.setup.calling.target_wait_minutes * 60 * US
    rows = [
        {**_named(rx, key, by=by, locale=locale), **_row(figures[key], slots, step=step, target_us=target_us)}
        for key in sorted(figures, key=lambda key: _place(rx, key, by=by))
    ]
    return framed(
        rx,
        hall=rx.hall.say(rx.hall.setup.hall.name, locale),
        timezone=rx.hall.setup.hall.timezone,
        day=wanted,
        today=rx.day,
        by=by,
        target_s=target_us // US,
        required_share=REQUIRED_SHARE,
        tickets=_tickets_of(rx, wanted),
        heat={
            "step_min": step,
            "slots": [{"at": _label(slot), "gap": i > 0 and slots[i - 1] + step < slot} for i, slot in enumerate(slots)],
        },
        rows=rows,
        total=_row(whole, slots, step=step, target_us=target_us),
    )


def totals(rx: Read, *, day: str | None) -> dict[str, Any]:
    """The last line of `day` alone, with the hall's counts of tickets: a row of the district's table."""
    wanted = day or rx.day
    _, whole = _gathered(rx, wanted, by="service")
    target_us = rx.hall.setup.calling.target_wait_minutes * 60 * US
    row = _row(whole, (), step=SLOT_MIN, target_us=target_us)
    return {"day": wanted, "tickets": _tickets_of(rx, wanted), **{name: value for name, value in row.items() if name != "heat"}}


def _gathered(rx: Read, wanted: str, *, by: By) -> tuple[dict[Key, Figures], Figures]:
    """What the day's rows are computed from, and the whole."""
    figures: dict[Key, Figures] = defaultdict(Figures)
    whole = Figures()
    midnight = to_us(datetime.combine(date.fromisoformat(wanted), time.min, tzinfo=rx.hall.zone))
    sessions = _sessions(rx, wanted)
    for fact in facts(rx.all(_of_day, hall=rx.hall.id, day=wanted)):
        for mine in (figures[getattr(fact, by)], whole):
            mine.lasted[fact.kind].append(fact.lasted_us)
            if fact.kind == "serve" and (over_us := _after_close_us(fact, sessions)):
                mine.lasted["after_close"].append(over_us)
            if fact.kind == "wait":
                mine.slots[(fact.began_at - midnight) // (60 * US)].append(fact.lasted_us)
    for rated in rx.all(_rated, hall=rx.hall.id, day=wanted):
        for mine in (figures[getattr(rated, by)], whole):
            mine.levels.append(rated.level)
    return figures, whole


def _tickets_of(rx: Read, wanted: str) -> dict[str, int]:
    """How many numbers were taken, and what became of them."""
    states = {row.state: row.n for row in rx.all(_states, hall=rx.hall.id, day=wanted)}
    return {"taken": sum(states.values()), "finished": 0, "cancelled": 0, "expired": 0, **states}


def facts(stages: Iterable[Row[Any]]) -> Iterator[Fact]:
    """What a day's stages say, each of the counter where it took place; a wait is the counter's that ended it by its call."""
    by_ticket: dict[str, list[Row[Any]]] = defaultdict(list)
    for stage in stages:
        by_ticket[stage.ticket].append(stage)
    for of_ticket in by_ticket.values():
        yield from _life(sorted(of_ticket, key=lambda stage: stage.n))


def _life(stages: Sequence[Row[Any]]) -> Iterator[Fact]:
    """One ticket: stretches of serving with a hold between them are one act."""
    wait: Row[Any] | None = None
    served: int | None = None
    for stage in stages:
        if stage.kind == "called" and wait is not None:
            yield _fact("wait", stage, wait.ended_at - wait.began_at, service=wait.service, began_at=wait.began_at)
        wait = stage if stage.kind == "waiting" and stage.ended_by == "call" else None
        if stage.ended_at is None or stage.ended_by == DAY_END:
            continue
        lasted = stage.ended_at - stage.began_at
        if stage.kind == "called" and stage.ended_by == "start":
            yield _fact("walk", stage, lasted)
        elif stage.kind == "called" and stage.ended_by == "no_show":
            yield _fact("no_show", stage, lasted)
        elif stage.kind == "serving":
            served = (served or 0) + lasted
        elif stage.kind == "held" and stage.ended_by != "expire":
            yield _fact("hold", stage, lasted)
        if served is not None and stage.kind in ("serving", "held") and stage.ended_by in SENT_AWAY:
            yield _fact("serve", stage, served)
            served = None


def _fact(kind: str, stage: Row[Any], lasted_us: int, *, service: str | None = None, began_at: int | None = None) -> Fact:
    return Fact(
        kind=kind,
        service=service or stage.service,
        counter=stage.counter,
        clerk=stage.clerk,
        lasted_us=lasted_us,
        began_at=stage.began_at if began_at is None else began_at,
        ended_at=stage.ended_at,
    )


def _sessions(rx: Read, wanted: str) -> list[tuple[int, int]]:
    """When the sessions of a day opened and closed; none where hours are ignored, or nothing could be after closing."""
    day = date.fromisoformat(wanted)
    if rx.hall.setup.hall.always_open:
        return []

    def at(clock: time) -> int:
        return to_us(datetime.combine(day, clock, tzinfo=rx.hall.zone))

    return [(at(one.open), at(one.close)) for one in limits.sessions_on(day, week=week_of(rx.hall, near=day))]


def _after_close_us(fact: Fact, sessions: Sequence[tuple[int, int]]) -> int:
    """How much of a service act lay after the close of the last session before its end; 0 when it ended in a session."""
    closes = [close for _, close in sessions if close < fact.ended_at]
    if not closes or any(open_ <= fact.ended_at <= close for open_, close in sessions):
        return 0
    return fact.ended_at - max(closes[-1], fact.began_at)


# ------------------------------------------------------------------ columns and rows


def _columns(rx: Read, wanted: str, *, begun: Iterable[int]) -> tuple[int, list[int]]:
    """The step and the minutes of the day at which columns begin: the sessions', and wherever else somebody began to wait."""
    day = date.fromisoformat(wanted)
    open_min = [
        minute
        for session in limits.sessions_on(day, week=week_of(rx.hall, near=day))
        for minute in range(_minute(session.open) // SLOT_MIN * SLOT_MIN, _minute(session.close), SLOT_MIN)
    ]
    found = list(begun)
    for step in (SLOT_MIN, 2 * SLOT_MIN):
        slots = sorted({minute // step * step for minute in (*open_min, *found)})
        if len(slots) <= SLOTS_AT_MOST:
            break
    return (step, slots) if found else (SLOT_MIN, sorted(set(open_min)))


def _row(figures: Figures, slots: Sequence[int], *, step: int, target_us: int) -> dict[str, Any]:
    waits = figures.lasted["wait"]
    cells: dict[int, list[int]] = defaultdict(list)
    for minute, lasted in figures.slots.items():
        cells[minute // step * step] += lasted
    return {
        "finished": len(figures.lasted["serve"]),
        "waits": len(waits),
        "wait_mean_s": _mean_s(waits),
        "wait_median_s": round(median(waits) / US) if len(waits) >= FEW else None,
        "wait_p90_s": round(sorted(waits)[ceil(0.9 * len(waits)) - 1] / US) if len(waits) >= FEW else None,
        "within_target": round(sum(wait <= target_us for wait in waits) / len(waits), 4) if waits else None,
        "walk_mean_s": _mean_s(figures.lasted["walk"]),
        "serve_mean_s": _mean_s(figures.lasted["serve"]),
        "hold_mean_s": _mean_s(figures.lasted["hold"]),
        "after_close": len(figures.lasted["after_close"]),
        "after_close_s": round(sum(figures.lasted["after_close"]) / US),
        "no_shows": len(figures.lasted["no_show"]),
        "rating_mean": round(fmean(figures.levels), 2) if figures.levels else None,
        "ratings": len(figures.levels),
        "heat": [_cell(cells.get(slot), target_us=target_us) for slot in slots],
    }


def _cell(waits: Sequence[int] | None, *, target_us: int) -> dict[str, Any] | None:
    """The mean wait of those who began to wait then, and whether its whole minutes are over the target; None: nobody did."""
    if not waits:
        return None
    said_min = int(fmean(waits) / (60 * US) + 0.5)
    return {"mean_s": _mean_s(waits), "mean_min": said_min, "waits": len(waits), "late": said_min * 60 * US > target_us}


def _named(rx: Read, key: Key, *, by: By, locale: str) -> dict[str, Any]:
    """A row's key and name; what the set-up no longer has goes by the name it had, else by its key."""
    hall = rx.hall
    if by == "counter" and isinstance(key, int):
        return {"key": key, "name": hall.say(hall.counters[key].name, locale) if key in hall.counters else str(key)}
    if by == "clerk":
        person = hall.person(str(key))
        return {"key": person.job_no if person else key, "name": hall.say(person.name, locale) if person else str(key or "–")}
    return {"key": key, "name": hall.service_name(str(key), locale)}


def _place(rx: Read, key: Key, *, by: By) -> tuple[int, str]:
    """Rows stand in the order of the set-up, strangers behind."""
    every: dict[str, Iterable[Key]] = {"service": rx.hall.services, "counter": rx.hall.counters, "clerk": rx.hall.staff}
    known = [*every[by]]
    return (known.index(key) if key in known else len(known), str(key))


def _mean_s(lasted_us: Sequence[int]) -> int | None:
    return round(fmean(lasted_us) / US) if lasted_us else None


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _label(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
