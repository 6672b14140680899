"""A scanner emulated: the real adapter, the machine at the far end of a real wire."""

from collections.abc import AsyncIterator

from devices.emulators.hand import Handled
from devices.scanners.serial import SerialScanner


class EmulatedScanner(Handled[SerialScanner]):
    """Any key is a code that it reads; and `unplug`, `plug`, `noise` and `cut`."""

    def codes(self) -> AsyncIterator[str]:
        return self._adapter.codes()
