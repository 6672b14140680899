"""
What differs between one database and another.

`isolation_level="AUTOCOMMIT"`: transactions are spoken to the driver here, never through SQLAlchemy.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Engine

Place = Path  # where a database is: a file of SQLite


class Manner(Protocol):
    """How one kind of database is spoken to. A `driver` is a connection as its own library has it."""

    errors: tuple[type[Exception], ...]  # whatever can go wrong between us and it

    def engine(self) -> Engine:
        """Makes connections, with the settings of the house."""

    def opened(self, driver: Any, *, readonly: bool) -> None:
        """Told of each connection that is kept."""

    def begin(self, driver: Any, *, hall: str) -> None:
        """A transaction that writes, alone in its hall."""

    def look(self, driver: Any) -> None:
        """A snapshot that cannot write."""

    def stands(self, driver: Any) -> bool:
        """Whether the transaction is open still."""

    def alive(self, driver: Any) -> bool:
        """Whether the connection is."""

    def written_elsewhere(self, driver: Any) -> bool:
        """Whether others may have written since this was last asked."""


def manner_of(place: Place) -> Manner:
    """How the database at `place` is spoken to."""
    from server.engines.sqlite import SQLite  # noqa: PLC0415 (only the library that is needed)

    return SQLite(place)


def open_engine(place: Place) -> Engine:
    """An engine on the database at `place`."""
    return manner_of(place).engine()
