"""How bytes reach a printer: file, socket or serial port; timeouts everywhere, one job a connection."""

import asyncio
import contextlib
import os
import select
from typing import Protocol
from urllib.parse import urlsplit

from devices.errors import NotConnected
from devices.port_line import PortLine
from devices.ports import Health

CONNECT_TIMEOUT_S = 3.0
STALL_TIMEOUT_S = 10.0  # a printer that takes no byte for so long is stuck
_CHUNK_BYTES = 4096


class Cable(Protocol):
    """A way to a printer and back."""

    async def connect(self) -> None:
        """Reach the printer. Raises NotConnected."""

    async def send(self, data: bytes) -> None:
        """Hand over all bytes. Raises NotConnected; some may have been taken then."""

    async def receive(self, *, timeout_s: float) -> bytes:
        """What the printer says, b"" when it said nothing in time. Raises NotConnected when it hung up."""

    async def disconnect(self) -> None:
        """Let the next one in: many printers serve one connection at a time."""

    def seconds_for(self, count: int) -> float:
        """How long `count` bytes are on their way beyond the handing over."""

    async def close(self) -> None:
        """Give back for good what `connect` keeps between jobs."""

    def health(self) -> Health | None:
        """What the cable knows without connecting; None when nothing."""


def cable_for(port: str, *, baud: int) -> Cable:
    """The cable a port names: socket://host:9100, a serial port (/dev/tty…, COM3, loop://), else a device file."""
    if port.startswith("socket://"):
        return SocketCable(port)
    if is_serial(port):
        return SerialCable(port, baud=baud)
    return FileCable(port)


def is_serial(port: str) -> bool:
    """Whether the port is a slow serial one, where text mode is the better choice."""
    slow = ("/dev/tty", "/dev/pts/", "/dev/serial/", "/dev/cu.", "COM", "loop://", "rfc2217://")
    return port.startswith(slow)


class SocketCable:
    """TCP, mostly port 9100."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 9100
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        except OSError as problem:  # a timeout is one too
            raise NotConnected(f"{self.host}:{self.port}: {problem!r}") from problem

    async def send(self, data: bytes) -> None:
        writer = self._open()
        try:
            for at in range(0, len(data), _CHUNK_BYTES):
                writer.write(data[at : at + _CHUNK_BYTES])
                async with asyncio.timeout(STALL_TIMEOUT_S):
                    await writer.drain()
        except OSError as problem:
            raise NotConnected(f"{self.host}:{self.port}: {problem!r}") from problem

    async def receive(self, *, timeout_s: float) -> bytes:
        self._open()
        try:
            async with asyncio.timeout(timeout_s):
                data = await self._reader.read(64)
        except TimeoutError:
            return b""
        except OSError as problem:
            raise NotConnected(str(problem)) from problem
        if not data:
            raise NotConnected(f"{self.host}:{self.port} hung up")
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

    def health(self) -> Health | None:
        return None

    def _open(self) -> asyncio.StreamWriter:
        if self._writer is None:
            raise NotConnected(f"{self.host}:{self.port} is not connected")
        return self._writer


class SerialCable:
    """A serial port, kept open between jobs by its PortLine."""

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
        await self._line.write(data)

    async def receive(self, *, timeout_s: float) -> bytes:
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

    def health(self) -> Health | None:
        return self._line.health() if self._started else None


class FileCable:
    """A character device such as /dev/usb/lp0; never waits for it longer than the stall timeout."""

    def __init__(self, path: str) -> None:
        self._path, self._file = path, -1

    async def connect(self) -> None:
        try:
            self._file = await asyncio.to_thread(os.open, self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as problem:
            raise NotConnected(str(problem)) from problem

    async def send(self, data: bytes) -> None:
        await asyncio.to_thread(self._send, data)

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            if not select.select([], [self._file], [], STALL_TIMEOUT_S)[1]:
                raise NotConnected(f"{self._path} takes no more bytes")
            try:
                left = left[os.write(self._file, left[:_CHUNK_BYTES]) :]
            except BlockingIOError:
                continue
            except OSError as problem:
                raise NotConnected(str(problem)) from problem

    async def receive(self, *, timeout_s: float) -> bytes:
        return await asyncio.to_thread(self._receive, timeout_s)

    def _receive(self, timeout_s: float) -> bytes:
        if not select.select([self._file], [], [], timeout_s)[0]:
            return b""
        try:
            return os.read(self._file, 64)
        except BlockingIOError:
            return b""
        except OSError as problem:
            raise NotConnected(str(problem)) from problem

    async def disconnect(self) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):  # the device may be gone; its descriptor is released in any case
                os.close(self._file)
            self._file = -1

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 (the port's signature; these cables are fast)
        return 0.0

    async def close(self) -> None:
        await self.disconnect()

    def health(self) -> Health | None:
        return None
