"""
What differs between one database and another.

`isolation_level="AUTOCOMMIT"`: transactions are spoken to the driver here, never through SQLAlchemy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

Place = Path | URL  # where a database is: a file of SQLite, or a database of a PostgreSQL server

FOUNDING = ""  # nobody's hall: its turn is for migrations and for setting a hall up


@dataclass(frozen=True, slots=True)
class Begun:
    """What the database says when a transaction begins."""

    transaction: str | None = None  # what `was_committed` knows it by
    real_us: int | None = None  # its clock, where it is the one that several servers have in common


class Unfit(Exception):
    """The database is none that a hall can be kept in; the message says why in one sentence."""


class Bell(Protocol):
    """Wakes the other servers of a database; a call may be lost, so that whoever listens also looks by itself."""

    def ring(self, halls: frozenset[str]) -> None:
        """There is news of these halls. Never waits."""

    def stop(self) -> None:
        """No longer."""


class Manner(Protocol):
    """How one kind of database is spoken to. A `driver` is a connection as its own library has it."""

    errors: tuple[type[Exception], ...]  # whatever can go wrong between us and it
    writers: int  # how many connections write at a time
    together: bool  # whether one transaction holds the acts of several halls, or each hall has its own

    def engine(self) -> Engine:
        """Makes connections, with the settings of the house."""

    def check(self, connection: Connection) -> None:
        """
        A hall can be kept here.

        Raises:
            Unfit.
        """

    def opened(self, driver: Any, *, readonly: bool) -> None:
        """Told of each connection that is kept."""

    def begin(self, driver: Any, *, hall: str) -> Begun:
        """A transaction that writes, alone in its hall."""

    def commit(self, driver: Any) -> None:
        """It is on disk; raises when it is not, or when nobody answers."""

    def was_committed(self, engine: Engine, transaction: Any) -> bool:
        """What became of one whose COMMIT was not answered; raises when nobody can say."""

    def look(self, driver: Any) -> Begun:
        """A snapshot that cannot write."""

    def stands(self, driver: Any) -> bool:
        """Whether the transaction is open still."""

    def alive(self, driver: Any) -> bool:
        """Whether the connection is."""

    def written_elsewhere(self, driver: Any) -> bool:
        """Whether others may have written since this was last asked."""

    def bell(self, engine: Engine, *, wake: Callable[[str | None], None]) -> Bell | None:
        """
        What tells other servers of news, and `wake` of theirs; None where looking by oneself has to do.

        `wake` is given the hall, or None when there may be news of any.
        """


def place_of(url: str) -> URL:
    """
    The PostgreSQL database at `url`.

    Raises:
        Unfit: it is no such address.
    """
    try:
        parsed = make_url(url)
        usable = parsed.drivername in ("postgresql", "postgresql+psycopg") and parsed.database
    except (ArgumentError, ValueError) as error:
        raise Unfit("the database's address must look like postgresql+psycopg://user@host/database") from error
    if not usable:
        raise Unfit(f"{parsed}: the database's address must look like postgresql+psycopg://user@host/database")
    return parsed.set(drivername="postgresql+psycopg")


def manner_of(place: Place) -> Manner:
    """How the database at `place` is spoken to."""
    if isinstance(place, URL):
        from server.engines.postgresql import PostgreSQL  # noqa: PLC0415 (only the library that is needed)

        return PostgreSQL(place)
    from server.engines.sqlite import SQLite  # noqa: PLC0415 (as above)

    return SQLite(place)


def open_engine(place: Place) -> Engine:
    """An engine on the database at `place`."""
    return manner_of(place).engine()
