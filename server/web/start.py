"""The first page, the choice of a hall, and the two doors: signing in, and telling a browser which station it is."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from server.queries import lobby
from server.web.district import loads
from server.web.halls import hall_of, halls_of
from server.web.pages import base_of, locale_of, render

router = APIRouter(include_in_schema=False)

SPEEDS = (1, 60, 600)
SEATS_AT_MOST = 40  # counters that are drawn one by one; more are said in figures alone
DEMO_PASSWORD = "jiaohao-demo"  # noqa: S105 - the demo's, written on its first page; `up` and `serve` refuse it


@router.get("/")
async def start(request: Request) -> HTMLResponse:
    """What is here: in the demo a tour in the order of a visit, for which the hall gets busy by itself; else the hall's doors."""
    locale = locale_of(request)
    hall = await hall_of(request).store.read(lobby.hall, locale=locale)
    play = hall_of(request).play
    tour = play is not None and await play.awaits_a_visitor()
    several = len(list(halls_of(request))) > 1
    return render(
        request,
        "start.html",
        locale=locale,
        hall=hall,
        plays=play is not None,
        speeds=SPEEDS,
        password=DEMO_PASSWORD,
        tour=tour,
        several=several,
    )


@router.get("/halls")
async def halls(request: Request) -> HTMLResponse:
    """Every hall with its load, the least busy first: for applicants who may go to any (就近办理)."""
    locale = locale_of(request)
    hall = await hall_of(request).store.read(lobby.hall, locale=locale)
    found = await loads(request, locale=locale)
    return render(request, "halls.html", locale=locale, hall=hall, halls=found, dialled=dialled, seats_at_most=SEATS_AT_MOST)


@router.get("/sign-in")
async def sign_in(request: Request) -> HTMLResponse:
    """Job number and password, then on to where one wanted to go."""
    locale = locale_of(request)
    hall = await hall_of(request).store.read(lobby.hall, locale=locale)
    then = local_path(request.query_params.get("next"), fallback=f"{base_of(request)}/")
    return render(request, "sign_in.html", locale=locale, hall=hall, then=then, password=DEMO_PASSWORD)


@router.get("/enrol")
async def enrol(request: Request) -> HTMLResponse:
    """A one-time code makes this browser a station of the hall."""
    locale = locale_of(request)
    hall = await hall_of(request).store.read(lobby.hall, locale=locale)
    return render(request, "enrol.html", locale=locale, hall=hall, code=request.query_params.get("code", ""))


def dialled(phone: str) -> str:
    """What a telephone dials for a number as people write it, without an extension; empty where there is nothing to dial."""
    written = re.match(r"[-+\d\s()（）]*", phone)
    return re.sub(r"[^+\d]", "", written[0]) if written else ""


def local_path(asked: str | None, *, fallback: str) -> str:
    """
    Answer `asked` if it is a path of this very origin, else `fallback`.

    Browsers read a backslash as a slash, skip control characters, and take two slashes for another host.
    """
    if asked is None or not asked.startswith("/") or asked[1:2] in ("/", "\\") or any(char < " " for char in asked):
        return fallback
    return asked
