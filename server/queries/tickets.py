"""Tickets as they stand on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, select

from server.clock import instant
from server.errors import NoSuchLink, NoSuchTicket
from server.opening import late_rating_until
from server.queries.frame import framed
from server.rules import line, states
from server.rules.waits import wait_range
from server.standing import Desk, ahead_of, callers, desks, pace_of, ticket_by_follow, ticket_by_id
from server.tables import Rating, Slip, Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from server.rules.waits import Pace
    from server.standing import Ahead
    from server.store import Read

LIST_AT_MOST = 200

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_ratings = Rating.__table__  # type: ignore[attr-defined]
_act = select(_stages.c.ended_at).where(
    _stages.c.hall == bindparam("hall"), _stages.c.act == bindparam("act"), _stages.c.undone == 0
)
_slips = Slip.__table__  # type: ignore[attr-defined]
_slip_at = (
    select(_slips.c.station)
    .where(_slips.c.hall == bindparam("hall"), _slips.c.ticket == bindparam("ticket"))
    .order_by(_slips.c.id.desc())
    .limit(1)
)
_rated = select(_ratings.c.level).where(_ratings.c.hall == bindparam("hall"), _ratings.c.act == bindparam("act"))


def view(
    rx: Read, ticket: Ticket, *, secret: bool = False, now: dict[int, Desk] | None = None, seen: Seen | None = None
) -> dict[str, Any]:
    """
    A ticket on the wire. `secret` includes the follow link and the clerk's note: for the issuer, the holder and staff.

    Durations are whole seconds; the running one counts up to the hall's now.
    """
    lasted = rx.now - ticket.stage_at
    waiting = ticket.state == states.WAITING
    places = (
        _places(rx, ticket, now=now or desks(rx), seen=seen)
        if waiting
        else {"ahead": None, "wait": None, "counters": _served_by(rx, ticket)}
    )
    return {
        "id": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "group": rx.hall.group_of(ticket.service),
        "state": ticket.state,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "locale": ticket.locale,
        "area": ticket.area,
        "counter": ticket.counter,
        "act": ticket.act,
        **places,
        "calls": ticket.calls,
        "reason": json.loads(ticket.call_reason) if ticket.call_reason else None,
        "hold": _hold(ticket, secret=secret),
        "restore_until": instant(ticket.restore_until) if ticket.state == states.NO_SHOW else None,
        "slip": ticket.slip,
        "slip_detail": ticket.slip_detail,
        "wait_s": (ticket.wait_us + (lasted if waiting else 0)) // 1_000_000,
        "walk_s": (ticket.walk_us + (lasted if ticket.state == states.CALLED else 0)) // 1_000_000,
        "serve_s": (ticket.serve_us + (lasted if ticket.state == states.SERVING else 0)) // 1_000_000,
        "issued_at": instant(ticket.issued_at),
        "queued_at": instant(ticket.queued_at),
        "called_at": instant(ticket.called_at),
        "started_at": instant(ticket.started_at),
        "finished_at": instant(ticket.finished_at),
        "follow": f"/t/{ticket.follow}" if secret else None,
    }


def ticket(rx: Read, *, ticket_id: str, secret: bool = True) -> dict[str, Any]:
    """
    One ticket, of any day.

    Raises:
        NoSuchTicket.
    """
    row = ticket_by_id(rx, ticket_id)
    if row is None:
        raise NoSuchTicket(ticket=ticket_id)
    return framed(rx, **view(rx, row, secret=secret))


def tickets(
    rx: Read,
    *,
    state: str | None = None,
    service: str | None = None,
    number: str | None = None,
    secret: bool = True,
) -> dict[str, Any]:
    """Today's tickets, newest first, at most 200: `{"tickets": […]}`."""
    query = select(_tickets).where(_tickets.c.hall == rx.hall.id, _tickets.c.day == rx.day)
    for column, wanted in ((_tickets.c.state, state), (_tickets.c.service, service), (_tickets.c.number, number)):
        query = query if wanted is None else query.where(column == wanted)
    rows = cast("Sequence[Ticket]", rx.all(query.order_by(_tickets.c.order.desc()).limit(LIST_AT_MOST)))
    now = desks(rx)
    return framed(rx, tickets=views(rx, rows, now=now, secret=secret))


def followed(rx: Read, *, follow: str, locale: str) -> dict[str, Any]:
    """
    The holder's own ticket, with `floor`, `bring` (each in its language of `bring_langs`), `rating`, and the names a phone shows.

    `slip_at` is the station whose printer the newest slip comes out of.

    Raises:
        NoSuchLink.
    """
    row = ticket_by_follow(rx, follow)
    if row is None:
        raise NoSuchLink
    service, counter = rx.hall.services.get(row.service), rx.hall.counters.get(row.counter or 0)
    area = rx.hall.areas.get(counter.area if counter else row.area)
    seen = view(rx, row, secret=True)
    if seen["hold"]:
        seen["hold"]["note"] = None
    return framed(
        rx,
        **seen,
        floor=area.floor if area else 0,
        area_name=rx.hall.say(area.name, locale) if area else "",
        counter_name=rx.hall.say(counter.name, locale) if counter else None,
        bring=[rx.hall.say(material.name, locale) for material in service.materials] if service else [],
        bring_langs=[rx.hall.tongue(material.name, locale) for material in service.materials] if service else [],
        service_name=rx.hall.service_name(row.service, locale),
        slip_at=_station_of_slip(rx, row),
        rating=_rating(rx, row),
    )


def views(rx: Read, rows: Iterable[Ticket], *, now: dict[int, Desk], secret: bool = True) -> list[dict[str, Any]]:
    """Several tickets on the wire, from one picture of the counters."""
    seen = Seen()
    return [view(rx, row, secret=secret, now=now, seen=seen) for row in rows]


@dataclass(slots=True)
class Seen:
    """What one look has found already, for those it looks at next: nothing changes in a snapshot."""

    ahead: dict[tuple[Any, ...], Ahead] = field(default_factory=dict)
    pace: dict[str, Pace] = field(default_factory=dict)


def estimate(
    rx: Read,
    *,
    service: str,
    priority: str,
    bound: int | None,
    line_at: int,
    order: int,
    now: dict[int, Desk],
    seen: Seen | None = None,
) -> dict[str, Any]:
    """`ahead`, `wait` and `counters` of a ticket with this place."""
    counters, working = callers(rx, service=service, priority=priority, bound=bound, now=now)
    seen = seen or Seen()
    same = (counters, working, line_at, order)
    if same not in seen.ahead:
        seen.ahead[same] = ahead_of(rx, line_at=line_at, order=order, counters=counters, working=working, now=now)
    ahead = seen.ahead[same]
    for name in {*ahead.by_service, service} - seen.pace.keys():
        seen.pace[name] = pace_of(rx, name)
    pace = {name: seen.pace[name] for name in {*ahead.by_service, service}}
    return {
        "counters": list(counters),
        "ahead": line.capped(ahead.total, to=line.COUNT_AHEAD_TO),
        "wait": wait_range(ahead=ahead.by_service, pace=pace, own=service, counters_open=ahead.counters_open),
    }


def is_rated(rx: Read, act: str) -> bool:
    """Whether a service act has its rating."""
    return rx.one(_rated, hall=rx.hall.id, act=act) is not None


def _places(rx: Read, row: Ticket, *, now: dict[int, Desk], seen: Seen | None) -> dict[str, Any]:
    place = {"line_at": row.line_at, "order": row.order}
    return estimate(rx, service=row.service, priority=row.priority, bound=row.bound, now=now, seen=seen, **place)


def _served_by(rx: Read, row: Ticket) -> list[int]:
    return [row.counter] if row.counter is not None else list(rx.hall.counters_for.get(row.service, ()))


def _hold(row: Ticket, *, secret: bool) -> dict[str, Any] | None:
    if row.state != states.HELD:
        return None
    return {"reason": row.hold_reason, "note": row.hold_note if secret else None, "since": instant(row.stage_at)}


def _station_of_slip(rx: Read, row: Ticket) -> str | None:
    """The station whose printer the newest slip comes out of; None without one."""
    found = None if row.slip == "none" else rx.one(_slip_at, hall=rx.hall.id, ticket=row.id)
    return None if found is None else str(found[0])


def _rating(rx: Read, row: Ticket) -> dict[str, Any] | None:
    """What a phone may rate: the service act that ran last, once it has ended."""
    if row.act is None:
        return None
    act = rx.one(_act, hall=rx.hall.id, act=row.act)
    if act is None or act.ended_at is None:
        return None
    until = late_rating_until(rx, act.ended_at)
    rated = rx.one(_rated, hall=rx.hall.id, act=row.act)
    return None if rx.now > until else {"act": row.act, "until": instant(until), "rated": rated[0] if rated else None}
