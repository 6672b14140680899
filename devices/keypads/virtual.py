"""A rating keypad made of memory: the machine without a wire. Its bytes go through the real codec."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from devices.clock import running_s, utc_now
from devices.debounce import Debounce
from devices.errors import NotConnected
from devices.keypads.codes import FrameSpec, Reader
from devices.keypads.machine import Keypad
from devices.keypads.prompts import Prompts
from devices.ports import Asking, Health, PadText, Picture, Score

_PRESSES_MOST = 50


class VirtualKeypad:
    """Keys `1` to `5`, and `unplug` and `plug`. It has a display, which most have not."""

    def __init__(self, name: str, *, spec: FrameSpec, prompts: Prompts, address: int, changed: Callable[[], None]) -> None:
        self.name = name
        self._prompts, self._changed = prompts, changed
        self._machine = Keypad(spec=spec, prompts=prompts, address=address, changed=changed)
        self._machine.power(on=True)
        self._reader, self._debounce = Reader(spec), Debounce()
        self._cable: asyncio.Queue[bytes] = asyncio.Queue(_PRESSES_MOST)
        self._text = PadText(left="")
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

    async def prompt(self, asking: Asking, text: PadText) -> None:
        if self._health.condition != "ok":
            raise NotConnected("unplugged")
        self._machine.feed(self._prompts.of(asking), reply=lambda _: None)
        if text != self._text:
            self._text = text
            self._changed()

    def pictures(self) -> Sequence[Picture]:
        return self._machine.pictures(self._text)

    def press(self, key: str) -> None:
        if key in ("unplug", "plug"):
            plugged = key == "plug"
            self._machine.power(on=plugged)
            self._text = PadText(left="")
            self._health = Health(condition="ok" if plugged else "lost", detail=None if plugged else "unplugged", since=utc_now())
        elif not self._cable.full() and (sent := self._machine.press(key)):
            self._cable.put_nowait(sent)
        else:
            return
        self._changed()
