"""How bytes reach a printer: a socket, a serial port, a device file or a plain file; timeouts everywhere."""

from typing import Protocol

from devices.printers.file_cable import FileCable
from devices.printers.serial_cable import SerialCable
from devices.printers.socket_cable import SocketCable

__all__ = ["Cable", "FileCable", "SerialCable", "SocketCable", "cable_for", "is_serial"]

_SERIAL = ("/dev/tty", "/dev/pts/", "/dev/serial/", "/dev/cu.", "COM", "loop://", "rfc2217://")


class Cable(Protocol):
    """A way to a printer and back."""

    answers: bool  # whether anything can come back; known once connected

    async def connect(self) -> None:
        """Reach the printer. Raises NotConnected."""

    async def send(self, data: bytes) -> None:
        """Hand over all bytes. Raises NothingTaken, or NotConnected when some may have been taken."""

    async def handed_over(self) -> None:
        """Wait until the other end has taken what was sent, as far as the cable can tell. Raises NotConnected."""

    async def receive(self, *, timeout_s: float) -> bytes:
        """What the printer says, b"" when it said nothing in time. Raises NotConnected when it hung up."""

    async def disconnect(self) -> None:
        """Let the next one in: many printers serve one connection at a time."""

    def seconds_for(self, count: int) -> float:
        """How long `count` bytes are on their way beyond the handing over."""

    async def close(self) -> None:
        """Give back for good what `connect` keeps between jobs."""


def cable_for(port: str, *, baud: int) -> Cable:
    """
    The cable a port names: socket://host:9100, a serial port (/dev/tty…, COM3, loop://), file:///var/slips.bin, else a path.

    A path is a device file, or a plain file that is there already; only file:// makes one.
    """
    if port.startswith("socket://"):
        return SocketCable(port)
    if is_serial(port):
        return SerialCable(port, baud=baud)
    return FileCable(port)


def is_serial(port: str) -> bool:
    """Whether the port is a slow serial one, where text mode is the better choice."""
    return port.startswith(_SERIAL)
