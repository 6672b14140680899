"""A caller pad made of memory: keys become the real bytes, and what it shows is decoded from the real bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from devices import dots
from devices.callers import codes
from devices.clock import running_s, utc_now
from devices.debounce import Debounce
from devices.errors import NotConnected
from devices.ports import NOW, Health, Key, PadKey, PadText, Picture

KEYS: dict[str, Key] = {
    "next": "next", "recall": "recall", "rate": "rate", "pause": "pause", "transfer": "transfer", "confirm": "confirm",
    "no_show": "no_show", "hold": "hold", "restore": "restore", "clear": "clear",
}  # fmt: skip
_PRESSES_MOST = 50


class VirtualPad:
    """Keys `0` to `9` and the names in `KEYS`, and `unplug` and `plug`."""

    def __init__(self, name: str, *, address: int, encoding: str, changed: Callable[[], None]) -> None:
        self.name = name
        self._address, self._encoding, self._changed = address, encoding, changed
        self._inward, self._outward, self._debounce = codes.Reader(), codes.Reader(), Debounce(gap_s=codes.KEY_GAP_S)
        self._cable: asyncio.Queue[bytes] = asyncio.Queue(_PRESSES_MOST)
        self._text, self._last = PadText(left=""), b""
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def keys(self) -> AsyncIterator[PadKey]:
        while True:
            for frame in self._inward.feed(await self._cable.get()):
                key = codes.key_of(frame)
                if key is not None and self._debounce.passes(key, at_s=running_s()):
                    yield key

    async def display(self, text: PadText) -> None:
        if self._health.condition != "ok":
            raise NotConnected("unplugged")
        for frame in self._outward.feed(codes.show(text, address=self._address, encoding=self._encoding)):
            shown = codes.text_of(frame, encoding=self._encoding)
            if shown is not None and shown != self._text:
                self._text = shown
                self._changed()

    def pictures(self) -> Sequence[Picture]:
        detail = {"left": self._text.left, "right": self._text.right, "hex": self._last.hex(" ").upper()}
        return (Picture(label=NOW, png=dots.lcd(self._text), detail=detail),)

    def press(self, key: str) -> None:
        if key == "unplug":
            self._text = PadText(left="")
            self._health = Health(condition="lost", detail="unplugged", since=utc_now())
        elif key == "plug":
            self._health = Health(condition="ok", since=utc_now())
        elif (pressed := _named(key)) is not None and self._health.condition == "ok" and not self._cable.full():
            self._last = codes.press(pressed, address=self._address)
            self._cable.put_nowait(self._last)
        else:
            return
        self._changed()


def _named(key: str) -> Key | int | None:
    return int(key) if len(key) == 1 and key in "0123456789" else KEYS.get(key)
