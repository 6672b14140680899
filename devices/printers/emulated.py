"""A printer emulated behind a real wire: the adapter opens a TCP port or a pseudo-terminal, as it would a real printer's."""

from collections.abc import Callable

from devices.emulators.diary import Write, unwritten
from devices.emulators.wires import PtyWire, TcpWire
from devices.printers.cables import Cable, SerialCable, SocketCable
from devices.printers.escpos import Mode
from devices.printers.staging import StagedPrinter


class EmulatedPrinter(StagedPrinter):
    """The driver and its cable as for hardware, the machine at the far end of `wire`."""

    def __init__(
        self,
        name: str,
        *,
        wire: PtyWire | TcpWire,
        baud: int,
        width_mm: int,
        mode: Mode,
        encoding: str,
        ack: bool,
        changed: Callable[[], None],
        diary: Write = unwritten,
    ) -> None:
        self._far_end, self._baud = wire, baud
        cable = self._cable_to_it()
        super().__init__(
            name, wire=wire, cable=cable, width_mm=width_mm, mode=mode, encoding=encoding, ack=ack, changed=changed, diary=diary
        )

    async def open(self) -> None:
        await self._far_end.open()
        self._cable = self._cable_to_it()  # the number of a TCP port is known once it is open
        await super().open()

    def _cable_to_it(self) -> Cable:
        if isinstance(self._far_end, PtyWire):
            return SerialCable(self._far_end.port, baud=self._baud)
        return SocketCable(self._far_end.port)
