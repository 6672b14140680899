"""One serial cable, kept open for as long as it may be: a thread of its own does all that blocks."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import serial

from devices.clock import utc_now
from devices.errors import NotConnected
from devices.ports import Health

log = logging.getLogger(__name__)
Worker = TypeVar("Worker")

RETRY_MIN_S, RETRY_MAX_S = 0.1, 5.0
WRITE_TIMEOUT_S = 2.0  # beyond what the bytes themselves take
_READ_TIMEOUT_S = 0.02  # how long a written frame may wait behind an idle read
_CHUNKS_MOST = 1_000  # received and not yet taken; beyond it the oldest are dropped
_FRAMES_MOST = 100  # waiting to be written


def _losses() -> tuple[type[Exception], ...]:
    """
    Every way pyserial 3.5 says that the cable is gone.

    SerialException is an OSError; `flush()` lets termios.error through, which is none; a port closed in mid-call raises
    TypeError.
    """
    try:
        import termios  # noqa: PLC0415 (see below)
    except ImportError:  # Windows has no termios
        return OSError, TypeError
    return OSError, TypeError, termios.error


LOSSES = _losses()
_NO_OPENING: tuple[type[Exception], ...] = (*LOSSES, ValueError)  # ValueError: an address or speed that cannot be


@dataclass(frozen=True, slots=True)
class _Frame:
    data: bytes
    done: "asyncio.Future[None]"


class PortLine:
    """
    A serial port by pyserial URL: /dev/ttyUSB0, socket://10.0.0.9:5005, loop://.

    It is opened exclusively, reopened with growing pauses when lost, and never blocks the loop.
    """

    def __init__(self, url: str, *, baud: int = 9600, framing: str = "8N1", gap_s: float = 0.0) -> None:
        self.url, self.baud, self.framing, self.gap_s = url, baud, framing, gap_s
        self._owners = 0
        self._readers: list[LineReader] = []
        self._watchers: list[Callable[[], None]] = []
        self._health = Health(condition="lost", detail="not opened yet", since=utc_now())
        self._frames: queue.Queue[_Frame] = queue.Queue(_FRAMES_MOST)
        self._stop, self._renew = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._connected = asyncio.Event()

    async def open(self) -> None:
        """Start to own the port, together with whoever shares it; returns at once, whether the cable is there or not."""
        self._owners += 1
        if self._owners > 1:
            return
        self._loop = asyncio.get_running_loop()
        self._stop.clear()
        self._thread = threading.Thread(target=self._keep, name=f"port {self.url}", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Give the port back; the last owner closes it."""
        self._owners -= 1
        if self._owners > 0:
            return
        self._stop.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, WRITE_TIMEOUT_S + RETRY_MAX_S)

    def renew(self) -> None:
        """Close the port and open it anew: a network connection can be dead without either end having been told."""
        self._renew.set()

    def health(self) -> Health:
        """Whether the cable is there."""
        return self._health

    async def connected(self) -> None:
        """Wait until the cable is there."""
        await self._connected.wait()

    async def write(self, data: bytes) -> None:
        """
        Hand `data` to the operating system, after all written before.

        Raises:
            NotConnected: the cable is away, or was lost while writing.
        """
        if not self._connected.is_set():
            raise NotConnected(self._health.detail)
        frame = _Frame(data, self._loop.create_future())
        try:
            self._frames.put_nowait(frame)
        except queue.Full:
            raise NotConnected("the cable takes no more bytes") from None
        await frame.done

    def reader(self) -> "LineReader":
        """What arrives from now on, for one listener; every listener on a bus hears everything."""
        reader = LineReader()
        self._readers.append(reader)
        return reader

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called whenever the cable is lost or found."""
        self._watchers.append(changed)

    def _keep(self) -> None:
        pause_s = RETRY_MIN_S
        while not self._stop.is_set():
            try:
                port = self._opened()
            except _NO_OPENING as problem:
                self._tell("lost", str(problem))
                self._refuse_waiting(str(problem))
                self._stop.wait(pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
                continue
            pause_s = RETRY_MIN_S
            self._tell("ok", None)
            try:
                self._use(port)
            except LOSSES as problem:
                self._tell("lost", str(problem))
                log.warning("%s lost: %s", self.url, problem)
            finally:
                self._let_go(port)
        self._refuse_waiting("closed")
        self._tell("lost", "closed")

    def _opened(self) -> Any:
        data_bits, parity, stop_bits = tuple(self.framing)
        options: dict[str, Any] = {"exclusive": True} if "://" not in self.url else {}
        return serial.serial_for_url(
            self.url,
            baudrate=self.baud,
            bytesize=int(data_bits),
            parity=parity,
            stopbits=int(stop_bits),
            timeout=_READ_TIMEOUT_S,
            write_timeout=WRITE_TIMEOUT_S,
            **options,
        )

    def _use(self, port: Any) -> None:
        self._renew.clear()
        while not self._stop.is_set():
            if self._renew.is_set():
                raise OSError("nobody answered, connecting anew")
            data = port.read(1)
            if data:
                waiting = port.in_waiting
                self._later(self._received, data + (port.read(waiting) if waiting else b""))
            try:
                frame = self._frames.get_nowait()
            except queue.Empty:
                continue
            self._send(port, frame)

    def _send(self, port: Any, frame: _Frame) -> None:
        try:
            port.write_timeout = WRITE_TIMEOUT_S + len(frame.data) * 10 / self.baud
            port.write(frame.data)
        except LOSSES as problem:
            self._later(_fail, frame.done, str(problem))
            raise
        self._later(_finish, frame.done)
        if self.gap_s:
            self._stop.wait(self.gap_s)

    def _let_go(self, port: Any) -> None:
        try:
            port.close()
        except LOSSES as problem:  # the other end is gone; the descriptor is closed all the same
            log.debug("closing %s: %s", self.url, problem)

    def _refuse_waiting(self, reason: str) -> None:
        while True:
            try:
                frame = self._frames.get_nowait()
            except queue.Empty:
                return
            self._later(_fail, frame.done, reason)

    def _tell(self, condition: Any, detail: str | None) -> None:
        self._later(self._changed, condition, detail)

    def _changed(self, condition: Any, detail: str | None) -> None:
        if (condition, detail) == (self._health.condition, self._health.detail):
            return
        self._health = Health(condition=condition, detail=detail, since=utc_now())
        if condition == "ok":
            self._connected.set()
        else:
            self._connected.clear()
        for changed in self._watchers:
            changed()

    def _received(self, data: bytes) -> None:
        for reader in self._readers:
            reader.take(data)

    def _later(self, act: Callable[..., None], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(act, *arguments)
        except RuntimeError:  # the loop is closed: the program ends, nobody listens any more
            self._stop.set()


class LineReader:
    """One listener's share of what arrives on a line; what nobody takes is dropped, the oldest first."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue(_CHUNKS_MOST)

    async def read(self) -> bytes:
        """The next bytes, waiting for them across losses of the cable."""
        return await self._chunks.get()

    def drop(self) -> None:
        """Forget what arrived and was not read."""
        while not self._chunks.empty():
            self._chunks.get_nowait()

    def take(self, data: bytes) -> None:
        """Called by the line when bytes arrive."""
        if self._chunks.full():
            self._chunks.get_nowait()
        self._chunks.put_nowait(data)


class Lines:
    """The serial lines of one rack: devices that name the same port share it."""

    def __init__(self) -> None:
        self._lines: dict[str, PortLine] = {}
        self._workers: dict[tuple[str, Callable[[PortLine], Any]], Any] = {}

    def at(self, url: str, *, baud: int, framing: str = "8N1", gap_s: float = 0.0) -> PortLine:
        """The line of a port; the first device that names it decides the speed."""
        line = self._lines.setdefault(url, PortLine(url, baud=baud, framing=framing, gap_s=gap_s))
        if line.baud != baud:
            raise ValueError(f"{url} is used at {line.baud} and at {baud} baud")
        if line.framing != framing:
            raise ValueError(f"{url} is used as {line.framing} and as {framing}")
        line.gap_s = max(line.gap_s, gap_s)
        return line

    def worker(self, line: PortLine, kind: Callable[[PortLine], Worker]) -> Worker:
        """What drives a line for all devices of a kind on it; made at its first mention."""
        place = (line.url, kind)
        if place not in self._workers:
            self._workers[place] = kind(line)
        worker: Worker = self._workers[place]
        return worker


def _finish(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)


def _fail(done: "asyncio.Future[None]", reason: str) -> None:
    if not done.done():
        done.set_exception(NotConnected(reason))
