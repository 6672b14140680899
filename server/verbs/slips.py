"""Slips of paper: ordered, taken by one rack, done with. A ticket exists whether or not it prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, insert, select, text, update

from server import journal
from server.clock import real_us
from server.errors import NoSuchSlip, NoSuchStation, NotAllowed, SlipTaken
from server.events import SlipEvent, SlipNotSent, SlipPrinted, SlipQueued, SlipSending, SlipUnknown
from server.standing import ahead_of, callers, desks, slips_from, ticket_by_id
from server.tables import Slip
from server.verbs.ticketing import change, ticket_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

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
    .values(
        state=bindparam("state"),
        detail=bindparam("detail"),
        taker=bindparam("taker"),
        sending_real_at=bindparam("sending_real_at"),
    )
)
_stranded = select(_slips.c.id).where(
    _slips.c.hall == bindparam("hall"),
    _slips.c.station == bindparam("station"),
    text("slip.state IN ('pending', 'sending', 'not_sent')"),  # the words of the index slip_unprinted
    _slips.c.state == "not_sent",
    _slips.c.origin.is_(None),
    _slips.c.queued_at >= bindparam("since"),
)
_move = (
    update(_slips)
    .where(_slips.c.hall == bindparam("h"), _slips.c.id == bindparam("i"))
    .values(station=bindparam("to"), origin=bindparam("origin"))
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
        origin=None,
        state="pending",
        detail=None,
        reprint=reprint,
        ahead=json.dumps(ahead.by_service if ticket.state == "waiting" else None),
        wait=None,
        queued_at=tx.now,
        taker=None,
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


def report_slip(
    tx: Write, *, station: str, slip_id: str, outcome: str, detail: str | None, rack: str | None = None, by: By
) -> str:
    """
    What the rack says of a slip: "sending" before the first byte, then "printed", "not_sent" or "unknown"; its state now.

    `rack` is a word by which a rack knows itself: who took a slip may say so again, and nobody else may say how it ended.

    Journals `slip.sending` … `slip.unknown`; nothing when the same is said twice.

    Raises:
        NoSuchSlip: the station has no such slip.
        SlipTaken: another rack has it, or it is done with.
    """
    slip = _slip_of(tx, station=station, slip_id=slip_id)
    taken = slip.state == "sending"
    mine = slip.taker == rack
    if slip.state == outcome and (not taken or (mine and rack is not None)):
        return outcome
    allowed = {
        "sending": slip.state in ("pending", "not_sent"),
        "not_sent": slip.state == "pending" or (mine and (taken or (slip.state == "unknown" and rack is not None))),
        "printed": mine and (taken or (slip.state == "unknown" and rack is not None)),  # said late is better than never
        "unknown": taken and mine,
    }
    if not allowed[outcome]:
        raise SlipTaken
    ticket = _ticket(tx, slip.ticket)
    _become(tx, slip_id=slip_id, ticket=ticket, station=station, state=outcome, detail=detail, rack=rack, by=by)
    return outcome


def hand_on(tx: Write, *, station: str, slip_id: str, to: str, by: By) -> str:
    """
    A slip that did not reach the printer of `station` is to be printed at station `to` instead, once; its state now.

    Nothing happens to one that was handed on before: two printers without paper would pass it to and fro.

    Journals `slip.queued` for the other station.

    Raises:
        NoSuchStation, NoSuchSlip: something named is not there.
        SlipTaken: a rack has it, or it is done with.
    """
    if to not in tx.hall.stations:
        raise NoSuchStation(station=to)
    slip = _slip_of(tx, station=station, slip_id=slip_id)
    if slip.origin is not None:
        return str(slip.state)
    if slip.state not in ("pending", "not_sent"):
        raise SlipTaken
    tx.run(_move, h=tx.hall.id, i=slip_id, to=to, origin=station)
    why = f"{station}: {slip.detail}" if slip.detail else station
    ticket = _ticket(tx, slip.ticket)
    _become(tx, slip_id=slip_id, ticket=ticket, station=to, state="pending", detail=why, rack=None, by=by)
    return "pending"


def stranded(rx: Read, *, station: str) -> list[str]:
    """Slips that did not reach the station's printer, are still worth printing and were handed on by nobody."""
    return [row.id for row in rx.all(_stranded, hall=rx.hall.id, station=station, since=slips_from(rx))]


def hand_on_stranded(tx: Write, *, station: str, to: str, by: By) -> int:
    """What is stranded at `station` is to be printed at station `to`, which prints again; how many."""
    found = stranded(tx, station=station)
    for slip_id in found:
        hand_on(tx, station=station, slip_id=slip_id, to=to, by=by)
    return len(found)


def slips_sending(rx: Read) -> bool:
    """Whether any slip has been sending for too long."""
    return rx.one(_overdue, hall=rx.hall.id, before=real_us() - OUTCOME_DUE_S * 1_000_000) is not None


def forget_overdue(tx: Write, *, by: By) -> int:
    """Slips said to be sending for a minute (real time) become unknown; how many."""
    due = tx.all(_overdue, hall=tx.hall.id, before=real_us() - OUTCOME_DUE_S * 1_000_000)
    for slip in due:
        ticket = _ticket(tx, slip.ticket)
        _become(
            tx, slip_id=slip.id, ticket=ticket, station=slip.station, state="unknown", detail="no outcome", rack=slip.taker, by=by
        )
    return len(due)


def _ticket(tx: Write, ticket_id: str) -> Ticket:
    """The ticket of a slip, also of a day that is over."""
    return cast("Ticket", ticket_by_id(tx, ticket_id))


def _slip_of(tx: Write, *, station: str, slip_id: str) -> Row[Any]:
    slip = tx.one(_one, hall=tx.hall.id, station=station, id=slip_id)
    if slip is None:
        raise NoSuchSlip(station=station, slip=slip_id)
    return slip


def _become(
    tx: Write, *, slip_id: str, ticket: Ticket, station: str, state: str, detail: str | None, rack: str | None, by: By
) -> None:
    since = real_us() if state == "sending" else None
    tx.run(_set, h=tx.hall.id, i=slip_id, state=state, detail=detail, taker=rack, sending_real_at=since)
    newest: Sequence[object] | None = tx.one(_newest, hall=tx.hall.id, ticket=ticket.id)
    if newest is not None and newest[0] == slip_id:
        change(tx, ticket, slip=state, slip_detail=detail)
    _tell(tx, state, slip_id=slip_id, ticket=ticket, station=station, detail=detail, by=by)


def _tell(tx: Write, state: str, *, slip_id: str, ticket: Ticket, station: str, detail: str | None, by: By) -> None:
    event = KINDS[state](slip=slip_id, ticket=ticket.id, number=ticket.number, station=station, detail=detail)
    journal.record(tx, event, topics=[f"ticket:{ticket.id}", f"station:{station}"], actor=by.id)
