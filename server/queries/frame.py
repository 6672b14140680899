"""What every snapshot of live state carries: the journal position it is true at, and the hall's now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.clock import instant

if TYPE_CHECKING:
    from server.store import Read


def framed(rx: Read, **content: Any) -> dict[str, Any]:
    """`content` with `journal`, `seq` and `now` (UTC)."""
    return {**content, "journal": rx.head.journal, "seq": rx.head.seq, "now": instant(rx.now)}
