"""
What needs somebody to act now, each with where it is and since when.

`level` is "late" (a promise is broken), "warn" or "plain"; `href` is the page on which something can be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from server.clock import US, from_us, instant
from server.language import translator
from server.opening import local_now, peak_on, week_of
from server.queries.floor import long_after_s, minutes
from server.rules import limits, states
from server.tables import Ticket
from server.wording import pause_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.language import Translator
    from server.queries.floor import InHand, Line, Now
    from server.store import Read

LONG_PAUSE_S = 15 * 60

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_first = (
    select(_tickets.c.number)
    .where(
        _tickets.c.hall == bindparam("hall"),
        _tickets.c.day == bindparam("day"),
        _tickets.c.service == bindparam("service"),
        _tickets.c.state == "waiting",
    )
    .order_by(_tickets.c.stage_at)
    .limit(1)
)


def alerts(rx: Read, now: Now, *, locale: str) -> list[dict[str, Any]]:
    """Broken promises first, then what will become one; in each the order of the set-up."""
    say = translator(locale)
    found = [
        *_services(rx, now, say, locale=locale),
        *_peak(rx, now, say, locale=locale),
        *_counters(rx, now, say, locale=locale),
        *_aside(rx, now, say, locale=locale),
        *_help(rx, now, say),
    ]
    return sorted(found, key=lambda alert: ("late", "warn", "plain").index(alert["level"]))


def _alert(kind: str, key: object, *, level: str, title: str, detail: str, href: str, since: int | None = None) -> dict[str, Any]:
    return {
        "id": f"{kind}:{key}",
        "kind": kind,
        "level": level,
        "title": title,
        "detail": detail,
        "href": href,
        "since": instant(since),
    }


# ------------------------------------------------------------------ lines


def _services(rx: Read, now: Now, say: Translator, *, locale: str) -> Iterator[dict[str, Any]]:
    many = rx.hall.setup.calling.warn_waiting_per_queue
    for line in now.lines.values():
        name = rx.hall.service_name(line.service, locale)
        if line.late:
            yield _alert(
                "late_service",
                line.service,
                level="late",
                title=say("%(service)s: %(n)s min waiting", service=name, n=minutes(rx.now - (line.since or rx.now))),
                detail=_late_detail(rx, now, line, say),
                href=f"/manage/line/{line.service}",
                since=line.since,
            )
        elif line.waiting and not _able(rx, now, line.service):
            yield _alert(
                "unserved",
                line.service,
                level="warn",
                title=say("%(service)s: nobody at work can call", service=name),
                detail=say("%(n)s people wait. Open a counter for it, or look at the skills of those at work.", n=line.waiting),
                href=f"/manage/line/{line.service}",
                since=line.since,
            )
        elif line.waiting >= many:
            yield _alert(
                "crowded",
                line.service,
                level="warn",
                title=say("%(service)s: %(n)s people waiting", service=name, n=line.waiting),
                detail=_staffed(rx, now, line.service, say),
                href=f"/manage/line/{line.service}",
            )
    for counter in rx.hall.setup.counter:
        waiting = sum(now.lines[service].waiting for service in rx.hall.served[counter.number])
        if counter.open_when and now.desks[counter.number].state == "closed" and waiting >= counter.open_when.waiting_at_least:
            yield _alert(
                "tidal",
                counter.number,
                level="warn",
                title=say("Counter %(n)s should open", n=counter.number),
                detail=say(
                    "%(n)s people wait for what it serves; it is to open from %(least)s.",
                    n=waiting,
                    least=counter.open_when.waiting_at_least,
                ),
                href=f"/counter/{counter.number}",
            )


def _peak(rx: Read, now: Now, say: Translator, *, locale: str) -> Iterator[dict[str, Any]]:
    """Counters that a busy day asks for, and that are not at work while numbers are given."""
    moment = local_now(rx)
    peak = peak_on(rx.hall, moment.date())
    if peak is None or not limits.issuing_at(moment, week=week_of(rx.hall, near=moment.date())).open:
        return
    for n in peak.counters:
        if now.desks[n].state == "closed":
            yield _alert(
                "peak",
                n,
                level="warn",
                title=say("Counter %(n)s should open", n=n),
                detail=say("A busy day. %(note)s", note=rx.hall.say(peak.note, locale)).strip(),
                href=f"/counter/{n}",
            )


def _late_detail(rx: Read, now: Now, line: Line, say: Translator) -> str:
    first = rx.one(_first, hall=rx.hall.id, day=rx.day, service=line.service)
    over = say("%(n)s over the target, %(number)s first.", n=line.late, number=first[0] if first else "")
    return say("%(over)s %(staffed)s", over=over, staffed=_staffed(rx, now, line.service, say))


def _staffed(rx: Read, now: Now, service: str, say: Translator) -> str:
    """Which counters serve it now."""
    able = [n for n in _able(rx, now, service) if not rx.hall.counters[n].priority_only]
    if not able:
        return say("No open counter serves it.")
    return say("Served by counters %(list)s.", list=say("1, 2").strip("12").join(map(str, able)))


def _able(rx: Read, now: Now, service: str) -> list[int]:
    """Open counters that serve it, whose clerk can."""
    served = rx.hall.counters_for.get(service, ())
    return [n for n in served if now.desks[n].state == "open" and rx.hall.skilled(now.desks[n].clerk, service)]


# ------------------------------------------------------------------ counters and tickets in hand


def _counters(rx: Read, now: Now, say: Translator, *, locale: str) -> Iterator[dict[str, Any]]:
    for n, desk in now.desks.items():
        ticket = now.at_counter.get(n)
        if ticket is not None:
            yield from _in_hand(rx, n, ticket, say, locale=locale)
        elif desk.state == "paused" and rx.now - desk.since > LONG_PAUSE_S * US:
            why = pause_reason(desk.reason, locale=locale) or "–"
            yield _alert(
                "long_pause",
                n,
                level="plain",
                title=say("Counter %(n)s has paused for %(min)s min", n=n, min=minutes(rx.now - desk.since)),
                detail=say("%(reason)s, since %(time)s.", reason=why, time=_clock(rx, desk.since)),
                href=f"/counter/{n}",
                since=desk.since,
            )


def _in_hand(rx: Read, n: int, ticket: InHand, say: Translator, *, locale: str) -> Iterator[dict[str, Any]]:
    lasted, name = rx.now - ticket.since, rx.hall.service_name(ticket.service, locale)
    if ticket.state == states.CALLED and lasted > rx.hall.setup.calling.start_timeout_seconds * US:
        yield _alert(
            "nobody_came",
            n,
            level="late",
            title=say("Counter %(n)s called %(min)s min ago, nobody came", n=n, min=minutes(lasted)),
            detail=say("%(number)s, %(service)s.", number=ticket.number, service=name),
            href=f"/counter/{n}",
            since=ticket.since,
        )
    usual = rx.hall.services[ticket.service].expected_minutes if ticket.service in rx.hall.services else 0
    if ticket.state == states.SERVING and lasted > long_after_s(rx, ticket.service) * US:
        yield _alert(
            "long_service",
            n,
            level="late",
            title=say("Counter %(n)s serving for %(min)s min", n=n, min=minutes(lasted)),
            detail=say("%(number)s, %(service)s, usually %(usual)s min.", number=ticket.number, service=name, usual=usual),
            href=f"/counter/{n}",
            since=ticket.since,
        )


def _aside(rx: Read, now: Now, say: Translator, *, locale: str) -> Iterator[dict[str, Any]]:
    for ticket in now.in_hand:
        if ticket.state == states.HELD and rx.now - ticket.since > rx.hall.setup.calling.hold_max_minutes * 60 * US:
            yield _alert(
                "long_hold",
                ticket.number,
                level="late",
                title=say("%(number)s put aside for %(min)s min", number=ticket.number, min=minutes(rx.now - ticket.since)),
                detail=say(
                    "%(service)s, counter %(n)s, since %(time)s.",
                    service=rx.hall.service_name(ticket.service, locale),
                    n=ticket.counter or "–",
                    time=_clock(rx, ticket.since),
                ),
                href=f"/counter/{ticket.counter}" if ticket.counter else "/manage",
                since=ticket.since,
            )


def _help(rx: Read, now: Now, say: Translator) -> Iterator[dict[str, Any]]:
    for n, desk in now.desks.items():
        if desk.help_asked_at is not None:
            yield _alert(
                "help",
                n,
                level="warn",
                title=say("Counter %(n)s asks for help", n=n),
                detail=say("Asked at %(time)s.", time=_clock(rx, desk.help_asked_at)),
                href=f"/counter/{n}",
                since=desk.help_asked_at,
            )


def _clock(rx: Read, at_us: int) -> str:
    return f"{from_us(at_us).astimezone(rx.hall.zone):%H:%M}"
