"""The register of a day (登记册): one line a ticket, what became of it and how long each part took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from server.clock import US, instant
from server.language import translator
from server.queries.frame import framed
from server.tables import Rating, Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from server.store import Read

PAGE = 500

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_ratings = Rating.__table__  # type: ignore[attr-defined]
_page = (
    select(_tickets)
    .where(
        _tickets.c.hall == bindparam("hall"),
        _tickets.c.day == bindparam("day"),
        _tickets.c.order > bindparam("after"),
    )
    .order_by(_tickets.c.order)
    .limit(PAGE)
)
_acts = (
    select(_stages.c.ticket, _stages.c.ended_by, _ratings.c.level)
    .select_from(
        _stages.outerjoin(_ratings, (_ratings.c.hall == _stages.c.hall) & (_ratings.c.act == _stages.c.act)),
    )
    .where(
        _stages.c.hall == bindparam("hall"),
        _stages.c.day == bindparam("day"),
        _stages.c.kind == "serving",
        _stages.c.undone == 0,
    )
    .order_by(_stages.c.began_at)
)


def register(rx: Read, *, day: str | None, locale: str) -> dict[str, Any]:
    """
    Every ticket of a business day, in the order of issue; no personal data.

    `rating` is the level its last rated act was given; `by_day_end` says that the night ended it, and that its serving time
    is nobody's.
    """
    wanted = day or rx.day
    rated: dict[str, int] = {}
    overnight: set[str] = set()
    for act in rx.all(_acts, hall=rx.hall.id, day=wanted):
        if act.level is not None:
            rated[act.ticket] = act.level
        if act.ended_by == "day_end":
            overnight.add(act.ticket)
    rows = [_line(rx, t, level=rated.get(t.id), overnight=t.id in overnight, locale=locale) for t in _in_order(rx, wanted)]
    return framed(
        rx,
        hall=rx.hall.say(rx.hall.setup.hall.name, locale),
        timezone=rx.hall.setup.hall.timezone,
        day=wanted,
        rows=rows,
    )


def _in_order(rx: Read, day: str) -> Iterator[Row[Any]]:
    after = 0
    while page := rx.all(_page, hall=rx.hall.id, day=day, after=after):
        yield from page
        after = page[-1].order


def _line(rx: Read, ticket: Row[Any], *, level: int | None, overnight: bool, locale: str) -> dict[str, Any]:
    hall, person = rx.hall, rx.hall.person(ticket.clerk)
    priority = hall.priorities.get(ticket.priority)
    state = "day_end" if overnight else ticket.state
    return {
        "number": ticket.number,
        "service": ticket.service,
        "service_name": hall.service_name(ticket.service, locale),
        "priority": ticket.priority,
        "priority_name": hall.say(priority.label, locale) if priority else ticket.priority,
        "channel": ticket.channel,
        "channel_name": _channels(locale).get(ticket.channel, ticket.channel),
        "taken_at": instant(ticket.issued_at),
        "called_at": instant(ticket.called_at),
        "started_at": instant(ticket.started_at),
        "finished_at": instant(ticket.finished_at),
        "counter": ticket.counter,
        "clerk": person.job_no if person else ticket.clerk,
        "state": ticket.state,
        "state_name": _states(locale).get(state, state),
        "by_day_end": overnight,
        "wait_s": ticket.wait_us // US,
        "walk_s": ticket.walk_us // US,
        "serve_s": None if overnight else ticket.serve_us // US,
        "hold_s": ticket.hold_us // US,
        "rating": level,
    }


def _channels(locale: str) -> dict[str, str]:
    say = translator(locale)
    return {
        "kiosk": say("Kiosk"),
        "desk": say("Guide desk"),
        "phone": say("Phone"),
        "booking": say("Appointment"),
        "replay": say("Replay"),
    }


def _states(locale: str) -> dict[str, str]:
    say = translator(locale)
    return {
        "waiting": say("Waiting"),
        "called": say("Called"),
        "serving": say("In service"),
        "held": say("Put aside"),
        "no_show": say("Did not come"),
        "finished": say("Finished"),
        "cancelled": say("Cancelled"),
        "expired": say("Expired at the day's end"),
        "day_end": say("Ended by the day's end"),
    }
