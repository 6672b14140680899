"""A rating keypad as a machine: keys become the real bytes, and what it is told is read from the real bytes."""

from collections.abc import Callable, Sequence

from devices import dots
from devices.emulators.wires import Reply
from devices.keypads.codes import BUFFER_MOST, FrameSpec, frame_of, press
from devices.keypads.prompts import Prompts
from devices.ports import NOW, Asking, PadText, Picture

KEYS = ("1", "2", "3", "4", "5")
_WORDS: dict[Asking, str] = {"ask": "请您评价", "thanks": "谢谢评价", "rest": ""}


class Keypad:
    """
    One keypad of an address. Keys `1` to `5` are levels, `unknown` one that nobody described.

    It eats the prompts of its own address; others on its bus are not its own.
    """

    def __init__(self, *, spec: FrameSpec, prompts: Prompts, address: int, changed: Callable[[], None]) -> None:
        self._spec, self._prompts, self._address, self._changed = spec, prompts, address, changed
        self._heard, self._on = b"", False
        self.asking: Asking = "rest"
        self.last = b""  # what it sent last

    def feed(self, data: bytes, *, reply: Reply) -> None:  # noqa: ARG002 (a keypad answers by its keys)
        self._heard = (self._heard + data)[-BUFFER_MOST:]
        found = [(self._heard.rfind(frame), asking, len(frame)) for asking, frame in self._prompts.frames.items()]
        at, asking, length = max(found, key=lambda one: one[0], default=(-1, self.asking, 0))
        if at >= 0:
            before, self.asking, self._heard = self.asking, asking, self._heard[at + length :]
            if before != asking:
                self._changed()

    def power(self, *, on: bool) -> None:
        self._on, self.asking, self._heard = on, "rest", b""

    def press(self, key: str) -> bytes:
        """What it sends for a key; nothing for an unknown one, or without power."""
        if not self._on:
            return b""
        if key == "unknown":
            code = next(code for code in range(0xFF, -1, -1) if code not in self._spec.keys)
            self.last = frame_of(code, address=self._address, spec=self._spec)
            return self.last
        sent = press(int(key), address=self._address, spec=self._spec) if key in KEYS else b""
        self.last = sent or self.last
        return sent

    def pictures(self, text: PadText | None = None) -> Sequence[Picture]:
        """What it looks like; `text` for a model whose display is not on the wire."""
        shown = text or PadText(left=_WORDS[self.asking])
        shown = shown if self._on else PadText(left="")
        detail = {"left": shown.left, "right": shown.right, "hex": self.last.hex(" ").upper()}
        return (Picture(label=NOW, png=dots.lcd(shown), detail=detail),)
