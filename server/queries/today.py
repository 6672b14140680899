"""The hall as it is now, for whoever runs it: lines, counters, today's curve, and what needs somebody to act."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, select

from server.clock import US, instant
from server.errors import QuotaReached, ServiceClosed
from server.language import translator
from server.opening import local_now
from server.queries import lobby
from server.queries.alerts import alerts
from server.queries.curve import curve
from server.queries.floor import long_after_s, minutes, stand
from server.queries.frame import framed
from server.rules import states
from server.standing import out_of_use
from server.tables import Stage, Ticket
from server.wording import pause_reason

if TYPE_CHECKING:
    from server.language import Translator
    from server.queries.floor import InHand, Line, Now
    from server.standing import Desk
    from server.store import Read

WARN_SHARE = 0.8  # of the target: the wait is said in bold
HUNDRED_MIN = 100  # two such numbers find no room on a tile
SCALE = 1.5  # a bar is full at so many times the target

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]
_today = (_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"))
_stages_today = (_stages.c.hall == bindparam("hall"), _stages.c.day == bindparam("day"), _stages.c.undone == 0)
_waits = (*_stages_today, _stages.c.counter.is_(None), _stages.c.kind == "waiting")

_taken = select(func.count()).where(*_today)
_called = select(
    func.count().label("n"),
    func.sum(case((_stages.c.ended_at - _stages.c.began_at <= bindparam("target"), 1), else_=0)).label("within"),
).where(*_waits, _stages.c.ended_by == "call")
_last_ended = (
    select(_stages.c.counter, func.max(_stages.c.ended_at).label("at"))
    .where(*_stages_today, _stages.c.counter.is_not(None))
    .group_by(_stages.c.counter)
)


def live(rx: Read, *, locale: str) -> dict[str, Any]:
    """Summary, services, counters, curve, and what needs an act; of devices the web alone knows."""
    now = stand(rx)
    target_s = rx.hall.setup.calling.target_wait_minutes * 60
    unused = out_of_use(now.desks)
    services = [_service(rx, line, locale=locale, unused=unused) for line in now.lines.values()]
    called = rx.one(_called, hall=rx.hall.id, day=rx.day, target=target_s * US)
    taken = rx.one(_taken, hall=rx.hall.id, day=rx.day)
    working = [desk.state for desk in now.desks.values()]
    return framed(
        rx,
        hall=rx.hall.say(rx.hall.setup.hall.name, locale),
        timezone=rx.hall.setup.hall.timezone,
        speed=rx.speed,
        target_s=target_s,
        scale_s=round(target_s * SCALE),
        summary={
            "waiting": sum(line.waiting for line in now.lines.values()),
            "late_services": sum(service["state"] == "late" for service in services),
            "open": working.count("open"),
            "paused": working.count("paused"),
            "taken": taken[0] if taken else 0,
            "within_target": called.within / called.n if called and called.n else None,
        },
        services=services,
        counters=_counters(rx, now, locale=locale),
        curve=curve(rx, waiting=sum(line.waiting for line in now.lines.values())),
        alerts=alerts(rx, now, locale=locale),
    )


# ------------------------------------------------------------------ services


def _service(rx: Read, line: Line, *, locale: str, unused: frozenset[int]) -> dict[str, Any]:
    say, target_us = translator(locale), rx.hall.setup.calling.target_wait_minutes * 60 * US
    about = rx.hall.services.get(line.service)
    lasted = rx.now - line.since if line.since is not None else 0
    why = again = None
    if about is not None:
        why, again = lobby.why_closed(rx, line.service, now=local_now(rx), unused=unused)
    state = "late" if lasted > target_us else "warn" if lasted >= target_us * WARN_SHARE else "ok"
    said = _longest(say, lasted, over=lasted - target_us) if line.waiting else say("Nobody waiting")
    if why is not None and not line.waiting:
        state, said = "closed", _why(say, why)
    return {
        "id": line.service,
        "name": rx.hall.say(about.name, locale) if about else line.service,
        "state": state,
        "waiting": line.waiting,
        "longest_s": lasted // US,
        "late": line.late,
        "said": said,
        "open": why is None,
        "opens_at": again,
        "again": _again(rx, say, again),
    }


def _longest(say: Translator, lasted: int, *, over: int) -> str:
    if over > 0 and minutes(lasted) >= HUNDRED_MIN:
        return say("%(over)s min over", over=minutes(over))
    if over > 0:
        return say("longest %(n)s min, %(over)s over", n=minutes(lasted), over=minutes(over))
    return say("longest %(n)s min", n=minutes(lasted))


def _why(say: Translator, why: Exception) -> str:
    if isinstance(why, QuotaReached):
        return say("All %(n)s numbers of this session are taken", n=why.facts["quota"])
    return say("Not offered today") if isinstance(why, ServiceClosed) else say("No numbers just now")


def _again(rx: Read, say: Translator, again: str | None) -> str:
    if again is None:
        return ""
    at = datetime.fromisoformat(again).astimezone(rx.hall.zone)
    if at.date() == local_now(rx).date():
        return say("Again from %(time)s", time=f"{at:%H:%M}")
    return say("Again on %(month)s-%(day)s from %(time)s", month=at.month, day=at.day, time=f"{at:%H:%M}")


# ------------------------------------------------------------------ counters


def _counters(rx: Read, now: Now, *, locale: str) -> list[dict[str, Any]]:
    ended: dict[int, int] = {}
    if any(desk.state == "open" and n not in now.at_counter for n, desk in now.desks.items()):
        ended = {row.counter: row.at or 0 for row in rx.all(_last_ended, hall=rx.hall.id, day=rx.day)}
    return [_counter(rx, desk, now.at_counter.get(n), ended_at=ended.get(n, 0), locale=locale) for n, desk in now.desks.items()]


def _counter(rx: Read, desk: Desk, ticket: InHand | None, *, ended_at: int, locale: str) -> dict[str, Any]:
    """One counter of the strip; `since` is when it came to be as it is."""
    say = translator(locale)
    state = "idle" if desk.state == "open" else desk.state
    since = max(desk.since, ended_at) if desk.state == "open" else desk.since
    late = False
    if ticket is not None:
        state, since = ticket.state, ticket.since
        patience_s = rx.hall.setup.calling.start_timeout_seconds if state == states.CALLED else long_after_s(rx, ticket.service)
        late = rx.now - since > patience_s * US
    words = {
        "overdue": say("Overdue"),
        "unheard": say("Nobody comes"),
        "idle": say("Idle"),
        "called": say("Calling"),
        "serving": say("Serving"),
        "paused": say("Pausing"),
        "closed": say("Not open"),
        "not_in_use": say("Not in use"),
    }
    return {
        "number": desk.number,
        "name": rx.hall.say(rx.hall.counters[desk.number].name, locale),
        "state": state,
        "word": words[state if not late else "unheard" if state == states.CALLED else "overdue"],
        "ticket": ticket.number if ticket else None,
        "service": ticket.service if ticket else None,
        "reason": pause_reason(desk.reason, locale=locale) if desk.state == "paused" else None,
        "since": instant(since) if since and state not in ("closed", "not_in_use") else None,
        "late": late,
    }
