"""Who asks: staff by their cookie, stations by their key or network, applicants by their link. And who may ask what."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request

from server.clock import real_us
from server.errors import ForeignOrigin, NoSuchStation, NotAllowed, NotSignedIn
from server.queries.board import clerk_card
from server.rules.people import SUPERVISOR, By
from server.verbs import people
from server.web.halls import hall_of, halls_of

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from server.config import ServerConfig
    from server.config.hall import Station
    from server.web.halls import OpenHall

STAFF_COOKIE = "jiaohao_session"
STATION_COOKIE = "jiaohao_station"
SEEN_EVERY_US = 60_000_000  # a sign-in in use is noted once a minute
READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `kind` is "staff", "station", "applicant" or None for nobody in particular."""

    kind: str | None
    id: str = ""  # within the hall; of a district's supervisor with the home hall before it, which no key of this hall can be
    home: str = ""  # the hall whose staff this is
    role: str = ""
    name: str = ""
    job_no: str = ""
    area: str | None = None
    counter: int | None = None
    mode: str = "normal"
    voice: str = "results"
    type: str = ""

    @property
    def by(self) -> By:
        """On whose behalf verbs act."""
        return By(kind=self.kind or "applicant", id=self.id or "applicant", role=self.role, counter=self.counter)

    @property
    def key(self) -> str:
        """Whose idempotency keys these are."""
        return f"{self.kind}:{self.id}"

    @property
    def secret(self) -> bool:
        """Whether follow links and notes are for these eyes."""
        return self.kind == "staff" and self.role != SUPERVISOR


NOBODY = Caller(kind=None)


@dataclass(frozen=True, slots=True)
class May:
    """
    Who may use a route: a dependency that answers the caller, or refuses.

    `staff` is the least role (None: no staff), `stations` whether stations may, `supervisor` whether the supervisor reads it,
    `anyone` that nobody needs to be known, `demo` that the demo opens it to all. `own` ties a station to what the path names.
    """

    staff: str | None = None
    stations: bool = False
    supervisor: bool = False
    anyone: bool = False
    demo: bool = False
    own: str | None = None  # "counter" or "station": the path's must be the station's
    prefer: str = "kiosk"  # the type of station a trusted machine is, when it gives no name

    async def __call__(self, request: Request) -> Caller:
        if request.method not in READING:
            check_origin(request)
        staff = await staff_of(request)
        if staff and self.allows(staff, request):
            return staff
        station = await _station(request, prefer=self._preferred(request)) if self.stations else None
        if station and self.allows(station, request):
            return station
        if self.anyone or (self.demo and request.app.state.demo):
            return staff or station or NOBODY
        raise NotAllowed if staff or station or await _station(request, prefer=self.prefer) else NotSignedIn

    def allows(self, caller: Caller, request: Request) -> bool:
        """Whether this caller may, by role, or as the station that the path names."""
        if caller.kind == "staff":
            ranked = self.staff is not None and caller.by.at_least(self.staff)
            return ranked or (caller.role == SUPERVISOR and self.supervisor)
        if self.own == "counter":
            return self.stations and str(caller.counter) == request.path_params.get("counter")
        if self.own == "station":
            return self.stations and caller.id == request.path_params.get("station")
        return self.stations

    def _preferred(self, request: Request) -> str:
        if self.own == "counter":
            return f"counter-{request.path_params.get('counter')}"
        return str(request.path_params.get("station")) if self.own == "station" else self.prefer


def cookie_of(hall: OpenHall, name: str) -> str:
    """A cookie's name in a hall: each has its own, so that one browser may be at home in several."""
    return f"{name}_{hall.id}" if hall.base else name


async def staff_of(request: HTTPConnection) -> Caller | None:
    """The signed-in staff member, or the supervisor of the district that this hall lies in; notes that the sign-in is in use."""
    hall = hall_of(request)
    staff = await _signed_in(request, hall)
    if staff is not None or not any(name.startswith(STAFF_COOKIE) for name in request.cookies):
        return staff
    for above in halls_of(request).above(hall):
        caller = await _signed_in(request, above)
        if caller is not None and caller.role == SUPERVISOR:
            return caller
    return None


async def _signed_in(request: HTTPConnection, hall: OpenHall) -> Caller | None:
    """The member of `hall`'s staff that this browser is."""
    secret = request.cookies.get(cookie_of(hall, STAFF_COOKIE))
    if not secret:
        return None
    store, config = hall.store, _config(request)
    now = real_us()
    limits = {"idle_min": config.session_idle_min, "max_h": config.session_max_h}
    found = await store.read(people.signed_in, secret=secret, real_now=now, **limits)
    if found is None or found[0] not in store.hall.staff:  # a sign-in outlives its person's place in the set-up
        return None
    staff_id, seen_at = found
    if now - seen_at > SEEN_EVERY_US:
        await store.write(people.note_seen, secret=secret, real_now=now)
    person = store.hall.staff[staff_id]
    return Caller(
        kind="staff",
        id=person.id if hall is hall_of(request) else f"{hall.id}/{person.id}",
        home=hall.id,
        role=person.role,
        name=store.hall.say(person.name, store.hall.setup.default_locale),
        job_no=person.job_no,
    )


async def card_of(request: HTTPConnection, caller: Caller, *, locale: str) -> dict[str, Any] | None:
    """The clerk card of who is signed in; a visitor from the district shows no photo, which is at another address."""
    home = halls_of(request).find(caller.home)
    card = await home.store.read(clerk_card, caller.id.rpartition("/")[2], locale=locale) if home else None
    return card if card is None or home is hall_of(request) else {**card, "photo": None}


async def caller_of(request: HTTPConnection) -> Caller:
    """The signed-in staff member, else the station this machine is, else nobody."""
    return await staff_of(request) or await _station(request, prefer="kiosk") or NOBODY


async def station_of(request: HTTPConnection, type: str = "kiosk") -> Caller:  # noqa: A002 (the station's type, as in config.toml)
    """
    The station this machine is, also when somebody is signed in on it.

    Raises:
        NotSignedIn: it is none.
    """
    station = await _station(request, prefer=type)
    if station is None:
        raise NotSignedIn
    return station


def check_origin(request: HTTPConnection) -> None:
    """
    A browser names the site a request comes from; it must be this one. Programs name none.

    Raises:
        ForeignOrigin.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {request.headers.get("host", ""), urlsplit(_config(request).public_url).netloc}
    if urlsplit(origin).netloc not in ours:
        raise ForeignOrigin


async def _station(request: HTTPConnection, *, prefer: str) -> Caller | None:
    """By key (a program's header, a browser's cookie), else by network and name."""
    store = hall_of(request).store
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        key = request.cookies.get(cookie_of(hall_of(request), STATION_COOKIE), "")
    if key:
        name = await store.read(people.station_with_key, key=key)
        return as_caller(store.hall.stations[name]) if name in store.hall.stations else None
    if not (hall_of(request).trusts_networks and _trusted(request)):
        return None
    named = request.query_params.get("station") or request.headers.get("station")
    stations = store.hall.stations
    if named is not None:
        if named not in stations:
            raise NoSuchStation(station=named[:64])
        return as_caller(stations[named])
    if prefer in stations:
        return as_caller(stations[prefer])
    return next((as_caller(s) for s in stations.values() if s.type == prefer), None)


def as_caller(station: Station) -> Caller:
    """A station as a caller."""
    return Caller(
        kind="station",
        id=station.name,
        area=station.area,
        counter=station.counter,
        mode=station.mode,
        voice=station.voice,
        type=station.type,
    )


def _trusted(request: HTTPConnection) -> bool:
    """Whether the machine's address is in a trusted network; behind trusted proxies, the address they hand on."""
    config = _config(request)
    if request.client is None:
        return False
    try:
        address = _address(request.client.host)
        hops = [_address(hop.strip()) for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    except ValueError:
        return False
    while hops and any(address in network for network in config.trusted_proxies):
        address = hops.pop()
    return any(address in network for network in config.trusted_networks)


def _address(text: str) -> IPv4Address | IPv6Address:
    """The address; an IPv4 machine that reached an IPv6 socket by its own."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _config(request: HTTPConnection) -> ServerConfig:
    config: ServerConfig = request.app.state.server
    return config


def store_of(request: Request) -> Any:
    """The hall's database, for endpoints."""
    return hall_of(request).store


async def locale_for(request: Request) -> str:
    """The language an API answer speaks."""
    from server.web.pages import locale_of  # noqa: PLC0415

    return locale_of(request)


LocaleDep = Annotated[str, Depends(locale_for)]
