"""The halls of a district together: how busy each is, for everybody; a day in figures, for its supervisors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from server.queries import load, reports
from server.queries.load import by_load
from server.rules.sums import sums
from server.web.acts import reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.halls import hall_of, halls_of
from server.web.reports import Day
from server.web.shapes import DistrictDay, HallLoads
from server.web.shared_look import SharedLook

if TYPE_CHECKING:
    from datetime import date


router = APIRouter(tags=["the district"])

REST_S = 3.0  # between two looks at all halls, whoever asks

SUPERVISORS = May(supervisor=True)
Anyone = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, anyone=True))]
Supervisor = Annotated[Caller, Depends(SUPERVISORS)]


@router.get("/halls", response_model=HallLoads, responses=refusals())
async def halls(request: Request, caller: Anyone, locale: LocaleDep) -> Response:
    """How busy every hall is now, the least busy first: for applicants who may go to any."""
    return reply({"halls": await loads(request, locale=locale)})


@router.get("/district/day", response_model=DistrictDay, responses=refusals())
async def district_day(request: Request, caller: Supervisor, locale: LocaleDep, day: Day = None) -> Response:
    """A business day of this hall and of every hall below it: one row each, and the sums by district, street, community."""
    return reply(await the_day(request, caller, day=day, locale=locale))


async def loads(request: Request, *, locale: str) -> list[dict[str, Any]]:
    """Every hall's load, the least busy first; one look in three seconds for all who ask."""
    every = halls_of(request)

    async def look() -> list[dict[str, Any]]:
        found = [{**await hall.store.read(load.load, locale=locale), "url": hall.url} for hall in every]
        return by_load(found)

    return await every.looks.setdefault(locale, SharedLook(rest_s=REST_S)).see(look)


async def the_day(request: Request, caller: Caller, *, day: date | None, locale: str) -> dict[str, Any]:
    """The rows of the halls that `caller` reads here, and their sums by each part of the way down to them."""
    here = hall_of(request)
    wanted = day.isoformat() if day else await here.store.read(lambda rx: rx.day)
    rows = []
    for hall in (here, *halls_of(request).below(here)):
        name = hall.store.hall.say(hall.store.hall.setup.hall.name, locale)
        row = await hall.store.read(reports.totals, day=wanted)
        rows.append({"id": hall.id, "name": name, "org_path": list(hall.org_path), "url": hall.url, **row})
    return {"day": wanted, "halls": rows, "sums": sums(rows)}
