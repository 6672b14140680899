"""A rating keypad emulated: the real adapter, the machine at the far end of a real wire."""

from collections.abc import AsyncIterator

from devices.emulators.hand import Handled
from devices.keypads.serial import SerialKeypad
from devices.ports import Asking, PadText, Score


class EmulatedKeypad(Handled[SerialKeypad]):
    """Keys as of the virtual one, and `unknown`, `noise`, `cut`."""

    def scores(self) -> AsyncIterator[Score]:
        return self._adapter.scores()

    async def prompt(self, asking: Asking, text: PadText) -> None:
        await self._adapter.prompt(asking, text)
