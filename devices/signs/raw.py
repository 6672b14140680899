"""
Signs of a maker no code here knows: a text goes into the frame that `device.frame` in config.toml describes; pure.

Parts, each of them once: head, address, length, command, text, checksum, tail. What has no bytes takes no place.
"""

from collections.abc import Iterator
from typing import Literal

from devices.checksums import checksum
from server.config import FramePart, SignFrame

_BUFFER_MOST = 4_096
_TEXT_MOST = 255


def frame(text: str, *, address: int, spec: SignFrame, encoding: str) -> bytes:
    """
    The frame for one text; one too long for it is cut between two characters.

    A text of a fixed length is filled up with spaces.
    """
    written = _cut(text, encoding, _text_most(spec))
    return _built(written.ljust(spec.text_bytes), address=address, spec=spec)


class Reader:
    """Cuts a stream into (address, text), as such a sign does; what fits no frame is passed over."""

    def __init__(self, spec: SignFrame, *, encoding: str) -> None:
        self._spec, self._encoding, self._buffer = spec, encoding, b""
        sizes, at = spec.sizes(), spec.order.index("text")
        self._head = bytes.fromhex(spec.head)
        self._before = sum(sizes[part] for part in spec.order[:at])
        self._after = sum(sizes[part] for part in spec.order[at + 1 :])

    def feed(self, data: bytes) -> list[tuple[int, str]]:
        """What was completed by `data`, in order."""
        self._buffer = (self._buffer + data)[-_BUFFER_MOST:]
        found = []
        while (one := self._first()) is not None:
            address, text, end = one
            self._buffer = self._buffer[end:]
            text = text.rstrip(b" ") if self._spec.text_bytes else text
            found.append((address, text.decode(self._encoding, "replace")))
        return found

    def _first(self) -> tuple[int, bytes, int] | None:
        start = -1
        while (start := self._buffer.find(self._head, start + 1)) >= 0:
            for length in self._lengths(start):
                end = start + self._before + length + self._after
                text = self._buffer[start + self._before : start + self._before + length]
                address = self._number(start, "address", text_bytes=length)
                if end <= len(self._buffer) and self._buffer[start:end] == _built(text, address=address, spec=self._spec):
                    return address, text, end
        return None

    def _lengths(self, start: int) -> Iterator[int]:
        """How long the text of a frame that begins here may be."""
        if len(self._buffer) < start + self._before:
            return
        if self._spec.text_bytes:
            yield self._spec.text_bytes
        elif _tells_length(self._spec):
            length = self._number(start, "length", text_bytes=0) - _counted_beside(self._spec)
            if 0 <= length <= _TEXT_MOST:
                yield length
        else:
            tail, at = bytes.fromhex(self._spec.tail), start + self._before - 1
            between = self._after - sum(self._spec.sizes()[part] for part in _from(self._spec, "tail"))
            while (at := self._buffer.find(tail, at + 1)) >= 0:
                if (length := at - between - start - self._before) >= 0:
                    yield length

    def _number(self, start: int, part: Literal["address", "length"], *, text_bytes: int) -> int:
        sizes, order = self._spec.sizes() | {"text": text_bytes}, self._spec.order
        at = start + sum(sizes[each] for each in order[: order.index(part)])
        return int.from_bytes(self._buffer[at : at + sizes[part]], _order(high_first=self._spec.high_first))


def _built(text: bytes, *, address: int, spec: SignFrame) -> bytes:
    sizes = spec.sizes() | {"text": len(text)}
    order = _order(high_first=spec.high_first)
    parts: dict[FramePart, bytes] = {
        "head": bytes.fromhex(spec.head),
        "address": address.to_bytes(sizes["address"], order) if sizes["address"] else b"",
        "length": b"",
        "command": bytes.fromhex(spec.command),
        "text": text,
        "checksum": b"",
        "tail": bytes.fromhex(spec.tail),
    }
    if sizes["length"]:
        parts["length"] = sum(sizes[part] for part in spec.length_of).to_bytes(sizes["length"], order)
    first, last = spec.order.index(spec.checksum_from), spec.order.index("checksum")
    check = checksum(b"".join(parts[part] for part in spec.order[first:last]), kind=spec.checksum)
    parts["checksum"] = check[::-1] if spec.checksum_high_first else check
    return b"".join(parts[part] for part in spec.order)


def _tells_length(spec: SignFrame) -> bool:
    return bool(spec.length_bytes) and "text" in spec.length_of


def _counted_beside(spec: SignFrame) -> int:
    sizes = spec.sizes()
    return sum(sizes[part] for part in spec.length_of if part != "text")


def _text_most(spec: SignFrame) -> int:
    if spec.text_bytes:
        return spec.text_bytes
    return min(_TEXT_MOST, 256**spec.length_bytes - 1 - _counted_beside(spec)) if _tells_length(spec) else _TEXT_MOST


def _from(spec: SignFrame, part: FramePart) -> tuple[FramePart, ...]:
    return spec.order[spec.order.index(part) :]


def _order(*, high_first: bool) -> Literal["big", "little"]:
    return "big" if high_first else "little"


def _cut(text: str, encoding: str, most: int) -> bytes:
    written = b""
    for letter in text:
        more = letter.encode(encoding, "replace")
        if len(written) + len(more) > most:
            break
        written += more
    return written
