"""
Where tickets and counters stand: what verbs and queries both read.

Every statement probes a partial index once for each service and priority class; none sorts or counts all that wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, select, text

from server.probes import (
    FIRST_BOUND,
    ahead_probe,
    bound_count_probe,
    count_probe,
    firsts_probe,
    heads_probe,
    line_probe,
    passed_probe,
)
from server.rules.line import COUNT_AHEAD_TO, COUNT_PASSED_TO, next_in_line, reason
from server.rules.waits import Pace
from server.tables import CounterState, Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.store import Read

Pair = tuple[str, str]  # (service id, priority class)

WORKING = ("open", "paused")
SLIP_STALE_AFTER_S = 120  # a slip older than this is not worth printing
PACE_ACTS = 40  # newest service acts a serving time is taken from

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_counters = CounterState.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]

_ticket = select(_tickets).where(_tickets.c.hall == bindparam("hall"), _tickets.c.id == bindparam("id"))
_number = select(_tickets).where(
    _tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"), _tickets.c.number == bindparam("number")
)
_follow = select(_tickets).where(_tickets.c.hall == bindparam("hall"), _tickets.c.follow == bindparam("follow"))
_desks = select(_counters).where(_counters.c.hall == bindparam("hall"))
_unused = select(_counters.c.number).where(_counters.c.hall == bindparam("hall"), _counters.c.state == "not_in_use")
_desk = _desks.where(_counters.c.number == bindparam("number"))
_latest_acts = (
    select(_stages.c.began_at, _stages.c.ended_at)
    .where(
        _stages.c.hall == bindparam("hall"),
        _stages.c.day == bindparam("day"),
        _stages.c.service == bindparam("service"),
        _stages.c.kind == text("'serving'"),
        _stages.c.undone == text("0"),
        _stages.c.ended_at.is_not(None),
        _stages.c.ended_by != text("'day_end'"),
    )
    .order_by(_stages.c.ended_at.desc())
    .limit(PACE_ACTS)
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter's row; closed where there is none."""

    number: int
    state: str = "closed"
    reason: str | None = None
    since: int = 0
    clerk: str | None = None
    ticket: str | None = None
    asked_act: str | None = None
    asked_until: int | None = None
    help_asked_at: int | None = None
    undo: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """Tickets with a smaller place, by service, counted to 200 in all."""

    by_service: dict[str, int]
    counters_open: int

    @property
    def total(self) -> int:
        return sum(self.by_service.values())


def ticket_by_id(rx: Read, ticket_id: str) -> Ticket | None:
    """The ticket with this id, of any day."""
    return cast("Ticket | None", rx.one(_ticket, hall=rx.hall.id, id=ticket_id))


def ticket_by_number(rx: Read, number: str) -> Ticket | None:
    """Today's ticket with this number."""
    return cast("Ticket | None", rx.one(_number, hall=rx.hall.id, day=rx.day, number=number))


def ticket_by_follow(rx: Read, follow: str) -> Ticket | None:
    """The ticket that an applicant's link leads to, of any day."""
    return cast("Ticket | None", rx.one(_follow, hall=rx.hall.id, follow=follow))


def slips_from(rx: Read) -> int:
    """Since when a slip was ordered that is still worth printing; a replay's minutes are longer."""
    return rx.now - round(SLIP_STALE_AFTER_S * 1_000_000 * max(1.0, rx.speed))


def desk_of(rx: Read, counter: int) -> Desk:
    """What counter `counter` is doing."""
    row = rx.one(_desk, hall=rx.hall.id, number=counter)
    return _as_desk(row) if row else Desk(number=counter)


def all_desks(rx: Read) -> list[Desk]:
    """Every counter that was ever touched, also those that the set-up no longer has."""
    return [_as_desk(row) for row in rx.all(_desks, hall=rx.hall.id)]


def desks(rx: Read) -> dict[int, Desk]:
    """Every counter of the set-up."""
    known = {desk.number: desk for desk in all_desks(rx)}
    return {number: known.get(number, Desk(number=number)) for number in rx.hall.counters}


def not_in_use(rx: Read) -> frozenset[int]:
    """Counters that the duty leader has taken out of use."""
    return frozenset(row.number for row in rx.all(_unused, hall=rx.hall.id))


def out_of_use(now: dict[int, Desk]) -> frozenset[int]:
    """The same, of a picture of the counters."""
    return frozenset(number for number, desk in now.items() if desk.state == "not_in_use")


def callable_pairs(rx: Read, counter: int, *, clerk: str | None) -> tuple[Pair, ...]:
    """What a counter may call: its services, the clerk's skills, its priority limits, together."""
    return rx.hall.callable_pairs(counter, clerk)


def heads(rx: Read, counter: int, *, pairs: Sequence[Pair]) -> Sequence[Ticket]:
    """The first waiting ticket of each service and class, of those bound to the counter, of those bound to closed ones."""
    return cast(
        "Sequence[Ticket]", rx.all(heads_probe(len(pairs)), **_values(pairs), hall=rx.hall.id, day=rx.day, counter=counter)
    )


def next_ticket(rx: Read, counter: int, *, clerk: str | None) -> Ticket | None:
    """Whom the counter would call now."""
    return next_in_line(heads(rx, counter, pairs=callable_pairs(rx, counter, clerk=clerk)))


def first_waiting(rx: Read, service: str, *, count: int, last: bool = False) -> list[Ticket]:
    """The first `count` waiting tickets of a service, all classes, in line order; with `last`, the last ones, from the back."""
    pairs = [(service, priority) for priority in rx.hall.priorities]
    found = rx.all(
        firsts_probe(len(pairs), "DESC" if last else "ASC"),
        **_values(pairs),
        hall=rx.hall.id,
        day=rx.day,
        service=service,
        count=count,
    )
    ordered = sorted(cast("Sequence[Ticket]", found), key=lambda t: (t.line_at, t.order), reverse=last)
    return ordered[:count]


def line_of(rx: Read, counter: int, *, pairs: Sequence[Pair], count: int) -> list[Ticket]:
    """The first `count` tickets that the counter would call, in the order it would call them."""
    found = rx.all(line_probe(len(pairs)), **_values(pairs), hall=rx.hall.id, day=rx.day, counter=counter, count=count)
    return sorted(cast("Sequence[Ticket]", found), key=lambda t: (t.line_at, t.order))[:count]


def first_bound(rx: Read, counter: int) -> Ticket | None:
    """The first ticket that waits for this counter alone."""
    return cast("Ticket | None", rx.one(FIRST_BOUND, hall=rx.hall.id, day=rx.day, counter=counter))


def callers(rx: Read, *, service: str, priority: str, bound: int | None, now: dict[int, Desk]) -> tuple[tuple[int, ...], bool]:
    """Counters that may call such a ticket, and whether they are at work; where none is, those set up for it."""
    if bound is not None and now[bound].state in WORKING:
        return (bound,), True
    able = tuple(n for n in rx.hall.counters_for[service] if priority in rx.hall.classes_at(n))
    working = tuple(n for n in able if now[n].state in WORKING and rx.hall.skilled(now[n].clerk, service))
    return (working, True) if working else (able, False)


def ahead_of(rx: Read, *, line_at: int, order: int, counters: Sequence[int], working: bool, now: dict[int, Desk]) -> Ahead:
    """Waiting tickets with a smaller place that one of `counters` may call."""
    pairs = tuple({p: None for n in counters for p in callable_pairs(rx, n, clerk=now[n].clerk if working else None)})
    found = rx.all(
        ahead_probe(len(pairs), len(counters)),
        **_values(pairs),
        **{f"c{i}": n for i, n in enumerate(counters)},
        hall=rx.hall.id,
        day=rx.day,
        line_at=line_at,
        order=order,
        cap=COUNT_AHEAD_TO + 1,
    )
    counted: dict[str, int] = {}
    for row in found:
        counted[row.service] = counted.get(row.service, 0) + row.n
    return Ahead(by_service=counted, counters_open=len(counters) if working else 0)


def passed_over(rx: Read, ticket: Ticket, counter: int, *, pairs: Sequence[Pair]) -> int:
    """Waiting tickets this counter may call that queued earlier than `ticket`; counted to one past twenty."""
    head_starts = {f"h{i}": rx.hall.head_start_s(priority) * 1_000_000_000 for i, (_, priority) in enumerate(pairs)}
    row = rx.one(
        passed_probe(len(pairs)),
        **_values(pairs),
        **head_starts,
        hall=rx.hall.id,
        day=rx.day,
        counter=counter,
        queued_at=ticket.queued_at,
        queued_ns=ticket.queued_at * 1000,
        id=ticket.id,
        cap=COUNT_PASSED_TO + 1,
    )
    return int(row[0]) if row else 0


def why_called(rx: Read, ticket: Ticket, *, desk: Desk, chosen: bool = False) -> dict[str, Any]:
    """The reason of a call of `ticket` at `desk`; passed-over tickets are counted only where there can be any."""
    rule = "bound" if ticket.bound == desk.number else "chosen" if chosen else "line"
    plain = rule == "line" and ticket.priority == "normal" and ticket.moved is None
    pairs = () if plain else callable_pairs(rx, desk.number, clerk=desk.clerk)
    return reason(
        rule=rule,
        priority=ticket.priority,
        head_start_s=rx.hall.head_start_s(ticket.priority),
        waited_s=(rx.now - ticket.queued_at) // 1_000_000,
        moved=ticket.moved,
        passed_over=0 if plain else passed_over(rx, ticket, desk.number, pairs=pairs),
    )


def waiting_count(rx: Read, pairs: Sequence[Pair], *, cap: int = COUNT_AHEAD_TO + 1) -> dict[str, int]:
    """How many wait for each service among `pairs`, each service and class counted to `cap`."""
    counted: dict[str, int] = {}
    for row in rx.all(count_probe(len(pairs)), **_values(pairs), hall=rx.hall.id, day=rx.day, cap=cap):
        counted[row.service] = counted.get(row.service, 0) + row.n
    return counted


def bound_count(rx: Read, counter: int, *, pairs: Sequence[Pair], cap: int = COUNT_AHEAD_TO + 1) -> int:
    """How many wait for this counter, or for closed ones in its stead; each counted to `cap`."""
    row = rx.one(bound_count_probe(len(pairs)), **_values(pairs), hall=rx.hall.id, day=rx.day, counter=counter, cap=cap)
    return int(row[0]) if row else 0


def pace_of(rx: Read, service: str) -> Pace:
    """What today's newest acts say of a service's serving time."""
    acts = rx.all(_latest_acts, hall=rx.hall.id, day=rx.day, service=service)
    expected_s = rx.hall.services[service].expected_minutes * 60.0
    total_us = sum(act.ended_at - act.began_at for act in acts)
    return Pace(expected_s=expected_s, seen=len(acts), mean_s=total_us / len(acts) / 1e6 if acts else 0.0)


def _as_desk(row: Any) -> Desk:
    return Desk(**{name: getattr(row, name) for name in Desk.__slots__})


def _values(pairs: Sequence[Pair]) -> dict[str, str]:
    return _bound(tuple(pairs))


@lru_cache(maxsize=1024)
def _bound(pairs: tuple[Pair, ...]) -> dict[str, str]:
    return {f"{letter}{i}": part for i, pair in enumerate(pairs) for letter, part in zip("sp", pair, strict=True)}
