"""
A printer made of memory: it receives the real bytes over a pipe, answers as one does, and draws what it was told.

Behaviour as measured on emulated Epson printers: real-time questions are answered even while a job is held, GS r is not
answered without paper, and a job held for want of paper is printed after the refill.
"""

import asyncio
import io
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from devices.clock import utc_now
from devices.errors import NotConnected
from devices.ports import Health, Outcome, Picture, Slip
from devices.printers.commands import Command, Reader, explain
from devices.printers.driver import EscPosPrinter
from devices.printers.escpos import Mode
from devices.printers.paper import Paper
from devices.printers.slip import PAPER_DOTS

SLIPS_KEPT = 8


class Machine:
    """The printer itself, behind its socket: bytes in, status bytes out, paper."""

    def __init__(self, *, width_dots: int, encoding: str, changed: Callable[[], None]) -> None:
        self.slips: deque[Picture] = deque(maxlen=SLIPS_KEPT)
        self.plugged, self.has_paper = True, True
        self._width_dots, self._encoding, self._changed = width_dots, encoding, changed
        self._held: list[tuple[Command, Callable[[bytes], None]]] = []
        self._labels: deque[str] = deque()
        self._switch_on()

    def expect(self, label: str) -> None:
        """Say what the next slip will be called in the list of pictures; the bytes decide all that is drawn."""
        self._labels.append(label)

    def feed(self, data: bytes, *, reply: Callable[[bytes], None]) -> None:
        """Take bytes from the cable; answers go to `reply`, later ones too."""
        for command in self._reader.feed(data):
            if command.name == "DLE EOT":
                reply(bytes((self._status(command.arguments[0]),)))
            elif self.has_paper and not self._held:
                self._obey(command, reply)
            else:
                self._held.append((command, reply))

    def press(self, key: str) -> None:
        """`paper-out`, `paper-in`, `unplug` and `plug`; anything else does nothing."""
        match key:
            case "paper-out":
                self.has_paper = False
            case "paper-in":
                self.has_paper = True
                held, self._held = self._held, []
                for command, reply in held:
                    self._obey(command, reply)
            case "unplug":
                self.plugged = False
                self._switch_on()
            case "plug":
                self.plugged = True
            case _:
                return
        self._changed()

    def _switch_on(self) -> None:
        """What a power cut leaves: an empty buffer and a blank strip."""
        self._reader, self._held = Reader(), []
        self._paper = Paper(width_dots=self._width_dots, encoding=self._encoding)
        self._commands: list[Command] = []
        self._labels.clear()

    def _status(self, question: int) -> int:
        """Source: DLE EOT 1 printer (+08 offline), 2 cause (+20 stopped by paper end), 4 paper (+60 end, +0C near end)."""
        if self.has_paper:
            return 0x12
        return {1: 0x1A, 2: 0x32, 4: 0x7E}.get(question, 0x12)

    def _obey(self, command: Command, reply: Callable[[bytes], None]) -> None:
        if command.name == "GS r":
            reply(b"\x00")
            return
        self._commands.append(command)
        slip = self._paper.take(command)
        if slip is None:
            return
        label = self._labels.popleft() if self._labels else f"? {len(self.slips)}"
        png = io.BytesIO()
        slip.save(png, "PNG")
        detail: dict[str, Any] = {
            "at": utc_now().isoformat(),
            "bytes": sum(len(command.raw) for command in self._commands),
            "commands": explain(self._commands),
        }
        self.slips.append(Picture(label=label, png=png.getvalue(), detail=detail))
        self._commands = []
        self._changed()


class PipeCable:
    """A cable within the process, as lossy as a real one: pull the plug and it says so."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()

    async def connect(self) -> None:
        if not self._machine.plugged:
            raise NotConnected("unplugged")
        self._answers = asyncio.Queue()

    async def send(self, data: bytes) -> None:
        for at in range(0, len(data), 4096):
            if not self._machine.plugged:
                raise NotConnected("unplugged")
            self._machine.feed(data[at : at + 4096], reply=self._answers.put_nowait)
            await asyncio.sleep(0)

    async def receive(self, *, timeout_s: float) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._answers.get()
        except TimeoutError:
            if not self._machine.plugged:
                raise NotConnected("unplugged") from None
            return b""

    async def disconnect(self) -> None:
        return None

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 (the port's signature; these cables are fast)
        return 0.0

    async def close(self) -> None:
        return None

    def health(self) -> Health | None:
        return None


class VirtualPrinter(EscPosPrinter):
    """The printer the demo has: the same code as for a real one, with a machine at the end of a pipe."""

    def __init__(self, name: str, *, width_mm: int, mode: Mode, encoding: str, ack: bool, changed: Callable[[], None]) -> None:
        self.machine = Machine(width_dots=PAPER_DOTS[width_mm], encoding=encoding, changed=self._stirred)
        self._looks: set[asyncio.Task[None]] = set()
        super().__init__(
            name,
            cable=PipeCable(self.machine),
            width_mm=width_mm,
            mode=mode,
            encoding=encoding,
            ack=ack,
            changed=changed,
        )

    async def print(self, slip: Slip, *, before_first_byte: Callable[[], Awaitable[None]]) -> Outcome:
        async def begin() -> None:
            await before_first_byte()
            self.machine.expect(f"{slip.number} 补打" if slip.reprint else slip.number)

        return await super().print(slip, before_first_byte=begin)

    def pictures(self) -> Sequence[Picture]:
        return tuple(self.machine.slips)

    def press(self, key: str) -> None:
        self.machine.press(key)

    def _stirred(self) -> None:
        """Something moved in the machine: tell the rack, and ask the printer how it is now."""
        self._changed()
        look = asyncio.get_running_loop().create_task(self.look())
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)
