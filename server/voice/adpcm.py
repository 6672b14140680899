"""
IMA ADPCM, one channel: four bits a sample, in blocks that each can be read alone.

A block: first sample i16 · step index u8 · 0 · then two samples a byte, the lower four bits first.
Source: IMA Digital Audio Focus and Technical Working Groups, Recommended Practices for Enhancing Digital Audio Compatibility in
Multimedia Systems, rev. 3.00 (1992); the block as in Microsoft's RIFF form 0x0011.
"""

from __future__ import annotations

import struct
from array import array

BLOCK = 256  # bytes
SAMPLES = 1 + 2 * (BLOCK - 4)  # a block
_INDEX = (-1, -1, -1, -1, 2, 4, 6, 8)
_STEPS = (
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
)  # fmt: skip


def packed(samples: array[int]) -> bytes:
    """The blocks; the last is filled with its last sample."""
    whole = bytearray()
    index = 0
    for at in range(0, len(samples), SAMPLES):
        part = samples[at : at + SAMPLES]
        part.extend([part[-1]] * (SAMPLES - len(part)))
        value = part[0]
        whole += struct.pack("<hBB", value, index, 0)
        for low, high in zip(part[1::2], part[2::2], strict=True):
            first, value, index = _code(low, value, index)
            second, value, index = _code(high, value, index)
            whole.append(first | second << 4)
    return bytes(whole)


def unpacked(data: bytes, *, block: int, most: int) -> array[int]:
    """The samples of blocks of `block` bytes, at most about `most`; what is cut off at the end is left out."""
    samples = array("h")
    for at in range(0, len(data) - 3, max(block, 4)):
        if len(samples) > most:
            break
        value, index, _ = struct.unpack_from("<hBB", data, at)
        index = min(index, len(_STEPS) - 1)
        samples.append(value)
        for byte in data[at + 4 : at + max(block, 4)]:
            for code in (byte & 0x0F, byte >> 4):
                value = _next(code, value, _STEPS[index])
                index = min(max(index + _INDEX[code & 7], 0), len(_STEPS) - 1)
                samples.append(value)
    return samples


def _code(sample: int, value: int, index: int) -> tuple[int, int, int]:
    """The four bits that come nearest, and where they lead."""
    step, left = _STEPS[index], abs(sample - value)
    code = 8 if sample < value else 0
    for bit in (4, 2, 1):
        if left >= step:
            code |= bit
            left -= step
        step >>= 1
    return code, _next(code, value, _STEPS[index]), min(max(index + _INDEX[code & 7], 0), len(_STEPS) - 1)


def _next(code: int, value: int, step: int) -> int:
    change = (step >> 3) + (step if code & 4 else 0) + (step >> 1 if code & 2 else 0) + (step >> 2 if code & 1 else 0)
    return min(max(value - change if code & 8 else value + change, -32_768), 32_767)
