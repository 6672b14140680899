"""
The writer's thread: the only place that begins and commits.

It drains what has queued up, of whatever halls, runs each act under a savepoint, commits once (where halls do not share a
transaction, once a hall), then answers every caller. Nothing is answered before COMMIT.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from server.errors import DatabaseAway
from server.transaction import Write, load_head, save_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from server.clock import Clock
    from server.engines import Kept
    from server.known import Known
    from server.transaction import Head

BATCH_ACTS = 256
OUR_FAULT = (IntegrityError, DataError, ProgrammingError)  # a mistake in an act, which trying again does not mend


@dataclass(slots=True)
class Ledger:
    """
    What a writer has to know of a hall. `on_new_day` runs before a day's first act.

    `on_commit` is called, in some thread, with the journal's new entries after a commit here; with none when somebody else may
    have written.
    """

    known: Known
    clock: Clock
    on_new_day: Callable[[Write, date], None]
    on_commit: list[Callable[[Sequence[Any]], None]] = field(default_factory=list)

    @property
    def hall(self) -> str:
        """The hall's id."""
        return self.known.hall.id


@dataclass(slots=True)
class Act:
    """One verb on its way through the writer."""

    ledger: Ledger
    run: Callable[[Write], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Tally:
    """What the writer has done: for benchmarks and tests."""

    acts: int = 0
    commits: int = 0


@dataclass(slots=True)
class Writer:
    """One thread, one connection. `on_commit` is told which halls have which new entries in their journals."""

    kept: Kept
    tally: Tally
    on_commit: Callable[[Mapping[str, Sequence[Any]]], None]
    name: str = "writer"
    _queue: queue.SimpleQueue[Act | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _heads: dict[str, Head] = field(default_factory=dict)  # as this thread committed them last

    def start(self) -> None:
        """Begin to take acts; once is enough."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._until_stopped, name=self.name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Finish what was queued."""
        self._queue.put(None)
        if self._thread:
            self._thread.join()
        self.kept.close()

    def put(self, act: Act) -> None:
        """Queue an act; its future is answered after COMMIT."""
        self._queue.put(act)

    def _until_stopped(self) -> None:
        stopping = False
        while not stopping:
            acts: list[Act] = []
            waiting = self._queue.get()
            while waiting is not None:
                acts.append(waiting)
                if len(acts) == BATCH_ACTS:
                    break
                try:
                    waiting = self._queue.get_nowait()
                except queue.Empty:
                    break
            stopping = waiting is None
            for together in self._transactions(acts):
                told = self._commit_together(together)
                self._answer(together)
                if told:
                    self.on_commit(told)

    def _transactions(self, acts: list[Act]) -> Iterable[list[Act]]:
        """The acts that are committed together, in the order they came."""
        if self.kept.manner.together or not acts:
            return [acts] if acts else []
        by_hall: dict[str, list[Act]] = {}
        for act in acts:
            by_hall.setdefault(act.ledger.hall, []).append(act)
        return by_hall.values()

    def _commit_together(self, acts: list[Act]) -> dict[str, list[Any]]:
        """Run a batch in one transaction: all of it is on disk, or every act has its error. What each hall's journal has got."""
        open_halls: dict[str, Write] = {}
        try:
            connection = self._begin(acts[0].ledger.hall)
            before = {}
            for act in acts:
                tx = open_halls.get(act.ledger.hall)
                if tx is None:
                    tx = open_halls[act.ledger.hall] = self._opened(connection, act.ledger)
                    before[act.ledger.hall] = tx.head
                self._turn_day(tx, act.ledger)
                self._run(tx, act)
            for hall, tx in open_halls.items():
                if tx.head != before[hall]:
                    save_head(connection, hall, tx.head)
            self.kept.commit()
        except Exception as failure:  # noqa: BLE001 (whatever it was, every caller of the batch is told that nothing was kept)
            self.kept.roll_back()
            self._heads.clear()
            away = DatabaseAway()
            away.__cause__ = failure
            for act in acts:
                act.result, act.error = None, away
            return {}
        for hall, ledger in {act.ledger.hall: act.ledger for act in acts}.items():
            tx = open_halls[hall]
            ledger.known.keep(tx.hall, tx.head)
            self._heads[hall] = tx.head
        self.tally.acts += len(acts)
        self.tally.commits += 1
        return {hall: tx.told for hall, tx in open_halls.items() if tx.told}

    def _begin(self, hall: str) -> Connection:
        connection = self.kept.begin(hall=hall)
        if self.kept.manner.written_elsewhere(self.kept.driver):
            self._heads.clear()
        return connection

    def _opened(self, connection: Connection, ledger: Ledger) -> Write:
        """The transaction, where this hall stands now."""
        if self.kept.begun.real_us is not None:
            ledger.clock.set_by(self.kept.begun.real_us)
        head = self._heads.get(ledger.hall) or load_head(connection, ledger.hall)
        return Write(connection, hall=ledger.known.at(connection, head), head=head, now=0, clock=ledger.clock)

    def _turn_day(self, tx: Write, ledger: Ledger) -> None:
        """The end of every day that is over comes before the first act of a new one."""
        tx.now = max(ledger.clock.now_us(), tx.head.last_at + 1)
        today = tx.day
        if tx.head.day and today > tx.head.day:
            ledger.on_new_day(tx, date.fromisoformat(tx.head.day))
            tx.head = replace(tx.head, last_at=tx.now)
        if tx.head.day != today:
            tx.head = replace(tx.head, day=max(today, tx.head.day))

    def _run(self, tx: Write, act: Act) -> None:
        """One act under its own savepoint; a refusal takes back the act alone, memory included."""
        driver = self.kept.driver
        head, hall, told = tx.head, tx.hall, len(tx.told)
        driver.execute("SAVEPOINT act")
        try:
            tx.now = max(act.ledger.clock.now_us(), head.last_at + 1)
            tx.head = replace(head, last_at=tx.now)
            act.result = act.run(tx)
            driver.execute("RELEASE act")
        except Exception as error:
            tx.head, tx.hall = head, hall
            del tx.told[told:]
            if not self.kept.stands:
                raise  # the whole transaction has gone: a full disk of SQLite's, a connection that was cut
            driver.execute("ROLLBACK TO act")
            driver.execute("RELEASE act")
            act.error = error
            if isinstance(error, DBAPIError) and not isinstance(error, OUR_FAULT):
                act.error = DatabaseAway()
                act.error.__cause__ = error

    def _answer(self, acts: list[Act]) -> None:
        """Tell the callers, loop by loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Act]] = {}
        for act in acts:
            by_loop.setdefault(act.loop, []).append(act)
        for loop, theirs in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, theirs)


def _settle(acts: list[Act]) -> None:
    for act in acts:
        if act.future.done():
            continue  # the caller has gone; what was written stays written
        if act.error is not None:
            act.future.set_exception(act.error)
        else:
            act.future.set_result(act.result)
