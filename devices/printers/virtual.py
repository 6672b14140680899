"""The printer the demo has: the code of a real one, with a machine at the end of a pipe."""

from collections.abc import Callable

from devices.printers.escpos import Mode
from devices.printers.pipe import PipeCable
from devices.printers.staging import StagedPrinter


class VirtualPrinter(StagedPrinter):
    """A printer made of memory."""

    def __init__(self, name: str, *, width_mm: int, mode: Mode, encoding: str, ack: bool, changed: Callable[[], None]) -> None:
        pipe = PipeCable()
        super().__init__(name, wire=pipe, cable=pipe, width_mm=width_mm, mode=mode, encoding=encoding, ack=ack, changed=changed)
