"""
Wires with a machine at the far end: a pseudo-terminal or a TCP port that the real adapters open as they would hardware.

A wire can be unplugged and plugged in again, can hang (nothing is read any more), be slow (so many bytes a second) and be cut
after so many bytes more: what happens to cables in halls. All of it runs in the loop that opened the wire.
"""

import asyncio
import contextlib
import os
import re
import tempfile
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

Reply = Callable[[bytes], None]
_CHUNK_BYTES = 4096
_TICK_S = 0.02  # of a slow wire


class Machine(Protocol):
    """What is at the far end."""

    def feed(self, data: bytes, *, reply: Reply) -> None:
        """Take bytes from the wire; answers go to `reply`, later ones too."""

    def power(self, *, on: bool) -> None:
        """The wire, and with it the power, was plugged in or pulled out."""


class _Wire:
    """What both kinds share: the machines on it and the faults staged."""

    def __init__(self) -> None:
        self.plugged = False
        self.bytes_per_s: float | None = None  # None: as quick as the machine takes them
        self.hanging = False
        self.cut_after: int | None = None  # bytes until the wire is unplugged by itself
        self._machines: list[Machine] = []

    def attach(self, machine: Machine) -> None:
        """Put a machine on the wire; all on one wire hear everything, as on a bus."""
        self._machines.append(machine)

    def _power(self, *, on: bool) -> None:
        self.plugged = on
        for machine in self._machines:
            machine.power(on=on)

    def _hand_over(self, data: bytes, reply: Reply) -> None:
        for machine in self._machines:
            machine.feed(data, reply=reply)

    def _until_cut(self, data: bytes) -> bytes:
        """What still gets through."""
        if self.cut_after is None:
            return data
        through = data[: self.cut_after]
        self.cut_after -= len(through)
        return through


class PtyWire(_Wire):
    """A serial cable: a link in `folder` that leads to a pseudo-terminal while plugged in, and is gone while not."""

    def __init__(self, folder: Path, *, name: str) -> None:
        super().__init__()
        self.path = folder / re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
        self._ours = self._theirs = -1

    @property
    def port(self) -> str:
        """What an adapter opens."""
        return str(self.path)

    async def open(self) -> None:
        """Plug it in, if it is not."""
        self._loop = asyncio.get_running_loop()
        self.plug()

    def plug(self) -> None:
        """Publish a fresh terminal under the old name, in one step."""
        if self.plugged:
            return
        self._ours, self._theirs = os.openpty()  # theirs stays open: without any opener ours would report an error
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        fresh = self.path.with_suffix(".new")
        fresh.symlink_to(os.ttyname(self._theirs))
        fresh.replace(self.path)
        self._loop.add_reader(self._ours, self._arrived)
        self._power(on=True)

    def unplug(self) -> None:
        """Pull it out: the name is gone, whoever has it open gets errors."""
        if not self.plugged:
            return
        self._loop.remove_reader(self._ours)
        self.path.unlink(missing_ok=True)
        os.close(self._theirs)
        os.close(self._ours)
        self._ours = self._theirs = -1
        self._power(on=False)

    def hang(self) -> None:
        """Read nothing any more; `heal` goes on."""
        self.hanging = True
        if self.plugged:
            self._loop.remove_reader(self._ours)

    def heal(self) -> None:
        """As good as new."""
        self.hanging, self.bytes_per_s, self.cut_after = False, None, None
        if self.plugged:
            self._loop.add_reader(self._ours, self._arrived)

    def send(self, data: bytes) -> None:
        """What a machine says by itself. What nobody reads is lost, as on a cable."""
        if not self.plugged:
            return
        with contextlib.suppress(BlockingIOError):
            os.write(self._ours, data)

    def _arrived(self) -> None:
        most = _CHUNK_BYTES if self.bytes_per_s is None else max(1, round(self.bytes_per_s * _TICK_S))
        try:
            data = os.read(self._ours, most)
        except BlockingIOError:
            return
        if self.bytes_per_s is not None:
            self._loop.remove_reader(self._ours)
            self._loop.call_later(_TICK_S, self._go_on, self._ours)
        through = self._until_cut(data)
        if through:
            self._hand_over(through, self.send)
        if self.cut_after == 0:
            self.cut_after = None
            self.unplug()

    def _go_on(self, ours: int) -> None:
        if self.plugged and not self.hanging and ours == self._ours:
            self._loop.add_reader(self._ours, self._arrived)


class TcpWire(_Wire):
    """A network printer or sign: one connection is served at a time, the next ones wait, as on real ones."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__()
        self._host, self._number = host, port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._turn = asyncio.Lock()
        self._healed = asyncio.Event()
        self._healed.set()
        self._plugging: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> str:
        """What an adapter opens; known once the wire is."""
        return f"socket://{self._host}:{self._number}"

    async def open(self) -> None:
        """Listen; the number chosen first stays."""
        if self.plugged:
            return
        self._server = await asyncio.start_server(self._serve, self._host, self._number, limit=_CHUNK_BYTES)
        self._number = self._server.sockets[0].getsockname()[1]
        self._power(on=True)

    def close(self) -> None:
        """Stop listening for good."""
        self.unplug()
        self._healed.set()
        for task in self._plugging:
            task.cancel()

    def plug(self) -> None:
        """Listen again, soon."""
        task = asyncio.get_running_loop().create_task(self.open())
        self._plugging.add(task)
        task.add_done_callback(self._plugging.discard)

    def unplug(self) -> None:
        """Refuse connections and cut those there are."""
        if not self.plugged or self._server is None:
            return
        self._server.close()
        self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        self._power(on=False)

    def hang(self) -> None:
        """Accept and never read; `heal` goes on."""
        self.hanging = True
        self._healed.clear()

    def heal(self) -> None:
        """As good as new."""
        self.hanging, self.bytes_per_s, self.cut_after = False, None, None
        self._healed.set()

    def send(self, data: bytes) -> None:
        """What the machine says by itself, to whoever is connected."""
        for writer in self._writers:
            writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            async with self._turn:
                await self._read(reader, writer)
        except OSError:  # the other end is gone
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def reply(data: bytes) -> None:
            if not writer.is_closing():
                writer.write(data)

        while True:
            await self._healed.wait()
            most = _CHUNK_BYTES if self.bytes_per_s is None else max(1, round(self.bytes_per_s * _TICK_S))
            data = await reader.read(most)
            await self._healed.wait()
            if not data or not self.plugged:
                return
            through = self._until_cut(data)
            if through:
                self._hand_over(through, reply)
            if self.cut_after == 0:
                self.cut_after = None
                writer.transport.abort()
                return
            if self.bytes_per_s is not None:
                await asyncio.sleep(len(data) / self.bytes_per_s)


class Wires:
    """The wires of one rack: emulated devices that name the same port are on one bus."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._ptys: dict[str, PtyWire] = {}
        self._tcps: dict[str, TcpWire] = {}

    def tcp(self, name: str) -> TcpWire:
        """The network wire of this name, made at its first mention."""
        return self._tcps.setdefault(name, TcpWire())

    def pty(self, name: str) -> PtyWire:
        """The serial wire of this name, made at its first mention."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="jiaohao-wires-")
        return self._ptys.setdefault(name, PtyWire(Path(self._folder.name), name=name))

    def close(self) -> None:
        """Unplug all of them and take away the folder of their links."""
        for tcp in self._tcps.values():
            tcp.close()
        for pty in self._ptys.values():
            pty.unplug()
        if self._folder is not None:
            self._folder.cleanup()
