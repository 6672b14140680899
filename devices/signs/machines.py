"""
Signs as machines: bytes in, answers out, and what they show.

The emulated signs are these at the end of a wire, the virtual ones in memory.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices import dots
from devices.emulators.wires import Reply
from devices.errors import Garbled
from devices.ports import NOW, Picture
from devices.signs import alpha, modbus_led485, onbon_bx, raw, segments
from server.config import SignFrame

HISTORY_MOST = 1_000
_HISTORY_TOLD = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The size of a sign and its encoding."""

    width_dots: int
    height_dots: int
    encoding: str


class SignMachine(ABC):
    """
    What all signs share: power, noise on the line, the text that is lit and those that were.

    `shown` is called with each text as it is lit, and with none when the sign goes dark.
    """

    def __init__(self, *, address: int, look: Look, shown: Callable[[str], None]) -> None:
        self.address, self.look = address, look
        self.text = ""
        self.history: deque[str] = deque(maxlen=HISTORY_MOST)  # every text that was lit, in order
        self._shown = shown
        self._last = b""
        self._wired = self._switched = True
        self._noise = False
        self._begin()

    def feed(self, data: bytes, *, reply: Reply) -> None:
        if not (self._wired and self._switched):
            return
        if self._noise and data:
            middle = len(data) // 2
            data, self._noise = data[:middle] + bytes((data[middle] ^ 0x10,)) + data[middle + 1 :], False
        self._take(data, reply)

    def power(self, *, on: bool) -> None:
        self._wired = on
        self._lose_or_find(on=on)

    def switch(self, *, on: bool) -> None:
        """The power of this sign alone."""
        self._switched = on
        self._lose_or_find(on=on)

    def garble(self) -> None:
        """One bit of what comes next arrives wrong."""
        self._noise = True

    def picture(self) -> Picture:
        """What it looks like now."""
        detail = {
            "text": self.text,
            "bytes": len(self._last),
            "hex": self._last.hex(" ").upper(),
            "history": list(self.history)[-_HISTORY_TOLD:],
        }
        return Picture(label=NOW, png=self._png(), detail=detail)

    @abstractmethod
    def _begin(self) -> None:
        """Be as after switching on: nothing half heard, nothing remembered."""

    @abstractmethod
    def _take(self, data: bytes, reply: Reply) -> None:
        """Eat bytes, of which some may be for others."""

    def _png(self) -> bytes:
        return dots.matrix(self.text, width_dots=self.look.width_dots, height_dots=self.look.height_dots)

    def _lit(self, text: str, data: bytes) -> None:
        anew = text != self.text or not self._last
        self._last = data
        if anew:
            self.text = text
            self.history.append(text)
            self._shown(text)

    def _lose_or_find(self, *, on: bool) -> None:
        self._begin()
        self._last = b""
        if not on and self.text:
            self.text = ""
            self._shown("")


class BxCard(SignMachine):
    """An Onbon BX card with its matrix; it answers a frame for its address that asks for an answer."""

    def _begin(self) -> None:
        self._reader = onbon_bx.Reader()

    def _take(self, data: bytes, reply: Reply) -> None:
        for frame in self._reader.feed(data):
            if frame.address not in (self.address, onbon_bx.BROADCAST):
                continue
            try:
                area = onbon_bx.read_area(frame, encoding=self.look.encoding)
            except Garbled:
                continue  # a card ignores what it does not understand
            if onbon_bx.wants_reply(frame) and frame.address == self.address:
                reply(onbon_bx.accepted(frame))
            self._lit(area.text, data)


class NumberDisplay(SignMachine):
    """Four seven-segment digits on Modbus RTU; it confirms what it knows and refuses what it does not."""

    def _begin(self) -> None:
        self._reader = modbus_led485.Reader()

    def _take(self, data: bytes, reply: Reply) -> None:
        for frame in self._reader.feed(data):
            if frame[0] not in (self.address, modbus_led485.BROADCAST):
                continue
            text, answer = modbus_led485.obey(frame)
            if frame[0] != modbus_led485.BROADCAST:
                reply(answer)
            if text is not None:
                self._lit(text.strip(), frame)

    def _png(self) -> bytes:
        return segments.picture(self.text)


class AlphaBar(SignMachine):
    """An Alpha bar. The priority text is shown before file A, and an empty one gives way to it; it never answers."""

    def _begin(self) -> None:
        self._reader, self._files = alpha.Reader(), dict[str, str]()

    def _take(self, data: bytes, reply: Reply) -> None:  # noqa: ARG002
        for text in self._reader.feed(data):
            if text.address in (self.address, 0):
                self._files[text.label] = text.text
                self._lit(self._files.get(alpha.PRIORITY) or self._files.get(alpha.FILE_A, ""), data)


class RawSign(SignMachine):
    """A sign that reads a described frame; it never answers."""

    def __init__(self, *, spec: SignFrame, address: int, look: Look, shown: Callable[[str], None]) -> None:
        self._spec = spec
        super().__init__(address=address, look=look, shown=shown)

    def _begin(self) -> None:
        self._reader = raw.Reader(self._spec, encoding=self.look.encoding)

    def _take(self, data: bytes, reply: Reply) -> None:  # noqa: ARG002
        for address, text in self._reader.feed(data):
            if address == self.address or not self._spec.address_bytes:
                self._lit(text, data)
