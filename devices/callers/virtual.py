"""A caller pad made of memory: the machine without a wire. Its bytes go through the real codec."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from devices.callers import codes
from devices.callers.machine import Pad
from devices.clock import running_s, utc_now
from devices.debounce import Debounce
from devices.errors import NotConnected
from devices.ports import Health, PadKey, PadText, Picture

_PRESSES_MOST = 50


class VirtualPad:
    """Keys `0` to `9` and the names in `machine.KEYS`, and `unplug` and `plug`."""

    def __init__(self, name: str, *, address: int, encoding: str, changed: Callable[[], None]) -> None:
        self.name = name
        self._address, self._encoding, self._changed = address, encoding, changed
        self._machine = Pad(address=address, encoding=encoding, changed=changed)
        self._machine.power(on=True)
        self._reader, self._debounce = codes.Reader(), Debounce(gap_s=codes.KEY_GAP_S)
        self._cable: asyncio.Queue[bytes] = asyncio.Queue(_PRESSES_MOST)
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def keys(self) -> AsyncIterator[PadKey]:
        while True:
            for frame in self._reader.feed(await self._cable.get()):
                key = codes.key_of(frame)
                if key is not None and self._debounce.passes(key, at_s=running_s()):
                    yield key

    async def display(self, text: PadText) -> None:
        if self._health.condition != "ok":
            raise NotConnected("unplugged")
        self._machine.feed(codes.show(text, address=self._address, encoding=self._encoding), reply=lambda _: None)

    def pictures(self) -> Sequence[Picture]:
        return self._machine.pictures()

    def press(self, key: str) -> None:
        if key in ("unplug", "plug"):
            plugged = key == "plug"
            self._machine.power(on=plugged)
            self._health = Health(condition="ok" if plugged else "lost", detail=None if plugged else "unplugged", since=utc_now())
        elif not self._cable.full() and (sent := self._machine.press(key)):
            self._cable.put_nowait(sent)
        else:
            return
        self._changed()
