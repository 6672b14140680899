"""
The door to the hall's database: `write` hands an act to the writer's thread, `read` runs a query in one of the readers'.

An act is answered after it is on disk; a query sees one snapshot.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from server.engines import Kept, manner_of
from server.errors import DatabaseAway
from server.transaction import Read, Write, load_head
from server.writer import Act, Tally, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from server.clock import Clock
    from server.config.index import HallIndex
    from server.engines import Bell, Manner, Place
    from server.known import Known

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4

__all__ = ["Read", "Store", "Write"]


@dataclass(slots=True)
class Store:
    """The hall's database. `on_new_day` runs before the first act of a business day, in the same transaction."""

    place: Place
    clock: Clock
    known: Known
    on_new_day: Callable[[Write, date], None]
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    _manner: Manner | None = None
    _engine: Engine | None = None
    _writer: Writer | None = None
    _bell: Bell | None = None
    _readers: ThreadPoolExecutor | None = None
    _local: threading.local = field(default_factory=threading.local)
    _opened: list[Kept] = field(default_factory=list)

    @property
    def hall(self) -> HallIndex:
        """The set-up as it was last seen."""
        return self.known.hall

    def open(self) -> None:
        """Start the writer's thread and the readers'."""
        self._manner = manner_of(self.place)
        self._engine = self._manner.engine()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        kept = Kept(self._manner, self._engine, readonly=False)
        self._writer = Writer(kept, self.known, self.clock, self.on_new_day, self._committed, self.tally)
        self._bell = self._manner.bell(self._engine, hall=self.hall.id, wake=self._wake)
        self._writer.start()

    def close(self) -> None:
        """Finish what was queued and let go of the database."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.stop()
        if self._bell:
            self._bell.stop()
        if self._readers:
            self._readers.shutdown()
        for kept in self._opened:
            kept.close()
        self._opened.clear()
        self._local = threading.local()
        if self._engine:
            self._engine.dispose()

    async def write(self, verb: Callable[Concatenate[Write, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """
        What `verb(tx, …)` returned, after it is on disk.

        Raises:
            HallError: the verb refused, or DatabaseAway; nothing of it exists.
        """
        if self._writer is None:
            raise DatabaseAway
        loop = asyncio.get_running_loop()
        act = Act(run=lambda tx: verb(tx, *args, **kwargs), loop=loop, future=loop.create_future())
        self._writer.put(act)
        result: R = await act.future
        return result

    async def read(self, query: Callable[Concatenate[Read, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `query(rx, …)` found, in one snapshot."""
        if self._writer is None or self._readers is None:
            raise DatabaseAway
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: self._read(query, *args, **kwargs))

    def _read(self, query: Callable[Concatenate[Read, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        kept = self._kept()
        try:
            connection = kept.begin(hall=self.hall.id)
            try:
                if kept.begun.real_us is not None:
                    self.clock.set_by(kept.begun.real_us)
                head = load_head(connection, self.hall.id)
                hall = self.known.at(connection, head)
                now = max(self.clock.now_us(), head.last_at)
                return query(Read(connection, hall=hall, head=head, now=now, clock=self.clock), *args, **kwargs)
            finally:
                kept.roll_back()
        except kept.manner.errors as error:
            raise DatabaseAway from error

    def _kept(self) -> Kept:
        """This thread's own connection."""
        kept: Kept | None = getattr(self._local, "kept", None)
        if kept is None:
            if self._manner is None or self._engine is None:
                raise DatabaseAway
            kept = self._local.kept = Kept(self._manner, self._engine, readonly=True)
            self._opened.append(kept)
        return kept

    def _committed(self) -> None:
        """Here first, then elsewhere."""
        self._wake()
        if self._bell:
            self._bell.ring()

    def _wake(self) -> None:
        for wake in tuple(self.on_commit):
            wake()
