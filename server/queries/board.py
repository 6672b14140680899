"""What the room sees: the lobby board of an area, the sign over a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, select

from server.clock import instant
from server.errors import NoSuchArea, NoSuchCounter
from server.queries import lobby
from server.queries.frame import framed
from server.queries.photos import photo_of
from server.queries.tickets import is_rated
from server.rules import states
from server.standing import Desk, desk_of, desks, ticket_by_id
from server.tables import Stage, Ticket
from server.wording import pause_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.store import Read

RECENT = 12
LOOK_BACK = 60  # announcements searched for those of one area

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_announced = (
    select(_tickets)
    .where(_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"), _tickets.c.called_seq.is_not(None))
    .order_by(_tickets.c.called_seq.desc())
    .limit(LOOK_BACK)
)
_act = select(_stages).where(_stages.c.hall == bindparam("hall"), _stages.c.act == bindparam("act"), _stages.c.undone == 0)


def board(rx: Read, *, area: str, locale: str) -> dict[str, Any]:
    """
    The lobby screen of an area: who is called, who was, how many wait for what, the counters, the notices.

    Raises:
        NoSuchArea.
    """
    if area not in rx.hall.areas:
        raise NoSuchArea(area=area)
    about = rx.hall.areas[area]
    announced = [t for t in cast("Sequence[Ticket]", rx.all(_announced, hall=rx.hall.id, day=rx.day)) if _shown_in(rx, t, area)]
    offered = lobby.services(rx, locale=locale, area=area)
    calling = sorted((t for t in announced if t.state == states.CALLED), key=lambda t: t.called_seq or 0)
    return framed(
        rx,
        hall=rx.hall.say(rx.hall.setup.hall.name, locale),
        timezone=rx.hall.setup.hall.timezone,
        area={"id": area, "floor": about.floor, "name": rx.hall.say(about.name, locale)},
        calling=[_call(rx, t, locale=locale) for t in calling],
        recent=[_call(rx, t, locale=locale) for t in announced[:RECENT]],
        waiting=offered["services"],
        services={s.id: rx.hall.say(s.name, locale) for s in rx.hall.setup.service},
        counters=[_counter(rx, d, locale=locale) for d in desks(rx).values() if rx.hall.counters[d.number].area == area],
        notices=lobby.notices(rx, locale=locale, screen="hall")["notices"],
        announce_times=rx.hall.setup.calling.announce_times,
        voice={one: rx.hall.say(rx.hall.setup.calling.voice, one) for one in (locale, *rx.hall.setup.locales)},
        layout=rx.hall.setup.display.model_dump(),
        speed=rx.speed,
    )


def sign(rx: Read, *, counter: int, locale: str) -> dict[str, Any]:
    """
    What the sign and the tablet of a counter show.

    Raises:
        NoSuchCounter.
    """
    if counter not in rx.hall.counters:
        raise NoSuchCounter(counter=counter)
    about, desk, setup = rx.hall.counters[counter], desk_of(rx, counter), rx.hall.setup
    served = rx.hall.served[counter]
    groups = dict.fromkeys(rx.hall.services[s].group for s in served)
    others = [
        d.number
        for d in desks(rx).values()
        if d.state == "open" and d.number != counter and set(rx.hall.served[d.number]) & set(served)
    ]
    current = ticket_by_id(rx, desk.ticket) if desk.ticket else None
    texts = setup.calling.screen
    return framed(
        rx,
        counter=counter,
        type=about.type,
        name=rx.hall.say(about.name, locale),
        area=about.area,
        groups=[rx.hall.say(rx.hall.groups[g].name, locale) for g in groups],
        **badges(rx, counter, locale=locale),
        state=desk.state,
        reason=pause_reason(desk.reason, locale=locale),
        since=instant(desk.since) if desk.since else None,
        ticket=_current(rx, current, locale=locale),
        clerk=clerk_card(rx, desk.clerk, locale=locale),
        others=others,
        idle=rx.hall.say(texts.counter_idle, locale),
        notices=lobby.notices(rx, locale=locale, screen="led")["notices"],
        texts={name: rx.hall.say(getattr(texts, name), locale) for name in type(texts).model_fields},
        rating=_asked(rx, desk, locale=locale),
        levels=[{"value": lv.value, "id": lv.id, "name": rx.hall.say(lv.name, locale)} for lv in setup.rating.levels],
        screen_seconds=setup.rating.screen_seconds,
        complaint_phone=setup.hall.complaint_phone,
        timezone=setup.hall.timezone,
        speed=rx.speed,
    )


def clerk_card(rx: Read, staff: str | None, *, locale: str) -> dict[str, Any] | None:
    """Name, job number, post, stars and the portrait's address: what a clerk shows openly (亮身份)."""
    person = rx.hall.staff.get(staff or "")
    if person is None:
        return None
    return {
        "id": person.id,
        "job_no": person.job_no,
        "name": rx.hall.say(person.name, locale),
        "post": rx.hall.say(person.post, locale),
        "post_lang": rx.hall.tongue(person.post, locale),
        "star": person.star,
        "photo": photo_of(rx, person.id),
    }


def badges(rx: Read, counter: int, *, locale: str) -> dict[str, list[str]]:
    """What stands on the sign of a counter besides its name: `badges`, and in `badge_langs` the language of each."""
    of = rx.hall.counters[counter].badges
    return {
        "badges": [rx.hall.say(badge, locale) for badge in of],
        "badge_langs": [rx.hall.tongue(badge, locale) for badge in of],
    }


def _shown_in(rx: Read, ticket: Ticket, area: str) -> bool:
    return area in (ticket.area, rx.hall.area_of(ticket.counter))


def _call(rx: Read, ticket: Ticket, *, locale: str) -> dict[str, Any]:
    return {
        "call_seq": ticket.called_seq,
        "number": ticket.number,
        "service": ticket.service,
        "service_name": rx.hall.service_name(ticket.service, locale),
        "counter": ticket.counter,
        "calls": ticket.calls,
        "locale": ticket.locale,
        "at": instant(ticket.last_call_at),
        "state": ticket.state,
    }


def _counter(rx: Read, desk: Desk, *, locale: str) -> dict[str, Any]:
    about = rx.hall.counters[desk.number]
    return {
        "number": desk.number,
        "type": about.type,
        "name": rx.hall.say(about.name, locale),
        "state": desk.state,
        "reason": pause_reason(desk.reason, locale=locale),
    }


def _current(rx: Read, ticket: Ticket | None, *, locale: str) -> dict[str, Any] | None:
    if ticket is None:
        return None
    return {
        "number": ticket.number,
        "state": ticket.state,
        "service": ticket.service,
        "service_name": rx.hall.service_name(ticket.service, locale),
        "calls": ticket.calls,
        "act": ticket.act if ticket.state == states.SERVING else None,
    }


def _asked(rx: Read, desk: Desk, *, locale: str) -> dict[str, Any] | None:
    """The service act the counter's tablet asks about now; None when it is rated or its time is over."""
    if desk.asked_act is None or desk.asked_until is None or rx.now > desk.asked_until or is_rated(rx, desk.asked_act):
        return None
    stage = rx.one(_act, hall=rx.hall.id, act=desk.asked_act)
    ticket = ticket_by_id(rx, stage.ticket) if stage else None
    if stage is None or ticket is None:
        return None
    return {
        "act": desk.asked_act,
        "number": ticket.number,
        "service": stage.service,
        "service_name": rx.hall.service_name(stage.service, locale),
        "until": instant(desk.asked_until),
    }
