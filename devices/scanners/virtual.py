"""A scanner made of memory: the machine without a wire. Its bytes go through the real codec."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from devices.clock import running_s, utc_now
from devices.debounce import Debounce
from devices.ports import Health, Picture
from devices.scanners.codes import Reader
from devices.scanners.machine import Scanner
from devices.scanners.serial import AGAIN_S

_CODES_MOST = 50


class VirtualScanner:
    """Any key is a code that it reads; and `unplug` and `plug`."""

    def __init__(self, name: str, *, changed: Callable[[], None]) -> None:
        self.name = name
        self._changed, self._machine = changed, Scanner()
        self._machine.power(on=True)
        self._reader, self._again = Reader(), Debounce(gap_s=AGAIN_S)
        self._cable: asyncio.Queue[bytes] = asyncio.Queue(_CODES_MOST)
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def codes(self) -> AsyncIterator[str]:
        while True:
            for code in self._reader.feed(await self._cable.get()):
                if self._again.passes(code, at_s=running_s()):
                    yield code

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
