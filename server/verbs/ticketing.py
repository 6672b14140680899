"""How verbs read, change and tell of a ticket: one state, one open stage, one event at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, func, insert, select, update

from server import journal
from server.errors import NoSuchCounter, NoSuchTicket, NotYourTicket
from server.rules import states
from server.standing import Desk, desk_of, ticket_by_id
from server.tables import CounterState, Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Insert, Update

    from server.events import Event
    from server.rules.people import By
    from server.store import Write

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_counters = CounterState.__table__  # type: ignore[attr-defined]

SUMS = {"waiting": "wait_us", "serving": "serve_us", "held": "hold_us"}  # walking counts only when service starts

_open_stage = insert(_stages)
_last_stage = select(func.max(_stages.c.n)).where(_stages.c.hall == bindparam("hall"), _stages.c.ticket == bindparam("ticket"))
_close_stage = (
    update(_stages)
    .where(_stages.c.hall == bindparam("h"), _stages.c.ticket == bindparam("t"), _stages.c.n == bindparam("number"))
    .values(ended_at=bindparam("ended_at"), ended_by=bindparam("ended_by"))
)


def ticket_of(tx: Write, ticket_id: str) -> Ticket:
    """
    The ticket.

    Raises:
        NoSuchTicket: there is none, or it is of a day that is over.
    """
    ticket = ticket_by_id(tx, ticket_id)
    if ticket is None or ticket.day != tx.day:
        raise NoSuchTicket(ticket=ticket_id)
    return ticket


def check_hands(tx: Write, ticket: Ticket, *, by: By) -> None:
    """
    A ticket is acted on by the clerk of the counter that has it, or by a duty leader.

    One that no counter has is left to the states.

    Raises:
        NotYourTicket: it is someone else's.
    """
    if ticket.counter is None or by.at_least("duty_leader"):
        return
    clerk = desk_of(tx, ticket.counter).clerk
    own_pad = by.kind == "station" and by.counter == ticket.counter and clerk is not None
    if not own_pad and not (by.kind == "staff" and clerk == by.id):
        raise NotYourTicket(number=ticket.number)


def step(tx: Write, ticket: Ticket, verb: str, *, ended_by: str | None = None, **changes: Any) -> Ticket:
    """
    Take the ticket where `verb` leads, closing its stage and opening the next; the ticket as it now is.

    `changes` are columns of the ticket; the new stage takes service, counter, clerk and act from the changed ticket.
    """
    to = states.after(ticket.state, verb, number=ticket.number)
    lasted = tx.now - ticket.stage_at
    if (column := SUMS.get(ticket.state)) is not None:
        changes[column] = getattr(ticket, column) + lasted
    elif verb == "start":
        changes["walk_us"] = ticket.walk_us + lasted
    tx.run(_close_stage, h=tx.hall.id, t=ticket.id, number=ticket.stage, ended_at=tx.now, ended_by=ended_by or verb)
    changes["state"] = to
    if to in states.OPEN:
        last = tx.one(_last_stage, hall=tx.hall.id, ticket=ticket.id)  # may be one that was undone, and keeps its number
        n = (last[0] if last and last[0] else ticket.stage) + 1
        changes |= {"stage": n, "stage_at": tx.now}
        begin_stage(tx, ticket, kind=to, n=n, changes=changes)
    return change(tx, ticket, **changes)


def begin_stage(tx: Write, ticket: Ticket, *, kind: str, n: int, changes: dict[str, Any]) -> None:
    """Open stage `n`."""
    mine = kind != "waiting"

    def now(name: str) -> Any:
        return changes.get(name, getattr(ticket, name))

    tx.run(
        _open_stage,
        hall=tx.hall.id,
        ticket=ticket.id,
        n=n,
        day=ticket.day,
        kind=kind,
        service=now("service"),
        counter=now("counter") if mine else None,
        clerk=now("clerk") if mine else None,
        act=now("act") if kind == "serving" else None,
        began_at=tx.now,
        ended_at=None,
        ended_by=None,
        undone=0,
    )


def change(tx: Write, ticket: Ticket, **columns: Any) -> Ticket:
    """Set columns; the ticket as it now is."""
    row = tx.one(_update_ticket(frozenset(columns)), h=tx.hall.id, i=ticket.id, **columns)
    return cast("Ticket", row)


def tell(
    tx: Write,
    event: Event,
    *,
    by: By,
    ticket: Ticket | None = None,
    counters: Iterable[int | None] = (),
    areas: Iterable[str] = (),
) -> int:
    """Record an event for the ticket's holder, the counters concerned and, where screens hear of it, the areas; its seq."""
    topics = [f"ticket:{ticket.id}"] if ticket is not None else []
    topics += [f"counter:{number}" for number in dict.fromkeys(counters) if number is not None]
    topics += [f"board:{area}" for area in dict.fromkeys(areas)] if event.on_board else []
    return journal.record(tx, event, topics=topics, actor=by.id)


def areas_of(tx: Write, ticket: Ticket, counter: int) -> tuple[str, ...]:
    """Where a call is shown and spoken: where the ticket waits, and where the counter stands."""
    return tuple(dict.fromkeys((ticket.area, tx.hall.area_of(counter) or ticket.area)))


def known_counter(tx: Write, number: int) -> Desk:
    """
    The counter's row.

    Raises:
        NoSuchCounter: the hall has no such counter.
    """
    if number not in tx.hall.counters:
        raise NoSuchCounter(counter=number)
    return desk_of(tx, number)


def set_desk(tx: Write, number: int, **columns: Any) -> None:
    """Set columns of a counter's row, which comes into being with its first act."""
    if not tx.run(_update_desk(frozenset(columns)), h=tx.hall.id, n=number, **columns):
        tx.run(_insert_desk(frozenset(columns)), hall=tx.hall.id, number=number, **columns)


@lru_cache(maxsize=256)
def _update_ticket(columns: frozenset[str]) -> Update:
    where = (_tickets.c.hall == bindparam("h"), _tickets.c.id == bindparam("i"))
    return update(_tickets).where(*where).values({c: bindparam(c) for c in sorted(columns)}).returning(_tickets)


@lru_cache(maxsize=64)
def _update_desk(columns: frozenset[str]) -> Update:
    where = (_counters.c.hall == bindparam("h"), _counters.c.number == bindparam("n"))
    return update(_counters).where(*where).values({c: bindparam(c) for c in sorted(columns)})


@lru_cache(maxsize=64)
def _insert_desk(columns: frozenset[str]) -> Insert:
    return insert(_counters).values({c: bindparam(c) for c in sorted({*columns, "hall", "number"})})
