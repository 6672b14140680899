"""
What a printer says, byte by byte: answers of three kinds share one wire and may come in pieces; pure.

Source: Epson ESC/POS command reference. DLE EOT n: bits 1 and 4 set, bits 0 and 7 clear. GS a n (ASB): four bytes, of the first
bit 4 set, bits 0, 1 and 7 clear, of the others bits 4 and 7 clear. GS r 1: bits 4 and 7 clear. XON and XOFF (11, 13) are neither.
"""

_ASB_BYTES = 4


class Answers:
    """Sorts what arrives; an automatic status (ASB) that a printer was once told to send is never taken for an answer."""

    def __init__(self) -> None:
        self._status: int | None = None
        self._passed: int | None = None
        self._asb_left = 0

    def take_status(self) -> int | None:
        """The newest answer to DLE EOT, once."""
        status, self._status = self._status, None
        return status

    def take_passed(self) -> int | None:
        """The newest answer to GS r, once."""
        passed, self._passed = self._passed, None
        return passed

    def feed(self, data: bytes) -> None:
        """Take what arrived, however it was cut."""
        for byte in data:
            if self._asb_left and byte & 0x90 == 0:
                self._asb_left -= 1
                continue
            self._asb_left = 0
            if byte & 0x93 == 0x10:
                self._asb_left = _ASB_BYTES - 1
            elif byte & 0x93 == 0x12:
                self._status = byte
            elif byte & 0x90 == 0:
                self._passed = byte
