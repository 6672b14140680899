"""
Asking for a rating and giving one.

A rating belongs to the service act that was asked about, never to who stands there next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, insert, select

from server.clock import instant
from server.errors import NoSuchAct, NoSuchLink, NothingToRate
from server.events import RatingAsked, ServiceRated
from server.opening import late_rating_until
from server.rules import scores, states
from server.standing import ticket_by_follow, ticket_by_id
from server.tables import Rating, Stage, Ticket
from server.verbs.calling import open_desk
from server.verbs.ticketing import known_counter, set_desk, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.rules.people import By
    from server.store import Write

_stages = Stage.__table__  # type: ignore[attr-defined]
_ratings = Rating.__table__  # type: ignore[attr-defined]
_act = select(_stages).where(_stages.c.hall == bindparam("hall"), _stages.c.act == bindparam("act"), _stages.c.undone == 0)
_rated = select(_ratings.c.level).where(_ratings.c.hall == bindparam("hall"), _ratings.c.act == bindparam("act"))
_insert = insert(_ratings)


def ask(tx: Write, *, act: str, ticket: Ticket, counter: int, by: By, ended_at: int | None = None) -> None:
    """
    The tablet and the keypad of the counter ask about `act`, which ended at `ended_at` (else it ends now or still runs).

    Nothing when it has its rating.
    """
    if tx.one(_rated, hall=tx.hall.id, act=act) is not None:
        return
    until = (ended_at or tx.now) + tx.hall.setup.rating.window_minutes * 60_000_000
    set_desk(tx, counter, asked_act=act, asked_until=until)
    event = RatingAsked(number=ticket.number, service=ticket.service, counter=counter, act=act, until=instant(until) or "")
    tell(tx, event, by=by, ticket=ticket, counters=[counter])


def ask_now(tx: Write, *, counter: int, by: By) -> Ticket:
    """
    The clerk's key: ask about the service act in progress, else about the last one while its time lasts.

    Journals `rating.asked`.

    Raises:
        NoSuchCounter, CounterNotOpen, NotAllowed.
        NothingToRate: there was none, it is rated, or its time is over.
    """
    desk = open_desk(tx, counter, by=by)
    current = ticket_by_id(tx, desk.ticket) if desk.ticket else None
    act = current.act if current and current.state == states.SERVING else None
    if act is None and desk.asked_act and desk.asked_until and tx.now <= desk.asked_until:
        act = desk.asked_act
    stage = tx.one(_act, hall=tx.hall.id, act=act) if act else None
    if stage is None or act is None or tx.one(_rated, hall=tx.hall.id, act=act) is not None:
        raise NothingToRate
    ticket = cast("Ticket", ticket_by_id(tx, stage.ticket))
    ask(tx, act=act, ticket=ticket, counter=counter, by=by, ended_at=stage.ended_at)
    return ticket


def rate_at_counter(
    tx: Write,
    *,
    counter: int,
    act: str,
    level: int,
    by: By,
    channel: str,
    reasons: Sequence[str] = (),
    comment: str | None = None,
) -> int:
    """
    A rating pressed at the counter, for `act`; the level.

    Journals `service.rated`.

    Raises:
        NoSuchCounter, NoSuchAct.
        NothingToRate: the act was another counter's.
        AlreadyRated, RatingClosed.
    """
    known_counter(tx, counter)
    stage = tx.one(_act, hall=tx.hall.id, act=act)
    if stage is None:
        raise NoSuchAct(act=act)
    if stage.counter != counter:
        raise NothingToRate
    until = stage.ended_at + tx.hall.setup.rating.window_minutes * 60_000_000 if stage.ended_at else None
    return _store(tx, cast("Stage", stage), until=until, level=level, reasons=reasons, comment=comment, channel=channel, by=by)


def rate_by_link(
    tx: Write, *, follow: str, act: str, level: int, by: By, reasons: Sequence[str] = (), comment: str | None = None
) -> int:
    """
    A rating from the applicant's phone, for some working days after the act; the level.

    Raises:
        NoSuchLink, NoSuchAct.
        AlreadyRated, RatingClosed.
    """
    ticket = ticket_by_follow(tx, follow)
    if ticket is None:
        raise NoSuchLink
    stage = tx.one(_act, hall=tx.hall.id, act=act)
    if stage is None or stage.ticket != ticket.id:
        raise NoSuchAct(act=act)
    until = late_rating_until(tx, stage.ended_at) if stage.ended_at else None
    return _store(tx, cast("Stage", stage), until=until, level=level, reasons=reasons, comment=comment, channel="phone", by=by)


def _store(
    tx: Write,
    stage: Stage,
    *,
    until: int | None,
    level: int,
    reasons: Sequence[str],
    comment: str | None,
    channel: str,
    by: By,
) -> int:
    rated = tx.one(_rated, hall=tx.hall.id, act=stage.act) is not None
    scores.check_rating(began=True, ended_at=stage.ended_at, until=until, rated=rated, now=tx.now)
    ticket = cast("Ticket", ticket_by_id(tx, stage.ticket))
    counter = stage.counter or 0
    tx.run(
        _insert,
        hall=tx.hall.id,
        act=stage.act,
        ticket=stage.ticket,
        day=tx.day,
        service=stage.service,
        counter=counter,
        clerk=stage.clerk,
        level=level,
        reasons=json.dumps(list(reasons), ensure_ascii=False),
        comment=comment,
        channel=channel,
        at=tx.now,
    )
    event = ServiceRated(
        number=ticket.number, service=stage.service, counter=counter, act=stage.act or "", level=level, channel=channel
    )
    tell(tx, event, by=by, ticket=ticket, counters=[counter])
    return level
