"""A printer on the network, mostly at port 9100."""

import asyncio
import struct
import sys
from contextlib import suppress
from urllib.parse import urlsplit

from devices.clock import running_s
from devices.errors import NotConnected, NothingTaken

CONNECT_TIMEOUT_S = 3.0
STALL_TIMEOUT_S = 10.0  # a printer that takes no byte for so long is stuck
_CHUNK_BYTES = 4096
_LOOK_S = 0.01  # between two looks whether the other end has acknowledged everything
_SIOCOUTQ = 0x5411  # Linux, tcp(7): bytes not yet acknowledged


class SocketCable:
    """TCP over IPv4 or IPv6: socket://10.0.0.9:9100, socket://[fd00::9]:9100, socket://printer.lan (9100)."""

    answers = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 9100
        self.place = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        except TimeoutError:
            raise NotConnected(f"{self.place}: nobody answers") from None
        except (OSError, UnicodeError) as problem:  # UnicodeError: a host name that cannot be one
            raise NotConnected(f"{self.place}: {problem}") from problem
        self._writer.transport.set_write_buffer_limits(high=0)  # `drain` then waits until the kernel has everything

    async def send(self, data: bytes) -> None:
        writer = self._open()
        if self._reader.at_eof():  # it hung up while nobody listened; the first write would still seem to succeed
            raise NothingTaken(f"{self.place} hung up")
        try:
            for at in range(0, len(data), _CHUNK_BYTES):
                writer.write(data[at : at + _CHUNK_BYTES])
                async with asyncio.timeout(STALL_TIMEOUT_S):
                    await writer.drain()
        except TimeoutError:
            raise NotConnected(f"{self.place} takes no more bytes") from None
        except OSError as problem:
            raise NotConnected(f"{self.place}: {problem}") from problem

    async def handed_over(self) -> None:
        until_s = running_s() + STALL_TIMEOUT_S
        while self._unacknowledged():
            if running_s() > until_s:
                raise NotConnected(f"{self.place} takes no more bytes")
            await asyncio.sleep(_LOOK_S)
        if self._reader.at_eof() or self._reader.exception():
            raise NotConnected(f"{self.place} hung up")

    async def receive(self, *, timeout_s: float) -> bytes:
        self._open()
        try:
            async with asyncio.timeout(timeout_s):
                data = await self._reader.read(64)
        except TimeoutError:
            return b""
        except OSError as problem:
            raise NotConnected(f"{self.place}: {problem}") from problem
        if not data:
            raise NotConnected(f"{self.place} hung up")
        return data

    async def disconnect(self) -> None:
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        writer.close()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await writer.wait_closed()
        except OSError:  # it was gone before; a stuck one is cut off
            writer.transport.abort()

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 (the port's signature; these cables are fast)
        return 0.0

    async def close(self) -> None:
        await self.disconnect()

    def _open(self) -> asyncio.StreamWriter:
        if self._writer is None:
            raise NothingTaken(f"{self.place} is not connected")
        return self._writer

    def _unacknowledged(self) -> int:
        """Bytes the other end has not acknowledged; 0 where the system does not say."""
        if sys.platform != "linux":
            return 0
        import fcntl  # noqa: PLC0415 (Windows has none)

        with suppress(OSError):  # closed meanwhile: what follows says so
            number = self._open().get_extra_info("socket").fileno()
            return int(struct.unpack("i", fcntl.ioctl(number, _SIOCOUTQ, bytes(4)))[0])
        return 0
