"""
Undo: a counter takes its last ticket act back, within seconds.

With each act the counter keeps the ticket's row as it was before. Undo writes it back, reopens the stage that was open then and
marks those that came after as undone; the journal keeps both the act and its undoing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from server.errors import MovedOn, NotAllowed, NothingToUndo
from server.events import TicketUndone
from server.rules import calls, states
from server.standing import ticket_by_id
from server.tables import Stage, Ticket
from server.verbs.ticketing import areas_of, change, known_counter, set_desk, tell

if TYPE_CHECKING:
    from server.rules.people import By
    from server.standing import Desk
    from server.store import Write

NOT_KEPT = {"hall", "id", "slip", "slip_detail", "act_seq"}  # what undo leaves as it is
KEPT = tuple(name for name in Ticket.__table__.c.keys() if name not in NOT_KEPT)  # type: ignore[attr-defined]  # noqa: SIM118

_stages = Stage.__table__  # type: ignore[attr-defined]
_of_ticket = (_stages.c.hall == bindparam("h"), _stages.c.ticket == bindparam("t"))
_mark_later = update(_stages).where(*_of_ticket, _stages.c.n > bindparam("open")).values(undone=1)
_end_later = (
    update(_stages)
    .where(*_of_ticket, _stages.c.n > bindparam("open"), _stages.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"), ended_by="undo")
)
_reopen = update(_stages).where(*_of_ticket, _stages.c.n == bindparam("open")).values(ended_at=None, ended_by=None)


def remember(tx: Write, counter: int, *, before: Ticket, undid: str, seq: int, last_seq: int | None = None) -> None:
    """Keep what the ticket was before the counter's act: event `undid` with `seq`; `last_seq` where the act told more."""
    row = {name: getattr(before, name) for name in KEPT}
    kept = {"ticket": before.id, "number": before.number, "undid": undid, "seq": seq, "last": last_seq or seq, "at": tx.now}
    set_desk(tx, counter, undo=json.dumps({**kept, "row": row}, ensure_ascii=False))


def forget(tx: Write, counter: int) -> None:
    """The counter's last act can no longer be undone."""
    set_desk(tx, counter, undo=None)


def undo(tx: Write, *, counter: int, by: By) -> Ticket:
    """
    The counter's last ticket act is taken back.

    Journals `ticket.undone`.

    Raises:
        NoSuchCounter, NotAllowed.
        NothingToUndo: no act, or it was a recall, a state of the counter, a day's end.
        UndoTooLate: more than the hall's seconds have passed.
        MovedOn: the ticket has been acted on since.
    """
    desk = known_counter(tx, counter)
    check_counter(desk, by=by)
    if desk.undo is None:
        raise NothingToUndo(counter=counter)
    kept = json.loads(desk.undo)
    ticket = ticket_by_id(tx, kept["ticket"])
    if ticket is None or ticket.day != tx.day:
        raise NothingToUndo(counter=counter)
    calls.check_undo(at=kept["at"], now=tx.now, within_s=tx.hall.setup.calling.undo_seconds)
    if ticket.act_seq != kept["last"]:
        raise MovedOn(number=ticket.number)

    row = kept["row"]
    where = {"h": tx.hall.id, "t": ticket.id, "open": row["stage"]}
    tx.run(_end_later, **where, at=tx.now)
    tx.run(_mark_later, **where)
    tx.run(_reopen, **where)
    in_hand = row["state"] in (states.CALLED, states.SERVING) and row["counter"] == counter
    current = ticket.id if in_hand else None if desk.ticket == ticket.id else desk.ticket
    taken_back = row["act"] != ticket.act or row["state"] == states.SERVING  # the act that was asked about goes on, or never was
    asked = {"asked_act": None, "asked_until": None} if taken_back and desk.asked_act == ticket.act else {}
    set_desk(tx, counter, ticket=current, undo=None, **asked)
    areas = areas_of(tx, ticket, counter)
    event = TicketUndone(
        number=ticket.number,
        service=row["service"],
        counter=counter,
        areas=areas,
        undid=kept["undid"],
        undid_seq=kept["seq"],
        state=row["state"],
    )
    seq = tell(tx, event, by=by, ticket=ticket, counters=[counter, ticket.bound, row["bound"]], areas=areas)
    return change(tx, ticket, **row, act_seq=seq)


def check_counter(desk: Desk, *, by: By) -> None:
    """Raises NotAllowed unless `by` is the counter's clerk, its pad or a duty leader."""
    mine = (by.kind == "staff" and by.id == desk.clerk) or (by.kind == "station" and by.counter == desk.number and desk.clerk)
    if not mine and not by.at_least("duty_leader"):
        raise NotAllowed
