"""The checksums of serial signs, keypads and pads; pure. The two CRC-16s share the polynomial and differ in where they start."""

from typing import Literal

Checksum = Literal["none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc"]


def checksum(data: bytes, *, kind: Checksum) -> bytes:
    """
    The bytes that follow `data` as its checksum: none, one, or two of a CRC-16, the low byte first.

    `sum8` is the low byte of the sum, `neg_sum8` what makes the sum 0 in its low byte.
    """
    match kind:
        case "none":
            return b""
        case "xor":
            value = 0
            for byte in data:
                value ^= byte
            return bytes((value,))
        case "sum8":
            return bytes((sum(data) & 0xFF,))
        case "neg_sum8":
            return bytes((-sum(data) & 0xFF,))
        case "crc16_modbus":
            return crc16_modbus(data).to_bytes(2, "little")
        case "crc16_arc":
            return crc16_arc(data).to_bytes(2, "little")


def checksum_length(kind: Checksum) -> int:
    """How many bytes a checksum takes."""
    return 0 if kind == "none" else 2 if kind.startswith("crc16") else 1


def crc16_arc(data: bytes) -> int:
    """CRC-16/ARC: polynomial 8005 reflected (A001), initial 0. Check value of "123456789": BB3D."""
    return _crc16(data, start=0x0000)


def crc16_modbus(data: bytes) -> int:
    """CRC-16/MODBUS: polynomial 8005 reflected (A001), initial FFFF. Check value of "123456789": 4B37."""
    return _crc16(data, start=0xFFFF)


def _crc16(data: bytes, *, start: int) -> int:
    crc = start
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
