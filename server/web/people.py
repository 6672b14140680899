"""Signing in and out, and how a machine becomes a station."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pwdlib import PasswordHash
from starlette.responses import Response

from server import errors as e
from server.clock import real_us
from server.config import ServerConfig
from server.verbs import people
from server.web.acts import reply
from server.web.deps import STAFF_COOKIE, STATION_COOKIE, Caller, May, cookie_of
from server.web.errors import refusals
from server.web.halls import OpenHall, hall_of, halls_of
from server.web.shapes import Done, EnrolIn, SessionOut, SignInIn, StationOut

router = APIRouter(tags=["people"])

HASHER = PasswordHash.recommended()  # argon2id
NEVER = HASHER.hash("nobody has this password")  # so that an unknown job number takes as long as a wrong password

Anyone = Annotated[Caller, Depends(May(anyone=True))]
Staff = Annotated[Caller, Depends(May(staff="clerk", supervisor=True))]


@router.post("/session", status_code=201, response_model=SessionOut, responses=refusals(e.WrongPassword, e.LockedOut))
async def sign_in(request: Request, body: SignInIn, caller: Anyone) -> Response:
    """Sign in with job number and password; the cookie is HttpOnly and SameSite=Strict."""
    store, config = hall_of(request).store, request.app.state.server
    now = real_us()
    stored = await store.read(people.password_of, job_no=body.job_no, real_now=now)
    right = await asyncio.to_thread(HASHER.verify, body.password, stored or NEVER)
    if stored is None or not right:
        lock = people.Lock(after=config.lock_after, minutes=config.lock_min)
        await store.write(people.note_wrong, job_no=body.job_no, lock=lock, real_now=now)
        raise e.WrongPassword
    staff = await store.read(people.staff_by_job_no, job_no=body.job_no)
    if staff is None:
        raise e.WrongPassword  # the set-up has changed meanwhile
    secret = await store.write(people.sign_in, staff=staff, job_no=body.job_no, real_now=now)
    response = reply(_session(hall_of(request), staff), status=201)
    _set_cookie(response, cookie_of(hall_of(request), STAFF_COOKIE), secret, request=request, config=config)
    return response


@router.get("/session", response_model=SessionOut, responses=refusals(e.NotSignedIn))
async def who(request: Request, caller: Staff) -> Response:
    """Who is signed in here."""
    return reply(_session(halls_of(request).find(caller.home) or hall_of(request), caller.id.rpartition("/")[2]))


@router.delete("/session", response_model=Done, responses=refusals(e.NotSignedIn))
async def sign_out(request: Request, caller: Staff) -> Response:
    """Sign out; counters stay as they are."""
    home = halls_of(request).find(caller.home) or hall_of(request)  # a district's supervisor leaves every hall at once
    cookie = cookie_of(home, STAFF_COOKIE)
    await home.store.write(people.sign_out, secret=request.cookies.get(cookie, ""))
    response = reply({"ok": True})
    response.delete_cookie(cookie, path="/")
    return response


@router.post(
    "/stations/enrolment", status_code=201, response_model=StationOut, responses=refusals(e.WrongCode), tags=["stations"]
)
async def enrol(request: Request, body: EnrolIn, caller: Anyone) -> Response:
    """Trade a one-time code for a station's key: a program keeps it, a browser gets it as a cookie."""
    store = hall_of(request).store
    station, key = await store.write(people.trade_code, code=body.code, real_now=real_us())
    response = reply({"station": station, "key": key}, status=201)
    _set_cookie(response, cookie_of(hall_of(request), STATION_COOKIE), key, request=request, config=None)
    return response


def _session(home: OpenHall, staff: str) -> dict[str, Any]:
    hall = home.store.hall
    person = hall.staff[staff]
    usual = next((c.number for c in hall.setup.counter if c.clerk == staff), None)
    name = hall.say(person.name, hall.setup.default_locale)
    return {"id": staff, "job_no": person.job_no, "name": name, "role": person.role, "counter": usual}


def _set_cookie(response: Response, name: str, value: str, *, request: Request, config: ServerConfig | None) -> None:
    """For the working day (staff) or for years (a station)."""
    max_age = config.session_max_h * 3600 if config else 5 * 365 * 86_400
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=max_age, path="/", httponly=True, samesite="strict", secure=secure)
