"""What the worker of a bus asks of a protocol; each protocol's own is in its codec."""

from typing import Protocol

from devices.ports import SignLine


class Reply(Protocol):
    """A sign's answer as it comes in."""

    def feed(self, data: bytes) -> bool:
        """Whether these bytes complete the answer; what belongs to others is passed over. Raises Rejected."""


class Driver(Protocol):
    """How one sign is spoken to; pure."""

    def pieces(self, line: SignLine) -> tuple[bytes, ...]:
        """One frame; a protocol that needs a pause inside it gives it in pieces."""

    def reply(self, sent: bytes) -> Reply | None:
        """What to expect after `sent`; None of a sign that does not answer."""
