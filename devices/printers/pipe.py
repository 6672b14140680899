"""A cable within the process, as lossy as a real one: it can be pulled, hang, be slow and be cut."""

import asyncio

from devices.emulators.wires import Machine
from devices.errors import NotConnected, NothingTaken

_CHUNK_BYTES = 4096
_SLOW_CHUNK_BYTES = 256


class PipeCable:
    """Both ends of a wire with one machine: what an adapter opens, and what can be staged."""

    answers = True

    def __init__(self) -> None:
        self.plugged, self.hanging = True, False
        self.bytes_per_s: float | None = None
        self.cut_after: int | None = None
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting = b""  # accepted while hanging, not read yet

    def attach(self, machine: Machine) -> None:
        """Put the machine at its end."""
        self._machine = machine

    async def connect(self) -> None:
        if not self.plugged:
            raise NotConnected("unplugged")
        self._said = asyncio.Queue()

    async def send(self, data: bytes) -> None:
        most = _CHUNK_BYTES if self.bytes_per_s is None else _SLOW_CHUNK_BYTES
        for at in range(0, len(data), most):
            if not self.plugged:
                raise (NotConnected if at else NothingTaken)("unplugged")
            chunk = data[at : at + most]
            if self.cut_after is not None:
                chunk, left = chunk[: self.cut_after], self.cut_after - len(chunk)
                self.cut_after = left if left > 0 else None
                self._deliver(chunk)
                if left <= 0:
                    raise NotConnected("cut off")
            else:
                self._deliver(chunk)
            await asyncio.sleep(0 if self.bytes_per_s is None else len(chunk) / self.bytes_per_s)

    async def handed_over(self) -> None:
        return None

    async def receive(self, *, timeout_s: float) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._said.get()
        except TimeoutError:
            if not self.plugged:
                raise NotConnected("unplugged") from None
            return b""

    async def disconnect(self) -> None:
        return None

    def seconds_for(self, count: int) -> float:  # noqa: ARG002 (the port's signature; these cables are fast)
        return 0.0

    async def close(self) -> None:
        return None

    def plug(self) -> None:
        """Put it in again."""
        self._power(on=True)

    def unplug(self) -> None:
        """Pull it out, and with it the power."""
        self._waiting = b""
        self._power(on=False)

    def hang(self) -> None:
        """Accept, and hand nothing on; `heal` goes on."""
        self.hanging = True

    def heal(self) -> None:
        """As good as new."""
        self.hanging, self.bytes_per_s, self.cut_after = False, None, None
        waiting, self._waiting = self._waiting, b""
        self._deliver(waiting)

    def _power(self, *, on: bool) -> None:
        if self.plugged != on:
            self.plugged = on
            self._machine.power(on=on)

    def _deliver(self, data: bytes) -> None:
        if self.hanging:
            self._waiting += data
        elif data:
            self._machine.feed(data, reply=self._said.put_nowait)
