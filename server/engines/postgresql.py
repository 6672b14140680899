"""
PostgreSQL: any number of servers, one writer a hall at a time.

Each batch of acts is one READ COMMITTED transaction that waits for its hall's advisory lock before it reads anything, so that it
sees all that was committed before it, and nobody commits between. This is what makes numbers gap-free, the order of calls strict,
and the journal's `seq` the order of commits: a sequence would give a lower value to a transaction that becomes visible later.
"""

from __future__ import annotations

from hashlib import sha256
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.engines.bell import NotifyBell
from server.engines.manner import FOUNDING, Begun, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Connection

OLDEST = 15
CONNECT_S = 5
LOCK_S = 5  # as long as SQLite waits
OUTCOME_S = 10  # a COMMIT that was not answered is asked about for so long
IDLE_S = 15  # a writer that has frozen inside a transaction loses its turn
STATEMENT_S = 60

# A peer that has vanished is noticed in half a minute, by keepalives while idle and by unanswered bytes while busy.
SOCKET = {
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "jiaohao",
}
SETTINGS = f"""
SET lock_timeout = '{LOCK_S}s'; SET statement_timeout = '{STATEMENT_S}s'; SET idle_in_transaction_session_timeout = '{IDLE_S}s';
SET TimeZone = 'UTC'; SET jit = off;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""
# Every statement has its index, and probes it for a few rows: a planner that guesses otherwise reads all that wait (measured with
# 20,000 waiting: 340 ms in place of 23), and one that plans each time anew takes longer than the reading. Synchronous commit: an
# answer leaves when it is on disk, whatever the server's own settings.
FOUNDING_SETTINGS = (
    "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
)
CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_outcome = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")


class PostgreSQL:
    """A database of a PostgreSQL server."""

    errors: tuple[type[Exception], ...] = (DBAPIError, psycopg.Error)
    writers = 8  # halls beyond so many share one
    together = False  # halls run beside each other; with several locks in one transaction two servers could wait for each other

    def __init__(self, url: URL) -> None:
        self.url = url

    def engine(self) -> Engine:
        engine = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,  # a connection that has gone is let go without a word
            poolclass=NullPool,
            connect_args=SOCKET,
            use_native_hstore=False,
        )

        @event.listens_for(engine, "connect")
        def _settings(driver: Any, _record: object) -> None:
            driver.autocommit = True
            driver.execute(SETTINGS)

        return engine

    def check(self, connection: Connection) -> None:
        version, encoding = connection.execute(
            text("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')")
        ).one()
        if version < OLDEST:
            raise Unfit(f"{self.url}: this is PostgreSQL {version}; a hall needs {OLDEST} or newer")
        if encoding != "UTF8":
            raise Unfit(f"{self.url}: the database is in {encoding}; a hall needs one in UTF8")

    def opened(self, driver: Any, *, readonly: bool) -> None:
        """Nothing: a snapshot says for itself that it cannot write."""

    def begin(self, driver: Any, *, hall: str) -> Begun:
        patience = FOUNDING_SETTINGS if hall == FOUNDING else ""
        lock = f"SELECT pg_advisory_xact_lock({key_of(hall)})"
        if hall != FOUNDING:  # no batch while somebody migrates, and no migration within a batch
            lock = f"SELECT pg_advisory_xact_lock_shared({key_of(FOUNDING)}); {lock}"
        begin = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {patience} {lock};"
        transaction, real_us = _last(driver.execute(f"{begin} SELECT pg_current_xact_id()::text, {CLOCK}"))
        return Begun(transaction, real_us)

    def commit(self, driver: Any) -> None:
        if driver.execute("COMMIT").statusmessage != "COMMIT":  # said of a transaction that has failed already
            raise psycopg.errors.InFailedSqlTransaction("the transaction was rolled back")

    def was_committed(self, engine: Engine, transaction: Any) -> bool:
        deadline = monotonic() + OUTCOME_S
        while True:
            try:
                with engine.connect() as connection:
                    status = connection.execute(_outcome, {"transaction": transaction}).scalar()
            except self.errors:
                status = None
            if status in ("committed", "aborted"):
                return bool(status == "committed")
            if monotonic() > deadline:
                raise TimeoutError("the database did not say what became of the transaction")
            sleep(0.1)  # it starts again, or has not noticed yet that the connection was cut

    def look(self, driver: Any) -> Begun:
        (real_us,) = _last(driver.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT {CLOCK}"))
        return Begun(real_us=real_us)

    def stands(self, driver: Any) -> bool:
        return driver.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def alive(self, driver: Any) -> bool:
        return not driver.closed and driver.info.transaction_status != TransactionStatus.UNKNOWN

    def written_elsewhere(self, driver: Any) -> bool:  # noqa: ARG002 (another server may have had its turn before every batch)
        return True

    def bell(self, engine: Engine, *, wake: Callable[[str | None], None]) -> NotifyBell:
        bell = NotifyBell(engine, wake)
        bell.start()
        return bell


def _last(said: Any) -> Any:
    """The row of the last of several statements that went together."""
    while said.nextset():
        pass
    return said.fetchone()


def key_of(hall: str) -> int:
    """The number of the hall's advisory lock: 64 bits, the same in every server."""
    return int.from_bytes(sha256(f"jiaohao {hall}".encode()).digest()[:8], signed=True)
