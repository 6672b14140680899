"""
The threads that work for the halls of one database: its writers, its readers, and the bell to other servers.

They begin with the first hall that is opened and end with the last that is closed, so that three hundred halls in one file have
one writer, and one fsync for the acts of all that came together.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from server.engines import Kept, manner_of
from server.errors import DatabaseAway
from server.writer import Tally, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from server.engines import Bell, Manner, Place
    from server.writer import Ledger

R = TypeVar("R")

READERS = 4


@dataclass(slots=True)
class Threads:
    """Of one database, whatever halls are in it."""

    place: Place
    tally: Tally = field(default_factory=Tally)
    _manner: Manner | None = None
    _engine: Engine | None = None
    _writers: list[Writer] = field(default_factory=list)
    _halls: dict[str, tuple[Ledger, Writer]] = field(default_factory=dict)
    _bell: Bell | None = None
    _readers: ThreadPoolExecutor | None = None
    _local: threading.local = field(default_factory=threading.local)
    _opened: list[Kept] = field(default_factory=list)

    def join(self, ledger: Ledger) -> Writer:
        """Work for this hall too; the writer of its acts is the one with the fewest halls."""
        if not self._halls:
            self._start()
        writer = min(self._writers, key=lambda one: sum(theirs is one for _, theirs in self._halls.values()))
        self._halls[ledger.hall] = (ledger, writer)
        writer.start()
        return writer

    def leave(self, ledger: Ledger) -> None:
        """No longer for this hall; with the last one finish what was queued and let go of the database."""
        self._halls.pop(ledger.hall, None)
        if not self._halls:
            self._end()

    async def look(self, query: Callable[[Kept, Connection], R]) -> R:
        """
        What `query` found, in one snapshot, in one of the readers.

        Raises:
            DatabaseAway.
        """
        if self._readers is None or not self._halls:
            raise DatabaseAway
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._look, query)

    def _look(self, query: Callable[[Kept, Connection], R]) -> R:
        kept = self._kept()
        try:
            connection = kept.begin()
            try:
                return query(kept, connection)
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

    def _start(self) -> None:
        self._manner = manner_of(self.place)
        self._engine = self._manner.engine()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        for n in range(self._manner.writers):
            kept = Kept(self._manner, self._engine, readonly=False)
            self._writers.append(Writer(kept, self.tally, self._committed, name=f"writer {n + 1}"))
        self._bell = self._manner.bell(self._engine, wake=self._wake)

    def _end(self) -> None:
        for writer in self._writers:
            writer.stop()
        self._writers.clear()
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

    def _committed(self, told: Mapping[str, Sequence[Any]]) -> None:
        """Here first, then elsewhere."""
        for hall, entries in told.items():
            self._tell(hall, entries)
        if self._bell:
            self._bell.ring(frozenset(told))

    def _wake(self, hall: str | None) -> None:
        """Somebody else may have news of `hall`; None: of any."""
        for known in tuple(self._halls) if hall is None else (hall,):
            self._tell(known, ())

    def _tell(self, hall: str, entries: Sequence[Any]) -> None:
        ledger, _ = self._halls.get(hall, (None, None))
        for heard in tuple(ledger.on_commit) if ledger else ():
            heard(entries)
