"""
A card reader as the rack knows it.

Readers hold a sealed module and are spoken to by their maker's service alone. So a site's bridge posts what it read straight to
the hall (`POST /api/stations/{station}/id-cards`); the rack of the station has nothing to do. The twin of memory reads sample
cards, as that bridge would send them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from devices import dots
from devices.clock import utc_now
from devices.ports import NOW, Health, PadText, Picture

SAMPLES: dict[str, dict[str, str]] = {  # fictional; the numbers are the standard's and a library's own examples
    "elder": {"id": "11010519491231002X", "name": "张样本", "birthday": "19491231"},
    "adult": {"id": "360426199101010071", "name": "李样本", "birthday": "19910101"},
    "damaged": {"id": "110105194912310021", "name": "王样本", "birthday": "19491231"},
}
_CARDS_MOST = 10


class PushedCards:
    """The hall hears of its cards without us."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._health = Health(condition="ok", detail="its bridge sends by itself", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def cards(self) -> AsyncIterator[dict[str, Any]]:
        await asyncio.Event().wait()
        yield {}


class VirtualCards:
    """Keys `elder`, `adult` and `damaged`: such a card is laid on it; and `unplug` and `plug`."""

    def __init__(self, name: str, *, fields: Mapping[str, str], changed: Callable[[], None]) -> None:
        self.name = name
        self._fields, self._changed = fields, changed
        self._laid: asyncio.Queue[str] = asyncio.Queue(_CARDS_MOST)
        self._last = ""
        self._health = Health(condition="ok", since=utc_now())

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def cards(self) -> AsyncIterator[dict[str, Any]]:
        while True:
            card = SAMPLES[await self._laid.get()]
            yield {self._fields.get(field, field): value for field, value in card.items()}

    def pictures(self) -> Sequence[Picture]:
        return (Picture(label=NOW, png=dots.lcd(PadText(left=self._last)), detail={"left": self._last, "right": "", "hex": ""}),)

    def press(self, key: str) -> None:
        if key in ("unplug", "plug"):
            plugged = key == "plug"
            self._health = Health(condition="ok" if plugged else "lost", detail=None if plugged else "unplugged", since=utc_now())
        elif key in SAMPLES and self._health.condition == "ok" and not self._laid.full():
            self._last = key
            self._laid.put_nowait(key)
        else:
            return
        self._changed()
