"""What the room sees: the lobby screen of an area, and the sign over a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse

from server.queries import board, lobby
from server.web.deps import May
from server.web.halls import hall_of, spoken_in
from server.web.pages import locale_of, render

if TYPE_CHECKING:
    from server.web.deps import Caller

router = APIRouter(include_in_schema=False)

WAITING_ON_ONE_PAGE = 12
"""Up to so many services stand on the screen at once; more take turns, `WAITING_A_PAGE` at a time."""

WAITING_A_PAGE = 10

LONG_NAME = 11
"""Characters of a service's name that stand in one line; longer ones take two, one step smaller."""

Area = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.get("/display")
async def lobby_screen(request: Request, area: Area = None) -> HTMLResponse:
    """Who is called now and where to, who was, and how many wait for what."""
    viewer = await viewer_of(request, prefer="hall_screen")
    store = hall_of(request).store
    locale = locale_of(request, personal=False)
    hall = await store.read(lobby.hall, locale=locale)
    shown = await store.read(board.board, area=area or viewer.area or hall["areas"][0]["id"], locale=locale)
    calls, most = called(shown), shown["layout"]["list_rows"]
    waiting = shown_waiting(shown["waiting"])
    return render(
        request,
        "display/lobby.html",
        locale=locale,
        hall=hall,
        station=station_name(viewer),
        board=shown | spoken_in(request, shown["area"]["id"]),
        hero=calls[0] if calls else None,
        rows=(calls[1 : most + 1] + [None] * most)[:most],
        calls=calls,
        waiting=waiting if len(waiting) <= WAITING_ON_ONE_PAGE else waiting[:WAITING_A_PAGE],
        long_from=LONG_NAME,
        paging={"most": WAITING_ON_ONE_PAGE, "page": WAITING_A_PAGE},
    )


@router.get("/display/counter/{counter}")
async def window_sign(request: Request, counter: Annotated[int, Path(ge=1, le=999)]) -> HTMLResponse:
    """The sign over one window: its number, and what happens there."""
    viewer = await viewer_of(request, prefer=f"counter-{counter}")
    locale = locale_of(request, personal=False)
    sign = await hall_of(request).store.read(board.sign, counter=counter, locale=locale)
    return render(request, "display/sign.html", locale=locale, station=station_name(viewer), sign=sign, face=face_of(sign))


async def viewer_of(request: Request, *, prefer: str) -> Caller:
    """
    Who looks: a station, or staff; a trusted machine that gives no name is `prefer`.

    Raises:
        NotSignedIn, NotAllowed.
    """
    return await May(staff="clerk", supervisor=True, stations=True, prefer=prefer)(request)


def station_name(viewer: Caller) -> str:
    """The name a page's scripts go by; staff have none."""
    return viewer.id if viewer.kind == "station" else ""


def called(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Gather the calls of a board, one a ticket, newest first; what is bound for no counter is no call."""
    known = {call["number"]: call for call in [*shown["recent"], *shown["calling"]] if call["counter"] is not None}
    return sorted(known.values(), key=lambda call: -call["call_seq"])


def shown_waiting(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Only what can be taken now or has people waiting."""
    return [service for service in services if service["open"] or service["waiting"]]


def face_of(sign: dict[str, Any]) -> str:
    """Answer which of its faces a sign shows: idle, calling, serving, paused or closed."""
    if sign["state"] == "paused":
        return "paused"
    if sign["state"] != "open":
        return "closed"
    ticket = sign["ticket"]
    return {"called": "calling", "serving": "serving"}.get(ticket["state"], "idle") if ticket else "idle"
