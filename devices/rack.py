"""The rack: opens the devices of one machine, keeps each alive on its own, and lets none stop the others."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from devices import registry
from devices.clock import running_s
from devices.dealings.announcing import Announcing
from devices.dealings.calling import Calling
from devices.dealings.presenting import Reading, Scanning
from devices.dealings.printing import Printing
from devices.dealings.rating import Rating
from devices.dealings.showing import Showing
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.hall import HallClient
from devices.port_line import Lines
from devices.ports import CardReader, Drawn, Keypad, Scanner, Sign, Speaker, TicketPrinter
from devices.reporting import Reporter
from devices.shared import Shared
from devices.signs.kinds import columns_of, words_of
from server.config import DeviceConfig

log = logging.getLogger(__name__)

BACKOFF_MIN_S, BACKOFF_MAX_S = 0.5, 30.0


class Dealing(Protocol):
    """How one device deals with the hall."""

    def hear(self, message: dict[str, Any]) -> None:
        """Take note of a message; never waits."""

    def stirred(self) -> None:
        """Take note that the device changed."""

    async def run(self) -> None:
        """Deal, for ever."""


async def run(
    devices: Iterable[DeviceConfig],
    *,
    server_url: str,
    key: str | Mapping[str, str] | None = None,
    virtual: bool = False,
    emulated: bool = False,
    diary: Path | None = None,
    stop: asyncio.Event,
) -> None:
    """
    Own `devices` until `stop` is set.

    `virtual` puts in the place of each its twin made of memory; `emulated` leaves the adapters and their wires as they are
    and puts an emulator at the far end of each, which writes into the file `diary` what it did.

    A rack may serve many stations, one connection each, `key` then holding theirs by name; it must be one rack when
    their devices share a port, for a port has one owner. A server or a device that is away is waited for, for ever.

    Raises:
        ValueError: an entry cannot be: unknown kind, no counter, no port, two speeds on one port, two devices on one
            address. Nothing is opened then.
    """
    stations: dict[str, list[DeviceConfig]] = defaultdict(list)
    for config in devices:
        chosen = config
        if virtual:
            chosen = config.model_copy(update={"kind": registry.virtual_twin(config.kind)})
        elif emulated:
            chosen = registry.emulated_twin(config)
        if problems := registry.problems(chosen):
            raise ValueError("; ".join(problems))
        stations[config.station].append(chosen)
    if clashes := registry.clashes(config for configs in stations.values() for config in configs):
        raise ValueError("; ".join(clashes))
    lines, wires, written = Lines(), Wires(), Diary(diary)
    mounted = [
        _Station(HallClient(server_url, station=name, key=_key_of(name, key)), configs, lines, wires, written)
        for name, configs in stations.items()
    ]
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(station.run()) for station in mounted]
            await stop.wait()
            for task in running:
                task.cancel()
    finally:
        wires.close()


def _key_of(station: str, key: str | Mapping[str, str] | None) -> str | None:
    return key if key is None or isinstance(key, str) else key.get(station)


class _Station:
    """The devices of one station and its connection."""

    def __init__(self, hall: HallClient, configs: list[DeviceConfig], lines: Lines, wires: Wires, diary: Diary) -> None:
        self._hall = hall
        self._mounted = [_Mounted(config, hall, lines, wires, diary) for config in configs]
        counters = {config.counter for config in configs if config.counter is not None}
        self._topics = [f"station:{hall.station}", *(f"counter:{counter}" for counter in sorted(counters))]

    async def run(self) -> None:
        async with self._hall, asyncio.TaskGroup() as tasks:
            for each in self._mounted:
                tasks.create_task(_alive(each.name, each.use, failed=each.reporter.failed))
                tasks.create_task(_alive(f"report of {each.name}", each.reporter.run, failed=each.reporter.failed))
            tasks.create_task(_alive(f"connection of {self._hall.station}", self._listen, failed=_logged))

    async def _listen(self) -> None:
        areas = {await each.dealing.topic() for each in self._mounted if isinstance(each.dealing, Announcing)}
        async for message in self._hall.events(topics=[*self._topics, *sorted(areas)]):
            for each in self._mounted:
                each.hear(message)


class _Mounted:
    """One device in the rack with its dealing and its reporter."""

    def __init__(self, config: DeviceConfig, hall: HallClient, lines: Lines, wires: Wires, diary: Diary) -> None:
        self.name = config.name
        self._device = registry.make(config, Shared(lines=lines, wires=wires, diary=diary, changed=self._changed))
        self.reporter = Reporter(config.name, self._device, kind=config.kind, hall=hall)
        self.dealing = _dealing(self._device, config, hall)

    def hear(self, message: dict[str, Any]) -> None:
        if message["kind"] == "hello":
            self.reporter.greet()
        if message["kind"] == "input":
            if message.get("device") == self.name and isinstance(self._device, Drawn):
                self._device.press(str(message.get("key")))
            return
        self.dealing.hear(message)

    async def use(self) -> None:
        await self._device.open()
        try:
            self.reporter.recovered()
            await self.dealing.run()
        finally:
            await self._device.close()

    def _changed(self) -> None:
        self.reporter.stirred()
        self.dealing.stirred()


async def _alive(name: str, act: Callable[[], Awaitable[None]], *, failed: Callable[[BaseException], None]) -> None:
    """Do `act` for ever: when it fails, say so and begin again after a pause that grows while it keeps failing."""
    pause_s = BACKOFF_MIN_S
    while True:
        began_s = running_s()
        try:
            await act()
        except Exception as problem:
            log.exception("%s failed, again in %.1f s", name, pause_s)
            failed(problem)
        await asyncio.sleep(pause_s)
        lasted = running_s() - began_s > BACKOFF_MAX_S
        pause_s = BACKOFF_MIN_S if lasted else min(pause_s * 2, BACKOFF_MAX_S)


def _logged(problem: BaseException) -> None:
    """A station's connection has no device whose health could tell of it; the hall sees the station missing."""


def _dealing(device: registry.AnyDevice, config: DeviceConfig, hall: HallClient) -> Dealing:  # noqa: PLR0911 (one return a family)
    if isinstance(device, TicketPrinter):
        return Printing(device, hall=hall)
    if isinstance(device, Scanner):
        return Scanning(device, hall=hall)
    if isinstance(device, CardReader):
        return Reading(device, hall=hall)
    if isinstance(device, Speaker):
        return Announcing(device, hall=hall, area=config.area)
    if config.counter is None:
        raise ValueError(f"device {config.name}: {config.kind} needs counter")
    if isinstance(device, Sign):
        return Showing(device, hall=hall, counter=config.counter, columns=columns_of(config), own=words_of(config))
    if isinstance(device, Keypad):
        return Rating(device, hall=hall, counter=config.counter)
    return Calling(device, hall=hall, counter=config.counter)
