"""Signs on a serial bus: the latest line wins, and is said again now and then, for a sign that lost its power is dark."""

import asyncio
from collections.abc import Callable

from devices.errors import NotConnected
from devices.port_line import PortLine
from devices.ports import Health, SignLine

RESEND_S = 30.0
FRAME_GAP_S = 0.08  # between two frames on one bus
_RETRY_S = 1.0


class SerialSign:
    """One sign; `frame_of` turns a line into the bytes of its protocol."""

    def __init__(
        self,
        name: str,
        *,
        line: PortLine,
        frame_of: Callable[[SignLine], bytes],
        resend_s: float = RESEND_S,
    ) -> None:
        self.name = name
        self._port, self._frame_of, self._resend_s = line, frame_of, resend_s
        self._wanted: SignLine | None = None
        self._news = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._port.open()
        self._talking = asyncio.create_task(self._talk(), name=f"sign {self.name}")

    async def close(self) -> None:
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
        await self._port.close()

    def health(self) -> Health:
        return self._port.health()

    async def show(self, line: SignLine) -> None:
        self._wanted = line
        self._news.set()

    async def _talk(self) -> None:
        while True:
            await self._port.connected()
            self._news.clear()
            pause_s = self._resend_s
            if self._wanted is not None:
                try:
                    await self._port.write(self._frame_of(self._wanted))
                except NotConnected:
                    pause_s = _RETRY_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._news.wait()
            except TimeoutError:
                continue
