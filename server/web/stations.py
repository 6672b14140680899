"""Stations: slips to print, device health, what virtual devices look like, and their keys."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server import errors as e
from server.queries import slips as read
from server.queries.frame import framed
from server.verbs import slips
from server.web.acts import KEYED, act, repeated, reply
from server.web.deps import Caller, May
from server.web.devices import DeviceBoard, Known
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import Done, HealthIn, InputIn, Key, PictureIn, SlipIn, SlipOut, Snapshot

router = APIRouter(tags=["stations"])

Own = Annotated[Caller, Depends(May(staff="admin", stations=True, own="station"))]
OwnOnly = Annotated[Caller, Depends(May(stations=True, own="station"))]
Watcher = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, demo=True))]
Finger = Annotated[Caller, Depends(May(staff="manager", demo=True))]


@router.get("/stations/{station}/slips", response_model=Snapshot, responses=refusals(e.NoSuchStation))
async def pending(
    request: Request, station: Key, caller: OwnOnly, state: Annotated[Literal["pending"], Query()] = "pending"
) -> Response:
    """What the station's printer is to print."""
    public_url = hall_of(request).public_url
    return reply(await hall_of(request).store.read(read.slips, station=station, public_url=public_url))


@router.put("/stations/{station}/slips/{slip}", response_model=SlipOut, responses=refusals(e.NoSuchSlip, e.SlipTaken))
async def report_slip(request: Request, station: Key, slip: Key, body: SlipIn, caller: OwnOnly) -> Response:
    """What became of a slip; `sending` comes before the first byte. One not sent goes to the neighbour's printer, if any."""
    to = hall_of(request).devices.stands_in_for(station) if body.outcome == "not_sent" else None

    def do(tx: Any) -> dict[str, Any]:
        state = slips.report_slip(
            tx, station=station, slip_id=slip, outcome=body.outcome, detail=body.detail, rack=body.rack, by=caller.by
        )
        if to is not None:
            state = slips.hand_on(tx, station=station, slip_id=slip, to=to, by=caller.by)
        return {"id": slip, "state": state}

    return await act(request, caller, do)


@router.get("/devices", response_model=Snapshot, responses=refusals())
async def devices(request: Request, caller: Watcher) -> Response:
    """Health and looks of every device."""
    board: DeviceBoard = hall_of(request).devices
    snapshot = await hall_of(request).store.read(lambda rx: framed(rx, devices=board.listed()))
    return reply(snapshot)


@router.put("/stations/{station}/devices/{device}", response_model=Done, responses=refusals(e.NoSuchDevice))
async def health(request: Request, station: Key, device: Key, body: HealthIn, caller: Own) -> Response:
    """How a device is. A printer that prints again takes over what its neighbours could not print."""
    known, board = _known(request, station, device), hall_of(request).devices
    before = (known.state, known.detail)
    board.report(known, state=body.state, kind=body.kind, detail=body.detail, since=body.since)
    if board.may_print(known):  # also when nothing changed: what is stranded may be so since before this server began
        await _take_over(request, known, caller=caller)
    if before != (known.state, known.detail):
        tell(request, known, type="health")
    return reply({"ok": True})


@router.put(
    "/stations/{station}/devices/{device}/picture",
    response_model=Done,
    responses=refusals(e.NoSuchDevice),
)
async def show(request: Request, station: Key, device: Key, body: PictureIn, caller: Own) -> Response:
    """What a virtual device looks like now."""
    known = _known(request, station, device)
    try:
        content = base64.b64decode(body.data, validate=True)
    except binascii.Error as error:
        raise e.BadRequest(problem="data is no base64") from error
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise e.BadRequest(problem="data is no PNG")
    hall_of(request).devices.show(known, type=body.type, content=content, label=body.label, detail=body.detail)
    tell(request, known, type=body.type)
    return reply({"ok": True})


@router.get(
    "/stations/{station}/devices/{device}/pictures/{picture}",
    responses={200: {"content": {"image/png": {}}}, **refusals(e.NoSuchDevice)},
    response_class=Response,
)
async def picture(request: Request, station: Key, device: Key, picture: Key, caller: Watcher) -> Response:
    """One look of a device."""
    known = _known(request, station, device)
    found = next((p for p in known.pictures if p.id == picture), None)
    if found is None:
        raise e.NoSuchDevice(station=station, device=f"{device} {picture}")
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.type, headers=headers)


@router.post(
    "/stations/{station}/devices/{device}/input",
    status_code=201,
    dependencies=[KEYED],
    response_model=Done,
    responses=repeated(Done) | refusals(e.NoSuchDevice, e.NotADemo, e.KeyReused),
)
async def press(request: Request, station: Key, device: Key, body: InputIn, caller: Finger) -> Response:
    """Press a key of a virtual or emulated device (demo and training only)."""
    if not request.app.state.keys_work:
        raise e.NotADemo
    known = _known(request, station, device)
    message = {"kind": "input", "device": known.name, "key": body.key}

    def do(_tx: Any) -> dict[str, Any]:
        return {"ok": True}

    response = await act(request, caller, do, body=body, status=201)
    if response.status_code == 201:  # noqa: PLR2004 (pressed for the first time with this key)
        hall_of(request).hub.send(f"station:{station}", message)
    return response


async def _take_over(request: Request, printer: Known, *, caller: Caller) -> None:
    store = hall_of(request).store
    for station in hall_of(request).devices.stood_in_for(printer):
        if await store.read(slips.stranded, station=station):
            await store.write(slips.hand_on_stranded, station=station, to=printer.station, by=caller.by)


def _known(request: Request, station: str, device: str) -> Known:
    board: DeviceBoard = hall_of(request).devices
    known = board.find(station, device)
    if known is None:
        raise e.NoSuchDevice(station=station, device=device)
    return known


def tell(request: Request, known: Known, *, type: str) -> None:  # noqa: A002 (the media type)
    """Tell the devices page that a device is or looks otherwise."""
    message = {"kind": "picture", "station": known.station, "device": known.name, "type": type}
    hall_of(request).hub.send("hall", message, newest=f"picture:{known.station}/{known.name}")
