"""What a clerk sees: the desk, whole, with what can be done now and why the rest cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BigInteger, bindparam, func, select, text
from sqlalchemy import cast as sql_cast

from server.clock import instant
from server.errors import NoSuchCounter
from server.queries.board import clerk_card
from server.queries.frame import framed
from server.queries.possible import possible
from server.queries.tickets import is_rated, view, views
from server.rules import states
from server.standing import (
    Desk,
    bound_count,
    callable_pairs,
    desk_of,
    desks,
    line_of,
    next_ticket,
    ticket_by_id,
    waiting_count,
    why_called,
)
from server.tables import Rating, Stage, Ticket
from server.wording import pause_reason, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.standing import Pair
    from server.store import Read

LISTED = 50

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_ratings = Rating.__table__  # type: ignore[attr-defined]
_aside = (
    select(_tickets)
    .where(
        _tickets.c.hall == bindparam("hall"),
        _tickets.c.day == bindparam("day"),
        _tickets.c.state == bindparam("state"),
        text("ticket.state IN ('called', 'serving', 'held', 'no_show')"),  # the words of the index ticket_in_hand
    )
    .order_by(_tickets.c.stage_at)
)
_tally = (
    select(
        _stages.c.kind,
        _stages.c.ended_by,
        func.count().label("n"),
        sql_cast(func.sum(_stages.c.ended_at - _stages.c.began_at), BigInteger).label("us"),  # PostgreSQL sums into decimals
    )
    .where(
        _stages.c.hall == bindparam("hall"),
        _stages.c.day == bindparam("day"),
        _stages.c.counter == bindparam("counter"),
        _stages.c.kind.in_(("called", "serving")),
        _stages.c.undone == 0,
        _stages.c.ended_at.is_not(None),
    )
    .group_by(_stages.c.kind, _stages.c.ended_by)
)
_rated = select(func.count()).where(
    _ratings.c.hall == bindparam("hall"), _ratings.c.day == bindparam("day"), _ratings.c.counter == bindparam("counter")
)


def desk(rx: Read, *, counter: int, locale: str, secret: bool = True) -> dict[str, Any]:
    """
    The desk of a counter: its ticket, who is next and why, the line, the shelf, what can be done now.

    Raises:
        NoSuchCounter.
    """
    if counter not in rx.hall.counters:
        raise NoSuchCounter(counter=counter)
    about, mine, now = rx.hall.counters[counter], desk_of(rx, counter), desks(rx)
    calling = rx.hall.setup.calling
    pairs = callable_pairs(rx, counter, clerk=mine.clerk)
    current = ticket_by_id(rx, mine.ticket) if mine.ticket else None
    following = next_ticket(rx, counter, clerk=mine.clerk)
    can = possible(rx, mine, current=current, following=following)
    return framed(
        rx,
        counter=counter,
        type=about.type,
        name=rx.hall.say(about.name, locale),
        state=mine.state,
        reason=pause_reason(mine.reason, locale=locale),
        since=instant(mine.since) if mine.since else None,
        clerk=clerk_card(rx, mine.clerk, locale=locale),
        ticket=view(rx, current, secret=secret, now=now) if current else None,
        next={"ticket": view(rx, following, secret=secret, now=now), "reason": why_called(rx, following, desk=mine)}
        if following
        else None,
        waiting=views(rx, line_of(rx, counter, pairs=pairs, count=LISTED), now=now, secret=secret),
        waiting_count=_waiting_count(rx, pairs, counter),
        held=views(rx, [t for t in _of_state(rx, states.HELD) if _may_resume(t, mine, pairs)], now=now, secret=secret),
        no_show=views(rx, [t for t in _of_state(rx, states.NO_SHOW) if t.counter == counter], now=now, secret=secret),
        can={act: refusal(error, hall=rx.hall, locale=locale) if error else None for act, error in can.items()},
        undo=_undo(rx, mine) if can["undo"] is None else None,
        calls_left=max(0, calling.max_calls - current.calls) if current and current.state == states.CALLED else None,
        rating=_rating(rx, mine),
        targets={
            "wait_s": calling.target_wait_minutes * 60,
            "walk_s": calling.start_timeout_seconds,
            "serve_s": rx.hall.services[current.service].expected_minutes * 60 if current else None,
        },
        tally=_today(rx, counter),
        timezone=rx.hall.setup.hall.timezone,
        speed=rx.speed,
    )


def counters(rx: Read, *, locale: str) -> dict[str, Any]:
    """Every counter: `{"counters": [{number, type, name, area, state, reason, since, clerk, ticket, services, …}]}`."""
    return framed(rx, counters=[_line(rx, d, locale=locale) for d in desks(rx).values()])


def counter_line(rx: Read, *, counter: int, locale: str) -> dict[str, Any]:
    """One counter, as in `counters`."""
    return framed(rx, **_line(rx, desk_of(rx, counter), locale=locale))


def _line(rx: Read, mine: Desk, *, locale: str) -> dict[str, Any]:
    about = rx.hall.counters[mine.number]
    current = ticket_by_id(rx, mine.ticket) if mine.ticket else None
    return {
        "number": mine.number,
        "type": about.type,
        "name": rx.hall.say(about.name, locale),
        "area": about.area,
        "state": mine.state,
        "reason": pause_reason(mine.reason, locale=locale),
        "since": instant(mine.since) if mine.since else None,
        "clerk": clerk_card(rx, mine.clerk, locale=locale),
        "usual_clerk": about.clerk,
        "help_asked_at": instant(mine.help_asked_at),
        "ticket": {"number": current.number, "state": current.state} if current else None,
        "services": list(rx.hall.served[mine.number]),
    }


def _waiting_count(rx: Read, pairs: Sequence[Pair], counter: int) -> int:
    return sum(waiting_count(rx, pairs).values()) + bound_count(rx, counter, pairs=pairs)


def _of_state(rx: Read, state: str) -> Sequence[Ticket]:
    return cast("Sequence[Ticket]", rx.all(_aside, hall=rx.hall.id, day=rx.day, state=state))


def _may_resume(ticket: Ticket, mine: Desk, pairs: Sequence[Pair]) -> bool:
    if ticket.counter == mine.number:
        return True
    return ticket.hold_reason != "with_papers" and (ticket.service, ticket.priority) in pairs


def _undo(rx: Read, mine: Desk) -> dict[str, Any]:
    kept = json.loads(mine.undo or "{}")
    until = kept["at"] + rx.hall.setup.calling.undo_seconds * 1_000_000
    return {"act": kept["undid"], "number": kept["number"], "until": instant(until)}


def _rating(rx: Read, mine: Desk) -> dict[str, Any] | None:
    if mine.asked_act is None or mine.asked_until is None or rx.now > mine.asked_until or is_rated(rx, mine.asked_act):
        return None
    return {"act": mine.asked_act, "until": instant(mine.asked_until)}


def _today(rx: Read, counter: int) -> dict[str, Any]:
    finished = serve_us = no_shows = 0
    for row in rx.all(_tally, hall=rx.hall.id, day=rx.day, counter=counter):
        if row.kind == "serving" and row.ended_by in ("finish", "transfer"):
            finished += row.n
            serve_us += row.us
        elif row.kind == "called" and row.ended_by == "no_show":
            no_shows += row.n
    rated = rx.one(_rated, hall=rx.hall.id, day=rx.day, counter=counter)
    mean = round(serve_us / finished / 1e6) if finished else None
    return {"finished": finished, "serve_mean_s": mean, "no_shows": no_shows, "ratings": rated[0] if rated else 0}
