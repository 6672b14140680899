"""The guide desk: a number for somebody, one ticket looked up with what may be done, today's tickets, who is on duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from counter.pages import ACTING, asked, sign_in
from server.errors import GuidesOnly
from server.language import translator
from server.queries import desk, guide, lobby
from server.web.deps import caller_of, card_of
from server.web.halls import hall_of
from server.web.pages import locale_of, render

if TYPE_CHECKING:
    from server.config.hall import Priority

router = APIRouter(include_in_schema=False)

WHO = {
    "disabled": "With a disability",
    "pregnant": "Expecting a child",
    "with_infant": "With an infant",
    "serious_illness": "Seriously ill",
    "veteran": "A veteran",
    "urgent_travel": "Must travel urgently",
}
"""Groups of people a class may be for, as a reason says them."""

OTHERWISE = ("Agreed by the duty leader", "Walks with difficulty", "A case that cannot wait")
"""Reasons for a class that is for no group in particular."""

STATES = {
    "waiting": ("clock", "In line"),
    "called": ("speaker", "Being called"),
    "serving": ("play", "In service"),
    "held": ("box", "Put on hold"),
    "no_show": ("person-off", "No-show"),
    "finished": ("check", "Service finished"),
    "cancelled": ("x", "Given back"),
    "expired": ("lock", "Void at day's end"),
}
"""Icon and word of each state of a ticket."""

Number = Annotated[str | None, Query(pattern=r"^[A-Za-z]?[0-9]{1,8}$")]
State = Literal["waiting", "called", "serving", "held", "no_show", "finished", "cancelled", "expired"]
Service = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.get("/guide")
async def at_guide_desk(request: Request, number: Number = None, state: State | None = None, service: Service = None) -> Response:
    """The guide desk; `number` is the ticket on the table, `state` and `service` narrow the list of today's."""
    caller = await caller_of(request)
    if caller.kind != "staff":
        return sign_in(request)
    if not caller.by.at_least("guide"):
        raise GuidesOnly
    store = hall_of(request).store
    locale = locale_of(request)
    listed = await store.read(guide.today, locale=locale, state=state, service=service)
    hall = await store.read(lobby.hall, locale=locale)
    offered = (await store.read(lobby.services, locale=locale))["services"]
    wanted = number.upper() if number else None
    return render(
        request,
        "counter/guide.html",
        locale=locale,
        me=await card_of(request, caller, locale=locale),
        asked=asked(request),
        hall=hall,
        groups=grouped(offered),
        services=[{"id": one["id"], "name": one["name"]} for one in offered],
        listed=listed,
        wanted=wanted,
        card=await store.read(guide.card, number=wanted, by=caller.by, locale=locale) if wanted else None,
        chosen={"state": state, "service": service},
        helps=await store.read(guide.helps, locale=locale),
        counters=(await store.read(desk.counters, locale=locale))["counters"],
        leads=caller.role in ACTING,
        states={name: {"icon": icon, "word": translator(locale)(word)} for name, (icon, word) in STATES.items()},
        **choices(request, locale=locale),
    )


def choices(request: Request, *, locale: str) -> dict[str, Any]:
    """What the set-up offers to choose from: classes with reasons, kiosks that print, staff who may be on duty."""
    hall = hall_of(request).store.hall
    return {
        "classes": [
            {"id": one.id, "name": hall.say(one.label, locale), "reasons": reasons(request, one, locale=locale)}
            for one in sorted(hall.setup.priority, key=lambda one: one.id != "normal")
        ],
        "kiosks": [
            {"name": one.name, "area": hall.say(hall.areas[one.area].name, locale) if one.area else ""}
            for one in hall.stations.values()
            if one.type == "kiosk"
        ],
        "staff": [
            {
                "id": one.id,
                "job_no": one.job_no,
                "name": hall.say(one.name, locale),
                "post": hall.say(one.post, locale),
                "post_lang": hall.tongue(one.post, locale),
            }
            for one in sorted(hall.setup.staff, key=lambda one: one.role not in ACTING)
            if one.role != "supervisor"
        ],
        "digits": hall.setup.ticket.digits,
    }


def reasons(request: Request, priority: Priority, *, locale: str) -> list[dict[str, str]]:
    """Answer why to give a class: `value` in the hall's language, because it is kept with the ticket; `name` in the reader's."""
    if priority.id == "normal":
        return []
    hall = translator(str(hall_of(request).store.hall.setup.default_locale))
    reader = translator(locale)
    found = [{"value": hall(text), "name": reader(text)} for text in (WHO.get(who, who) for who in priority.who)]
    if priority.min_age:
        age = "Aged %(n)s or over"
        found.append({"value": hall(age, n=priority.min_age), "name": reader(age, n=priority.min_age)})
    return found or [{"value": hall(text), "name": reader(text)} for text in OTHERWISE]


def grouped(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather services under their groups, in the order they are offered."""
    groups: dict[str, dict[str, Any]] = {}
    for service in services:
        empty = {"prefix": service["prefix"], "name": service["group_name"], "services": []}
        groups.setdefault(service["group"], empty)["services"].append(service)
    return list(groups.values())
