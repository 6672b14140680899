"""Opening, pausing and closing counters; asking for help; who is on duty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from server import journal
from server.errors import BadRequest, ClerkElsewhere, CounterNotOpen, CounterTaken, NoSuchStaff, NotAllowed, StillServing
from server.events import CounterClosed, CounterEvent, CounterOpened, CounterPaused, DutyChanged, HelpAsked, HelpGiven
from server.standing import WORKING, desks, ticket_by_id
from server.verbs.calling import open_desk
from server.verbs.ticketing import known_counter, set_desk, tell
from server.verbs.undoing import check_counter

if TYPE_CHECKING:
    from server.rules.people import By
    from server.standing import Desk
    from server.store import Write

STATES = ("open", "paused", "closed", "not_in_use")


def set_state(tx: Write, *, counter: int, state: str, by: By, reason: str | None = None) -> int:
    """
    The counter is open for its clerk, paused with a reason, closed or not in use; the counter.

    Journals `counter.opened`, `counter.paused` or `counter.closed`; nothing when it already is so.

    Raises:
        NoSuchCounter, NotAllowed.
        CounterTaken: another clerk has it.
        ClerkElsewhere: the clerk has another counter.
        StillServing: pausing or closing with a ticket called or in service.
        CounterNotOpen: pausing a counter that is not open.
    """
    desk = known_counter(tx, counter)
    if state == "open":
        return _open(tx, desk, by=by)
    if desk.state == state and (state != "paused" or desk.reason == reason):
        return counter
    if desk.state in WORKING:
        check_counter(desk, by=by)
    elif not by.at_least("duty_leader"):
        raise CounterNotOpen(counter=counter) if by.at_least("clerk") else NotAllowed
    if state == "not_in_use" and not by.at_least("duty_leader"):
        raise NotAllowed
    if state == "paused" and desk.state not in WORKING:
        raise CounterNotOpen(counter=counter)
    if state == "paused" and not reason:
        raise BadRequest(problem="a pause needs a reason")
    _check_free(tx, desk)
    kept = desk.clerk if state == "paused" else None
    set_desk(tx, counter, state=state, reason=reason if state == "paused" else None, since=tx.now, clerk=kept, undo=None)
    event: CounterEvent = (
        CounterPaused(counter=counter, reason=reason or "")
        if state == "paused"
        else CounterClosed(counter=counter, state=state, by=None)
    )
    tell_counter(tx, event, by=by)
    return counter


def ask_help(tx: Write, *, counter: int, by: By) -> int:
    """
    The clerk asks the duty leader to come; the counter. Asked once more before anybody came, it stands since the first time.

    Journals `counter.help_asked`.

    Raises:
        NoSuchCounter, CounterNotOpen, NotAllowed.
    """
    desk = open_desk(tx, counter, by=by)
    if desk.help_asked_at is None:
        set_desk(tx, counter, help_asked_at=tx.now)
    tell_counter(tx, HelpAsked(counter=counter), by=by)
    return counter


def give_help(tx: Write, *, counter: int, by: By) -> int:
    """
    Somebody came to the counter that asked for the duty leader; the counter.

    Journals `counter.help_given`; nothing when nobody is asked for.

    Raises:
        NoSuchCounter.
        NotAllowed: only guides and up.
    """
    desk = known_counter(tx, counter)
    if not by.at_least("guide"):
        raise NotAllowed
    if desk.help_asked_at is not None:
        set_desk(tx, counter, help_asked_at=None)
        tell_counter(tx, HelpGiven(counter=counter), by=by)
    return counter


def set_duty(tx: Write, *, staff: str, by: By) -> str:
    """
    Another leader is on duty; their staff id.

    Journals `duty.changed`; nothing when they already are.

    Raises:
        NoSuchStaff.
    """
    if staff not in tx.hall.staff:
        raise NoSuchStaff(staff=staff)
    if tx.head.duty_leader != staff:
        tx.head = replace(tx.head, duty_leader=staff)
        journal.record(tx, DutyChanged(staff=staff), topics=[f"board:{area}" for area in tx.hall.areas], actor=by.id)
    return staff


def tell_counter(tx: Write, event: CounterEvent, *, by: By) -> int:
    """Record an event of a counter for the counter and for its area's screens; its seq."""
    return tell(tx, event, by=by, counters=[event.counter], areas=[tx.hall.counters[event.counter].area])


def _open(tx: Write, desk: Desk, *, by: By) -> int:
    if by.kind == "station":
        if by.counter != desk.number or desk.state not in WORKING:
            raise NotAllowed if by.counter != desk.number else CounterNotOpen(counter=desk.number)
        clerk = desk.clerk or ""
    elif by.at_least("clerk"):
        clerk = by.id
    else:
        raise NotAllowed
    leads = by.at_least("duty_leader") and desk.state == "paused"
    if desk.state in WORKING and desk.clerk != clerk:
        if not leads:
            raise CounterTaken(counter=desk.number)
        clerk = desk.clerk or ""
    if desk.state == "not_in_use" and not by.at_least("duty_leader"):
        raise NotAllowed
    elsewhere = [d.number for d in desks(tx).values() if d.clerk == clerk and d.number != desk.number and d.state in WORKING]
    if elsewhere:
        raise ClerkElsewhere(counter=elsewhere[0])
    if desk.state == "open":
        return desk.number
    set_desk(tx, desk.number, state="open", reason=None, since=tx.now, clerk=clerk, undo=None)
    tell_counter(tx, CounterOpened(counter=desk.number, clerk=clerk), by=by)
    return desk.number


def _check_free(tx: Write, desk: Desk) -> None:
    if desk.ticket is not None:
        current = ticket_by_id(tx, desk.ticket)
        raise StillServing(number=current.number if current else desk.ticket)
