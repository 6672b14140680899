"""A sign on a bus, as the rack sees it."""

from devices.ports import Health, SignLine
from devices.signs.bus import Bus
from devices.signs.slot import Slot


class SerialSign:
    """One sign; the bus tells it when it is its turn."""

    def __init__(self, slot: Slot, *, bus: Bus, gap_s: float) -> None:
        self.name = slot.name
        self._slot, self._bus = slot, bus
        bus.join(slot, gap_s=gap_s)

    async def open(self) -> None:
        await self._bus.open()

    async def close(self) -> None:
        await self._bus.close()

    def health(self) -> Health:
        line = self._bus.line.health()
        return line if line.condition != "ok" else self._slot.health()

    async def show(self, line: SignLine) -> None:
        self._bus.show(self._slot, line)
