"""Counters: the desk, calling, undoing, opening and closing, ratings pressed there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from server import errors as e
from server.queries import board, tickets
from server.queries import desk as read
from server.verbs import calling, counters, rating
from server.verbs.undoing import undo as take_back
from server.web.acts import KEYED, act, repeated, reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import CallIn, Empty, RatingIn, RatingOut, Snapshot, StateIn, TicketOut

router = APIRouter(prefix="/counters", tags=["counters"])

Number = Annotated[int, Path(alias="counter", ge=1, le=999_999)]
AtDesk = Annotated[Caller, Depends(May(staff="clerk", stations=True, own="counter"))]
DeskReader = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, own="counter"))]
Reader = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True))]
OwnStation = Annotated[Caller, Depends(May(stations=True, own="counter"))]
Clerk = Annotated[Caller, Depends(May(staff="clerk"))]
Guide = Annotated[Caller, Depends(May(staff="guide"))]

DESK = (e.NoSuchCounter, e.CounterNotOpen, e.NotAllowed)


@router.get("", response_model=Snapshot, responses=refusals())
async def every(request: Request, caller: Reader, locale: LocaleDep) -> Response:
    """Every counter and what it does now."""
    return reply(await hall_of(request).store.read(read.counters, locale=locale))


@router.get("/{counter}", response_model=Snapshot, responses=refusals(e.NoSuchCounter))
async def desk(request: Request, number: Number, caller: DeskReader, locale: LocaleDep) -> Response:
    """The desk of a counter."""
    return reply(await hall_of(request).store.read(read.desk, counter=number, locale=locale, secret=caller.secret))


@router.get("/{counter}/sign", response_model=Snapshot, responses=refusals(e.NoSuchCounter))
async def sign(request: Request, number: Number, caller: Reader, locale: LocaleDep) -> Response:
    """What the sign and the tablet of a counter show."""
    return reply(await hall_of(request).store.read(board.sign, counter=number, locale=locale))


@router.put(
    "/{counter}/state",
    response_model=Snapshot,
    responses=refusals(*DESK, e.CounterTaken, e.ClerkElsewhere, e.StillServing),
)
async def set_state(request: Request, number: Number, body: StateIn, caller: AtDesk, locale: LocaleDep) -> Response:
    """Open, pause or close a counter."""

    def do(tx: Any) -> dict[str, Any]:
        counters.set_state(tx, counter=number, state=body.state, reason=body.reason, by=caller.by)
        return read.counter_line(tx, counter=number, locale=locale)

    return await act(request, caller, do)


@router.post(
    "/{counter}/calls",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses={
        204: {"description": "nobody is waiting"},
        **repeated(TicketOut),
        **refusals(*DESK, e.NoSuchTicket, e.StillServing, e.NotWaiting, e.NotServedHere, e.KeyReused),
    },
)
async def call(request: Request, number: Number, caller: AtDesk, body: CallIn | None = None) -> Response:
    """Call the next, or a chosen number."""
    chosen = body or CallIn()

    def do(tx: Any) -> dict[str, Any] | None:
        ticket = calling.call(tx, counter=number, number=chosen.number, by=caller.by)
        return tickets.view(tx, ticket, secret=caller.secret) if ticket else None

    return await act(request, caller, do, body=chosen, status=201)


@router.post(
    "/{counter}/recalls",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut) | refusals(*DESK, e.NobodyCalled, e.RecalledTooSoon, e.RecallLimit, e.KeyReused),
)
async def recall(request: Request, number: Number, caller: AtDesk, body: Empty | None = None) -> Response:
    """Call the same number again."""
    return await act(
        request,
        caller,
        lambda tx: tickets.view(tx, calling.recall(tx, counter=number, by=caller.by), secret=caller.secret),
        body=body,
        status=201,
    )


@router.post(
    "/{counter}/undo",
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=refusals(e.NoSuchCounter, e.NothingToUndo, e.UndoTooLate, e.MovedOn, e.KeyReused),
)
async def undo(request: Request, number: Number, caller: AtDesk, body: Empty | None = None) -> Response:
    """Take the counter's last ticket act back."""
    return await act(
        request,
        caller,
        lambda tx: tickets.view(tx, take_back(tx, counter=number, by=caller.by), secret=caller.secret),
        body=body,
    )


@router.post(
    "/{counter}/ratings",
    status_code=201,
    dependencies=[KEYED],
    response_model=RatingOut,
    responses=repeated(RatingOut)
    | refusals(e.NoSuchCounter, e.NoSuchAct, e.NothingToRate, e.AlreadyRated, e.RatingClosed, e.KeyReused),
)
async def rate(request: Request, number: Number, body: RatingIn, caller: OwnStation) -> Response:
    """Rate a service act, on the tablet or the keypad of its counter."""

    def do(tx: Any) -> dict[str, Any]:
        level = rating.rate_at_counter(
            tx,
            counter=number,
            act=body.act,
            level=body.level,
            reasons=body.reasons,
            comment=body.comment,
            channel="counter",
            by=caller.by,
        )
        return {"act": body.act, "level": level}

    return await act(request, caller, do, body=body, status=201)


@router.post(
    "/{counter}/rating-requests",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut) | refusals(*DESK, e.NothingToRate, e.KeyReused),
)
async def ask_rating(request: Request, number: Number, caller: AtDesk, body: Empty | None = None) -> Response:
    """Ask the applicant at the counter to rate."""
    return await act(
        request,
        caller,
        lambda tx: tickets.view(tx, rating.ask_now(tx, counter=number, by=caller.by), secret=caller.secret),
        body=body,
        status=201,
    )


@router.post(
    "/{counter}/help",
    status_code=201,
    dependencies=[KEYED],
    response_model=Snapshot,
    responses=repeated(Snapshot) | refusals(*DESK, e.KeyReused),
)
async def ask_help(request: Request, number: Number, caller: Clerk, locale: LocaleDep, body: Empty | None = None) -> Response:
    """Ask the duty leader to come."""

    def do(tx: Any) -> dict[str, Any]:
        counters.ask_help(tx, counter=number, by=caller.by)
        return read.counter_line(tx, counter=number, locale=locale)

    return await act(request, caller, do, body=body, status=201)


@router.put("/{counter}/help", response_model=Snapshot, responses=refusals(e.NoSuchCounter))
async def give_help(request: Request, number: Number, caller: Guide, locale: LocaleDep, body: Empty | None = None) -> Response:
    """Say that somebody came."""

    def do(tx: Any) -> dict[str, Any]:
        counters.give_help(tx, counter=number, by=caller.by)
        return read.counter_line(tx, counter=number, locale=locale)

    return await act(request, caller, do)
