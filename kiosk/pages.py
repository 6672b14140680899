"""The applicant's pages: the kiosk in the lobby, and the ticket on the applicant's own phone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import HTMLResponse

from kiosk.qr import svg
from server.queries import lobby, tickets
from server.web.deps import station_of
from server.web.halls import hall_of
from server.web.pages import base_of, locale_of, render

router = APIRouter(include_in_schema=False)

ON_ONE_PAGE = 12
"""Up to so many services all stand on the kiosk's home page; with more, the groups come first."""

DENSE_FROM = 12
"""From so many rows on, rows are as low as a finger allows."""

Follow = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.get("/kiosk")
async def kiosk(request: Request) -> HTMLResponse:
    """The right number in one touch: every service of the hall, who waits before you, and for how long."""
    station = await station_of(request, "kiosk")
    store = hall_of(request).store
    locale = locale_of(request, personal=False)
    hall = await store.read(lobby.hall, locale=locale)
    offered = await store.read(lobby.services, locale=locale, area=station.area)
    notices = await store.read(lobby.notices, locale=locale, screen="kiosk")
    large = request.query_params.get("size", "large" if station.mode == "large_text" else "normal") == "large"
    voice = request.query_params.get("voice", station.voice)
    groups = grouped(offered["services"])
    return render(
        request,
        "kiosk/home.html",
        locale=locale,
        hall=hall,
        station=station,
        area=area_of(hall, station.area),
        guide=await store.read(lobby.guide_desk, locale=locale, area=station.area),
        groups=groups,
        names={priority["id"]: priority["label"] for priority in hall["priorities"]},
        claims=claims_of(offered["services"], hall["priorities"]),
        journal=offered["journal"],
        seq=offered["seq"],
        large=large,
        voice="prompts" if large and voice == "results" else voice,
        groups_first=large or len(offered["services"]) > ON_ONE_PAGE,
        dense=len(offered["services"]) >= DENSE_FROM,
        urgent=next((notice for notice in notices["notices"] if notice["level"] == "urgent"), None),
        notices=[notice for notice in notices["notices"] if notice["level"] != "urgent"],
    )


@router.get("/t/{follow}")
async def ticket(request: Request, follow: Follow) -> HTMLResponse:
    """One ticket on its holder's phone: how many before you, where to go, and the call itself."""
    store = hall_of(request).store
    held = await store.read(tickets.followed, locale=locale_of(request), follow=follow)
    locale = locale_of(request, personal=False, default=held["locale"])
    held = await store.read(tickets.followed, locale=locale, follow=follow)
    hall = await store.read(lobby.hall, locale=locale)
    told = await store.read(lobby.notices, locale=locale, screen="mobile")
    return render(request, "kiosk/phone.html", locale=locale, hall=hall, ticket=held, follow=follow, notices=told["notices"])


@router.get("/t/{follow}/qr.svg")
async def qr(request: Request, follow: Follow) -> Response:
    """The code that leads a phone to this ticket's page."""
    address = str(hall_of(request).public_url or request.base_url).rstrip("/")
    picture = svg(f"{address}{base_of(request)}/t/{follow}")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


def claims_of(services: list[dict[str, Any]], priorities: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """For each service where a person may claim a class: those classes, by id and name."""
    names = {priority["id"]: priority["label"] for priority in priorities}
    return {
        service["id"]: [{"id": claim, "name": names[claim]} for claim in service["self_claim"]]
        for service in services
        if service["self_claim"]
    }


def grouped(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather services under their groups, in the order they are offered."""
    groups: dict[str, dict[str, Any]] = {}
    for service in services:
        empty = {"id": service["group"], "name": service["group_name"], "prefix": service["prefix"], "services": []}
        groups.setdefault(service["group"], empty)["services"].append(service)
    return list(groups.values())


def area_of(hall: dict[str, Any], area: str | None) -> dict[str, Any] | None:
    """Find an area of the hall by its id."""
    return next((known for known in hall["areas"] if known["id"] == area), None)
