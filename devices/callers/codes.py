"""
Caller pads: `FF 68 len len 68 addr func data… sum 16`; pure.

Source: a hall's own notes on its pad (envelope, 9600 8N1, echo as acknowledgement). `len` counts addr, func and data, `sum`
is the low byte of their sum, as in the M-Bus long frame (EN 13757-2) which this envelope follows after its FF. The codes of
functions and keys are not public: those below are this project's own.
"""

from dataclasses import dataclass

from devices.ports import Key, PadKey, PadText

HEAD = b"\xff\x68"
KEY_GAP_S = 0.08  # longer than a key chatters, shorter than a finger pressing the same digit twice
KEY_PRESSED, SHOW = 0x01, 0x02
_KEYS: dict[int, Key | int] = {
    **{0x30 + digit: digit for digit in range(10)},
    0x41: "next", 0x42: "recall", 0x43: "rate", 0x44: "pause", 0x45: "transfer", 0x46: "confirm",
    0x47: "no_show", 0x48: "hold", 0x49: "restore", 0x4A: "clear",
    0x4B: "undo",
}  # fmt: skip
_CODES = {key: code for code, key in _KEYS.items()}
_OVERHEAD, _BUFFER_MOST = 7, 4_096  # FF 68 len len 68 … sum 16


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as read."""

    address: int
    function: int
    data: bytes


def encode(frame: Frame) -> bytes:
    """The frame as it goes over the cable; addr, func and data are at most 255 bytes together."""
    body = bytes((frame.address, frame.function)) + frame.data
    return HEAD + bytes((len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def press(key: Key | int, *, address: int) -> bytes:
    """What a pad sends for a key."""
    return encode(Frame(address, KEY_PRESSED, bytes((_CODES[key],))))


def show(text: PadText, *, address: int, columns: int = 16, encoding: str = "gb18030") -> bytes:
    """What makes a pad show a line: left and right pushed to the edges of its columns; Chinese takes two."""
    left, right = text.left.encode(encoding, "replace"), text.right.encode(encoding, "replace")
    return encode(Frame(address, SHOW, left + b" " * max(1, columns - len(left) - len(right)) + right))


def key_of(frame: Frame) -> PadKey | None:
    """The key a frame reports; None when it reports none that is known."""
    if frame.function != KEY_PRESSED or len(frame.data) != 1 or frame.data[0] not in _KEYS:
        return None
    return PadKey(key=_KEYS[frame.data[0]])


def text_of(frame: Frame, *, encoding: str = "gb18030") -> PadText | None:
    """The line a frame shows; None when it shows none."""
    if frame.function != SHOW:
        return None
    left, _, right = frame.data.decode(encoding, "replace").rpartition("  ")
    return PadText(left=left.rstrip(), right=right.strip()) if left else PadText(left=right.strip())


class Reader:
    """Cuts a stream into frames; after one that does not fit it looks again one byte on."""

    def __init__(self) -> None:
        self._buffer = b""
        self.garbled = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`, in order."""
        frames: list[Frame] = []
        for at in range(0, len(data), _BUFFER_MOST):
            frames += self._cut(data[at : at + _BUFFER_MOST])
        return frames

    def _cut(self, data: bytes) -> list[Frame]:
        self._buffer += data
        frames: list[Frame] = []
        while (start := self._buffer.find(HEAD)) >= 0:
            self._buffer = self._buffer[start:]
            if len(self._buffer) < 5:
                return frames
            length = self._buffer[2]
            if self._buffer[3] != length or self._buffer[4] != 0x68 or length < 2:
                self._skip()
                continue
            whole = self._buffer[: length + _OVERHEAD]
            if len(whole) < length + _OVERHEAD:
                return frames
            body = whole[5:-2]
            if whole[-1] != 0x16 or whole[-2] != sum(body) & 0xFF:
                self._skip()
                continue
            self._buffer = self._buffer[len(whole) :]
            frames.append(Frame(body[0], body[1], body[2:]))
        self._buffer = self._buffer[-1:]
        return frames

    def forget(self) -> None:
        """The rest of a frame that was under way will not come any more."""
        self._buffer = b""

    def _skip(self) -> None:
        self.garbled += 1
        self._buffer = self._buffer[1:]
