"""The rack: opens the devices of one machine, keeps each alive on its own, and lets none stop the others."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

from devices import registry
from devices.dealings.calling import Calling
from devices.dealings.printing import Printing
from devices.dealings.rating import Rating
from devices.dealings.showing import Showing
from devices.hall import HallClient
from devices.port_line import Lines
from devices.ports import CallerPad, Drawn, Keypad, Sign, TicketPrinter
from devices.reporting import Reporter
from server.config import DeviceConfig

log = logging.getLogger(__name__)

BACKOFF_MIN_S, BACKOFF_MAX_S = 0.5, 30.0
_LATIN_DOTS = 8  # half a character of a 16-dot font


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
    key: str | None = None,
    virtual: bool = False,
    stop: asyncio.Event,
) -> None:
    """
    Own `devices` until `stop` is set; `virtual` puts its twin in the place of each.

    A rack may serve many stations, one connection each. A server or a device that is away is waited for, for ever.

    Raises:
        UnknownKind: an entry names a kind that is not registered; nothing is opened then.
    """
    stations: dict[str, list[DeviceConfig]] = defaultdict(list)
    for config in devices:
        kind = registry.virtual_twin(config.kind) if virtual else config.kind
        stations[config.station].append(config.model_copy(update={"kind": kind}))
    lines = Lines()
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(_station(name, configs, server_url=server_url, key=key, lines=lines), name=f"station {name}")
            for name, configs in stations.items()
        ]
        await stop.wait()
        for task in running:
            task.cancel()


async def _station(station: str, configs: list[DeviceConfig], *, server_url: str, key: str | None, lines: Lines) -> None:
    async with HallClient(server_url, station=station, key=key) as hall:
        mounted = [_Mounted(config, hall=hall, lines=lines) for config in configs]
        topics = [f"station:{station}", *sorted({f"counter:{each.counter}" for each in configs if each.counter is not None})]
        async with asyncio.TaskGroup() as tasks:
            for each in mounted:
                tasks.create_task(each.keep())
                tasks.create_task(each.reporter.run())
            tasks.create_task(_listen(hall, topics, mounted))


async def _listen(hall: HallClient, topics: list[str], mounted: "list[_Mounted]") -> None:
    async for message in hall.events(topics=topics):
        for each in mounted:
            each.hear(message)


class _Mounted:
    """One device in the rack with its dealing and its reporter."""

    def __init__(self, config: DeviceConfig, *, hall: HallClient, lines: Lines) -> None:
        self._name = config.name
        self._device = registry.make(config, registry.Shared(lines=lines, changed=self._changed))
        self.reporter = Reporter(config.name, self._device, kind=config.kind, hall=hall)
        self._dealing = _dealing(self._device, config, hall)

    def hear(self, message: dict[str, Any]) -> None:
        if message["kind"] == "hello":
            self.reporter.greet()
        if message["kind"] == "input":
            if message["device"] == self._name and isinstance(self._device, Drawn):
                self._device.press(message["key"])
            return
        self._dealing.hear(message)

    async def keep(self) -> None:
        """Open and deal; when the device's own code fails, say so in health and begin again after a pause."""
        pause_s = BACKOFF_MIN_S
        while True:
            try:
                await self._device.open()
                try:
                    self.reporter.recovered()
                    await self._dealing.run()
                finally:
                    await self._device.close()
            except Exception as problem:
                log.exception("%s failed, again in %.1f s", self._name, pause_s)
                self.reporter.failed(problem)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, BACKOFF_MAX_S)

    def _changed(self) -> None:
        self.reporter.stirred()
        self._dealing.stirred()


def _dealing(device: registry.AnyDevice, config: DeviceConfig, hall: HallClient) -> Dealing:
    if isinstance(device, TicketPrinter):
        return Printing(device, hall=hall)
    if config.counter is None:
        raise ValueError(f"device {config.name}: {config.kind} needs counter")
    if isinstance(device, Sign):
        columns = config.dots_width * 16 // config.dots_height // _LATIN_DOTS
        return Showing(device, hall=hall, counter=config.counter, columns=columns)
    if isinstance(device, Keypad):
        return Rating(device, hall=hall, counter=config.counter)
    return Calling(device, hall=hall, counter=config.counter)
