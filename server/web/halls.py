"""The halls of this server: the one at the root, and the others, each under `/h/{hall}` or at a host name of its own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from server import ticker
from server.database import store_of
from server.errors import HallError
from server.hub import Hub
from server.roll import count, roll
from server.verbs.setup import load_devices, record_founding
from server.web.devices import DeviceBoard
from server.web.presented import Presented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection
    from starlette.requests import HTTPConnection
    from starlette.types import Scope

    from server.config import DeviceConfig, ServerConfig
    from server.demo import Play
    from server.engines import Kept
    from server.store import Store
    from server.web.shared_look import SharedLook

UNDER = "/h/"
LOOK_S = 1.0  # other servers' news is looked for this often, where nobody rang; new halls too
EACH_S = 5.0  # and hall by hall at least this often

log = logging.getLogger("jiaohao")


@dataclass(eq=False, slots=True)
class OpenHall:
    """A hall as this server runs it; `base` is the path before its addresses, `public_url` what its QR codes begin with."""

    store: Store
    base: str
    public_url: str
    own_host: bool
    trusts_networks: bool  # whether a machine in `trusted_networks` is one of its stations
    device_configs: tuple[DeviceConfig, ...] = ()
    play: Play | None = None
    looks: dict[str, SharedLook[bytes]] = field(default_factory=dict)
    hub: Hub = field(init=False)
    devices: DeviceBoard = field(init=False)
    presented: Presented = field(default_factory=Presented)

    def __post_init__(self) -> None:
        self.hub = Hub(self.store)
        self.devices = DeviceBoard(self.device_configs)

    @property
    def id(self) -> str:
        """Its key in every table."""
        return self.store.hall.id

    @property
    def url(self) -> str:
        """Where its first page is: a path of this server, or at a host of its own."""
        return f"{self.public_url if self.own_host else self.base}/"

    @property
    def org_path(self) -> tuple[str, ...]:
        """City, district, street, community: as many of them as it belongs to."""
        return self.store.hall.setup.hall.org_path

    def is_above(self, other: OpenHall) -> bool:
        """Whether `other` lies in the district (city, street) of which this is the hall."""
        mine, theirs = self.org_path, other.org_path
        return 0 < len(mine) < len(theirs) and mine == theirs[: len(mine)]


class Halls:
    """Every hall of the database. They open with the first; one that is added later, within a second."""

    def __init__(self, first: OpenHall, *, config: ServerConfig, demo: bool, archive_into: Path | None = None) -> None:
        self.first = first
        self.config = config
        self.demo = demo
        self.archive_into = archive_into
        self._open = {first.id: first}
        self.begun: list[Callable[[OpenHall], None]] = []  # told of each hall once it is open
        self.looks: dict[str, SharedLook[list[dict[str, Any]]]] = {}  # at all of them, by language
        self._looking = asyncio.Lock()
        self._entries = 1  # journal entries of all halls, at the last look
        self._again_at = 0.0  # when each is looked at, whatever the sum says: a busy hall could hide what another misses
        self._tasks: list[asyncio.Task[None]] = []

    def __iter__(self) -> Iterator[OpenHall]:
        return iter(tuple(self._open.values()))

    def find(self, hall: str) -> OpenHall | None:
        """The hall with this key."""
        return self._open.get(hall)

    def above(self, hall: OpenHall) -> list[OpenHall]:
        """The halls of the district (city, street) that `hall` lies in: their supervisors read it."""
        return [one for one in self if one.is_above(hall)] if hall.org_path else []

    def below(self, hall: OpenHall) -> list[OpenHall]:
        """The halls that a supervisor of `hall` reads besides it."""
        return [one for one in self if hall.is_above(one)]

    def of(self, scope: Scope) -> tuple[OpenHall | None, str]:
        """Whose address this is, and the part of its path that says so; None: a hall that is not there."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(UNDER):
            hall = path.removeprefix(UNDER).partition("/")[0]
            return self._open.get(hall), UNDER + hall
        if self.config.hosts:
            named = dict(scope["headers"]).get(b"host", b"").decode("latin-1").rsplit(":", 1)[0].lower()
            return self._open.get(self.config.hosts.get(named, self.first.id), self.first), ""
        return self.first, ""

    async def start(self) -> None:
        """Open the first and all others; from then on look after them."""
        await self._begin(self.first)
        await self.look()
        store = self.first.store
        self._tasks = [
            asyncio.create_task(ticker.run(store.threads, self._store_of, archive_into=self.archive_into), name="ticker"),
            asyncio.create_task(self._look_after(), name="roll"),
        ]

    async def stop(self) -> None:
        """Close them, the first last."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for hall in reversed(self._open.values()):
            if hall.play is not None:
                await hall.play.stop()
            await hall.hub.stop()
            hall.store.close()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except HallError as away:
                log.debug("the halls are looked at again: %s", away)

    async def look(self) -> None:
        """Open the halls that are new, and wake those of which there may be news."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        threads, now = self.first.store.threads, asyncio.get_running_loop().time()
        halls, entries = await threads.look(count)
        told = sum(hall.hub.seen for hall in self) >= self._entries  # what stood there at the last look, by our own writers
        self._entries = entries
        if halls == len(self._open) and told and now < self._again_at:
            return
        self._again_at = now + EACH_S
        stands = await threads.look(roll)
        unknown = [stand.hall for stand in stands if stand.hall not in self._open]
        if unknown:
            made = await threads.look(lambda kept, connection: self._made(kept, connection, unknown))
            await asyncio.gather(*(self._begin(hall) for hall in made))
            self._open |= {hall.id: hall for hall in made}
        for stand in stands:
            known = self._open[stand.hall]
            if stand.seq != known.hub.seen:
                known.hub.wake()

    async def _begin(self, hall: OpenHall) -> None:
        hall.store.open()
        await hall.store.write(record_founding)
        await ticker.catch_up(hall.store)
        await hall.hub.start()
        for tell in self.begun:
            tell(hall)

    def _made(self, _kept: Kept, connection: Connection, halls: Sequence[str]) -> list[OpenHall]:
        return [self._make(connection, hall) for hall in halls]

    def _make(self, connection: Connection, hall: str) -> OpenHall:
        store = store_of(connection, self.first.store.threads, hall=hall, clock=self.first.store.clock)
        return OpenHall(
            store=store,
            base=f"{UNDER}{hall}",
            public_url=self._public_url(hall),
            own_host=hall in self.config.hosts.values(),
            trusts_networks=self.demo,
            device_configs=load_devices(connection, hall),
        )

    def _public_url(self, hall: str) -> str:
        """At its own host where it has one, else under the path."""
        public = urlsplit(self.config.public_url)
        host = next((host for host, theirs in self.config.hosts.items() if theirs == hall), None)
        if host is None:
            return f"{self.config.public_url}{UNDER}{hall}"
        return f"{public.scheme}://{host}" + (f":{public.port}" if public.port else "")

    def _store_of(self, hall: str) -> Store | None:
        known = self._open.get(hall)
        return known.store if known else None


def halls_of(request: HTTPConnection) -> Halls:
    """Every hall of this server."""
    halls: Halls = request.app.state.halls
    return halls


def spoken_in(request: HTTPConnection, area: str) -> dict[str, Any]:
    """What a board says of the voice: the languages of every call, and whether a loudspeaker of its own speaks in the area."""
    hall = hall_of(request)
    setup = hall.store.hall.setup
    offered = [locale for locale in request.app.state.voice.config.order if locale in setup.locales]
    return {"order": offered, "speaker": hall.devices.speaks_in(area, first=setup.area[0].id)}


def hall_of(request: HTTPConnection) -> OpenHall:
    """The hall whose address was asked."""
    hall: OpenHall = request.scope["hall"]
    return hall
