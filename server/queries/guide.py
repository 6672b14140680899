"""What the guide desk sees: today's tickets, one of them whole with its history and what may be done, and who asks for help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, func, select

from server.clock import instant
from server.errors import HallError, NotYourTicket
from server.queries.frame import framed
from server.queries.tickets import view
from server.rules import calls, states
from server.standing import desk_of, desks, ticket_by_number
from server.tables import Stage, Ticket
from server.wording import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.rules.people import By
    from server.store import Read

LISTED = 200
IN_HAND = (states.CALLED, states.SERVING, states.HELD)

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_of_today = (_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"))
_counted = select(_tickets.c.state, func.count().label("n")).where(*_of_today).group_by(_tickets.c.state)
_history = (
    select(_stages)
    .where(_stages.c.hall == bindparam("hall"), _stages.c.ticket == bindparam("ticket"), _stages.c.undone == 0)
    .order_by(_stages.c.n)
)


def today(rx: Read, *, locale: str, state: str | None = None, service: str | None = None) -> dict[str, Any]:
    """
    Today's tickets, newest first, at most 200, and how many there are in each state: `{"tickets": […], "counts": {state: n}}`.

    `counts` are of all services, so that a state which is filtered away still shows. `since` of a waiting ticket lies so far
    back as it has waited in all.
    """
    query = select(_tickets).where(*_of_today)
    for column, wanted in ((_tickets.c.state, state), (_tickets.c.service, service)):
        query = query if wanted is None else query.where(column == wanted)
    params = {"hall": rx.hall.id, "day": rx.day}
    rows = cast("Sequence[Ticket]", rx.all(query.order_by(_tickets.c.order.desc()).limit(LISTED), **params))
    return framed(
        rx,
        tickets=[_line(rx, row, locale=locale) for row in rows],
        counts={row.state: row.n for row in rx.all(_counted, **params)},
    )


def card(rx: Read, *, number: str, by: By, locale: str) -> dict[str, Any] | None:
    """
    Today's ticket with this number, or None: the ticket, where it waits or is, every stage that holds, and what `by` may do.

    `can` has for each act None, or the very refusal the act would meet.
    """
    ticket = ticket_by_number(rx, number)
    if ticket is None:
        return None
    area = rx.hall.areas.get((rx.hall.area_of(ticket.counter) if ticket.state in IN_HAND else None) or ticket.area)
    can = possible(rx, ticket, by=by)
    return {
        "ticket": view(rx, ticket, secret=True),
        "service_name": rx.hall.service_name(ticket.service, locale),
        "class": _class(rx, ticket.priority, locale=locale),
        "class_reason": ticket.priority_reason,
        "floor": area.floor if area else 0,
        "area_name": rx.hall.say(area.name, locale) if area else "",
        "bound": ticket.bound,
        "since": instant(ticket.stage_at),
        "stages": [_stage(rx, row, locale=locale) for row in rx.all(_history, hall=rx.hall.id, ticket=ticket.id)],
        "serves": list(rx.hall.counters_for.get(ticket.service, ())),
        "can": {act: refusal(error, hall=rx.hall, locale=locale) if error else None for act, error in can.items()},
    }


def helps(rx: Read, *, locale: str) -> list[dict[str, Any]]:
    """Counters that ask for the duty leader, the longest first: `[{counter, name, clerk, floor, since}]`."""
    asking = sorted((d for d in desks(rx).values() if d.help_asked_at is not None), key=lambda d: d.help_asked_at or 0)
    found = []
    for desk in asking:
        about, person = rx.hall.counters[desk.number], rx.hall.staff.get(desk.clerk or "")
        found.append(
            {
                "counter": desk.number,
                "name": rx.hall.say(about.name, locale),
                "clerk": rx.hall.say(person.name, locale) if person else None,
                "floor": rx.hall.areas[about.area].floor,
                "since": instant(desk.help_asked_at),
            }
        )
    return found


def possible(rx: Read, ticket: Ticket, *, by: By) -> dict[str, HallError | None]:
    """Each act of the guide desk on a ticket: None when `by` may do it now, else why not."""
    rule = rx.hall.setup.calling.no_show

    def restore() -> None:
        states.after(ticket.state, "restore", number=ticket.number)
        calls.check_restore(ticket, now=rx.now, policy=rule.policy, times=rule.restore_times)

    def move() -> None:
        if ticket.state in IN_HAND:
            _check_hands(rx, ticket, by=by)
        else:
            states.after(ticket.state, "move", number=ticket.number)

    return {
        "prioritise": _why_not(lambda: states.after(ticket.state, "prioritise", number=ticket.number)),
        "move": _why_not(move),
        "cancel": _why_not(lambda: states.after(ticket.state, "cancel", number=ticket.number)),
        "restore": _why_not(restore),
        "reprint": None,
    }


def _check_hands(rx: Read, ticket: Ticket, *, by: By) -> None:
    """Raises NotYourTicket unless the counter that has the ticket is `by`'s own, or `by` leads."""
    own = ticket.counter is not None and desk_of(rx, ticket.counter).clerk == by.id
    if not own and not by.at_least("duty_leader"):
        raise NotYourTicket(number=ticket.number)


def _why_not(act: Callable[[], object]) -> HallError | None:
    try:
        act()
    except HallError as error:
        return error
    return None


def _line(rx: Read, row: Ticket, *, locale: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "service": row.service,
        "service_name": rx.hall.service_name(row.service, locale),
        "class": _class(rx, row.priority, locale=locale),
        "counter": row.counter if row.state in IN_HAND else row.bound if row.state == states.WAITING else None,
        "since": instant(row.stage_at - (row.wait_us if row.state == states.WAITING else 0))
        if row.state in states.OPEN
        else None,
        "issued_at": instant(row.issued_at),
    }


def _class(rx: Read, priority: str, *, locale: str) -> str:
    """The name of a class; nothing is said about the ordinary one."""
    about = rx.hall.priorities.get(priority)
    return "" if priority == "normal" else rx.hall.say(about.label, locale) if about else priority


def _stage(rx: Read, row: Any, *, locale: str) -> dict[str, Any]:
    person = rx.hall.person(row.clerk)
    return {
        "kind": row.kind,
        "service_name": rx.hall.service_name(row.service, locale),
        "counter": row.counter,
        "clerk": rx.hall.say(person.name, locale) if person else None,
        "began_at": instant(row.began_at),
        "ended_at": instant(row.ended_at),
        "ended_by": row.ended_by,
        "lasted_s": ((row.ended_at or rx.now) - row.began_at) // 1_000_000,
    }
