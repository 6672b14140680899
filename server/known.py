"""The set-up held in memory, and when it has to be read anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, union_all

from server.events import SetupChanged
from server.tables import Checkpoint, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from server.config.index import HallIndex
    from server.transaction import Head

_entries = Entry.__table__  # type: ignore[attr-defined]
_checkpoints = Checkpoint.__table__  # type: ignore[attr-defined]
_changed = union_all(
    select(_entries.c.seq).where(
        _entries.c.hall == bindparam("hall"),
        _entries.c.seq > bindparam("known"),
        _entries.c.seq <= bindparam("seq"),
        _entries.c.kind == SetupChanged.kind,
    ),
    select(_checkpoints.c.seq).where(  # what has left the journal unseen may have said so
        _checkpoints.c.hall == bindparam("hall"), _checkpoints.c.seq > bindparam("known")
    ),
).limit(1)


@dataclass(slots=True)
class Known:
    """`hall` is the set-up as it stood at journal entry `seq`; whoever wrote on, wrote it into the journal."""

    hall: HallIndex
    read: Callable[[Connection], HallIndex]
    journal: str = ""
    seq: int = -1
    _lock: Lock = field(default_factory=Lock)

    def at(self, connection: Connection, head: Head) -> HallIndex:
        """The set-up at `head`; read anew when another process has changed it since."""
        if head.journal == self.journal and head.seq <= self.seq:
            return self.hall
        newer = {"hall": self.hall.id, "known": self.seq, "seq": head.seq}
        same = head.journal == self.journal and connection.execute(_changed, newer).first() is None
        hall = self.hall if same else self.read(connection)
        self.keep(hall, head)
        return hall

    def keep(self, hall: HallIndex, head: Head) -> None:
        """This is the set-up at `head`, unless a newer one has come in meanwhile."""
        with self._lock:
            if head.journal != self.journal or head.seq >= self.seq:
                self.hall, self.journal, self.seq = hall, head.journal, head.seq
