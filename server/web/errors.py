"""The only mapping from a refusal's family to a status, and the only shape of an error."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from server.errors import (
    Away,
    BadRequest,
    BodyTooLarge,
    Conflict,
    Forbidden,
    HallError,
    Malformed,
    Missing,
    NoJson,
    NoSuchPage,
    SignedOut,
    TooLarge,
    TooMany,
    Unreadable,
)
from server.web.halls import hall_of
from server.web.limits import Limited, limit_of
from server.web.pages import locale_of, render
from server.wording import refusal

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

STATUS: dict[type[HallError], int] = {
    Missing: 404,
    Conflict: 409,
    SignedOut: 401,
    Forbidden: 403,
    Unreadable: 400,
    Malformed: 422,
    TooLarge: 413,
    TooMany: 429,
    Away: 503,
}

log = logging.getLogger("jiaohao")


def status_of(error: HallError | type[HallError]) -> int:
    """The status of a refusal's family."""
    family = error if isinstance(error, type) else type(error)
    return next(status for known, status in STATUS.items() if issubclass(family, known))


def refusals(*errors: type[HallError]) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route for its OpenAPI description, with those that any route may meet."""
    from server.web.shapes import ErrorOut  # noqa: PLC0415

    by_status: dict[int, list[str]] = {}
    every: tuple[type[HallError], ...] = (BadRequest, NoJson, *errors)
    for error in every:
        by_status.setdefault(status_of(error), []).append(error.code)
    common = {400: "no_json", 401: "not_signed_in", 403: "not_allowed", 404: "no_such_…", 413: "too_large", 503: "database_away"}
    return {
        status: {"model": ErrorOut, "description": ", ".join(dict.fromkeys([*by_status.get(status, []), *([c] if c else [])]))}
        for status, c in sorted({**dict.fromkeys(by_status, ""), **common}.items())
    }


def install(app: FastAPI) -> None:
    """Every refusal and every malformed request leaves in the one shape."""
    app.add_middleware(Limited)
    app.add_exception_handler(HallError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def answer(request: Request, error: HallError) -> Response:
    """A refusal: as JSON for the API, as a page for a browser."""
    status = status_of(error)
    locale = locale_of(request)
    hall = hall_of(request).store.hall
    shape = refusal(error, hall=hall, locale=locale)
    if "/api/" not in request.url.path and "text/html" in request.headers.get("accept", ""):
        return _page(request, shape, status=status, locale=locale)
    return JSONResponse(shape, status_code=status, headers={"Cache-Control": "no-store", "Content-Language": locale})


def _page(request: Request, shape: dict[str, Any], *, status: int, locale: str) -> HTMLResponse:
    hall = hall_of(request).store.hall
    name = hall.say(hall.setup.hall.name, locale)
    return render(request, "refused.html", locale=locale, status=status, error=shape, name=name)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HallError)  # noqa: S101 (said to the type checker: it is registered for HallError)
    return answer(request, error)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (as above)
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return answer(request, NoJson())
    first = problems[0]
    place = ".".join(str(step) for step in first["loc"] if step != "body") or "body"
    return answer(request, BadRequest(problem=f"{place}: {first['msg'][:200]}"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (as above)
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return answer(request, BodyTooLarge(limit=limit_of(request.url.path)))
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return answer(request, NoJson())
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer(request, NoSuchPage())
    code = "method_not_allowed" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else "refused"
    shape: dict[str, Any] = {"error": code, "detail": error.detail, "facts": {}}
    return JSONResponse(shape, status_code=error.status_code, headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    trace = uuid.uuid4().hex[:12]
    log.error("request %s: %s %s", trace, request.method, request.url.path, exc_info=error)
    shape = {"error": "internal", "detail": f"Something went wrong here; it is noted as {trace}.", "facts": {"request": trace}}
    return JSONResponse(shape, status_code=500)
