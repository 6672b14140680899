"""The two CRC-16s of serial signs and keypads; pure. They share the polynomial and differ in where they start."""


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
