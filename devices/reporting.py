"""How each device is and looks, told to the hall: on change, again every 15 s, and all of it to a server that is new."""

import asyncio
import logging
from typing import Protocol

from devices.clock import utc_now
from devices.hall import HallClient, Refused, Unreachable
from devices.ports import Drawn, Health

log = logging.getLogger(__name__)

HEALTH_S = 15.0


class Ill(Protocol):
    """Anything that can say how it is."""

    def health(self) -> Health: ...


class Reporter:
    """Reports one device."""

    def __init__(self, name: str, device: Ill, *, kind: str, hall: HallClient) -> None:
        self._name, self._device, self._kind, self._hall = name, device, kind, hall
        self._reason = asyncio.Event()
        self._reason.set()
        self._pushed: dict[str, int] = {}  # label → what it looked like when it was last sent
        self.fault: Health | None = None  # set by the rack while the device's own code fails

    def stirred(self) -> None:
        """Its health or look changed."""
        self._reason.set()

    def greet(self) -> None:
        """A connection was made; the server may be a new one that has seen nothing."""
        self._pushed.clear()
        self._reason.set()

    def failed(self, problem: BaseException) -> None:
        """The device's own code failed; it will be tried again."""
        self.fault = Health(condition="degraded", detail=f"{type(problem).__name__}: {problem}", since=utc_now())
        self._reason.set()

    def recovered(self) -> None:
        """The device's own code runs again."""
        self.fault = None
        self._reason.set()

    async def run(self) -> None:
        """Report for as long as the rack runs."""
        while True:
            try:
                async with asyncio.timeout(HEALTH_S):
                    await self._reason.wait()
            except TimeoutError:
                log.debug("%s: health again", self._name)
            self._reason.clear()
            try:
                await self._hall.health(self._name, self.fault or self._device.health(), kind=self._kind)
                await self._push()
            except (Unreachable, Refused) as problem:
                log.info("%s: not reported: %s", self._name, problem)

    async def _push(self) -> None:
        if not isinstance(self._device, Drawn):
            return
        for picture in self._device.pictures():
            look = hash((picture.png, picture.label, repr(picture.detail)))
            if self._pushed.get(picture.label) != look:
                await self._hall.picture(self._name, picture)
                self._pushed[picture.label] = look
