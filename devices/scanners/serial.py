"""A scanner on a serial port."""

from collections.abc import AsyncIterator

from devices.clock import running_s
from devices.debounce import Debounce
from devices.port_line import PortLine
from devices.ports import Health
from devices.scanners.codes import Reader

SILENCE_S = 0.5  # a code is through in this time
AGAIN_S = 2.0  # a code that lies before the window is read again and again


class SerialScanner:
    """Codes as they are read, the same one at most every two seconds."""

    def __init__(self, name: str, *, line: PortLine) -> None:
        self.name = name
        self._line, self._received = line, line.reader()
        self._reader, self._again = Reader(), Debounce(gap_s=AGAIN_S)
        line.watch(self._reader.forget)

    async def open(self) -> None:
        await self._line.open()

    async def close(self) -> None:
        await self._line.close()

    def health(self) -> Health:
        return self._line.health()

    async def codes(self) -> AsyncIterator[str]:
        heard_s = running_s()
        while True:
            data = await self._received.read()
            if running_s() - heard_s > SILENCE_S:
                self._reader.forget()
            heard_s = running_s()
            for code in self._reader.feed(data):
                if self._again.passes(code, at_s=running_s()):
                    yield code
