"""The roll of the halls: what is asked of all in a database at once, however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlmodel import col

from server.tables import HallHead, Slip

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.engines import Kept

_heads = select(col(HallHead.hall), col(HallHead.seq), col(HallHead.day), col(HallHead.last_at))
_count = select(func.count().label("halls"), func.sum(col(HallHead.seq)).label("entries")).select_from(HallHead)
_sending = (
    select(col(Slip.hall))
    .distinct()
    .where(
        text("slip.state IN ('pending', 'sending', 'not_sent')"),  # the words of the index slip_unprinted
        col(Slip.state) == "sending",
    )
)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one hall stands: its newest journal entry, the business day that is open, its newest stamp in µs."""

    hall: str
    seq: int
    day: str
    last_at: int
    sending: bool  # whether a slip is on its way to a printer


def count(_kept: Kept, connection: Connection) -> tuple[int, int]:
    """How many halls there are, and how many journal entries they have together."""
    row = connection.execute(_count).one()
    return row.halls, int(row.entries or 0)


def roll(_kept: Kept, connection: Connection) -> list[Stand]:
    """Every hall there is; for `Threads.look`."""
    sending = set(connection.execute(_sending).scalars())
    return [Stand(row.hall, row.seq, row.day, row.last_at, row.hall in sending) for row in connection.execute(_heads)]
