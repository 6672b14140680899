"""How busy a hall is now: for applicants who choose where to go (就近办理), and for the district it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, text, union_all

from server.clock import US, instant
from server.opening import local_now, stamp, week_of
from server.rules import limits
from server.standing import desks
from server.tables import Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.store import Read

WORKING = ("open", "paused")

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_waiting = union_all(
    *(
        select(func.count().label("n"), func.min(_tickets.c.queued_at).label("since")).where(
            _tickets.c.hall == bindparam("hall"),
            _tickets.c.day == bindparam("day"),
            text(f"ticket.state = 'waiting' AND ticket.bound IS {bound}"),  # the words of the two indexes over those who wait
        )
        for bound in ("NULL", "NOT NULL")
    )
)


def load(rx: Read, *, locale: str) -> dict[str, Any]:
    """Whether numbers are given, how many wait, the longest wait in seconds, how many counters are at work; no names."""
    about = rx.hall.setup.hall
    now = local_now(rx)
    issuing = limits.issuing_at(now, week=week_of(rx.hall, near=now.date()))
    found = rx.all(_waiting, hall=rx.hall.id, day=rx.day)
    began = [row.since for row in found if row.since is not None]
    states = [desk.state for desk in desks(rx).values()]
    return {
        "id": rx.hall.id,
        "name": rx.hall.say(about.name, locale),
        "name_lang": rx.hall.tongue(about.name, locale),
        "address": rx.hall.say(about.address, locale) if about.address else "",
        "address_lang": rx.hall.tongue(about.address, locale) if about.address else "",
        "phone": about.consult_phone,
        "timezone": about.timezone,
        "org_path": list(about.org_path),
        "open": issuing.open,
        "opens_at": stamp(issuing.opens_at),
        "waiting": sum(row.n for row in found),
        "longest_wait_s": (rx.now - min(began)) // US if began else 0,
        "counters": {"open": sum(state in WORKING for state in states), "all": len(states)},
        "now": instant(rx.now),
    }


def by_load(loads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The least busy first: fewest people for each counter at work; a hall that gives no numbers comes last."""

    def place(one: dict[str, Any]) -> tuple[bool, float, int]:
        counters = one["counters"]["open"]
        return not one["open"], one["waiting"] / counters if counters else float("inf"), one["longest_wait_s"]

    return sorted(loads, key=place)
