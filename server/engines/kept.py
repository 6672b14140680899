"""A connection kept for a thread's life."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.engines.manner import Begun

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from server.engines.manner import Manner


@dataclass(slots=True)
class Kept:
    """One connection; when it has gone, the next transaction is on another."""

    manner: Manner
    engine: Engine
    readonly: bool
    driver: Any = None
    begun: Begun = field(default_factory=Begun)
    _connection: Connection | None = None

    def begin(self, *, hall: str | None = None) -> Connection:
        """
        A transaction: a snapshot on a readonly connection, else one that writes, alone in `hall`.

        Raises:
            `manner.errors`: the database cannot be reached, or somebody keeps it too long.
        """
        if self._connection is not None:
            try:
                self._open_transaction(hall)
            except self.manner.errors:
                if self.manner.alive(self.driver):
                    raise
                self.close()  # it went while nobody used it: nothing is lost
            else:
                return self._connection
        connection = self.engine.connect()
        self._connection, self.driver = connection, connection.connection.driver_connection
        self.manner.opened(self.driver, readonly=self.readonly)
        self._open_transaction(hall)
        return connection

    def commit(self) -> None:
        """
        The transaction is on disk. Where the answer was lost with the connection, its outcome is asked for on another.

        Raises:
            `manner.errors`, TimeoutError: it is not, or nobody can say.
        """
        try:
            self.manner.commit(self.driver)
        except self.manner.errors:
            if self.manner.alive(self.driver):
                raise
            self.close()
            if not self.manner.was_committed(self.engine, self.begun.transaction):
                raise

    @property
    def stands(self) -> bool:
        """Whether the transaction is open still."""
        return self._connection is not None and self.manner.stands(self.driver)

    def roll_back(self) -> None:
        """Nothing of the transaction is kept; a connection that cannot even say so is let go."""
        if self._connection is None:
            return
        try:
            if self.manner.stands(self.driver):
                self.driver.execute("ROLLBACK")
        except self.manner.errors:
            self.close()
            return
        if not self.manner.alive(self.driver):
            self.close()

    def close(self) -> None:
        """Let go of it."""
        connection, self._connection, self.driver = self._connection, None, None
        if connection is not None:
            connection.close()

    def _open_transaction(self, hall: str | None) -> None:
        try:
            if hall is None:
                self.begun = self.manner.look(self.driver)
            else:
                self.begun = self.manner.begin(self.driver, hall=hall)
        except self.manner.errors:
            if self.manner.stands(self.driver):
                self.driver.execute("ROLLBACK")  # it began, and then waited in vain for its turn
            raise
