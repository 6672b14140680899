"""Scanners and card readers of a station: what was held before them, resolved, and told to the station's page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from server import errors as e
from server.opening import local_now
from server.queries import tickets as read
from server.rules.codes import CODE_CHARS, follow_in
from server.rules.identity import Person, age_on, birth_date, classes_of_age, masked
from server.rules.states import WAITING
from server.standing import ticket_by_follow
from server.verbs.slips import order_slip
from server.web.acts import KEYED, act, repeated, reply
from server.web.deps import Caller, LocaleDep, May
from server.web.errors import refusals
from server.web.follow import FollowedOut
from server.web.halls import hall_of
from server.web.presented import Item
from server.web.shapes import Body, ErrorOut, Key, TicketOut
from server.wording import refusal

router = APIRouter(prefix="/stations/{station}", tags=["stations"])

OwnOnly = Annotated[Caller, Depends(May(stations=True, own="station"))]

NAME_CHARS, NUMBER_CHARS = 100, 64
IDENTITY = ("optional", "required")


class ScanIn(Body):
    """What a scanner read."""

    text: Annotated[str, StringConstraints(max_length=CODE_CHARS)]
    tell: bool = True  # whether the station's page is told; a page that asks by itself knows


class Taken(BaseModel):
    """What was presented is under this id for a minute."""

    id: str


class PersonOut(BaseModel):
    """What a page may know of who stands before it."""

    name: str
    last4: str | None
    classes: list[str]


class PresentedOut(BaseModel):
    """One of the three."""

    what: Literal["ticket", "person", "refused"]
    ticket: FollowedOut | None = None
    person: PersonOut | None = None
    error: ErrorOut | None = None


CardIn = Annotated[dict[str, Any], Field(json_schema_extra={"additionalProperties": True})]


@router.post(
    "/scans",
    status_code=201,
    dependencies=[KEYED],
    response_model=Taken,
    responses=repeated(Taken) | refusals(e.NoSuchCode, e.NotToday, e.KeyReused),
)
async def scan(request: Request, station: Key, body: ScanIn, caller: OwnOnly) -> Response:
    """A scanner read a code: a ticket of today, or a refusal; the station's page is told of either."""

    def do(tx: Any) -> dict[str, Any]:
        follow = follow_in(body.text)
        ticket = ticket_by_follow(tx, follow) if follow else None
        if ticket is None:
            raise e.NoSuchCode
        if ticket.day != tx.day:
            raise e.NotToday(number=ticket.number)
        return {"id": hall_of(request).presented.put(station, follow=follow).id}

    return await _presented(request, station, caller, do, body=body, tell=body.tell)


@router.post(
    "/id-cards",
    status_code=201,
    dependencies=[KEYED],
    response_model=Taken,
    responses=repeated(Taken) | refusals(e.NoSuchDevice, e.BadIdNumber, e.IdentityNotAsked),
)
async def id_card(request: Request, station: Key, body: CardIn, caller: OwnOnly) -> Response:
    """
    A card reader's bridge read an identity card.

    Of all it sends, only a masked name, the last four digits and the classes due by age are kept, in memory, for a minute.
    """
    fields = _fields(request, station)

    def do(tx: Any) -> dict[str, Any]:
        return {"id": hall_of(request).presented.put(station, person=_person(tx, body, fields)).id}

    return await _presented(request, station, caller, do, body=None, tell=True)


@router.get("/presented/{presented}", response_model=PresentedOut, responses=refusals(e.NothingPresented))
async def presented(request: Request, station: Key, presented: Key, caller: OwnOnly, locale: LocaleDep) -> Response:
    """What was presented at the station last."""
    hall = hall_of(request)
    item = _item(request, station, presented)
    if item.refused is not None:
        return reply({"what": "refused", "error": refusal(item.refused, hall=hall.store.hall, locale=locale)})
    if item.person is not None:
        person = {"name": item.person.name, "last4": item.person.last4, "classes": list(item.person.classes)}
        return reply({"what": "person", "person": person})
    return reply({"what": "ticket", "ticket": await hall.store.read(read.followed, follow=item.follow or "", locale=locale)})


@router.post(
    "/presented/{presented}/slips",
    status_code=201,
    dependencies=[KEYED],
    response_model=TicketOut,
    responses=repeated(TicketOut) | refusals(e.NothingPresented, e.NotWaiting, e.SlipTaken, e.KeyReused),
)
async def slip(request: Request, station: Key, presented: Key, caller: OwnOnly) -> Response:
    """Print a slip of the waiting ticket that was scanned, once a scan; marked as a reprint when it has had one."""
    item = _item(request, station, presented)

    def do(tx: Any) -> dict[str, Any]:
        ticket = ticket_by_follow(tx, item.follow) if item.follow else None
        if ticket is None:
            raise e.NothingPresented(station=station)
        if ticket.state != WAITING:
            raise e.NotWaiting(number=ticket.number)
        if item.slip_ordered:
            raise e.SlipTaken
        again = ticket.slip not in ("none", "not_sent")
        answer = read.view(tx, order_slip(tx, ticket, station=station, by=caller.by, reprint=again), secret=True)
        item.slip_ordered = True
        return answer

    try:
        return await act(request, caller, do, status=201)
    except e.Away:  # nothing of it was kept
        item.slip_ordered = False
        raise


async def _presented(request: Request, station: str, caller: Caller, do: Any, *, body: Body | None, tell: bool) -> Response:
    """Do it and tell the page; a refusal is kept and told as well."""
    hall = hall_of(request)

    def say(item_id: str) -> None:
        if tell:
            hall.hub.send(f"station:{station}", {"kind": "presented", "station": station, "id": item_id})

    made: list[str] = []

    def noted(tx: Any) -> dict[str, Any]:
        answer: dict[str, Any] = do(tx)
        made.append(answer["id"])
        return answer

    try:
        answer = await act(request, caller, noted, body=body, status=201)
    except e.HallError as refused:
        if not isinstance(refused, e.Away):
            say(hall.presented.put(station, refused=refused).id)
        raise
    if made:  # not the answer kept for a key that was used before
        say(made[-1])
    return answer


def _item(request: Request, station: str, item_id: str) -> Item:
    item = hall_of(request).presented.find(station, item_id)
    if item is None:
        raise e.NothingPresented(station=station)
    return item


def _fields(request: Request, station: str) -> dict[str, str]:
    """How the station's reader calls what is read of a card. Raises NoSuchDevice when config.toml gives it none."""
    for device in hall_of(request).device_configs:
        if device.station == station and device.kind.startswith("idcard/"):
            return {"id": "id", "name": "name", "birthday": "birthday"} | dict(device.fields.items())
    raise e.NoSuchDevice(station=station, device="idcard/push")


def _person(tx: Any, card: dict[str, Any], fields: dict[str, str]) -> Person:
    """What may be known of the holder. The number is looked at and let go; everything else on the card is not looked at."""
    setup = tx.hall.setup
    if not any(one in IDENTITY for one in (setup.ticket.identity, *(service.identity for service in setup.service))):
        raise e.IdentityNotAsked
    number, name = _text(card, fields["id"], most=NUMBER_CHARS), _text(card, fields["name"], most=NAME_CHARS)
    today = local_now(tx).date()
    born = birth_date(number, today=today) or _printed(card.get(fields["birthday"]))
    age = age_on(today, born) if born else -1
    return Person(
        name=masked(name) if setup.privacy.display_name_mask else name,
        last4=None if setup.privacy.id_number_store == "none" else number.strip().upper()[-4:],
        classes=classes_of_age(setup.priority, age),
    )


def _text(card: dict[str, Any], field: str, *, most: int) -> str:
    """Raises BadRequest naming the field, never what stood in it."""
    value = card.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
        raise e.BadRequest(problem=f"{field}: a short text is needed")
    return value.strip()


def _printed(text: Any) -> date | None:
    """A date of birth as readers write it: 19490301, 1949-03-01, 1949.03.01; None when it is none of them."""
    digits = "".join(sign for sign in str(text)[:32] if sign in "0123456789")
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 (a day, not a moment)
    except ValueError:
        return None
