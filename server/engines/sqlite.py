"""SQLite: one file, one writer."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.engines.manner import Begun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection


class SQLite:
    """A file with the pragmas of the house: WAL, a real fsync at every COMMIT, waits of 5 s for other writers."""

    errors: tuple[type[Exception], ...] = (DBAPIError, sqlite3.Error)
    writers = 1
    together = True  # one fsync for all that came at the same time

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version = -1  # as the writer saw it last

    def engine(self) -> Engine:
        engine = create_engine(
            f"sqlite:///{self.path}",
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={"check_same_thread": False, "timeout": 5.0},
        )

        @event.listens_for(engine, "connect")
        def _pragmas(driver: Any, _record: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
                driver.execute(f"PRAGMA {pragma}")

        return engine

    def check(self, connection: Connection) -> None:
        """Any file will do."""

    def opened(self, driver: Any, *, readonly: bool) -> None:
        if readonly:
            driver.execute("PRAGMA query_only = ON")

    def begin(self, driver: Any, *, hall: str) -> Begun:  # noqa: ARG002 (the file has one writer, whatever the hall)
        driver.execute("BEGIN IMMEDIATE")
        return Begun()

    def commit(self, driver: Any) -> None:
        driver.execute("COMMIT")

    def was_committed(self, engine: Engine, transaction: Any) -> bool:  # noqa: ARG002 (a file always answers)
        return False

    def look(self, driver: Any) -> Begun:
        driver.execute("BEGIN")
        return Begun()

    def stands(self, driver: Any) -> bool:
        return bool(driver.in_transaction)

    def alive(self, driver: Any) -> bool:  # noqa: ARG002 (a file does not hang up)
        return True

    def written_elsewhere(self, driver: Any) -> bool:
        version = driver.execute("PRAGMA data_version").fetchone()[0]
        seen, self._version = self._version, version
        return bool(version != seen)

    def bell(self, engine: Engine, *, wake: Callable[[str | None], None]) -> None:
        """None: the command line writes now and then, and whoever listens looks by itself."""
