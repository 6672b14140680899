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
_SEGMENTS = {
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
    data = bytes(_SEGMENTS.get(letter, 0x00) for letter in shown)
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


def lit(text_frame: bytes) -> str:
    """What a `show_text` frame lights, for drawing it."""
    letters = {segments: letter for letter, segments in _SEGMENTS.items()}
    return "".join(letters.get(byte, "?") for byte in text_frame[7:-2])


def _framed(data: bytes) -> bytes:
    return data + crc16_modbus(data).to_bytes(2, "little")
