"""A rating keypad on a serial port."""

import logging
from collections.abc import AsyncIterator

from devices.clock import running_s
from devices.debounce import Debounce
from devices.keypads.codes import FrameSpec, Reader
from devices.keypads.prompts import Prompts
from devices.port_line import PortLine
from devices.ports import Asking, Health, PadText, Score

log = logging.getLogger(__name__)

SILENCE_S = 0.5  # a frame of a few bytes is through in milliseconds: what has not come by then will not


class SerialKeypad:
    """Frames of one description; presses of another address on the same bus are not ours."""

    def __init__(self, name: str, *, line: PortLine, spec: FrameSpec, prompts: Prompts, address: int) -> None:
        self.name = name
        self._line, self._address, self._prompts, self._received = line, address, prompts, line.reader()
        self._reader, self._debounce = Reader(spec), Debounce()
        line.watch(self._reader.forget)  # half a frame from before the loss must not meet one from after it

    async def open(self) -> None:
        await self._line.open()

    async def close(self) -> None:
        await self._line.close()

    def health(self) -> Health:
        return self._line.health()

    async def scores(self) -> AsyncIterator[Score]:
        heard_s = running_s()
        while True:
            data = await self._received.read()
            if running_s() - heard_s > SILENCE_S:
                self._reader.forget()
            heard_s, unknown = running_s(), self._reader.unknown_keys
            for score in self._reader.feed(data):
                ours = score.address in (0, self._address)
                if ours and self._debounce.passes(score.level, at_s=running_s()):
                    yield score
            if self._reader.unknown_keys > unknown:
                log.warning("%s: %d keys that nobody described, %s", self.name, self._reader.unknown_keys, data[:32].hex(" "))

    async def prompt(self, asking: Asking, text: PadText) -> None:  # noqa: ARG002 (its own words are in the keypad)
        if frame := self._prompts.of(asking):
            await self._line.write(frame)
