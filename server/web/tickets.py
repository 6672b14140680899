"""Tickets: taking a number, and every act on one."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server import errors as e
from server.queries import tickets as read
from server.verbs import calling, issuing, serving, slips
from server.web.acts import KEYED, act, repeated, reply
from server.web.deps import Caller, May
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import (
    CompletionIn,
    CounterNumber,
    HoldIn,
    IssueIn,
    Key,
    PriorityIn,
    ReprintIn,
    Snapshot,
    TicketOut,
    TransferIn,
)

FOLLOW_BYTES = 12  # 96 bits: not to be guessed

router = APIRouter(prefix="/tickets", tags=["tickets"])

Issuer = Annotated[Caller, Depends(May(staff="guide", stations=True))]
Guide = Annotated[Caller, Depends(May(staff="guide"))]
AtCounter = Annotated[Caller, Depends(May(staff="clerk", stations=True))]
Reader = Annotated[Caller, Depends(May(staff="clerk", supervisor=True))]


def ticket_out(tx: Any, ticket: Any, *, secret: bool) -> dict[str, Any]:
    """The ticket as it now is."""
    return read.view(tx, ticket, secret=secret)


@router.post(
    "",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut)
    | refusals(e.NoSuchService, e.NoSuchPriority, e.ServiceClosed, e.HallClosed, e.QuotaReached, e.PriorityNotYours, e.KeyReused),
)
async def issue(request: Request, body: IssueIn, caller: Issuer) -> Response:
    """Take a number."""
    channel = body.channel or ("desk" if caller.kind == "staff" else "kiosk")
    slip_at = body.slip_at or (caller.id if caller.type == "kiosk" else None)
    follow = secrets.token_urlsafe(FOLLOW_BYTES)

    def do(tx: Any) -> dict[str, Any]:
        ticket = issuing.issue(
            tx,
            service=body.service,
            priority=body.priority,
            reason=body.reason,
            locale=body.locale,
            channel=channel,
            area=caller.area,
            slip_at=slip_at,
            follow=follow,
            by=caller.by,
        )
        return ticket_out(tx, ticket, secret=True)

    return await act(request, caller, do, body=body, status=201)


@router.get("", response_model=Snapshot, responses=refusals())
async def find(
    request: Request,
    caller: Reader,
    state: Annotated[Key | None, Query()] = None,
    service: Annotated[Key | None, Query()] = None,
    number: Annotated[Key | None, Query()] = None,
) -> Response:
    """Today's tickets, newest first, at most 200."""
    store = hall_of(request).store
    return reply(await store.read(read.tickets, state=state, service=service, number=number, secret=caller.secret))


@router.get("/{ticket}", response_model=TicketOut, responses=refusals(e.NoSuchTicket))
async def one(request: Request, ticket: Key, caller: Reader) -> Response:
    """One ticket."""
    return reply(await hall_of(request).store.read(read.ticket, ticket_id=ticket, secret=caller.secret))


@router.put("/{ticket}/cancellation", response_model=TicketOut, responses=refusals(e.NoSuchTicket, e.NotWaiting, e.NotYourTicket))
async def cancel(request: Request, ticket: Key, caller: Guide) -> Response:
    """Give a number back for its holder."""
    return await act(request, caller, lambda tx: ticket_out(tx, issuing.cancel(tx, ticket_id=ticket, by=caller.by), secret=True))


@router.put("/{ticket}/priority", response_model=TicketOut, responses=refusals(e.NoSuchTicket, e.NoSuchPriority, e.NotWaiting))
async def prioritise(request: Request, ticket: Key, body: PriorityIn, caller: Guide) -> Response:
    """Give a waiting ticket another class."""
    return await act(
        request,
        caller,
        lambda tx: ticket_out(
            tx,
            issuing.prioritise(tx, ticket_id=ticket, priority=body.priority, reason=body.reason, by=caller.by),
            secret=True,
        ),
    )


@router.put(
    "/{ticket}/no-show",
    response_model=TicketOut,
    responses=refusals(e.NoSuchTicket, e.NotCalled, e.TooFewCalls, e.NotYourTicket),
)
async def no_show(request: Request, ticket: Key, caller: AtCounter) -> Response:
    """Pass a called number that nobody answers."""
    return await act(
        request, caller, lambda tx: ticket_out(tx, calling.no_show(tx, ticket_id=ticket, by=caller.by), secret=caller.secret)
    )


@router.delete(
    "/{ticket}/no-show",
    response_model=TicketOut,
    responses=refusals(e.NoSuchTicket, e.NotNoShow, e.RestoreExpired, e.RestoreLimit, e.NotYourTicket),
)
async def restore(request: Request, ticket: Key, caller: AtCounter) -> Response:
    """Let a passed number wait again."""
    return await act(
        request, caller, lambda tx: ticket_out(tx, calling.restore(tx, ticket_id=ticket, by=caller.by), secret=caller.secret)
    )


@router.put("/{ticket}/service", response_model=TicketOut, responses=refusals(e.NoSuchTicket, e.NotCalled, e.NotYourTicket))
async def start(request: Request, ticket: Key, caller: AtCounter) -> Response:
    """The applicant is at the counter."""
    return await act(
        request, caller, lambda tx: ticket_out(tx, serving.start(tx, ticket_id=ticket, by=caller.by), secret=caller.secret)
    )


@router.put("/{ticket}/hold", response_model=TicketOut, responses=refusals(e.NoSuchTicket, e.NotServing, e.NotYourTicket))
async def hold(request: Request, ticket: Key, body: HoldIn, caller: AtCounter) -> Response:
    """Put a ticket aside; the counter is free."""
    return await act(
        request,
        caller,
        lambda tx: ticket_out(
            tx, serving.hold(tx, ticket_id=ticket, reason=body.reason, note=body.note, by=caller.by), secret=caller.secret
        ),
    )


@router.delete(
    "/{ticket}/hold",
    response_model=TicketOut,
    responses=refusals(e.NoSuchTicket, e.NoSuchCounter, e.NotHeld, e.StillServing, e.NotServedHere, e.CounterNotOpen),
)
async def resume(request: Request, ticket: Key, counter: CounterNumber, caller: AtCounter) -> Response:
    """Take a held ticket back, straight to a counter."""
    return await act(
        request,
        caller,
        lambda tx: ticket_out(tx, serving.resume(tx, ticket_id=ticket, counter=counter, by=caller.by), secret=caller.secret),
    )


@router.post(
    "/{ticket}/transfers",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut)
    | refusals(e.NoSuchTicket, e.NoSuchService, e.NoSuchCounter, e.NotServing, e.NotServedThere, e.NotYourTicket, e.KeyReused),
)
async def transfer(request: Request, ticket: Key, body: TransferIn, caller: AtCounter) -> Response:
    """Send a ticket on to another service or counter, with its number; a waiting one is moved by a guide."""

    def do(tx: Any) -> dict[str, Any]:
        moved = serving.transfer(
            tx,
            ticket_id=ticket,
            to_service=body.to_service,
            to_counter=body.to_counter,
            place=body.place,
            by=caller.by,
        )
        return ticket_out(tx, moved, secret=caller.secret)

    return await act(request, caller, do, body=body, status=201)


@router.put(
    "/{ticket}/completion",
    response_model=TicketOut,
    responses=refusals(e.NoSuchTicket, e.NoSuchService, e.NotServing, e.NotServedThere, e.NotYourTicket),
)
async def finish(request: Request, ticket: Key, caller: AtCounter, body: CompletionIn | None = None) -> Response:
    """Finish; with `next`, finish and send on in one act."""
    wanted = body or CompletionIn()
    return await act(
        request,
        caller,
        lambda tx: ticket_out(
            tx,
            serving.finish(tx, ticket_id=ticket, next_service=wanted.next, place=wanted.place, by=caller.by),
            secret=caller.secret,
        ),
    )


@router.post(
    "/{ticket}/slips",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut) | refusals(e.NoSuchTicket, e.NoSuchStation, e.KeyReused),
)
async def reprint(request: Request, ticket: Key, body: ReprintIn, caller: Guide) -> Response:
    """Print another slip, marked as a reprint."""
    return await act(
        request,
        caller,
        lambda tx: ticket_out(tx, slips.reprint(tx, ticket_id=ticket, station=body.station, by=caller.by), secret=True),
        body=body,
        status=201,
    )
