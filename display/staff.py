"""The board of who serves today: name, job number, stars, post and counter of everyone at work (亮身份)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from display.pages import station_name, viewer_of
from server.queries import lobby, staff
from server.web.halls import hall_of
from server.web.pages import locale_of, render

router = APIRouter(include_in_schema=False)

ROOMY = 8
"""Up to so many people stand in two rows, larger."""

A_PAGE = 15
"""People on the board at once; more take turns."""


@router.get("/display/staff")
async def staff_board(request: Request) -> HTMLResponse:
    """Everyone at work now and earlier today, the hall's promises, and the phones for questions and complaints."""
    viewer = await viewer_of(request, prefer="hall_screen")
    store = hall_of(request).store
    locale = locale_of(request, personal=False)
    hall = await store.read(lobby.hall, locale=locale)
    board = await store.read(staff.serving_today, locale=locale)
    return render(
        request,
        "display/staff.html",
        locale=locale,
        hall=hall,
        board=board,
        station=station_name(viewer),
        roomy=len(board["people"]) <= ROOMY,
        a_page=A_PAGE,
    )
