"""At the counter: start, hold, resume, send on, finish. At the guide desk: move."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from server.errors import BadRequest, NoSuchCounter, NoSuchService, NotServedHere, NotServedThere, NotYourTicket
from server.events import ServiceFinished, ServiceStarted, TicketHeld, TicketResumed, TicketTransferred
from server.rules import line, states
from server.standing import callable_pairs, desk_of, first_bound, first_waiting
from server.verbs.calling import free_desk
from server.verbs.rating import ask
from server.verbs.ticketing import areas_of, change, check_hands, set_desk, step, tell, ticket_of
from server.verbs.undoing import remember

if TYPE_CHECKING:
    from server.rules.people import By
    from server.store import Write
    from server.tables import Ticket

HOLD_REASONS = ("no_papers", "with_papers", "next_step")
PLACES = ("kept", "last", "first")


def start(tx: Write, *, ticket_id: str, by: By) -> Ticket:
    """
    The applicant is at the counter; a service act begins.

    Journals `service.started`; nothing when it is in service there.

    Raises:
        NoSuchTicket, NotYourTicket, NotCalled.
    """
    ticket = ticket_of(tx, ticket_id)
    check_hands(tx, ticket, by=by)
    if ticket.state == states.SERVING:
        return ticket
    act = tx.new_id()
    serving = step(tx, ticket, "start", act=act, started_at=tx.now)
    counter = ticket.counter or 0
    areas = areas_of(tx, ticket, counter)
    event = ServiceStarted(number=ticket.number, service=ticket.service, counter=counter, areas=areas, act=act)
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter], areas=areas)
    remember(tx, counter, before=ticket, undid=event.kind, seq=seq)
    return change(tx, serving, act_seq=seq)


def hold(tx: Write, *, ticket_id: str, reason: str, by: By, note: str | None = None) -> Ticket:
    """
    Put aside; the counter is free. `reason` is one of HOLD_REASONS; the note stays off the journal.

    Journals `ticket.held`; nothing when it is held there.

    Raises:
        NoSuchTicket, NotYourTicket, NotServing.
    """
    ticket = ticket_of(tx, ticket_id)
    check_hands(tx, ticket, by=by)
    if ticket.state == states.HELD:
        return ticket
    counter = ticket.counter or 0
    areas = areas_of(tx, ticket, counter) if ticket.counter else ()
    held = step(tx, ticket, "hold", hold_reason=reason, hold_note=note)
    event = TicketHeld(number=ticket.number, service=ticket.service, counter=counter, areas=areas, reason=reason)
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter], areas=areas)
    set_desk(tx, counter, ticket=None)
    remember(tx, counter, before=ticket, undid=event.kind, seq=seq)
    return change(tx, held, act_seq=seq)


def resume(tx: Write, *, ticket_id: str, counter: int, by: By) -> Ticket:
    """
    A held ticket goes straight to `counter`, called there.

    With papers kept at a counter it is resumed there, or by a duty leader. Journals `ticket.resumed`.

    Raises:
        NoSuchTicket, NoSuchCounter, NotHeld, CounterNotOpen, NotAllowed, StillServing.
        NotServedHere: this counter may not.
    """
    ticket = ticket_of(tx, ticket_id)
    states.after(ticket.state, "resume", number=ticket.number)
    desk = free_desk(tx, counter, by=by)
    home = ticket.counter == counter
    if ticket.hold_reason == "with_papers" and not home and not by.at_least("duty_leader"):
        raise NotServedHere(number=ticket.number, counter=counter)
    if not home and (ticket.service, ticket.priority) not in callable_pairs(tx, counter, clerk=desk.clerk):
        raise NotServedHere(number=ticket.number, counter=counter)
    resumed = step(
        tx,
        ticket,
        "resume",
        counter=counter,
        clerk=desk.clerk,
        calls=1,
        called_at=tx.now,
        last_call_at=tx.now,
        hold_reason=None,
        hold_note=None,
        call_reason=json.dumps(
            line.reason(
                rule="chosen",
                priority=ticket.priority,
                head_start_s=tx.hall.head_start_s(ticket.priority),
                waited_s=(tx.now - ticket.queued_at) // 1_000_000,
                moved="resumed",
                passed_over=0,
            )
        ),
    )
    areas = areas_of(tx, ticket, counter)
    event = TicketResumed(
        number=ticket.number,
        service=ticket.service,
        counter=counter,
        areas=areas,
        priority=ticket.priority,
        calls=1,
        locale=ticket.locale,
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter, ticket.counter], areas=areas)
    set_desk(tx, counter, ticket=ticket.id)
    remember(tx, counter, before=ticket, undid=event.kind, seq=seq)
    return change(tx, resumed, called_seq=seq, act_seq=seq)


def transfer(
    tx: Write, *, ticket_id: str, by: By, to_service: str | None = None, to_counter: int | None = None, place: str = "kept"
) -> Ticket:
    """
    Waits again with its number: for another service, or for one counter. A service act in progress ends and may be rated.

    One that waits already is moved: see `move`. Journals `ticket.transferred` (and `rating.asked` after a service act).

    Raises:
        NoSuchTicket, NoSuchService, NoSuchCounter, NotYourTicket.
        NotServing: it is neither waiting, nor called, nor in service, nor held.
        NotServedThere: nobody there serves it.
    """
    ticket = ticket_of(tx, ticket_id)
    if ticket.state == states.WAITING:
        return move(tx, ticket_id=ticket_id, to_service=to_service, to_counter=to_counter, place=place, by=by)
    check_hands(tx, ticket, by=by)
    served = ticket.act if ticket.state == states.SERVING else None
    moved, seq = _send_on(tx, ticket, "transfer", to_service=to_service, to_counter=to_counter, place=place, by=by)
    if ticket.counter is not None:
        if desk_of(tx, ticket.counter).ticket == ticket.id:
            set_desk(tx, ticket.counter, ticket=None)
        remember(tx, ticket.counter, before=ticket, undid=TicketTransferred.kind, seq=seq)
        if served:
            ask(tx, act=served, ticket=ticket, counter=ticket.counter, by=by)
    return moved


def move(
    tx: Write, *, ticket_id: str, by: By, to_service: str | None = None, to_counter: int | None = None, place: str = "kept"
) -> Ticket:
    """
    A waiting ticket waits for another service, or for one counter: a guide sends on whom no counter has called yet.

    Its number stays; no counter can undo it. Journals `ticket.transferred`.

    Raises:
        NoSuchTicket, NoSuchService, NoSuchCounter, NotServedThere.
        NotWaiting: a counter has it, or nobody any more.
        NotYourTicket: only guides and up.
    """
    ticket = ticket_of(tx, ticket_id)
    states.after(ticket.state, "move", number=ticket.number)
    if not by.at_least("guide"):
        raise NotYourTicket(number=ticket.number)
    moved, _ = _send_on(tx, ticket, "move", to_service=to_service, to_counter=to_counter, place=place, by=by)
    return moved


def finish(tx: Write, *, ticket_id: str, by: By, next_service: str | None = None, place: str = "kept") -> Ticket:
    """
    The service act is done; with `next_service` the ticket is sent on in the same act, keeping its number.

    Journals `service.finished`, then `ticket.transferred` when sent on, then `rating.asked`. Nothing when it is finished there.

    Raises:
        NoSuchTicket, NoSuchService, NotYourTicket, NotServing, NotServedThere.
    """
    ticket = ticket_of(tx, ticket_id)
    check_hands(tx, ticket, by=by)
    if ticket.state == states.FINISHED and next_service is None:
        return ticket
    states.after(ticket.state, "finish", number=ticket.number)
    counter, act = ticket.counter or 0, ticket.act or ""
    areas = areas_of(tx, ticket, counter)
    event = ServiceFinished(
        number=ticket.number, service=ticket.service, counter=counter, areas=areas, act=act, next=next_service, by=None
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter], areas=areas)
    last = None
    if next_service is None:
        done = change(tx, step(tx, ticket, "finish", finished_at=tx.now), act_seq=seq)
    else:
        done, last = _send_on(
            tx, ticket, "transfer", to_service=next_service, to_counter=None, place=place, by=by, ended_by="finish"
        )
    set_desk(tx, counter, ticket=None)
    remember(tx, counter, before=ticket, undid=event.kind, seq=seq, last_seq=last)
    ask(tx, act=act, ticket=ticket, counter=counter, by=by)
    return done


def _send_on(
    tx: Write,
    ticket: Ticket,
    verb: str,
    *,
    to_service: str | None,
    to_counter: int | None,
    place: str,
    by: By,
    ended_by: str | None = None,
) -> tuple[Ticket, int]:
    """The ticket waiting elsewhere, and the seq of `ticket.transferred`."""
    if (to_service is None) == (to_counter is None):
        raise BadRequest(problem="name either to_service or to_counter")
    states.after(ticket.state, verb, number=ticket.number)
    service = to_service or ticket.service
    _check_served(tx, ticket, service=service, counter=to_counter)
    at = _place(tx, ticket, service=service, counter=to_counter, place=place)
    moved = step(
        tx,
        ticket,
        verb,
        ended_by=ended_by,
        service=service,
        bound=to_counter,
        queued_at=at.queued_at,
        line_at=at.line_at,
        moved=at.moved,
        counter=None,
        clerk=None,
        calls=0,
        called_at=None,
        last_call_at=None,
        called_seq=None,
        call_reason=None,
        started_at=None,
        hold_reason=None,
        hold_note=None,
        restore_until=None,
    )
    areas = areas_of(tx, ticket, ticket.counter) if ticket.counter else (ticket.area,)
    event = TicketTransferred(
        number=ticket.number,
        service=service,
        from_service=ticket.service,
        from_counter=ticket.counter,
        to_counter=to_counter,
        areas=areas,
        place=place,
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[ticket.counter, ticket.bound, to_counter], areas=areas)
    return change(tx, moved, act_seq=seq), seq


def _check_served(tx: Write, ticket: Ticket, *, service: str, counter: int | None) -> None:
    if service not in tx.hall.services:
        raise NoSuchService(service=service)
    if counter is not None and counter not in tx.hall.counters:
        raise NoSuchCounter(counter=counter)
    able = [n for n in tx.hall.counters_for[service] if ticket.priority in tx.hall.classes_at(n)]
    if not able or (counter is not None and counter not in able):
        raise NotServedThere(service=service, counter=counter)


def _place(tx: Write, ticket: Ticket, *, service: str, counter: int | None, place: str) -> line.Place:
    """Where a transferred ticket waits: as `line_at` is tabled in the contract."""
    if place == "first":
        first = first_bound(tx, counter) if counter is not None else next(iter(first_waiting(tx, service, count=1)), None)
        if first is not None:
            return line.before(first, queued_at=ticket.queued_at)
    queued_at = tx.now if place == "last" else ticket.queued_at
    return line.queue_place(queued_at, head_start_s=tx.hall.head_start_s(ticket.priority))
