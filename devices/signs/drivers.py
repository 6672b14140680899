"""How each protocol's signs are spoken to: a line of the hall as frames, and the answer that belongs to it."""

from dataclasses import dataclass, field

from devices.errors import Garbled
from devices.ports import SignLine
from devices.signs import alpha, modbus_led485, onbon_bx, raw
from devices.signs.driver import Reply
from server.config import SignFrame


@dataclass(frozen=True, kw_only=True, slots=True)
class BxDriver:
    """Onbon BX: the text into one dynamic area as wide as the sign."""

    address: int
    width_dots: int
    height_dots: int
    unit: onbon_bx.Unit
    encoding: str
    ack: bool

    def pieces(self, line: SignLine) -> tuple[bytes, ...]:
        width = -(-self.width_dots // 8) if self.unit == "bytes" else self.width_dots
        area = onbon_bx.Area(text=line.text, width=width, height=self.height_dots, colour=1)
        return (onbon_bx.show(area, address=self.address, reply=self.ack, encoding=self.encoding),)

    def reply(self, sent: bytes) -> Reply | None:  # noqa: ARG002 (any well-formed answer of this card counts)
        return _BxReply(self.address) if self.ack else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModbusDriver:
    """A number display: the number alone, and dark without one."""

    address: int
    ack: bool

    def pieces(self, line: SignLine) -> tuple[bytes, ...]:
        return (modbus_led485.show_text(line.number, address=self.address),)

    def reply(self, sent: bytes) -> Reply | None:
        return _ModbusReply(sent) if self.ack and self.address != modbus_led485.BROADCAST else None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlphaDriver:
    """An Alpha bar: the text as its priority text, flashing when it was called just now. Bars do not answer."""

    address: int
    check: bool

    def pieces(self, line: SignLine) -> tuple[bytes, ...]:
        mode = alpha.FLASH if line.flash else alpha.HOLD
        sent = alpha.frame(alpha.Text(address=self.address, text=line.text, mode=mode), check=self.check)
        return alpha.pieces(sent) if self.check else (sent,)

    def reply(self, sent: bytes) -> Reply | None:  # noqa: ARG002
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class RawDriver:
    """A sign of a described frame; whether it answers is not known, so nothing is waited for."""

    address: int
    spec: SignFrame
    encoding: str

    def pieces(self, line: SignLine) -> tuple[bytes, ...]:
        return (raw.frame(line.text, address=self.address, spec=self.spec, encoding=self.encoding),)

    def reply(self, sent: bytes) -> Reply | None:  # noqa: ARG002
        return None


@dataclass(slots=True)
class _BxReply:
    address: int
    reader: onbon_bx.Reader = field(default_factory=onbon_bx.Reader)

    def feed(self, data: bytes) -> bool:
        return any(frame.is_reply and frame.sender == self.address for frame in self.reader.feed(data))


@dataclass(slots=True)
class _ModbusReply:
    sent: bytes
    heard: bytes = b""

    def feed(self, data: bytes) -> bool:
        self.heard += data
        return any(self._is_answer(self.heard[at : at + length]) for at in range(len(self.heard)) for length in (8, 5))

    def _is_answer(self, piece: bytes) -> bool:
        try:
            modbus_led485.check_reply(piece, sent=self.sent)
        except Garbled:  # not all of it has come, or it is another's
            return False
        return True
