r"""
Onbon (仰邦) BX-5K / BX-6K character cards: text into a dynamic area; pure.

Sources: strongercjd/Onbon-Protocol-Analysis (frame, escapes, CRC); two captured frames, rebuilt in the tests byte for
byte. Not verified on a card: the body of a reply, and whether x and width count dots or bytes of eight dots.
"""

import struct
from dataclasses import dataclass
from typing import Literal

from devices.checksums import crc16_arc
from devices.errors import Garbled

Unit = Literal["dots", "bytes"]
START, END = 0xA5, 0x5A
_ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_UNESCAPES = {escaped: bytes((byte,)) for byte, escaped in _ESCAPES.items()}
_HEADER = struct.Struct("<HH3x4BBH")  # to, from, reserved, barcode, check, display, device type, version, length
_AREA = struct.Struct("<BHHHHBBBHBBBBBBBBBI")  # type … stay, length of the data
_UPDATE_AREA = b"\xa3\x06"
BROADCAST = 0xFFFE
_FROM_HOST, _ANY_TYPE, _VERSION = 0x8000, 0xFE, 0x02
_REPLY, _NO_REPLY = 1, 2
_ACCEPTED = b"\xa0\x00"
_BUFFER_MOST = 16_384


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """One dynamic area and what stands in it; sizes as the card is told, see `Unit`."""

    text: str
    x: int = 0
    y: int = 0
    width: int
    height: int
    number: int = 1
    line_gap: int = 10
    run_mode: int = 1  # 0 loop, 1 stay on the last page, 2 delete at the timeout
    timeout_s: int = 2
    single_line: int = 1
    wrap: int = 1
    display_mode: int = 1  # 1 at once
    speed: int = 0x17
    stay: int = 2
    font: str = "000"  # the card's font; 000 is the 16-dot one
    colour: int | None = None  # 1 red, 2 green, 3 yellow; None leaves the card's own


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as read: who it is for, its command and the rest."""

    address: int
    sender: int
    command: bytes
    body: bytes

    @property
    def is_reply(self) -> bool:
        """Whether a card sent it to the host: its sender is no host address."""
        return self.address == _FROM_HOST


def show(area: Area, *, address: int, reply: bool, encoding: str = "gb18030") -> bytes:
    r"""
    The frame that puts one line of text on one card.

    A5×8 | escaped(header 14 | A3 06, reply 1/2, 00 00, areas deleted 0, areas updated 1, length u16, area | CRC u16) | 5A.
    Text is GBK after `\FO` and the font, `\C` and the colour; a backslash is no text here, so it is sent as a full-width one.
    """
    written = area.text.replace("\\", "\uff3c").replace("\r", "").replace("\n", r"\r\n")
    colour = "" if area.colour is None else rf"\C{area.colour}"
    data = rf"\FO{area.font}{colour}{written}".encode(encoding, "replace")
    fields = _AREA.pack(
        0, area.x, area.y, area.width, area.height, area.number, area.line_gap, area.run_mode, area.timeout_s,
        0, 0, 0, area.single_line, area.wrap, area.display_mode, 0, area.speed, area.stay, len(data),
    )  # fmt: skip
    body = bytes((_REPLY if reply else _NO_REPLY, 0, 0, 0, 1)) + struct.pack("<H", len(fields) + len(data)) + fields + data
    return frame(_UPDATE_AREA, body, address=address)


def frame(command: bytes, body: bytes, *, address: int, sender: int = _FROM_HOST) -> bytes:
    """Any command as it goes over the cable. The CRC-16/ARC covers header and data before the escapes, low byte first."""
    header = _HEADER.pack(address, sender, 0, 0, 0, _ANY_TYPE, _VERSION, len(command) + len(body))
    inner = header + command + body
    inner += struct.pack("<H", crc16_arc(inner))
    return bytes([START] * 8) + b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in inner) + bytes([END])


def decode(inner: bytes) -> Frame:
    """
    One frame between its A5s and its 5A, still escaped.

    A CRC of FFFF counts as not checked, as the card does.

    Raises:
        Garbled: escapes, length or CRC do not fit.
    """
    plain = _unescaped(inner)
    if len(plain) < _HEADER.size + 4:
        raise Garbled("shorter than any frame")
    crc = plain[-2] | plain[-1] << 8
    if crc not in (crc16_arc(plain[:-2]), 0xFFFF):
        raise Garbled("CRC does not fit")
    address, sender, *_, length = _HEADER.unpack_from(plain)
    data = plain[_HEADER.size : -2]
    if length != len(data):
        raise Garbled("length does not fit")
    return Frame(address, sender, data[:2], data[2:])


def read_area(frame: Frame, *, encoding: str = "gb18030") -> Area:
    """
    The area a `show` frame carries.

    Raises:
        Garbled: it is another command, or its lengths do not fit.
    """
    start = 7
    if frame.command != _UPDATE_AREA or len(frame.body) < start + _AREA.size or frame.body[3:5] != b"\x00\x01":
        raise Garbled("no update of one dynamic area")
    fields = _AREA.unpack_from(frame.body, start)
    data = frame.body[start + _AREA.size :]
    if fields[-1] != len(data):
        raise Garbled("length of the text does not fit")
    font, colour, text = _text(data.decode(encoding, "replace"))
    _, x, y, width, height, number, gap, mode, timeout_s, _, _, _, single, wrap, display, _, speed, stay, _ = fields
    return Area(
        text=text, x=x, y=y, width=width, height=height, number=number, line_gap=gap, run_mode=mode, timeout_s=timeout_s,
        single_line=single, wrap=wrap, display_mode=display, speed=speed, stay=stay, font=font, colour=colour,
    )  # fmt: skip


def wants_reply(frame: Frame) -> bool:
    """Whether the host asks for an answer."""
    return frame.body[:1] == bytes((_REPLY,))


def accepted(asked: Frame) -> bytes:
    """A card's answer: from its address to the host's, command A0 00, the rest as the emulator has it (no capture has one)."""
    return frame(_ACCEPTED, b"", address=asked.sender, sender=asked.address)


class Reader:
    """Cuts a stream into frames; noise before an A5 and frames that do not fit are dropped and counted."""

    def __init__(self) -> None:
        self._buffer = b""
        self.garbled = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`, in order."""
        self._buffer = (self._buffer + data)[-_BUFFER_MOST:]
        frames = []
        while (end := self._buffer.find(END)) >= 0:
            piece, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
            start = piece.rfind(START)  # an A5 inside a frame is escaped, so the last one begins it
            try:
                frames.append(decode(piece[start + 1 :]))
            except Garbled:
                self.garbled += 1
        return frames


def _unescaped(data: bytes) -> bytes:
    plain, at = bytearray(), 0
    while at < len(data):
        if data[at] not in (0xA6, 0x5B):
            plain.append(data[at])
            at += 1
            continue
        original = _UNESCAPES.get(data[at : at + 2])
        if original is None:
            raise Garbled("unknown escape")
        plain += original
        at += 2
    return bytes(plain)


def _text(data: str) -> tuple[str, int | None, str]:
    font, colour = "000", None
    if data.startswith(r"\FO"):
        font, data = data[3:6], data[6:]
    if data.startswith(r"\C") and data[2:3].isdigit():
        colour, data = int(data[2]), data[3:]
    return font, colour, data.replace(r"\r\n", "\n")
