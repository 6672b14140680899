"""The hall: its hours, services and boards, who is on duty, and the demo's clock."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server import errors as e
from server.queries import board as boards
from server.queries import lobby
from server.verbs import counters
from server.web.acts import act, reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.halls import hall_of, spoken_in
from server.web.shapes import DutyIn, Key, PlayIn, Snapshot

router = APIRouter(tags=["the hall"])

Anyone = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, anyone=True))]
Screen = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, prefer="hall_screen"))]
Kiosk = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True))]
Leader = Annotated[Caller, Depends(May(staff="duty_leader"))]


@router.get("/hall", response_model=Snapshot, responses=refusals())
async def hall(request: Request, caller: Anyone, locale: LocaleDep) -> Response:
    """Name, areas, hours, whether numbers are given now."""
    return reply(await hall_of(request).store.read(lobby.hall, locale=locale))


@router.get("/services", response_model=Snapshot, responses=refusals(e.NoSuchArea))
async def services(request: Request, caller: Kiosk, locale: LocaleDep, area: Annotated[Key | None, Query()] = None) -> Response:
    """Every service, whether it is offered now, and how many would be ahead."""
    return reply(await hall_of(request).store.read(lobby.services, area=area, locale=locale))


@router.get("/board", response_model=Snapshot, responses=refusals(e.NoSuchArea))
async def board(request: Request, caller: Screen, locale: LocaleDep, area: Annotated[Key | None, Query()] = None) -> Response:
    """The lobby screen of an area: the station's own when none is named."""
    hall = hall_of(request)
    wanted = area or caller.area or hall.store.hall.setup.area[0].id
    shown = await hall.store.read(boards.board, area=wanted, locale=locale)
    return reply(shown | spoken_in(request, wanted))


@router.put("/duty", response_model=Snapshot, responses=refusals(e.NoSuchStaff))
async def set_duty(request: Request, body: DutyIn, caller: Leader, locale: LocaleDep) -> Response:
    """Say who is the duty leader."""

    def do(tx: Any) -> dict[str, Any]:
        counters.set_duty(tx, staff=body.staff, by=caller.by)
        return lobby.hall(tx, locale=locale)

    return await act(request, caller, do)


@router.put("/demo/play", response_model=Snapshot, responses=refusals(e.NotADemo))
async def play(request: Request, body: PlayIn, caller: Anyone, locale: LocaleDep) -> Response:
    """Let the demo's hall be busy by itself at 1, 60 or 600 times real time, for some minutes of hall time or on; 0 stops it."""
    hall = hall_of(request)
    if hall.play is None:
        raise e.NotADemo
    await hall.play.run_at(body.speed, minutes=body.minutes)
    return reply(await hall.store.read(lobby.hall, locale=locale))
