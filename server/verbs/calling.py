"""Calling: next or a chosen one, again, giving up, bringing back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from server.clock import instant
from server.errors import (
    CounterNotOpen,
    NobodyCalled,
    NoSuchTicket,
    NotAllowed,
    NotServedHere,
    NotYourTicket,
    StillServing,
)
from server.events import TicketCalled, TicketNoShow, TicketRecalled, TicketRestored
from server.rules import calls, line, states
from server.standing import (
    Desk,
    callable_pairs,
    desk_of,
    first_waiting,
    next_ticket,
    ticket_by_id,
    ticket_by_number,
    why_called,
)
from server.verbs.ticketing import areas_of, change, check_hands, known_counter, set_desk, step, tell, ticket_of
from server.verbs.undoing import forget, remember

if TYPE_CHECKING:
    from server.rules.people import By
    from server.store import Write
    from server.tables import Ticket


def call(tx: Write, *, counter: int, by: By, number: str | None = None) -> Ticket | None:
    """
    Call the next waiting ticket to `counter`, or the one with `number`; None when nobody is waiting.

    Journals `ticket.called`.

    Raises:
        NoSuchCounter, NoSuchTicket: something named is not there.
        CounterNotOpen: no clerk has opened it.
        NotAllowed: another clerk has.
        StillServing: the counter has a ticket called or in service.
        NotWaiting, NotServedHere: the chosen ticket cannot be called here.
    """
    desk = free_desk(tx, counter, by=by)
    if number is None:
        ticket = next_ticket(tx, counter, clerk=desk.clerk)
        return _announce(tx, ticket, desk=desk, by=by, chosen=False) if ticket else None
    ticket = ticket_by_number(tx, number)
    if ticket is None:
        raise NoSuchTicket(ticket=number)
    states.after(ticket.state, "call", number=ticket.number)
    if not may_call(tx, ticket, desk=desk):
        raise NotServedHere(number=ticket.number, counter=counter)
    return _announce(tx, ticket, desk=desk, by=by, chosen=True)


def recall(tx: Write, *, counter: int, by: By) -> Ticket:
    """
    Announce the counter's called ticket again. Not undoable, and ends the chance to undo the call.

    Journals `ticket.recalled`.

    Raises:
        NoSuchCounter, CounterNotOpen, NotAllowed: as for `call`.
        NobodyCalled: the counter has nobody called.
        RecallLimit, RecalledTooSoon: by the hall's rule.
    """
    desk = open_desk(tx, counter, by=by)
    ticket = ticket_by_id(tx, desk.ticket) if desk.ticket else None
    if ticket is None or ticket.state != states.CALLED:
        raise NobodyCalled(counter=counter)
    rule = tx.hall.setup.calling
    calls.check_recall(ticket, now=tx.now, max_calls=rule.max_calls, interval_s=rule.recall_min_interval_seconds)
    areas = areas_of(tx, ticket, counter)
    event = TicketRecalled(
        number=ticket.number,
        service=ticket.service,
        counter=counter,
        areas=areas,
        priority=ticket.priority,
        calls=ticket.calls + 1,
        locale=ticket.locale,
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter], areas=areas)
    forget(tx, counter)
    return change(tx, ticket, calls=ticket.calls + 1, last_call_at=tx.now, called_seq=seq, act_seq=seq)


def no_show(tx: Write, *, ticket_id: str, by: By) -> Ticket:
    """
    Nobody came: the called ticket is passed.

    Journals `ticket.no_show`; nothing when it already is, by the same counter.

    Raises:
        NoSuchTicket, NotYourTicket, NotCalled.
        TooFewCalls: it must be called more often first.
    """
    ticket = ticket_of(tx, ticket_id)
    check_hands(tx, ticket, by=by)
    if ticket.state == states.NO_SHOW:
        return ticket
    states.after(ticket.state, "no_show", number=ticket.number)
    rule = tx.hall.setup.calling
    calls.check_no_show(ticket, max_calls=rule.max_calls)
    until = calls.restore_until(
        now=tx.now, policy=rule.no_show.policy, minutes=rule.no_show.minutes, times=rule.no_show.restore_times
    )
    counter = ticket.counter or 0
    areas = areas_of(tx, ticket, counter)
    passed = step(tx, ticket, "no_show", restore_until=until)
    event = TicketNoShow(number=ticket.number, service=ticket.service, counter=counter, areas=areas, restore_until=instant(until))
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter], areas=areas)
    set_desk(tx, counter, ticket=None)
    remember(tx, counter, before=ticket, undid=event.kind, seq=seq)
    return change(tx, passed, act_seq=seq)


def restore(tx: Write, *, ticket_id: str, by: By) -> Ticket:
    """
    A passed ticket waits again, just behind the n-th of its service.

    Clerks restore what their own counter marked absent, guides any. Journals `ticket.restored`.

    Raises:
        NoSuchTicket, NotYourTicket, NotNoShow.
        RestoreLimit, RestoreExpired: by the hall's rule.
    """
    ticket = ticket_of(tx, ticket_id)
    states.after(ticket.state, "restore", number=ticket.number)
    desk = desk_of(tx, ticket.counter or 0)
    own = (by.kind == "staff" and desk.clerk == by.id) or (by.kind == "station" and by.counter == desk.number and desk.clerk)
    if not own and not by.at_least("guide"):
        raise NotYourTicket(number=ticket.number)
    rule = tx.hall.setup.calling.no_show
    times = rule.restore_times
    calls.check_restore(ticket, now=tx.now, policy=rule.policy, times=times)
    place = _behind(tx, ticket, n=rule.n if rule.position == "after_next_n" else 0)
    restored = step(
        tx,
        ticket,
        "restore",
        queued_at=place.queued_at,
        line_at=place.line_at,
        moved=place.moved,
        bound=None,
        counter=None,
        clerk=None,
        calls=0,
        called_at=None,
        called_seq=None,
        restores=ticket.restores + 1,
        restore_until=None,
    )
    seq = tell(tx, TicketRestored(number=ticket.number, service=ticket.service), by=by, ticket=ticket, counters=[ticket.counter])
    if own and desk.number:
        remember(tx, desk.number, before=ticket, undid=TicketRestored.kind, seq=seq)
    return change(tx, restored, act_seq=seq)


def open_desk(tx: Write, counter: int, *, by: By) -> Desk:
    """
    The counter, open, for someone who may act at it: its clerk, its own pad, a duty leader.

    Raises:
        NoSuchCounter, CounterNotOpen, NotAllowed.
    """
    desk = known_counter(tx, counter)
    if desk.state != "open":
        raise CounterNotOpen(counter=counter)
    mine = (by.kind == "staff" and by.id == desk.clerk) or (by.kind == "station" and by.counter == counter)
    if not mine and not by.at_least("duty_leader"):
        raise NotAllowed
    return desk


def free_desk(tx: Write, counter: int, *, by: By) -> Desk:
    """
    As `open_desk`, with nobody called or in service there.

    Raises:
        StillServing.
    """
    desk = open_desk(tx, counter, by=by)
    if desk.ticket is not None:
        current = ticket_by_id(tx, desk.ticket)
        raise StillServing(number=current.number if current else desk.ticket)
    return desk


def may_call(tx: Write, ticket: Ticket, *, desk: Desk) -> bool:
    """Whether the counter may call this ticket: bound to it, or among what it serves and not bound to another at work."""
    if ticket.bound == desk.number:
        return True
    if ticket.bound is not None and desk_of(tx, ticket.bound).state in ("open", "paused"):
        return False
    return (ticket.service, ticket.priority) in callable_pairs(tx, desk.number, clerk=desk.clerk)


def _announce(tx: Write, ticket: Ticket, *, desk: Desk, by: By, chosen: bool) -> Ticket:
    why = why_called(tx, ticket, desk=desk, chosen=chosen)
    areas = areas_of(tx, ticket, desk.number)
    called = step(
        tx,
        ticket,
        "call",
        counter=desk.number,
        clerk=desk.clerk,
        calls=1,
        called_at=tx.now,
        last_call_at=tx.now,
        call_reason=json.dumps(why),
    )
    event = TicketCalled(
        number=ticket.number,
        service=ticket.service,
        counter=desk.number,
        areas=areas,
        priority=ticket.priority,
        calls=1,
        locale=ticket.locale,
        reason=why,
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[desk.number], areas=areas)
    set_desk(tx, desk.number, ticket=ticket.id)
    remember(tx, desk.number, before=ticket, undid=event.kind, seq=seq)
    return change(tx, called, called_seq=seq, act_seq=seq)


def _behind(tx: Write, ticket: Ticket, *, n: int) -> line.Place:
    """The place of a restored ticket: behind the n-th of its service, behind the last (n = 0, or fewer), or as it was."""
    nth = first_waiting(tx, ticket.service, count=n) if n else first_waiting(tx, ticket.service, count=1, last=True)
    if not nth:
        return line.Place(queued_at=tx.now, line_at=ticket.line_at, moved="restored")
    return line.behind(nth[-1], queued_at=tx.now)
