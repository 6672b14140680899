"""
The only place that begins and commits.

One writer thread with one connection: it drains what has queued up, runs each act under a savepoint, commits once, then answers
every caller and wakes the listeners. Nothing is answered before COMMIT. Reads run on their own read-only connections.

`isolation_level=None` (AUTOCOMMIT): transactions are spoken to the driver here, never through SQLAlchemy.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.pool import NullPool

from server.clock import business_day
from server.config.index import HallIndex
from server.errors import DatabaseAway
from server.tables import HallHead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Executable, Row

    from server.clock import Clock
    from server.config.hall import HallSetup

P = ParamSpec("P")
R = TypeVar("R")

BATCH_ACTS = 256
READERS = 4
OUR_FAULT = (IntegrityError, DataError, ProgrammingError)  # a mistake in an act, which trying again does not mend
HEAD_COLUMNS = ("journal", "seq", "issued", "last_at", "last_hash", "day", "demo", "duty_leader")

_head = select(HallHead).where(HallHead.hall == bindparam("hall"))  # type: ignore[arg-type]
_save_head = (
    update(HallHead)
    .where(HallHead.hall == bindparam("h"))  # type: ignore[arg-type]
    .values({name: bindparam(name) for name in HEAD_COLUMNS})
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the hall stands; see `tables.hall.HallHead`."""

    journal: str
    seq: int
    issued: int
    last_at: int
    last_hash: str
    day: str
    demo: bool
    duty_leader: str | None


class Read:
    """An open snapshot of the hall; `now` in µs of hall time."""

    def __init__(self, connection: Connection, *, hall: HallIndex, head: Head, now: int, clock: Clock) -> None:
        self.connection = connection
        self.speed = clock.speed  # of hall time
        self.playing = clock.playing
        self.hall = hall
        self.head = head
        self.now = now

    def one(self, statement: Executable, **params: object) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.execute(statement, params).first()

    def all(self, statement: Executable, **params: object) -> Sequence[Row[Any]]:
        """Every row."""
        return self.connection.execute(statement, params).all()

    @property
    def day(self) -> str:
        """The business day at `now`, as the tables write it."""
        return business_day(self.now, zone=self.hall.zone, day_start=self.hall.setup.hall.day_start).isoformat()


class Write(Read):
    """An open transaction; `now` is stamped by the store and strictly increases in a hall."""

    def run(self, statement: Executable, **params: object) -> int:
        """Execute; the number of rows it touched."""
        return self.connection.execute(statement, params).rowcount

    def new_id(self) -> str:
        """A UUIDv7 of `now`: RFC 9562 §5.7, 48 bits of milliseconds and 74 random bits."""
        raw = (self.now // 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
        text = f"{raw:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def replace_setup(self, setup: HallSetup) -> None:
        """From here on, and for everyone after COMMIT, the hall is set up like this."""
        self.hall = HallIndex(setup)


@dataclass(slots=True)
class _Act:
    """One verb on its way through the writer."""

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
class Store:
    """The hall's database. `on_new_day` runs before the first act of a business day, in the same transaction."""

    path: Path
    clock: Clock
    hall: HallIndex
    on_new_day: Callable[[Write, date], None]
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    _queue: queue.SimpleQueue[_Act | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _engine: Engine | None = None
    _readers: ThreadPoolExecutor | None = None
    _local: threading.local = field(default_factory=threading.local)
    _opened: list[Connection] = field(default_factory=list)
    _seen_version: int = -1

    def open(self) -> None:
        """Start the writer thread and the readers."""
        self._engine = open_engine(self.path)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._thread = threading.Thread(target=self._write_until_closed, name="writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what was queued and let go of the file."""
        if self._thread is None:
            return
        self._queue.put(None)
        self._thread.join()
        self._thread = None
        if self._readers:
            self._readers.shutdown()
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        if self._engine:
            self._engine.dispose()

    async def write(self, verb: Callable[Concatenate[Write, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """
        What `verb(tx, …)` returned, after it is on disk.

        Raises:
            HallError: the verb refused, or DatabaseAway; nothing of it exists.
        """
        loop = asyncio.get_running_loop()
        act = _Act(run=lambda tx: verb(tx, *args, **kwargs), loop=loop, future=loop.create_future())
        if self._thread is None:
            raise DatabaseAway
        self._queue.put(act)
        result: R = await act.future
        return result

    async def read(self, query: Callable[Concatenate[Read, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `query(rx, …)` found, in one snapshot."""
        if self._readers is None:
            raise DatabaseAway
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: self._read(query, *args, **kwargs))

    # -------------------------------------------------------------- reading

    def _read(self, query: Callable[Concatenate[Read, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        connection = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._connect(readonly=True)
                self._local.connection = connection
            driver = _driver(connection)
            driver.execute("BEGIN")
            try:
                head = load_head(connection, self.hall.id)
                now = max(self.clock.now_us(), head.last_at)
                return query(Read(connection, hall=self.hall, head=head, now=now, clock=self.clock), *args, **kwargs)
            finally:
                driver.execute("ROLLBACK")
        except DBAPIError as error:
            raise DatabaseAway from error

    def _connect(self, *, readonly: bool) -> Connection:
        if self._engine is None:
            raise DatabaseAway
        connection = self._engine.connect()
        if readonly:
            _driver(connection).execute("PRAGMA query_only = ON")
        self._opened.append(connection)
        return connection

    # -------------------------------------------------------------- writing

    def _write_until_closed(self) -> None:
        connection = self._connect(readonly=False)
        head: Head | None = None
        closing = False
        while not closing:
            acts: list[_Act] = []
            waiting = self._queue.get()
            while waiting is not None:
                acts.append(waiting)
                if len(acts) == BATCH_ACTS:
                    break
                try:
                    waiting = self._queue.get_nowait()
                except queue.Empty:
                    break
            closing = waiting is None
            if acts:
                head = self._commit_together(connection, acts, head=head)
                self._answer(acts)

    def _commit_together(self, connection: Connection, acts: list[_Act], *, head: Head | None) -> Head | None:
        """Run a batch in one transaction; the head as committed, or None when nothing was."""
        driver = _driver(connection)
        try:
            driver.execute("BEGIN IMMEDIATE")
            version = driver.execute("PRAGMA data_version").fetchone()[0]
            if head is None or version != self._seen_version:  # another process (the command line) has written
                head = load_head(connection, self.hall.id)
            self._seen_version = version
            before = head
            tx = Write(connection, hall=self.hall, head=before, now=0, clock=self.clock)
            for act in acts:
                self._turn_day(tx)
                _run_act(tx, act, clock=self.clock)
            if tx.head != before:
                connection.execute(_save_head, {"h": self.hall.id, **{k: getattr(tx.head, k) for k in HEAD_COLUMNS}})
            driver.execute("COMMIT")
        except Exception as failure:  # noqa: BLE001 (whatever it was, every caller of the batch is told that nothing was kept)
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            away = DatabaseAway()
            away.__cause__ = failure
            for act in acts:
                act.result, act.error = None, away
            return None
        self.hall = tx.hall
        self.tally.acts += len(acts)
        self.tally.commits += 1
        return tx.head

    def _turn_day(self, tx: Write) -> None:
        """The end of every day that is over comes before the first act of a new one."""
        tx.now = max(self.clock.now_us(), tx.head.last_at + 1)
        today = tx.day
        if tx.head.day and today > tx.head.day:
            self.on_new_day(tx, date.fromisoformat(tx.head.day))
            tx.head = replace(tx.head, last_at=tx.now)
        if tx.head.day != today:
            tx.head = replace(tx.head, day=max(today, tx.head.day))

    def _answer(self, acts: list[_Act]) -> None:
        """Tell the callers, loop by loop, and wake whoever listens for news."""
        by_loop: dict[asyncio.AbstractEventLoop, list[_Act]] = {}
        for act in acts:
            by_loop.setdefault(act.loop, []).append(act)
        for loop, theirs in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, theirs)
        for wake in self.on_commit:
            wake()


def open_engine(path: Path) -> Engine:
    """An engine on a SQLite file with the pragmas of the house: WAL, a real fsync at every COMMIT, foreign waits of 5 s."""
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": 5.0},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def load_head(connection: Connection, hall: str) -> Head:
    """The hall's row."""
    row = connection.execute(_head, {"hall": hall}).one()
    return Head(**{name: getattr(row, name) for name in HEAD_COLUMNS})


def _run_act(tx: Write, act: _Act, *, clock: Clock) -> None:
    """One act under its own savepoint; a refusal takes back the act alone, memory included."""
    driver = _driver(tx.connection)
    head, hall = tx.head, tx.hall
    driver.execute("SAVEPOINT act")
    try:
        tx.now = max(clock.now_us(), head.last_at + 1)
        tx.head = replace(head, last_at=tx.now)
        act.result = act.run(tx)
        driver.execute("RELEASE act")
    except Exception as error:
        tx.head, tx.hall = head, hall
        if not driver.in_transaction:
            raise  # a full disk has rolled back the whole transaction
        driver.execute("ROLLBACK TO act")
        driver.execute("RELEASE act")
        act.error = error
        if isinstance(error, DBAPIError) and not isinstance(error, OUR_FAULT):
            act.error = DatabaseAway()
            act.error.__cause__ = error


def _settle(acts: list[_Act]) -> None:
    for act in acts:
        if act.future.done():
            continue  # the caller has gone; what was written stays written
        if act.error is not None:
            act.future.set_exception(act.error)
        else:
            act.future.set_result(act.result)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
