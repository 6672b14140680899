"""
Number displays on Modbus RTU (LED-485-0xx and relatives): a counter's number in seven segments; pure.

Source: register map of the LED-485 displays as read in sman-dk/LED-485_setuptool (facts only); Modbus over serial line
V1.02, §2.5.1 (frame, CRC low byte first, 3.5 characters of silence between frames).
"""

from devices.checksums import crc16_modbus
from devices.errors import Garbled, Rejected

VALUE_REGISTER, SEGMENTS_REGISTER = 0x0000, 0x0080
BROADCAST = 0
_WRITE_ONE, _WRITE_MANY, _ERROR = 0x06, 0x10, 0x80
_SHORTEST, _REGISTERS_MOST = 8, 8  # bytes of the shortest request; of the segments a display has
SEGMENTS = {
    "0": 0x3F, "1": 0x06, "2": 0x5B, "3": 0x4F, "4": 0x66, "5": 0x6D, "6": 0x7D, "7": 0x07, "8": 0x7F, "9": 0x6F,
    "A": 0x77, "B": 0x7C, "C": 0x39, "D": 0x5E, "E": 0x79, "F": 0x71, "-": 0x40, " ": 0x00,
}  # fmt: skip


def show_value(value: int, *, address: int) -> bytes:
    """Write -32768…32767 to the value register: address | 06 | 0000 | value, high byte first | CRC, low byte first."""
    return _framed(bytes((address, _WRITE_ONE)) + VALUE_REGISTER.to_bytes(2) + value.to_bytes(2, signed=True))


def show_text(text: str, *, address: int, digits: int = 4) -> bytes:
    """
    Write raw segments, two characters a register, right-aligned: address | 10 | 0080 | count | bytes | data | CRC.

    Letters beyond F have no seven-segment form; they are left dark.
    """
    shown = text.upper()[-digits:].rjust(digits + digits % 2)
    data = bytes(SEGMENTS.get(letter, 0x00) for letter in shown)
    head = bytes((address, _WRITE_MANY)) + SEGMENTS_REGISTER.to_bytes(2) + (len(data) // 2).to_bytes(2)
    return _framed(head + bytes((len(data),)) + data)


def check_reply(reply: bytes, *, sent: bytes) -> None:
    """
    Pass when the display confirms `sent`: the first six bytes come back, with a CRC of their own.

    Raises:
        Garbled: no Modbus frame, or an answer to something else.
        Rejected: the display answered with an exception code.
    """
    if len(reply) < 5 or _framed(reply[:-2]) != reply:
        raise Garbled("CRC does not fit")
    if reply[0] == sent[0] and reply[1] == sent[1] | _ERROR:
        raise Rejected(f"exception {reply[2]}")
    if reply[:6] != sent[:6]:
        raise Garbled("an answer to something else")


def obey(frame: bytes) -> tuple[str | None, bytes]:
    """
    What a display makes of a whole frame: the text it lights, None when it lights nothing new, and its answer.

    It knows one number in the value register and an even number of characters in the segments register; anything else it
    refuses: 01 no such function, 02 no such register, 03 no such count.
    """
    function, register, data = frame[1], int.from_bytes(frame[2:4]), frame[4:-2]
    if function == _WRITE_ONE and register == VALUE_REGISTER:
        return str(int.from_bytes(data, signed=True)), frame
    if function == _WRITE_MANY and register == SEGMENTS_REGISTER:
        count = int.from_bytes(data[:2])
        if count * 2 != data[2] or not 0 < count <= _REGISTERS_MOST:
            return None, _refused(frame, 0x03)
        letters = {segments: letter for letter, segments in SEGMENTS.items()}
        return "".join(letters.get(byte, "?") for byte in data[3:]), _framed(frame[:6])
    return None, _refused(frame, 0x02 if function in (_WRITE_ONE, _WRITE_MANY) else 0x01)


class Reader:
    """Cuts a stream of requests into whole frames; after one that does not fit it looks again one byte on."""

    def __init__(self) -> None:
        self._buffer = b""
        self.garbled = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The frames completed by `data`, in order."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _SHORTEST:
            length = 9 + self._buffer[6] if self._buffer[1] == _WRITE_MANY else _SHORTEST
            if len(self._buffer) < length and self._buffer[1] == _WRITE_MANY and self._buffer[6] <= 2 * _REGISTERS_MOST:
                break
            frame = self._buffer[:length]
            if len(frame) == length and _framed(frame[:-2]) == frame:
                frames.append(frame)
                self._buffer = self._buffer[length:]
            else:
                self.garbled += 1
                self._buffer = self._buffer[1:]
        return frames


def _refused(frame: bytes, code: int) -> bytes:
    return _framed(bytes((frame[0], frame[1] | _ERROR, code)))


def _framed(data: bytes) -> bytes:
    return data + crc16_modbus(data).to_bytes(2, "little")
