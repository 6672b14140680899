"""A rating keypad on a serial port."""

from collections.abc import AsyncIterator

from devices.clock import running_s
from devices.debounce import Debounce
from devices.keypads.codes import FrameSpec, Reader
from devices.port_line import PortLine
from devices.ports import Health, PadText, Score


class SerialKeypad:
    """Frames of one description; presses of another address on the same bus are not ours."""

    def __init__(self, name: str, *, line: PortLine, spec: FrameSpec, address: int) -> None:
        self.name = name
        self._line, self._address, self._received = line, address, line.reader()
        self._reader, self._debounce = Reader(spec), Debounce()

    async def open(self) -> None:
        await self._line.open()

    async def close(self) -> None:
        await self._line.close()

    def health(self) -> Health:
        return self._line.health()

    async def scores(self) -> AsyncIterator[Score]:
        while True:
            for score in self._reader.feed(await self._received.read()):
                ours = score.address in (0, self._address)
                if ours and self._debounce.passes(score.level, at_s=running_s()):
                    yield score

    async def prompt(self, text: PadText) -> None:
        """Keypads of five keys have no display."""
