"""A printer on a serial port."""

import asyncio

from devices.errors import NotConnected, NothingTaken
from devices.port_line import PortLine
from devices.printers.socket_cable import CONNECT_TIMEOUT_S


class SerialCable:
    """A serial port, kept open between jobs by its PortLine."""

    answers = True

    def __init__(self, url: str, *, baud: int) -> None:
        self._line, self._baud, self._started = PortLine(url, baud=baud), baud, False
        self._reader = self._line.reader()

    async def connect(self) -> None:
        if not self._started:
            await self._line.open()
            self._started = True
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._line.connected()
        except TimeoutError:
            raise NotConnected(self._line.health().detail) from None
        self._reader.drop()

    async def send(self, data: bytes) -> None:
        if self._line.health().condition != "ok":
            raise NothingTaken(self._line.health().detail)
        await self._line.write(data)

    async def handed_over(self) -> None:
        return None

    async def receive(self, *, timeout_s: float) -> bytes:
        if self._line.health().condition != "ok":
            raise NotConnected(self._line.health().detail)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._reader.read()
        except TimeoutError:
            return b""

    async def disconnect(self) -> None:
        return None

    def seconds_for(self, count: int) -> float:
        return count * 10 / self._baud

    async def close(self) -> None:
        if self._started:
            await self._line.close()
            self._started = False
