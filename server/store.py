"""
The door to one hall in the database: `write` hands an act to the writer's thread, `read` runs a query in one of the readers'.

An act is answered after it is on disk; a query sees one snapshot.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from server.errors import DatabaseAway
from server.transaction import Read, Write, load_head
from server.writer import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from server.clock import Clock
    from server.config.index import HallIndex
    from server.engines import Kept, Place
    from server.threads import Threads
    from server.writer import Ledger, Tally, Writer

P = ParamSpec("P")
R = TypeVar("R")

__all__ = ["Read", "Store", "Write"]


@dataclass(slots=True)
class Store:
    """One hall of a database; `threads` work for every hall in it."""

    threads: Threads
    ledger: Ledger
    _writer: Writer | None = None

    @property
    def hall(self) -> HallIndex:
        """The set-up as it was last seen."""
        return self.ledger.known.hall

    @property
    def clock(self) -> Clock:
        """Hall time."""
        return self.ledger.clock

    @property
    def place(self) -> Place:
        """Where the database is."""
        return self.threads.place

    @property
    def tally(self) -> Tally:
        """What the writers of the whole database have done."""
        return self.threads.tally

    @property
    def on_commit(self) -> list[Callable[[Sequence[Any]], None]]:
        """Called, in some thread, with new journal entries; with none when somebody else may have written."""
        return self.ledger.on_commit

    def open(self) -> None:
        """Have the threads work for this hall."""
        self._writer = self.threads.join(self.ledger)

    def close(self) -> None:
        """No longer; what was queued is finished."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self.threads.leave(self.ledger)

    async def write(self, verb: Callable[Concatenate[Write, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """
        What `verb(tx, …)` returned, after it is on disk.

        Raises:
            HallError: the verb refused, or DatabaseAway; nothing of it exists.
        """
        if self._writer is None:
            raise DatabaseAway
        loop = asyncio.get_running_loop()
        act = Act(ledger=self.ledger, run=lambda tx: verb(tx, *args, **kwargs), loop=loop, future=loop.create_future())
        self._writer.put(act)
        result: R = await act.future
        return result

    async def read(self, query: Callable[Concatenate[Read, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `query(rx, …)` found, in one snapshot."""
        if self._writer is None:
            raise DatabaseAway
        return await self.threads.look(lambda kept, connection: query(self._snapshot(kept, connection), *args, **kwargs))

    def _snapshot(self, kept: Kept, connection: Connection) -> Read:
        if kept.begun.real_us is not None:
            self.clock.set_by(kept.begun.real_us)
        head = load_head(connection, self.hall.id)
        hall = self.ledger.known.at(connection, head)
        now = max(self.clock.now_us(), head.last_at)
        return Read(connection, hall=hall, head=head, now=now, clock=self.clock)
