"""The pages at the window: the clerk chooses a counter and works at its desk; the applicant rates on the tablet."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from counter import setup
from server.errors import NotAllowed
from server.language import translator
from server.queries import board, desk, lobby
from server.rules.people import RANKS
from server.web.deps import caller_of, card_of, station_of
from server.web.halls import hall_of
from server.web.pages import base_of, locale_of, render
from server.wording import PAUSES

router = APIRouter(include_in_schema=False)

ACTING = RANKS[RANKS.index("duty_leader") :]
"""Roles that may act at any counter."""

Number = Annotated[int, Path(ge=1, le=999)]


@router.get("/counter")
async def choose(request: Request) -> Response:
    """The counters of the hall with their states, the clerk's own or usual one first."""
    caller = await caller_of(request)
    if caller.kind != "staff":
        return sign_in(request)
    store = hall_of(request).store
    locale = locale_of(request)
    hall = await store.read(lobby.hall, locale=locale)
    counters = (await store.read(desk.counters, locale=locale))["counters"]
    me = await card_of(request, caller, locale=locale)
    mine, others = sorted_out(counters, me=caller.id)
    return render(request, "counter/choose.html", locale=locale, hall=hall, me=me, asked=asked(request), mine=mine, others=others)


@router.get("/counter/{n}")
async def at_desk(request: Request, n: Number) -> Response:
    """One counter's desk: who is here, who is next, and every act as one key."""
    caller = await caller_of(request)
    if caller.kind != "staff":
        return sign_in(request)
    store = hall_of(request).store
    locale = locale_of(request)
    hall = await store.read(lobby.hall, locale=locale)
    snapshot = await store.read(desk.desk, counter=n, locale=locale, secret=caller.secret)
    counters = (await store.read(desk.counters, locale=locale))["counters"]
    words = await store.read(setup.words, locale=locale)
    return render(
        request,
        "counter/desk.html",
        locale=locale,
        hall=hall,
        desk=snapshot,
        asked=asked(request),
        page={
            "counter": n,
            "me": {"id": caller.id, "acts_anywhere": caller.role in ACTING},
            "counters": [{key: one[key] for key in ("number", "name", "state", "services")} for one in counters],
            **words,
        },
        pauses=pauses(request, locale=locale),
    )


@router.get("/counter/{n}/rating")
async def rating(request: Request, n: Number) -> HTMLResponse:
    """The tablet at the window: who serves here, and after the service five buttons."""
    station = await station_of(request, f"counter-{n}")
    if station.counter != n:
        raise NotAllowed
    store = hall_of(request).store
    locale = locale_of(request, personal=False)
    hall = await store.read(lobby.hall, locale=locale)
    sign = await store.read(board.sign, counter=n, locale=locale)
    words = await store.read(setup.words, locale=locale)
    window_s = await store.read(setup.rating_window_s)
    return render(
        request,
        "counter/rating.html",
        locale=locale,
        hall=hall,
        sign=sign,
        station=station,
        page={
            "services": {service["id"]: service["name"] for service in words["services"]},
            "window_s": window_s,
        },
    )


def sign_in(request: Request) -> RedirectResponse:
    """Send to the sign-in page, and back here after it."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{base_of(request)}/sign-in?next={quote(path)}", status_code=303)


def asked(request: Request) -> str:
    """Answer what an address ends with so that a language asked for lasts: "?lang=…", or nothing."""
    lang = request.query_params.get("lang")
    return f"?lang={quote(lang)}" if lang else ""


def pauses(request: Request, *, locale: str) -> list[dict[str, str]]:
    """Answer why to pause: `value` in the hall's language, because the journal keeps it; `name` in the reader's."""
    hall = translator(str(hall_of(request).store.hall.setup.default_locale))
    reader = translator(locale)
    return [{"value": hall(reason), "name": reader(reason)} for reason in PAUSES]


def sorted_out(counters: list[dict[str, Any]], *, me: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part the counters: mine (the one I have open, else those where I usually sit), and all others."""
    sitting = [one for one in counters if one["clerk"] and one["clerk"]["id"] == me]
    mine = sitting or [one for one in counters if one["usual_clerk"] == me]
    return mine, [one for one in counters if one not in mine]
