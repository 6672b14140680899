"""What a clerk can do now, and otherwise the very refusal the act would meet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from server.errors import (
    AlreadyOpen,
    CounterNotOpen,
    HallError,
    MovedOn,
    NobodyCalled,
    NobodyWaiting,
    NothingToRate,
    NothingToUndo,
    StillServing,
)
from server.queries.tickets import is_rated
from server.rules import calls, states
from server.standing import ticket_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.standing import Desk
    from server.store import Read
    from server.tables import Ticket


def possible(rx: Read, desk: Desk, *, current: Ticket | None, following: Ticket | None) -> dict[str, HallError | None]:
    """Each act of the desk: None when it is possible now, else why it is not."""
    shut = CounterNotOpen(counter=desk.number) if desk.state != "open" else None
    busy = StillServing(number=current.number) if current else None
    nobody = NobodyWaiting(counter=desk.number) if following is None else None
    away = CounterNotOpen(counter=desk.number) if desk.state not in ("open", "paused") else None
    rule = rx.hall.setup.calling

    def on_ticket(verb: str, check: Callable[[Ticket], None] | None = None) -> HallError | None:
        if shut or current is None or (verb == "recall" and current.state != states.CALLED):
            return shut or NobodyCalled(counter=desk.number)
        return _refusal(lambda: (states.after(current.state, verb, number=current.number), check(current) if check else None))

    return {
        "open": AlreadyOpen(counter=desk.number) if desk.state == "open" else busy,
        "pause": shut or busy,
        "close": away or busy,
        "call": shut or busy or nobody,
        "choose": shut or busy,
        "start": on_ticket("start"),
        "finish": on_ticket("finish"),
        "next_step": on_ticket("finish"),
        "recall": on_ticket(
            "recall",
            lambda t: calls.check_recall(t, now=rx.now, max_calls=rule.max_calls, interval_s=rule.recall_min_interval_seconds),
        ),
        "no_show": on_ticket("no_show", lambda t: calls.check_no_show(t, max_calls=rule.max_calls)),
        "hold": on_ticket("hold"),
        "transfer": on_ticket("transfer"),
        "ask_rating": shut or _why_no_rating(rx, desk, current=current),
        "undo": _why_no_undo(rx, desk),
        "help": shut,
    }


def _refusal(act: Callable[[], object]) -> HallError | None:
    try:
        act()
    except HallError as error:
        return error
    return None


def _why_no_rating(rx: Read, desk: Desk, *, current: Ticket | None) -> HallError | None:
    if current and current.state == states.SERVING and current.act and not is_rated(rx, current.act):
        return None
    lasts = desk.asked_act and desk.asked_until and rx.now <= desk.asked_until and not is_rated(rx, desk.asked_act)
    return None if lasts else NothingToRate()


def _why_no_undo(rx: Read, desk: Desk) -> HallError | None:
    if desk.undo is None:
        return NothingToUndo(counter=desk.number)
    kept = json.loads(desk.undo)
    ticket = ticket_by_id(rx, kept["ticket"])
    if ticket is None or ticket.day != rx.day:
        return NothingToUndo(counter=desk.number)
    if ticket.act_seq != kept["last"]:
        return MovedOn(number=ticket.number)
    return _refusal(lambda: calls.check_undo(at=kept["at"], now=rx.now, within_s=rx.hall.setup.calling.undo_seconds))
