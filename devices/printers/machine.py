"""
A ticket printer as a machine: bytes in, status bytes out, paper. Emulated printers hang it on a wire, virtual ones on a pipe.

Behaviour as measured on an emulator of others (emupos 0.4.0): real-time questions are answered even while a job is held,
GS r is not answered without paper, and a job held for want of paper is printed after the refill. Source of the status bytes:
Epson ESC/POS command reference, DLE EOT n, GS r n, GS a n.
"""

import hashlib
import io
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, Literal

from devices.clock import utc_now
from devices.emulators.diary import Write, unwritten
from devices.ports import Picture
from devices.printers.commands import Command, Reader, explain
from devices.printers.paper import Paper

SLIPS_KEPT, PRINTED_KEPT = 8, 10_000
_NAMES_KEPT = 1_000
_KEYS = ("paper-out", "paper-in", "paper-low", "cover-open", "cover-close", "offline", "online")


class Machine:
    """The printer itself: what came out of it stands in `slips` (the last ones, drawn), `printed` and `texts`."""

    def __init__(self, *, width_dots: int, encoding: str, changed: Callable[[], None], diary: Write = unwritten) -> None:
        self.slips: deque[Picture] = deque(maxlen=SLIPS_KEPT)
        self.printed: deque[str] = deque(maxlen=PRINTED_KEPT)
        self.texts: deque[str] = deque(maxlen=PRINTED_KEPT)  # what each of them says in characters
        self.paper: Literal["full", "low", "out"] = "full"
        self.cover_open = self.offline = False
        self.on = True
        self._width_dots, self._encoding, self._changed = width_dots, encoding, changed
        self._diary = diary
        self._names: OrderedDict[str, str] = OrderedDict()
        self._count = 0
        self._start()

    def expect(self, label: str, data: bytes) -> None:
        """The job of exactly these bytes is called so among the slips; the bytes decide all that is drawn."""
        self._names[_mark(data)] = label
        while len(self._names) > _NAMES_KEPT:
            self._names.popitem(last=False)

    def feed(self, data: bytes, *, reply: Callable[[bytes], None]) -> None:
        """Take bytes from the cable; answers go to `reply`, later ones too."""
        for command in self._reader.feed(data):
            if command.name == "DLE EOT":
                reply(bytes((self._status(command.arguments[0]),)))
            elif self._prints() and not self._held:
                self._obey(command, reply)
            else:
                self._held.append((command, reply))

    def power(self, *, on: bool) -> None:
        """The plug was pulled, or put in again: what was held and what was begun is gone."""
        self.on = on
        self._start()
        self._changed()

    def press(self, key: str) -> bool:
        """Do what a hand does to a printer; False for a key it does not have."""
        if key not in _KEYS:
            return False
        match key:
            case "paper-out":
                self.paper = "out"
            case "paper-in":
                self.paper = "full"
            case "paper-low":
                self.paper = "low"
            case "cover-open" | "cover-close":
                self.cover_open = key == "cover-open"
            case "offline" | "online":
                self.offline = key == "offline"
        self._tell()
        while self._held and self._prints():
            self._obey(*self._held.popleft())
        self._changed()
        return True

    def _start(self) -> None:
        self._reader = Reader()
        self._held: deque[tuple[Command, Callable[[bytes], None]]] = deque()
        self._sheet = Paper(width_dots=self._width_dots, encoding=self._encoding)
        self._job: list[Command] = []
        self._listener: Callable[[bytes], None] | None = None

    def _prints(self) -> bool:
        return self.paper != "out" and not self.cover_open and not self.offline

    def _status(self, question: int) -> int:
        """1 printer (+08 offline), 2 cause (+04 cover, +20 paper end), 3 errors (none are staged), 4 paper (+0C low, +60 out)."""
        out, low = self.paper == "out", self.paper != "full"
        return 0x12 | {
            1: 0x08 * (not self._prints()),
            2: 0x04 * self.cover_open | 0x20 * out,
            4: 0x0C * low | 0x60 * out,
        }.get(question, 0)

    def _tell(self) -> None:
        """Automatic status (ASB), for whoever asked for it last."""
        if self._listener is not None:
            first = 0x10 | 0x08 * (not self._prints()) | 0x20 * self.cover_open
            self._listener(bytes((first, 0, 0x03 * (self.paper != "full") | 0x0C * (self.paper == "out"), 0)))

    def _obey(self, command: Command, reply: Callable[[bytes], None]) -> None:
        if command.name == "GS r":
            reply(b"\x03" if self.paper == "low" and command.arguments in b"\x011" else b"\x00")
            return
        if command.name == "GS a":
            self._listener = reply if command.arguments[0] else None
            self._tell()
            return
        if command.name == "ESC @":
            self._job = []
        self._job.append(command)
        before = self._sheet.text
        slip = self._sheet.take(command)
        if slip is not None:
            self._came_out(slip, text=before)

    def _came_out(self, slip: Any, *, text: str) -> None:
        self._count += 1
        raw = b"".join(command.raw for command in self._job)
        label = self._names.get(_mark(raw), f"? {self._count}")
        png = io.BytesIO()
        slip.save(png, "PNG")
        detail: dict[str, Any] = {
            "at": utc_now().isoformat(),
            "bytes": len(raw),
            "text": text,
            "commands": explain(self._job),
        }
        self.slips.append(Picture(label=label, png=png.getvalue(), detail=detail))
        self.printed.append(label)
        self._diary(printed=label)
        self.texts.append(text)
        self._job = []
        self._changed()


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
