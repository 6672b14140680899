"""A caller pad as a machine: keys become the real bytes, and what it shows is decoded from the real bytes."""

from collections.abc import Callable, Sequence

from devices import dots
from devices.callers import codes
from devices.emulators.wires import Reply
from devices.ports import NOW, Key, PadText, Picture

KEYS: dict[str, Key] = {
    "next": "next", "recall": "recall", "rate": "rate", "pause": "pause", "transfer": "transfer", "confirm": "confirm",
    "no_show": "no_show", "hold": "hold", "restore": "restore", "clear": "clear", "undo": "undo",
}  # fmt: skip


class Pad:
    """One pad of an address: keys `0` to `9` and the names in `KEYS`. What others on its bus are told is not its own."""

    def __init__(self, *, address: int, encoding: str, changed: Callable[[], None]) -> None:
        self._address, self._encoding, self._changed = address, encoding, changed
        self._reader, self._on = codes.Reader(), False
        self.text = PadText(left="")
        self.last = b""  # what it sent last
        self.echoed = 0  # presses that were acknowledged

    def feed(self, data: bytes, *, reply: Reply) -> None:  # noqa: ARG002 (a pad answers by its keys)
        for frame in self._reader.feed(data):
            if frame.address != self._address:
                continue
            self.echoed += frame.function == codes.KEY_PRESSED
            shown = codes.text_of(frame, encoding=self._encoding)
            if shown is not None and shown != self.text:
                self.text = shown
                self._changed()

    def power(self, *, on: bool) -> None:
        self._on, self.text = on, PadText(left="")
        self._reader.forget()

    def press(self, key: str) -> bytes:
        """What it sends for a key; nothing for an unknown one, or without power."""
        pressed = int(key) if len(key) == 1 and key in "0123456789" else KEYS.get(key)
        if pressed is None or not self._on:
            return b""
        self.last = codes.press(pressed, address=self._address)
        return self.last

    def pictures(self) -> Sequence[Picture]:
        """What it looks like."""
        detail = {"left": self.text.left, "right": self.text.right, "hex": self.last.hex(" ").upper()}
        return (Picture(label=NOW, png=dots.lcd(self.text), detail=detail),)
