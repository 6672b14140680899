"""
What a keypad is told: to ask, to thank, to rest; pure.

A site writes each frame down as bytes in hex, in which `{address}` stands for the keypad's address and `{check}` for the
checksum, of the kind its key frames have, over everything from `checksum_from` up to it. A kind that is not written down is
not sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.checksums import Checksum, checksum
from devices.ports import Asking
from server.config import KeypadFrame

_PIECE = re.compile(r"\{(?:address|check)\}|[0-9A-Fa-f]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompts:
    """The frames of one keypad, ready to send."""

    frames: Mapping[Asking, bytes] = field(default_factory=dict, hash=False)

    def of(self, asking: Asking) -> bytes:
        """The frame for it; empty when there is none."""
        return self.frames.get(asking, b"")


def prompts_of(frame: KeypadFrame | None, *, address: int) -> Prompts:
    """
    The prompts of a keypad at `address`; none when nothing is written down.

    Raises:
        ValueError: a template is no hex, or the checksum would stand before what it sums.
    """
    if frame is None:
        return Prompts()
    templates: dict[Asking, str] = {"ask": frame.ask, "thanks": frame.thanks, "rest": frame.clear}
    known: dict[Asking, bytes] = {}
    for asking, template in templates.items():
        if template:
            known[asking] = _filled(template, address=address, kind=frame.checksum, check_from=frame.checksum_from)
    if "thanks" not in known and "rest" in known:
        known["thanks"] = known["rest"]
    return Prompts(frames=known)


def _filled(template: str, *, address: int, kind: Checksum, check_from: int) -> bytes:
    dense = "".join(template.split())
    pieces = _PIECE.findall(dense)
    if "".join(pieces) != dense:
        raise ValueError(f"{template!r}: bytes in hex are needed, {{address}} and {{check}}")
    frame = bytearray()
    for piece in pieces:
        if piece == "{address}":
            frame.append(address)
        elif piece == "{check}":
            if check_from >= len(frame):
                raise ValueError(f"{template!r}: nothing stands between checksum_from and {{check}}")
            frame += checksum(bytes(frame[check_from:]), kind=kind)
        else:
            frame += bytes.fromhex(piece)
    return bytes(frame)
