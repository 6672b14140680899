"""Slips of paper: ordered, taken by one rack, done with. A ticket exists whether or not it prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, insert, select, text, update

from server import journal
from server.clock import real_us
from server.errors import NoSuchSlip, NoSuchStation, NotAllowed, SlipTaken
from server.events import SlipEvent, SlipNotSent, SlipPrinted, SlipQueued, SlipSending, SlipUnknown
from server.standing import ahead_of, callers, desks, ticket_by_id
from server.tables import Slip
from server.verbs.ticketing import change, ticket_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.rules.people import By
    from server.store import Read, Write
    from server.tables import Ticket

OUTCOME_DUE_S = 60  # real time after `sending`

KINDS: dict[str, type[SlipEvent]] = {
    "pending": SlipQueued,
    "sending": SlipSending,
    "printed": SlipPrinted,
    "not_sent": SlipNotSent,
    "unknown": SlipUnknown,
}

_slips = Slip.__table__  # type: ignore[attr-defined]
_insert = insert(_slips)
_one = select(_slips).where(
    _slips.c.hall == bindparam("hall"), _slips.c.station == bindparam("station"), _slips.c.id == bindparam("id")
)
_newest = (
    select(_slips.c.id)
    .where(_slips.c.hall == bindparam("hall"), _slips.c.ticket == bindparam("ticket"))
    .order_by(_slips.c.id.desc())
    .limit(1)
)
_overdue = select(_slips).where(
    _slips.c.hall == bindparam("hall"),
    text("slip.state IN ('pending', 'sending', 'not_sent')"),  # the words of the index slip_unprinted
    _slips.c.state == "sending",
    _slips.c.sending_real_at < bindparam("before"),
)
_set = (
    update(_slips)
    .where(_slips.c.hall == bindparam("h"), _slips.c.id == bindparam("i"))
    .values(state=bindparam("state"), detail=bindparam("detail"), sending_real_at=bindparam("sending_real_at"))
)


def order_slip(tx: Write, ticket: Ticket, *, station: str, by: By, reprint: bool = False) -> Ticket:
    """
    A slip for the ticket at `station`; the ticket, whose `slip` is pending. What stands on it is fixed now.

    Journals `slip.queued`.

    Raises:
        NoSuchStation: there is no such station.
    """
    if station not in tx.hall.stations:
        raise NoSuchStation(station=station)
    slip_id = tx.new_id()
    now = desks(tx)
    counters, working = callers(tx, service=ticket.service, priority=ticket.priority, bound=ticket.bound, now=now)
    ahead = ahead_of(tx, line_at=ticket.line_at, order=ticket.order, counters=counters, working=working, now=now)
    tx.run(
        _insert,
        hall=tx.hall.id,
        id=slip_id,
        ticket=ticket.id,
        number=ticket.number,
        station=station,
        state="pending",
        detail=None,
        reprint=reprint,
        ahead=json.dumps(ahead.by_service if ticket.state == "waiting" else None),
        wait=None,
        queued_at=tx.now,
        sending_real_at=None,
    )
    _tell(tx, "pending", slip_id=slip_id, ticket=ticket, station=station, detail=None, by=by)
    return change(tx, ticket, slip="pending", slip_detail=None)


def reprint(tx: Write, *, ticket_id: str, station: str, by: By) -> Ticket:
    """
    Another slip, marked 补打, ordered by a guide.

    Raises:
        NoSuchTicket, NoSuchStation: something named is not there.
        NotAllowed: only guides and up.
    """
    ticket = ticket_of(tx, ticket_id)
    if not by.at_least("guide"):
        raise NotAllowed
    return order_slip(tx, ticket, station=station, by=by, reprint=True)


def report_slip(tx: Write, *, station: str, slip_id: str, outcome: str, detail: str | None, by: By) -> str:
    """
    What the rack says of a slip: "sending" before the first byte, then "printed", "not_sent" or "unknown"; its state now.

    Journals `slip.sending` … `slip.unknown`; nothing when the same is said twice after the end.

    Raises:
        NoSuchSlip: the station has no such slip.
        SlipTaken: another rack has it, or it is done with.
    """
    slip = tx.one(_one, hall=tx.hall.id, station=station, id=slip_id)
    if slip is None:
        raise NoSuchSlip(station=station, slip=slip_id)
    if slip.state == outcome and outcome != "sending":
        return outcome
    allowed = {"sending": ("pending", "not_sent")}.get(outcome, ("sending",) if outcome != "not_sent" else ("sending", "pending"))
    if slip.state not in allowed:
        raise SlipTaken
    ticket = _ticket(tx, slip.ticket)
    _become(tx, slip_id=slip_id, ticket=ticket, station=station, state=outcome, detail=detail, by=by)
    return outcome


def slips_sending(rx: Read) -> bool:
    """Whether any slip has been sending for too long."""
    return rx.one(_overdue, hall=rx.hall.id, before=real_us() - OUTCOME_DUE_S * 1_000_000) is not None


def forget_overdue(tx: Write, *, by: By) -> int:
    """Slips said to be sending for a minute (real time) become unknown; how many."""
    due = tx.all(_overdue, hall=tx.hall.id, before=real_us() - OUTCOME_DUE_S * 1_000_000)
    for slip in due:
        ticket = _ticket(tx, slip.ticket)
        _become(tx, slip_id=slip.id, ticket=ticket, station=slip.station, state="unknown", detail="no outcome", by=by)
    return len(due)


def _ticket(tx: Write, ticket_id: str) -> Ticket:
    """The ticket of a slip, also of a day that is over."""
    return cast("Ticket", ticket_by_id(tx, ticket_id))


def _become(tx: Write, *, slip_id: str, ticket: Ticket, station: str, state: str, detail: str | None, by: By) -> None:
    tx.run(_set, h=tx.hall.id, i=slip_id, state=state, detail=detail, sending_real_at=real_us() if state == "sending" else None)
    newest: Sequence[object] | None = tx.one(_newest, hall=tx.hall.id, ticket=ticket.id)
    if newest is not None and newest[0] == slip_id:
        change(tx, ticket, slip=state, slip_detail=detail)
    _tell(tx, state, slip_id=slip_id, ticket=ticket, station=station, detail=detail, by=by)


def _tell(tx: Write, state: str, *, slip_id: str, ticket: Ticket, station: str, detail: str | None, by: By) -> None:
    event = KINDS[state](slip=slip_id, ticket=ticket.id, number=ticket.number, station=station, detail=detail)
    journal.record(tx, event, topics=[f"ticket:{ticket.id}", f"station:{station}"], actor=by.id)
