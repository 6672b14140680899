"""A caller pad whose adapter drives the machine over a real wire; several on one bus by the name of their port."""

from collections.abc import AsyncIterator, Callable, Sequence

from devices.callers.machine import Pad
from devices.callers.serial import SerialPad
from devices.emulators.hand import Hand
from devices.emulators.wires import PtyWire
from devices.ports import Health, PadKey, PadText, Picture


class EmulatedPad:
    """Keys as of the virtual one, and `noise` and `cut`. Pulling its cable pulls the bus."""

    def __init__(self, adapter: SerialPad, *, machine: Pad, wire: PtyWire, changed: Callable[[], None]) -> None:
        self.name = adapter.name
        self._adapter, self._machine, self._wire = adapter, machine, wire
        self._hand = Hand(wire, pressed=machine.press, changed=changed)
        wire.attach(machine)

    async def open(self) -> None:
        await self._wire.open()
        self._machine.power(on=self._wire.plugged)
        await self._adapter.open()

    async def close(self) -> None:
        await self._adapter.close()

    def health(self) -> Health:
        return self._adapter.health()

    def keys(self) -> AsyncIterator[PadKey]:
        return self._adapter.keys()

    async def display(self, text: PadText) -> None:
        await self._adapter.display(text)

    def pictures(self) -> Sequence[Picture]:
        return self._machine.pictures()

    def press(self, key: str) -> None:
        self._hand.press(key)
