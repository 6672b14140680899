"""
Scanners: bytes to codes; pure.

Serial scanners send what they read as ASCII and end it with CR, LF or both (9600 8N1 as they leave the factory). Nothing else is
taken for a code: what is longer or shorter than any of ours, or holds other bytes, is one unreadable code, however much comes.
"""

CODE_BYTES, LEAST_BYTES = 512, 6
_ENDS = b"\r\n"


class Reader:
    """Cuts a scanner's stream into codes; keeps at most one code's worth of bytes."""

    def __init__(self) -> None:
        self._line, self._spoilt = bytearray(), False
        self.unreadable = 0

    def feed(self, data: bytes) -> list[str]:
        """The codes completed by `data`, in order; an unreadable one as "", and of several in a row one."""
        codes: list[str] = []
        for byte in data:
            if byte in _ENDS:
                self._end(codes)
            elif self._spoilt or not 0x20 <= byte < 0x7F or len(self._line) >= CODE_BYTES:
                self._spoilt = True
                self._line.clear()
            else:
                self._line.append(byte)
        return codes

    def forget(self) -> None:
        """The rest of a code that was under way will not come any more."""
        self._line.clear()
        self._spoilt = False

    def _end(self, codes: list[str]) -> None:
        code, spoilt = self._line.decode("ascii").strip(), self._spoilt
        self.forget()
        if spoilt or 0 < len(code) < LEAST_BYTES:
            self.unreadable += 1
            if codes[-1:] != [""]:
                codes.append("")
        elif code:
            codes.append(code)


def sent(code: str) -> bytes:
    """What a scanner sends for a code it read."""
    return code.encode("ascii", "replace") + b"\r"
