"""The day's end: what is left expires, what is in service is finished, counters close."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, select

from server import journal
from server.events import CounterClosed, DayEnded, ServiceFinished, TicketExpired
from server.rules import states
from server.rules.people import HALL
from server.standing import WORKING, desks
from server.tables import Ticket
from server.verbs.counters import tell_counter
from server.verbs.forgetting import forget_old
from server.verbs.ticketing import areas_of, change, set_desk, step, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from server.store import Write

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_left = (
    select(_tickets)
    .where(_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"), _tickets.c.state.in_(states.OPEN))
    .order_by(_tickets.c.order)
)


def end_day(tx: Write, day: date) -> None:
    """
    Close business day `day`. The store runs this before the first act of the next one, also after nights switched off.

    Journals `ticket.expired` or `service.finished` (by "day_end") a ticket, `counter.closed` a counter, then `day.ended`.
    """
    tickets = cast("Sequence[Ticket]", tx.all(_left, hall=tx.hall.id, day=day.isoformat()))
    for ticket in tickets:
        _end(tx, ticket)
    for desk in desks(tx).values():
        if desk.state in WORKING:
            tell_counter(tx, CounterClosed(counter=desk.number, state="closed", by="day_end"), by=HALL)
        if desk.state in WORKING or desk.ticket or desk.undo or desk.asked_act or desk.help_asked_at:
            state = "closed" if desk.state in WORKING else desk.state
            set_desk(
                tx,
                desk.number,
                state=state,
                reason=None,
                since=tx.now,
                clerk=None,
                ticket=None,
                undo=None,
                asked_act=None,
                asked_until=None,
                help_asked_at=None,
            )
    forget_old(tx, day)
    finished = sum(ticket.state == states.SERVING for ticket in tickets)
    event = DayEnded(day=day.isoformat(), expired=len(tickets) - finished, finished=finished)
    journal.record(tx, event, topics=[f"board:{area}" for area in tx.hall.areas], actor=HALL.id)


def tick(tx: Write) -> None:
    """Nothing: the store turns the day before any act, so that an empty one is enough to end it on time."""


def _end(tx: Write, ticket: Ticket) -> None:
    ended = step(tx, ticket, "expire", ended_by="day_end", finished_at=tx.now, restore_until=None)
    if ticket.state == states.SERVING:
        areas = areas_of(tx, ticket, ticket.counter or 0)
        seq = tell(
            tx,
            ServiceFinished(
                number=ticket.number,
                service=ticket.service,
                counter=ticket.counter or 0,
                areas=areas,
                act=ticket.act or "",
                next=None,
                by="day_end",
            ),
            by=HALL,
            ticket=ticket,
            counters=[ticket.counter],
            areas=areas,
        )
    else:
        event = TicketExpired(number=ticket.number, service=ticket.service, was=ticket.state)
        seq = tell(tx, event, by=HALL, ticket=ticket, counters=[ticket.counter, ticket.bound])
    change(tx, ended, act_seq=seq)
