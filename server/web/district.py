"""The halls of a district together: how busy each is, for everybody; a day in figures, for its supervisors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from server.language import translator
from server.queries import load, reports
from server.queries.load import by_load
from server.rules.people import SUPERVISOR
from server.rules.sums import sums
from server.web.acts import reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.halls import hall_of, halls_of
from server.web.reports import FILES, Day, Shape, as_file
from server.web.shapes import DistrictDay, HallLoads
from server.web.shared_look import SharedLook
from server.web.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


router = APIRouter(tags=["the district"])

REST_S = 3.0  # between two looks at all halls, whoever asks
PATH = " › "  # between the parts of the way down to a hall

SUPERVISORS = May(supervisor=True)
Anyone = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, anyone=True))]
Supervisor = Annotated[Caller, Depends(SUPERVISORS)]


@router.get("/halls", response_model=HallLoads, responses=refusals())
async def halls(request: Request, caller: Anyone, locale: LocaleDep) -> Response:
    """How busy every hall is now, the least busy first: for applicants who may go to any."""
    return reply({"halls": await loads(request, locale=locale)})


@router.get("/district/day", response_model=DistrictDay, responses={**FILES, **refusals()})
async def district_day(
    request: Request, caller: Supervisor, locale: LocaleDep, day: Day = None, shape: Shape = "json"
) -> Response:
    """A business day of this hall and of every hall below it: one row each, and the sums by district, street, community."""
    found = await the_day(request, day=day, locale=locale)
    if shape == "json":
        return reply(found)
    zone = hall_of(request).store.hall.setup.hall.timezone
    return await as_file(_table(found, zone=zone, locale=locale), shape=shape, name=f"district-{found['day']}")


async def loads(request: Request, *, locale: str) -> list[dict[str, Any]]:
    """Every hall's load, the least busy first, at most three seconds old; one look for all who ask meanwhile."""
    every = halls_of(request)

    async def look() -> list[dict[str, Any]]:
        found = [{**await hall.store.read(load.load, locale=locale), "url": hall.url} for hall in every]
        return by_load(found)

    return await every.looks.setdefault(locale, SharedLook(rest_s=REST_S)).lately(look)


async def the_day(request: Request, *, day: date | None, locale: str) -> dict[str, Any]:
    """The rows of this hall and of those below it, and their sums by each part of the way down to them."""
    here = hall_of(request)
    today = await here.store.read(lambda rx: rx.day)
    wanted = day.isoformat() if day else today
    rows = []
    for hall in (here, *halls_of(request).below(here)):
        about = hall.store.hall
        name = {"name": about.say(about.setup.hall.name, locale), "name_lang": about.tongue(about.setup.hall.name, locale)}
        row = await hall.store.read(reports.totals, day=wanted)
        rows.append({"id": hall.id, **name, "org_path": list(hall.org_path), "url": hall.url, **row})
    return {"day": wanted, "today": today, "halls": rows, "sums": sums(rows)}


def page_of(request: Request, caller: Caller) -> str | None:
    """Where the supervisor that `caller` is reads the district; None for anybody else, and where no hall lies below theirs."""
    home = halls_of(request).find(caller.home)
    if caller.role != SUPERVISOR or home is None or not halls_of(request).below(home):
        return None
    return f"{home.url}manage/district"


def _table(found: Mapping[str, Any], *, zone: str, locale: str) -> Sheet:
    """The halls, then the sums; in those no hall is named."""
    say = translator(locale)
    heads = [
        say("Where"), say("Hall"), say("Number of halls"), say("Numbers taken"), say("Services finished"),
        say("Calls from the line"), say("Mean wait (s)"), say("Median wait (s)"), say("Nine in ten waited at most (s)"),
        say("Called within the target"), say("Mean service (s)"), say("Ended after closing"), say("After closing (s)"),
        say("Did not come"), say("Mean rating"), say("Ratings"),
    ]  # fmt: skip
    columns = ("finished", "waits", "wait_mean_s", "wait_median_s", "wait_p90_s", "within_target", "serve_mean_s",
               "after_close", "after_close_s", "no_shows", "rating_mean", "ratings")  # fmt: skip
    rows = [
        [PATH.join(row["org_path"]), row["name"], 1, row["tickets"]["taken"], *(row[c] for c in columns)]
        for row in found["halls"]
    ]
    whole = [
        [PATH.join(one["path"]) or say("All"), "", one["halls"], one["tickets"]["taken"], *(one.get(c) for c in columns)]
        for one in found["sums"]
    ]
    return Sheet(title=found["day"], heads=heads, rows=[*rows, *whole], zone=zone)
