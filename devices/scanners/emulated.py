"""A scanner whose adapter drives the machine over a real wire."""

from collections.abc import AsyncIterator, Callable, Sequence

from devices.emulators.hand import Hand
from devices.emulators.wires import PtyWire
from devices.ports import Health, Picture
from devices.scanners.machine import Scanner
from devices.scanners.serial import SerialScanner


class EmulatedScanner:
    """Any key is a code that it reads; and `unplug`, `plug`, `noise` and `cut`."""

    def __init__(self, adapter: SerialScanner, *, machine: Scanner, wire: PtyWire, changed: Callable[[], None]) -> None:
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

    def codes(self) -> AsyncIterator[str]:
        return self._adapter.codes()

    def pictures(self) -> Sequence[Picture]:
        return self._machine.pictures()

    def press(self, key: str) -> None:
        self._hand.press(key)
