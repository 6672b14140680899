"""
Alpha / BetaBrite bars (EZ95, "M-Protocol"): one line of ASCII into a text file of the bar; pure.

Sources: the frames of alphasignpy 0.1.1 (PyPI), which the tests rebuild; msparks/alphasign for the position byte, where
the two agree on 20 hex (middle) alone. Bars have no Chinese: what is not ASCII becomes a question mark.
"""

from dataclasses import dataclass
from typing import Literal

from devices.errors import Garbled

PRIORITY, FILE_A = "0", "A"  # the priority file is shown at once, before all others; empty it gives way to them
MIDDLE = 0x20
HOLD, FLASH = "b", "c"
EVERY_TYPE = "Z"
Mode = Literal["b", "c"]
_WAKE, _START, _TEXT, _END_TEXT, _END, _ESCAPE = bytes(5), 0x01, 0x02, 0x03, 0x04, 0x1B
_WRITE_TEXT = "A"
_BUFFER_MOST = 4_096


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One text as it stands in a frame."""

    address: int  # 0 is every bar
    text: str
    label: str = PRIORITY
    mode: str = HOLD
    position: int = MIDDLE


def frame(text: Text, *, check: bool) -> bytes:
    """
    One text as it goes over the cable.

    Five nulls, by which the bar finds the speed | 01 | Z | address, two hex digits | 02 | A | label | 1B | position | mode |
    text | with `check` 03 and the sum of 02 … 03 as four hex digits | 04. An empty priority text has no 1B and nothing after it.
    """
    written = "".join(letter if " " <= letter <= "~" else "?" for letter in text.text).encode("ascii")
    shown = b"" if text.label == PRIORITY and not written else bytes((_ESCAPE, text.position)) + text.mode.encode() + written
    body = bytes((_TEXT,)) + f"{_WRITE_TEXT}{text.label}".encode("ascii") + shown
    if check:
        body += bytes((_END_TEXT,))
        body += f"{sum(body) & 0xFFFF:04X}".encode("ascii")
    return _WAKE + bytes((_START,)) + f"{EVERY_TYPE}{text.address:02X}".encode("ascii") + body + bytes((_END,))


def pieces(sent: bytes) -> tuple[bytes, bytes]:
    """A checked frame is sent in two: after the 02 the bar needs a tenth of a second."""
    at = sent.index(_TEXT) + 1
    return sent[:at], sent[at:]


def decode(inner: bytes) -> Text:
    """
    One frame between its 01 and its 04.

    Raises:
        Garbled: it is no text for a file, or its sum does not fit.
    """
    head, found, body = inner.partition(bytes((_TEXT,)))
    command, checked, digits = body.partition(bytes((_END_TEXT,)))
    if not found or len(head) != 3 or len(command) < 2 or command[:1] != _WRITE_TEXT.encode():
        raise Garbled("no text for a file")
    if checked and digits != f"{sum(found + command + checked) & 0xFFFF:04X}".encode("ascii"):
        raise Garbled("sum does not fit")
    try:
        address, label, rest = int(head[1:], 16), chr(command[1]), command[2:]
    except ValueError:
        raise Garbled("no address") from None
    if not rest:
        return Text(address=address, text="", label=label)
    if rest[0] != _ESCAPE or len(rest) < 3:
        raise Garbled("no position and mode")
    text = rest[3:].decode("ascii", "replace")
    return Text(address=address, text=text, label=label, mode=chr(rest[2]), position=rest[1])


class Reader:
    """Cuts a stream into texts; what lies before an 01 and frames that do not fit are dropped and counted."""

    def __init__(self) -> None:
        self._buffer = b""
        self.garbled = 0

    def feed(self, data: bytes) -> list[Text]:
        """The texts completed by `data`, in order."""
        self._buffer = (self._buffer + data)[-_BUFFER_MOST:]
        texts = []
        while (end := self._buffer.find(_END)) >= 0:
            piece, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
            try:
                texts.append(decode(piece[piece.rfind(_START) + 1 :]))
            except Garbled:
                self.garbled += 1
        return texts
