"""A scanner as a machine: what is pressed is what it reads."""

from collections.abc import Sequence

from devices import dots
from devices.emulators.wires import Reply
from devices.ports import NOW, PadText, Picture
from devices.scanners.codes import CODE_BYTES, sent


class Scanner:
    """Any key is a code before its window; `flood` is a megabyte without an end, then an end."""

    def __init__(self) -> None:
        self._on, self.last = False, ""

    def feed(self, data: bytes, *, reply: Reply) -> None:
        """A scanner is told nothing."""

    def power(self, *, on: bool) -> None:
        self._on = on

    def press(self, key: str) -> bytes:
        """What it sends; nothing without power."""
        if not self._on:
            return b""
        self.last = key[:CODE_BYTES]
        return b"\xa5" * 1_000_000 + b"\r" if key == "flood" else sent(key)

    def pictures(self) -> Sequence[Picture]:
        """What it read last, but for the secret in it."""
        shown = PadText(left=f"{self.last[:1]}…{self.last[-4:]}" if self.last else "")
        return (Picture(label=NOW, png=dots.lcd(shown), detail={"left": shown.left, "right": "", "hex": ""}),)
