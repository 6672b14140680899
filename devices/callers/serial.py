"""A caller pad on a serial port; each press is echoed, which is its acknowledgement."""

from collections.abc import AsyncIterator

from devices.callers import codes
from devices.clock import running_s
from devices.debounce import Debounce
from devices.errors import NotConnected
from devices.port_line import PortLine
from devices.ports import Health, PadKey, PadText

SILENCE_S = 0.5  # a frame is through in milliseconds: what has not come by then will not


class SerialPad:
    """A pad of one address."""

    def __init__(self, name: str, *, line: PortLine, address: int, encoding: str, ack: bool) -> None:
        self.name = name
        self._line, self._address, self._encoding, self._ack = line, address, encoding, ack
        self._received = line.reader()
        self._reader, self._debounce = codes.Reader(), Debounce(gap_s=codes.KEY_GAP_S)
        line.watch(self._reader.forget)  # half a frame from before the loss must not meet one from after it

    async def open(self) -> None:
        await self._line.open()

    async def close(self) -> None:
        await self._line.close()

    def health(self) -> Health:
        return self._line.health()

    async def keys(self) -> AsyncIterator[PadKey]:
        heard_s = running_s()
        while True:
            data = await self._received.read()
            if running_s() - heard_s > SILENCE_S:
                self._reader.forget()
            heard_s = running_s()
            for frame in self._reader.feed(data):
                key = codes.key_of(frame)
                if key is None or frame.address != self._address:
                    continue
                await self._echo(frame)
                if self._debounce.passes(key, at_s=running_s()):
                    yield key

    async def display(self, text: PadText) -> None:
        await self._line.write(codes.show(text, address=self._address, encoding=self._encoding))

    async def _echo(self, frame: codes.Frame) -> None:
        if not self._ack:
            return
        try:
            await self._line.write(codes.encode(frame))
        except NotConnected:
            return  # the press was heard all the same; the pad says it again without its echo
