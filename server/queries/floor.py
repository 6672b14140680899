"""What goes on in the hall at this moment: who waits for what, which counter has whom."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, select

from server.clock import US, instant
from server.errors import NoSuchService
from server.queries.frame import framed
from server.standing import desks, first_waiting
from server.tables import Ticket

if TYPE_CHECKING:
    from server.standing import Desk
    from server.store import Read

LISTED = 200
LONG_SERVICE = 1.5  # times the usual minutes, where a service has no limit of its own

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_today = (_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"))
_lines = (
    select(
        _tickets.c.service,
        func.count().label("n"),
        func.min(_tickets.c.stage_at).label("since"),
        func.sum(case((_tickets.c.stage_at < bindparam("late_before"), 1), else_=0)).label("late"),
    )
    .where(*_today, _tickets.c.state == "waiting")
    .group_by(_tickets.c.service)
)
_in_hand = (
    select(
        _tickets.c.id,
        _tickets.c.number,
        _tickets.c.service,
        _tickets.c.state,
        _tickets.c.counter,
        _tickets.c.stage_at,
        _tickets.c.hold_reason,
    )
    .where(*_today, _tickets.c.state.in_(("called", "serving", "held")))
    .order_by(_tickets.c.stage_at)
)


@dataclass(frozen=True, slots=True)
class Line:
    """Those who wait for one service."""

    service: str
    waiting: int = 0
    since: int | None = None  # µs; when the one who waits longest began to
    late: int = 0  # how many are over the target


@dataclass(frozen=True, slots=True)
class InHand:
    """A ticket called, in service or put aside."""

    number: str
    service: str
    state: str
    counter: int | None
    since: int
    hold_reason: str | None


@dataclass(frozen=True, slots=True)
class Now:
    """What the whole picture is drawn from."""

    lines: dict[str, Line]
    desks: dict[int, Desk]
    in_hand: tuple[InHand, ...]
    at_counter: dict[int, InHand]


def stand(rx: Read) -> Now:
    """Lines, counters and the tickets in hand, in one look."""
    late_before = rx.now - rx.hall.setup.calling.target_wait_minutes * 60 * US
    found = {
        row.service: Line(service=row.service, waiting=row.n, since=row.since, late=row.late)
        for row in rx.all(_lines, hall=rx.hall.id, day=rx.day, late_before=late_before)
    }
    rows = rx.all(_in_hand, hall=rx.hall.id, day=rx.day)
    in_hand = {row.id: InHand(row.number, row.service, row.state, row.counter, row.stage_at, row.hold_reason) for row in rows}
    known = desks(rx)
    return Now(
        lines={service: found.get(service, Line(service=service)) for service in (*rx.hall.services, *found)},
        desks=known,
        in_hand=tuple(in_hand.values()),
        at_counter={n: in_hand[desk.ticket] for n, desk in known.items() if desk.ticket in in_hand},
    )


def long_after_s(rx: Read, service: str) -> int:
    """From how many seconds of serving on a service act is long."""
    about = rx.hall.services.get(service)
    if about is None:
        return 3600
    return (about.limit_minutes or round(about.expected_minutes * LONG_SERVICE)) * 60


def minutes(lasted_us: int) -> int:
    """Begun minutes, as waits are said in words."""
    return max(1, ceil(lasted_us / (60 * US)))


def line(rx: Read, *, service: str, locale: str) -> dict[str, Any]:
    """
    Those who wait for a service, in the order of the line, at most 200, and the counters that serve it now.

    Raises:
        NoSuchService.
    """
    if service not in rx.hall.services:
        raise NoSuchService(service=service)
    known = desks(rx)
    waiting = first_waiting(rx, service, count=LISTED)
    return framed(
        rx,
        service=service,
        name=rx.hall.say(rx.hall.services[service].name, locale),
        target_s=rx.hall.setup.calling.target_wait_minutes * 60,
        counters=[
            {"number": n, "name": rx.hall.say(rx.hall.counters[n].name, locale), "state": known[n].state}
            for n in rx.hall.counters_for[service]
        ],
        waiting=[
            {
                "number": ticket.number,
                "priority": ticket.priority,
                "priority_name": rx.hall.say(rx.hall.priorities[ticket.priority].label, locale)
                if ticket.priority in rx.hall.priorities
                else ticket.priority,
                "bound": ticket.bound,
                "since": instant(ticket.stage_at),
                "waited_s": (rx.now - ticket.stage_at) // US,
            }
            for ticket in waiting
        ],
    )
