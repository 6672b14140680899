"""The applicant's own link: read, cancel and rate the own ticket."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from server import errors as e
from server.queries import tickets as read
from server.rules.people import APPLICANT
from server.verbs import issuing, rating
from server.web.acts import KEYED, act, repeated, reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import RatingIn, RatingOut, TicketOut

router = APIRouter(prefix="/follow/{follow}", tags=["the applicant's link"])

Follow = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Holder = Annotated[Caller, Depends(May(anyone=True))]


class FollowedOut(TicketOut):
    """A ticket with what its holder needs besides."""

    journal: str
    seq: int
    now: str
    floor: int
    bring: list[str]
    bring_langs: list[str]
    service_name: str
    slip_at: str | None
    rating: dict[str, Any] | None


@router.get("", response_model=FollowedOut, responses=refusals(e.NoSuchLink))
async def followed(request: Request, follow: Follow, caller: Holder, locale: LocaleDep) -> Response:
    """The own ticket."""
    return reply(await hall_of(request).store.read(read.followed, follow=follow, locale=locale))


@router.put("/cancellation", response_model=TicketOut, responses=refusals(e.NoSuchLink, e.NotWaiting))
async def cancel(request: Request, follow: Follow, caller: Holder) -> Response:
    """Give the own number back."""
    return await act(
        request,
        caller,
        lambda tx: read.view(tx, issuing.cancel(tx, follow=follow, by=APPLICANT), secret=True),
    )


@router.post(
    "/ratings",
    status_code=201,
    dependencies=[KEYED],
    response_model=RatingOut,
    responses=repeated(RatingOut)
    | refusals(e.NoSuchLink, e.NoSuchAct, e.NothingToRate, e.AlreadyRated, e.RatingClosed, e.KeyReused),
)
async def rate(request: Request, follow: Follow, body: RatingIn, caller: Holder) -> Response:
    """Rate a service act of the own ticket."""

    def do(tx: Any) -> dict[str, Any]:
        level = rating.rate_by_link(
            tx, follow=follow, act=body.act, level=body.level, reasons=body.reasons, comment=body.comment, by=APPLICANT
        )
        return {"act": body.act, "level": level}

    return await act(request, Caller(kind="applicant", id=follow), do, body=body, status=201)
