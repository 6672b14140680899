"""Who serves today: the board on which every member of the staff shows name, job number, stars and post (亮身份)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from server.clock import business_day, instant, real_us
from server.queries.board import badges, clerk_card
from server.queries.frame import framed
from server.standing import WORKING, desks
from server.tables import SignIn, Stage
from server.wording import pause_reason

if TYPE_CHECKING:
    from server.store import Read

ON_THE_FLOOR = ("guide", "duty_leader")
"""Roles that serve people without sitting at a counter; signed in is at work."""

_stages = Stage.__table__  # type: ignore[attr-defined]
_sign_ins = SignIn.__table__  # type: ignore[attr-defined]
_served = (
    select(_stages.c.clerk, _stages.c.counter, func.max(_stages.c.began_at).label("at"))
    .where(_stages.c.hall == bindparam("hall"), _stages.c.day == bindparam("day"), _stages.c.clerk.is_not(None))
    .group_by(_stages.c.clerk, _stages.c.counter)
    .order_by(func.max(_stages.c.began_at))
)
_began = (
    select(_sign_ins.c.staff, func.max(_sign_ins.c.began_at).label("at"))
    .where(_sign_ins.c.hall == bindparam("hall"))
    .group_by(_sign_ins.c.staff)
)


def serving_today(rx: Read, *, locale: str) -> dict[str, Any]:
    """
    Everyone at work now or earlier today, and what the hall promises.

    `{"people": [{card…, at, counter, badges, badge_langs, state, reason, since}], "promises": {…}}`.

    `at` says where: "floor" (on duty, or a guide who is signed in), "counter", or "earlier". In this order, by counter.
    `promises` are those of the set-up: minutes of waiting, whether everyone with a number is served, minutes of an instant case.
    """
    now = {desk.clerk: desk for desk in desks(rx).values() if desk.clerk and desk.state in WORKING}
    served = {row.clerk: row.counter for row in rx.all(_served, hall=rx.hall.id, day=rx.day)}
    floor = _on_the_floor(rx)
    people = []
    for person in rx.hall.setup.staff:
        desk = now.get(person.id)
        number = desk.number if desk else served.get(person.id)
        at = "counter" if desk else "floor" if person.id in floor else "earlier" if number else None
        if at is None:
            continue
        people.append(
            {
                **(clerk_card(rx, person.id, locale=locale) or {}),
                "at": at,
                "on_duty": person.id == rx.head.duty_leader,
                "role": person.role,
                "counter": number if at != "floor" else None,
                **(badges(rx, desk.number, locale=locale) if desk else {"badges": [], "badge_langs": []}),
                "state": desk.state if desk else None,
                "reason": pause_reason(desk.reason, locale=locale) if desk else None,
                "since": instant(desk.since) if desk else None,
            }
        )
    order = {"floor": 0, "counter": 1, "earlier": 2}
    people.sort(key=lambda one: (order[str(one["at"])], not one["on_duty"], one["counter"] or 0))
    return framed(rx, people=people, promises=_promises(rx))


def _on_the_floor(rx: Read) -> set[str]:
    """The duty leader, and guides and leaders who signed in today and have not signed out; signing in goes by real time."""

    def day(at_us: int) -> object:
        return business_day(at_us, zone=rx.hall.zone, day_start=rx.hall.setup.hall.day_start)

    today = day(real_us())
    signed_in = {row.staff for row in rx.all(_began, hall=rx.hall.id) if day(row.at) == today}
    on_duty = {rx.head.duty_leader} if rx.head.duty_leader in rx.hall.staff else set()
    return {person.id for person in rx.hall.setup.staff if person.role in ON_THE_FLOOR and person.id in signed_in} | {
        str(leader) for leader in on_duty
    }


def _promises(rx: Read) -> dict[str, Any]:
    instants = [service.limit_minutes for service in rx.hall.setup.service if service.kind == "instant" and service.limit_minutes]
    return {
        "wait_min": rx.hall.setup.calling.target_wait_minutes,
        "serve_all": rx.hall.setup.hall.hours.serve_all_issued_tickets,
        "instant_min": max(instants, default=None),
    }
