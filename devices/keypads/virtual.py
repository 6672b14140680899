"""A rating keypad made of memory: a pressed key becomes the real bytes and goes through the real codec."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from devices import dots
from devices.clock import running_s, utc_now
from devices.debounce import Debounce
from devices.keypads.codes import FrameSpec, Reader, press
from devices.ports import NOW, Health, PadText, Picture, Score

_PRESSES_MOST = 50


class VirtualKeypad:
    """Keys `1` to `5`, and `unplug` and `plug`."""

    def __init__(self, name: str, *, spec: FrameSpec, address: int, changed: Callable[[], None]) -> None:
        self.name = name
        self._spec, self._address, self._changed = spec, address, changed
        self._reader, self._debounce = Reader(spec), Debounce()
        self._cable: asyncio.Queue[bytes] = asyncio.Queue(_PRESSES_MOST)
        self._text, self._last = PadText(left=""), b""
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def scores(self) -> AsyncIterator[Score]:
        while True:
            for score in self._reader.feed(await self._cable.get()):
                if self._debounce.passes(score.level, at_s=running_s()):
                    yield score

    async def prompt(self, text: PadText) -> None:
        if text != self._text:
            self._text = text
            self._changed()

    def pictures(self) -> Sequence[Picture]:
        away = self._health.condition != "ok"
        text = PadText(left="") if away else self._text
        detail = {"left": text.left, "right": text.right, "hex": self._last.hex(" ").upper()}
        return (Picture(label=NOW, png=dots.lcd(text), detail=detail),)

    def press(self, key: str) -> None:
        if key in ("unplug", "plug"):
            plugged = key == "plug"
            condition, detail = ("ok", None) if plugged else ("lost", "unplugged")
            self._health = Health(condition=condition, detail=detail, since=utc_now())  # type: ignore[arg-type]
        elif key in ("1", "2", "3", "4", "5") and self._health.condition == "ok" and not self._cable.full():
            self._last = press(int(key), address=self._address, spec=self._spec)
            self._cable.put_nowait(self._last)
        else:
            return
        self._changed()
