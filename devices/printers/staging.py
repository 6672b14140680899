"""A printer without hardware: the driver of real ones, a machine at the far end of a wire, and faults to stage."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from devices.emulators.diary import Write, unwritten
from devices.emulators.wires import Machine as Attached
from devices.ports import Picture, Slip
from devices.printers.cables import Cable
from devices.printers.driver import EscPosPrinter
from devices.printers.escpos import Mode
from devices.printers.machine import Machine
from devices.printers.slip import PAPER_DOTS

SLOW_BYTES_PER_S = 8_000.0  # a slip as a picture takes some seconds
DROP_AFTER_BYTES = 300  # in the middle of a slip, be it text or picture


class Wire(Protocol):
    """What can happen to a cable."""

    bytes_per_s: float | None
    cut_after: int | None

    def attach(self, machine: Attached) -> None: ...
    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def hang(self) -> None: ...
    def heal(self) -> None: ...


class StagedPrinter(EscPosPrinter):
    """
    The driver with a machine at the far end of a wire.

    Keys of the printer: paper-out paper-in paper-low cover-open cover-close offline online. Keys of the wire: unplug plug, hang
    (accepts and never reads), slow (few bytes a second), drop (cut in the middle of the next slip), heal (as good as new).
    """

    def __init__(
        self,
        name: str,
        *,
        wire: Wire,
        cable: Cable,
        width_mm: int,
        mode: Mode,
        encoding: str,
        ack: bool,
        changed: Callable[[], None],
        diary: Write = unwritten,
    ) -> None:
        super().__init__(name, cable=cable, width_mm=width_mm, mode=mode, encoding=encoding, ack=ack, changed=changed)
        self.machine = Machine(width_dots=PAPER_DOTS[width_mm], encoding=encoding, changed=self._stirred, diary=diary)
        self.wire = wire
        wire.attach(self.machine)
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        await super().close()

    def pictures(self) -> Sequence[Picture]:
        return tuple(self.machine.slips)

    def press(self, key: str) -> None:
        match key:
            case "unplug":
                self.wire.unplug()
            case "plug":
                self.wire.plug()
            case "hang":
                self.wire.hang()
            case "slow":
                self.wire.bytes_per_s = SLOW_BYTES_PER_S
            case "drop":
                self.wire.cut_after = DROP_AFTER_BYTES
            case "heal":
                self.wire.heal()
            case _ if not self.machine.press(key):
                return
        self._stirred()

    async def _encoded(self, slip: Slip) -> bytes:
        data = await super()._encoded(slip)
        self.machine.expect(f"{slip.number} 补打" if slip.reprint else slip.number, data)
        return data

    def _stirred(self) -> None:
        """Something moved in the machine: tell the rack, and ask the printer how it is now."""
        self._changed()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_again())

    async def _look_again(self) -> None:
        """One look, begun when the printer is idle; what moves from then on is asked about anew."""
        async with self._one_at_a_time:
            self._looking = None
        await self.look()
