"""What a station's printer is to print, with everything that stands on the slip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from server.clock import from_us, instant
from server.errors import NoSuchStation
from server.queries.frame import framed
from server.rules import line
from server.rules.waits import wait_range
from server.standing import SLIP_STALE_AFTER_S, callers, desks, pace_of, slips_from, ticket_by_id
from server.tables import Slip

if TYPE_CHECKING:
    from sqlalchemy import Row

    from server.store import Read
    from server.tables import Ticket

_slips = Slip.__table__  # type: ignore[attr-defined]
_pending = (
    select(_slips)
    .where(
        _slips.c.hall == bindparam("hall"),
        _slips.c.station == bindparam("station"),
        text("slip.state IN ('pending', 'sending', 'not_sent')"),  # the words of the index slip_unprinted
    )
    .order_by(_slips.c.queued_at)
)


def slips(rx: Read, *, station: str, public_url: str) -> dict[str, Any]:
    """
    Slips to print, oldest first: pending ones, and those that did not reach the printer.

    Raises:
        NoSuchStation.
    """
    if station not in rx.hall.stations:
        raise NoSuchStation(station=station)
    rows = [row for row in rx.all(_pending, hall=rx.hall.id, station=station) if row.state != "sending"]
    fresh = [row for row in rows if row.queued_at >= slips_from(rx)]
    printed = [_slip(rx, row, public_url=public_url) for row in fresh]
    return framed(rx, slips=[slip for slip in printed if slip is not None], stale_after_s=SLIP_STALE_AFTER_S)


def _slip(rx: Read, row: Row[Any], *, public_url: str) -> dict[str, Any] | None:
    ticket = ticket_by_id(rx, row.ticket)
    if ticket is None or ticket.service not in rx.hall.services or ticket.area not in rx.hall.areas:
        return None
    say, setup, locale = rx.hall.say, rx.hall.setup, ticket.locale
    area = rx.hall.areas[ticket.area]
    priority = rx.hall.priorities.get(ticket.priority)
    ahead: dict[str, int] | None = json.loads(row.ahead) if row.ahead else None
    counters, working = callers(rx, service=ticket.service, priority=ticket.priority, bound=ticket.bound, now=desks(rx))
    return {
        "id": row.id,
        "ticket": ticket.id,
        "number": ticket.number,
        "service": say(rx.hall.services[ticket.service].name, locale),
        "hall": say(setup.hall.name, locale),
        "area": say(area.name, locale),
        "floor": area.floor,
        "counters": list(counters),
        "ahead": line.capped(sum(ahead.values()), to=line.COUNT_AHEAD_TO) if ahead is not None else None,
        "wait": _wait(rx, ticket, ahead, counters_open=len(counters) if working else 0),
        "taken_at": from_us(ticket.issued_at).astimezone(rx.hall.zone).isoformat(timespec="seconds"),
        "valid_day": ticket.day,
        "priority_label": say(priority.label, locale) if priority and priority.id != "normal" else None,
        "follow_url": f"{public_url.rstrip('/')}/t/{ticket.follow}",
        "reminders": [say(names, locale) for names in setup.ticket.reminders],
        "reprint": bool(row.reprint),
        "locale": locale,
        "queued_at": instant(row.queued_at),
    }


def _wait(rx: Read, ticket: Ticket, ahead: dict[str, int] | None, *, counters_open: int) -> dict[str, int] | None:
    if ahead is None:
        return None
    pace = {name: pace_of(rx, name) for name in {*ahead, ticket.service}}
    return wait_range(ahead=ahead, pace=pace, own=ticket.service, counters_open=counters_open)
