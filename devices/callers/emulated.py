"""A caller pad emulated: the real adapter, the machine at the far end of a real wire."""

from collections.abc import AsyncIterator

from devices.callers.serial import SerialPad
from devices.emulators.hand import Handled
from devices.ports import PadKey, PadText


class EmulatedPad(Handled[SerialPad]):
    """Keys as of the virtual one, and `noise` and `cut`."""

    def keys(self) -> AsyncIterator[PadKey]:
        return self._adapter.keys()

    async def display(self, text: PadText) -> None:
        await self._adapter.display(text)
