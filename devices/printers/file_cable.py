"""A printer behind a file: a character device such as /dev/usb/lp0, or a plain file that slips are added to."""

import asyncio
import contextlib
import os
import select
import stat
import time
from urllib.parse import unquote, urlsplit

from devices.clock import running_s
from devices.errors import NotConnected, NothingTaken
from devices.printers.socket_cable import STALL_TIMEOUT_S

_CHUNK_BYTES = 4096
_LOOK_S = 0.01  # usblp is readable and gives nothing while the printer has nothing to say


class FileCable:
    """
    A device file is written and read, never waited for longer than the stall timeout; a plain file never answers.

    A plain file holds whole slips: what a full disk cut short is taken back, and may be sent again.
    """

    def __init__(self, port: str) -> None:
        made_here = port.startswith("file://")
        self._path = unquote(urlsplit(port).path) if made_here else port
        self._flags = os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | (os.O_CREAT if made_here else 0)
        self._file, self.answers = -1, True

    async def connect(self) -> None:
        try:
            self._file = await asyncio.to_thread(os.open, self._path, self._flags, 0o640)
            self.answers = not stat.S_ISREG(os.fstat(self._file).st_mode)
        except OSError as problem:
            raise NotConnected(str(problem)) from problem

    async def send(self, data: bytes) -> None:
        await asyncio.to_thread(self._write if self.answers else self._add, data)

    async def handed_over(self) -> None:
        return None

    async def receive(self, *, timeout_s: float) -> bytes:
        return await asyncio.to_thread(self._read, timeout_s)

    async def disconnect(self) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):  # the device may be gone; its descriptor is released in any case
                os.close(self._file)
            self._file = -1

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 (the port's signature; these cables are fast)
        return 0.0

    async def close(self) -> None:
        await self.disconnect()

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                free = select.select([], [self._file], [], STALL_TIMEOUT_S)[1]
                left = left[os.write(self._file, left[:_CHUNK_BYTES]) :] if free else left
            except BlockingIOError:
                continue
            except OSError as problem:
                raise self._lost(str(problem), taken=len(data) - len(left)) from problem
            if not free:
                raise self._lost(f"{self._path} takes no more bytes", taken=len(data) - len(left))

    def _lost(self, reason: str, *, taken: int) -> NotConnected:
        return NotConnected(reason) if taken else NothingTaken(reason)

    def _add(self, data: bytes) -> None:
        """All of `data` at the end of a plain file and on the disk, or nothing of it."""
        end = os.lseek(self._file, 0, os.SEEK_END)
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as problem:
            try:
                os.ftruncate(self._file, end)
            except OSError:  # what is there stays there
                raise NotConnected(str(problem)) from problem
            raise NothingTaken(str(problem)) from problem

    def _read(self, timeout_s: float) -> bytes:
        until_s = running_s() + timeout_s
        while (left_s := until_s - running_s()) > 0:
            try:
                if not select.select([self._file], [], [], left_s)[0]:
                    return b""
                if data := os.read(self._file, 64):
                    return data
            except BlockingIOError:
                continue
            except OSError as problem:
                raise NotConnected(str(problem)) from problem
            time.sleep(min(_LOOK_S, left_s))
        return b""
