"""What an applicant meets first: the hall, its services, its notices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from server.errors import HallClosed, HallError, NoSuchArea, QuotaReached, ServiceClosed
from server.opening import local_now, offer, peak_on, quota_of, stamp, week_of
from server.queries.frame import framed
from server.queries.tickets import Seen, estimate
from server.rules import limits
from server.standing import desks, out_of_use, waiting_count
from server.tables import SessionCount
from server.wording import refusal

if TYPE_CHECKING:
    from server.config.hall import Notice
    from server.store import Read

_sessions = SessionCount.__table__  # type: ignore[attr-defined]
_taken = select(_sessions.c.count).where(
    _sessions.c.hall == bindparam("hall"),
    _sessions.c.day == bindparam("day"),
    _sessions.c.service == bindparam("service"),
    _sessions.c.session == bindparam("session"),
)

LAST_ORDER = 1 << 62  # behind everyone who has a number


def hall(rx: Read, *, locale: str) -> dict[str, Any]:
    """The hall: names, areas, hours of today, whether numbers are given now, who is on duty, phones."""
    setup, about = rx.hall.setup, rx.hall.setup.hall
    now = local_now(rx)
    week = week_of(rx.hall, near=now.date())
    issuing = limits.issuing_at(now, week=week)
    why = None if issuing.open else refusal(HallClosed(opens_at=stamp(issuing.opens_at)), hall=rx.hall, locale=locale)
    leader = rx.hall.staff.get(rx.head.duty_leader or "")
    return framed(
        rx,
        id=rx.hall.id,
        name=rx.hall.say(about.name, locale),
        slogan=rx.hall.say(about.slogan, locale),
        locales=list(setup.locales),
        timezone=about.timezone,
        priorities=[{"id": p.id, "label": rx.hall.say(p.label, locale)} for p in setup.priority],
        areas=[{"id": a.id, "floor": a.floor, "name": rx.hall.say(a.name, locale)} for a in setup.area],
        open=issuing.open,
        why=why,
        always_open=about.always_open,
        sessions=[
            {"id": s.id, "open": f"{s.open:%H:%M}", "close": f"{s.close:%H:%M}"}
            for s in limits.sessions_on(now.date(), week=week)
        ],
        issuing_until=stamp(issuing.until),
        opens_at=stamp(issuing.opens_at),
        duty_leader={
            "id": leader.id,
            "name": rx.hall.say(leader.name, locale),
            "post": rx.hall.say(leader.post, locale),
            "post_lang": rx.hall.tongue(leader.post, locale),
        }
        if leader
        else None,
        phones={"consult": about.consult_phone, "complaint": about.complaint_phone, "supervision": about.supervision_phone},
        speed=rx.speed,
        playing=rx.playing,
        demo=rx.head.demo,
    )


def services(rx: Read, *, locale: str, area: str | None = None) -> dict[str, Any]:
    """
    Every service (of an area: those that a counter there serves), and what taking a number now would mean.

    Raises:
        NoSuchArea.
    """
    if area is not None and area not in rx.hall.areas:
        raise NoSuchArea(area=area)
    now = local_now(rx)
    state = desks(rx)
    pairs = [(service, priority) for service in rx.hall.services for priority in rx.hall.priorities]
    waiting = waiting_count(rx, pairs)
    unused = out_of_use(state)
    seen = Seen()
    listed = []
    for service in rx.hall.setup.service:
        counters = rx.hall.counters_for[service.id]
        if area is not None and not any(rx.hall.counters[n].area == area for n in counters):
            continue
        closed, opens_at = why_closed(rx, service.id, now=now, unused=unused)
        place = {"line_at": rx.now * 1000, "order": LAST_ORDER}
        taken_now = estimate(rx, service=service.id, priority="normal", bound=None, now=state, seen=seen, **place)
        listed.append(
            {
                "id": service.id,
                "name": rx.hall.say(service.name, locale),
                "group": service.group,
                "group_name": rx.hall.say(rx.hall.groups[service.group].name, locale),
                "prefix": rx.hall.groups[service.group].prefix,
                "open": closed is None,
                "why": refusal(closed, hall=rx.hall, locale=locale) if closed else None,
                "opens_at": opens_at,
                "ahead": taken_now["ahead"],
                "waiting": waiting.get(service.id, 0),
                "wait": taken_now["wait"],
                "self_claim": [
                    p.id for p in rx.hall.setup.priority if p.self_claim and any(p.id in rx.hall.classes_at(n) for n in counters)
                ],
            }
        )
    return framed(rx, services=listed)


def guide_desk(rx: Read, *, locale: str, area: str | None = None) -> dict[str, Any] | None:
    """Where somebody is helped in person: the consulting counter, of `area` before any other; None where the hall has none."""
    known = [counter for counter in rx.hall.setup.counter if counter.type == "consulting"]
    about = next((counter for counter in known if counter.area == area), known[0] if known else None)
    if about is None:
        return None
    place = rx.hall.areas[about.area]
    return {
        "counter": about.number,
        "name": rx.hall.say(about.name, locale),
        "floor": place.floor,
        "area_name": rx.hall.say(place.name, locale),
    }


def notices(rx: Read, *, locale: str, screen: str) -> dict[str, Any]:
    """The notices in force on a kind of screen: urgent ones, then what is said on a busy day, then the others."""
    now = local_now(rx)
    told = [n for n in rx.hall.setup.notice if screen in n.screens and _in_force(n, now)]
    told.sort(key=lambda n: n.level != "urgent")
    shown = [{"id": n.id, "level": n.level, "text": rx.hall.say(n.text, locale)} for n in told]
    peak = peak_on(rx.hall, now.date())
    if peak is not None and peak.note:
        urgent = sum(n.level == "urgent" for n in told)
        shown.insert(urgent, {"id": "peak", "level": "info", "text": rx.hall.say(peak.note, locale)})
    return framed(rx, notices=shown)


def why_closed(rx: Read, service: str, *, now: datetime, unused: frozenset[int]) -> tuple[HallError | None, str | None]:
    """Why no number of a service is given now while `unused` counters are; and when one is again. (None, None): one is."""
    offered = offer(rx.hall, service, now=now, unused=unused)
    opens_at = stamp(offered.opens_at)
    if offered.refusal == "hall":
        return HallClosed(opens_at=opens_at), opens_at
    if offered.refusal == "service":
        return ServiceClosed(service=service, opens_at=opens_at), opens_at
    quota = quota_of(rx.hall, service, session=offered.session, day=now.date())
    if quota is not None and session_taken(rx, service, offered.session or "") >= quota:
        again = stamp(offered.next_session_at)
        return QuotaReached(service=service, quota=quota, session=offered.session, opens_at=again), again
    return None, None


def session_taken(rx: Read, service: str, session: str) -> int:
    """Numbers of a service given out in a session today."""
    row = rx.one(_taken, hall=rx.hall.id, day=rx.day, service=service, session=session)
    return int(row[0]) if row else 0


def _in_force(notice: Notice, now: datetime) -> bool:
    def local(at: datetime) -> datetime:
        return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)

    return (notice.valid_from is None or local(notice.valid_from) <= now) and (
        notice.valid_to is None or now < local(notice.valid_to)
    )
