"""Taking a number, giving it back, giving it another class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sqlalchemy import insert

from server.errors import (
    BadRequest,
    HallClosed,
    NoSuchArea,
    NoSuchLink,
    NoSuchPriority,
    NoSuchService,
    NotAllowed,
    NotYourTicket,
    PriorityNotYours,
    QuotaReached,
    ServiceClosed,
)
from server.events import TicketCancelled, TicketIssued, TicketPrioritised
from server.opening import local_now, offer, quota_of, stamp
from server.rules import states
from server.rules.line import queue_place
from server.rules.numbers import number
from server.standing import not_in_use, ticket_by_follow
from server.tables import NumberCount, SessionCount, Ticket
from server.upserts import count_up
from server.verbs.slips import order_slip
from server.verbs.ticketing import begin_stage, change, step, tell, ticket_of

if TYPE_CHECKING:
    from server.rules.people import By
    from server.store import Write

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_numbers = NumberCount.__table__  # type: ignore[attr-defined]
_sessions = SessionCount.__table__  # type: ignore[attr-defined]

_insert = insert(_tickets).returning(_tickets)
_next_number = count_up(_numbers)
_next_of_session = count_up(_sessions)


def issue(
    tx: Write,
    *,
    service: str,
    by: By,
    follow: str,
    priority: str = "normal",
    reason: str | None = None,
    locale: str | None = None,
    channel: str = "kiosk",
    area: str | None = None,
    slip_at: str | None = None,
) -> Ticket:
    """
    A new number that waits. `follow` is the secret end of the applicant's link; `slip_at` the station that prints a slip.

    Journals `ticket.issued`, then `slip.queued` where a slip is ordered.

    Raises:
        NoSuchService, NoSuchPriority, NoSuchArea, NoSuchStation: something named is not there.
        PriorityNotYours: staff give this class.
        HallClosed, ServiceClosed, QuotaReached: no number of this service is given now.
    """
    hall = tx.hall
    if service not in hall.services:
        raise NoSuchService(service=service)
    if priority not in hall.priorities:
        raise NoSuchPriority(priority=priority)
    if area is not None and area not in hall.areas:
        raise NoSuchArea(area=area)
    if locale is not None and locale not in hall.setup.locales:
        raise BadRequest(problem=f"locale must be one of {', '.join(hall.setup.locales)}")
    if priority != "normal" and not (hall.priorities[priority].self_claim or by.at_least("guide")):
        raise PriorityNotYours(priority=priority)
    _check_open(tx, service)

    place = queue_place(tx.now, head_start_s=hall.head_start_s(priority))
    tx.head = replace(tx.head, issued=tx.head.issued + 1)
    prefix = hall.prefix(service, priority)
    count = tx.one(_next_number, hall=hall.id, day=tx.day, prefix=prefix)
    row = {
        "hall": hall.id,
        "id": tx.new_id(),
        "day": tx.day,
        "number": number(prefix, count[0] if count else 1, digits=hall.setup.ticket.digits),
        "service": service,
        "priority": priority,
        "priority_reason": reason,
        "channel": channel,
        "locale": locale or hall.setup.default_locale,
        "area": area or hall.first_area(service),
        "station": by.id if by.kind == "station" else None,
        "follow": follow,
        "state": states.WAITING,
        "order": tx.head.issued,
        "issued_at": tx.now,
        "queued_at": place.queued_at,
        "line_at": place.line_at,
        "stage": 1,
        "stage_at": tx.now,
    }
    ticket = cast("Ticket", tx.one(_insert, **row))
    begin_stage(tx, ticket, kind=states.WAITING, n=1, changes={})
    event = TicketIssued(
        number=ticket.number, service=service, priority=priority, channel=channel, area=ticket.area, reason=reason
    )
    seq = tell(tx, event, by=by, ticket=ticket)
    ticket = change(tx, ticket, act_seq=seq)
    return order_slip(tx, ticket, station=slip_at, by=by) if slip_at else ticket


def cancel(tx: Write, *, by: By, ticket_id: str | None = None, follow: str | None = None) -> Ticket:
    """
    The number is given back, by its holder (`follow`) or by a guide.

    Journals `ticket.cancelled`; nothing when it already is.

    Raises:
        NoSuchTicket, NoSuchLink: there is none today.
        NotWaiting: it is past waiting.
    """
    if follow is not None:
        ticket = ticket_by_follow(tx, follow)
        if ticket is None or ticket.day != tx.day:
            raise NoSuchLink
    else:
        ticket = ticket_of(tx, ticket_id or "")
        if not by.at_least("guide"):
            raise NotYourTicket(number=ticket.number)
    if ticket.state == states.CANCELLED:
        return ticket
    cancelled = step(tx, ticket, "cancel", finished_at=tx.now)
    seq = tell(tx, TicketCancelled(number=ticket.number, service=ticket.service), by=by, ticket=ticket, counters=[ticket.bound])
    return change(tx, cancelled, act_seq=seq)


def prioritise(tx: Write, *, ticket_id: str, priority: str, reason: str, by: By) -> Ticket:
    """
    A waiting ticket gets another class, its number and its time of queueing stay.

    Journals `ticket.prioritised`; nothing when it has that class.

    Raises:
        NoSuchTicket, NoSuchPriority: something named is not there.
        NotAllowed: only guides and up.
        NotWaiting: it is past waiting.
    """
    ticket = ticket_of(tx, ticket_id)
    if priority not in tx.hall.priorities:
        raise NoSuchPriority(priority=priority)
    if not by.at_least("guide"):
        raise NotAllowed
    states.after(ticket.state, "prioritise", number=ticket.number)
    if ticket.priority == priority:
        return ticket
    place = queue_place(ticket.queued_at, head_start_s=tx.hall.head_start_s(priority))
    event = TicketPrioritised(number=ticket.number, service=ticket.service, priority=priority, reason=reason)
    seq = tell(tx, event, by=by, ticket=ticket, counters=[ticket.bound])
    return change(tx, ticket, priority=priority, priority_reason=reason, line_at=place.line_at, moved=None, act_seq=seq)


def _check_open(tx: Write, service: str) -> None:
    """Raises HallClosed, ServiceClosed or QuotaReached, saying when it opens again; counts the number towards its quota."""
    offered = offer(tx.hall, service, now=local_now(tx), unused=not_in_use(tx))
    opens = stamp(offered.opens_at)
    if offered.refusal == "hall":
        raise HallClosed(opens_at=opens)
    if offered.refusal == "service":
        raise ServiceClosed(service=service, opens_at=opens)
    if offered.session is None:
        return
    taken = tx.one(_next_of_session, hall=tx.hall.id, day=tx.day, service=service, session=offered.session)
    quota = quota_of(tx.hall, service, session=offered.session, day=local_now(tx).date())  # may change in mid-session
    if quota is not None and taken is not None and taken[0] > quota:
        raise QuotaReached(service=service, quota=quota, session=offered.session, opens_at=stamp(offered.next_session_at))
