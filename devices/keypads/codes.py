"""
Rating keypads: bytes to levels by a description of the frame; pure.

No byte-level manual of a hall keypad is public, and key maps differ between makers, so a site writes its keypad's frame
down as a `FrameSpec`. `PLAIN` is this project's own, for keypads that can be programmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.checksums import Checksum, checksum, checksum_length
from devices.ports import Score

_BUFFER_MOST = 4_096


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameSpec:
    """Where in a fixed-length frame the head, the address, the key and the checksum stand; positions count from 0."""

    head: bytes
    length: int  # of the whole frame with checksum and tail
    key_at: int
    keys: Mapping[int, int] = field(hash=False)  # key code → level 1-5
    addr_at: int | None = None
    command_at: int | None = None
    command: int | None = None  # frames with another command are no ratings
    checksum: Checksum = "none"
    checksum_from: int = 0
    tail: bytes = b""

    def __post_init__(self) -> None:
        places = (self.key_at, self.addr_at or 0, self.command_at or 0, self.checksum_from)
        if not self.head or max(places) >= self.length or len(self.head) + self.check_length + len(self.tail) > self.length:
            raise ValueError("the frame is shorter than what is said to stand in it")
        if not set(self.keys.values()) <= {1, 2, 3, 4, 5}:
            raise ValueError("levels are 1 to 5")

    @property
    def check_length(self) -> int:
        """Bytes the checksum takes."""
        return checksum_length(self.checksum)


PLAIN = FrameSpec(
    head=b"\xaa\x55", length=5, addr_at=2, key_at=3, keys={1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, checksum="sum8", checksum_from=2
)


class Reader:
    """Cuts a keypad's stream into scores; after a frame that does not fit it looks again one byte on."""

    def __init__(self, spec: FrameSpec) -> None:
        self._spec, self._buffer = spec, b""
        self.garbled = 0  # a head was there, the rest did not fit
        self.unknown_keys = 0  # whole frames with a key nobody described

    def feed(self, data: bytes) -> list[Score]:
        """The scores completed by `data`, in order."""
        self._buffer = (self._buffer + data)[-_BUFFER_MOST:]
        scores: list[Score] = []
        while (start := self._buffer.find(self._spec.head)) >= 0:
            self._buffer = self._buffer[start:]
            if len(self._buffer) < self._spec.length:
                return scores
            frame = self._buffer[: self._spec.length]
            if not _fits(frame, self._spec):
                self.garbled += 1
                self._buffer = self._buffer[1:]
                continue
            self._buffer = self._buffer[self._spec.length :]
            score = self._score(frame)
            if score is not None:
                scores.append(score)
        keep = len(self._spec.head) - 1  # the beginning of a head may be the end of what has come
        self._buffer = self._buffer[len(self._buffer) - keep :] if keep else b""
        return scores

    def _score(self, frame: bytes) -> Score | None:
        spec = self._spec
        if spec.command_at is not None and frame[spec.command_at] != spec.command:
            return None
        level = spec.keys.get(frame[spec.key_at])
        if level is None:
            self.unknown_keys += 1
            return None
        return Score(level=level, address=0 if spec.addr_at is None else frame[spec.addr_at])


def press(level: int, *, address: int, spec: FrameSpec) -> bytes:
    """The bytes a keypad of this description sends for a level; what a virtual keypad sends."""
    code = next(code for code, meant in spec.keys.items() if meant == level)
    return frame_of(code, address=address, spec=spec)


def frame_of(code: int, *, address: int, spec: FrameSpec) -> bytes:
    """A whole frame for any key code."""
    frame = bytearray(spec.length)
    frame[: len(spec.head)] = spec.head
    if spec.addr_at is not None:
        frame[spec.addr_at] = address
    if spec.command_at is not None:
        frame[spec.command_at] = spec.command or 0
    frame[spec.key_at] = code
    if spec.tail:
        frame[-len(spec.tail) :] = spec.tail
    check_at = spec.length - len(spec.tail) - spec.check_length
    frame[check_at : check_at + spec.check_length] = checksum(bytes(frame[spec.checksum_from : check_at]), kind=spec.checksum)
    return bytes(frame)


def _fits(frame: bytes, spec: FrameSpec) -> bool:
    check_at = spec.length - len(spec.tail) - spec.check_length
    check = frame[check_at : check_at + spec.check_length]
    return frame.endswith(spec.tail) and check == checksum(frame[spec.checksum_from : check_at], kind=spec.checksum)
