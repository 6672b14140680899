"""
Between servers of a database: "there is news of this hall", by PostgreSQL's NOTIFY.

It is sent after COMMIT, never inside a transaction (each notifying commit takes one lock of the whole database), by one publisher
a process on a connection of its own; while one call is under way, however many more of a hall become one. One listener a process
wakes the hubs. Either may lose its connection, which costs a second: whoever listens also looks by itself.
"""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

CHANNEL = "jiaohao"
AGAIN_S = 1.0  # before the next try to connect
TELL = "SELECT pg_notify(%s, hall) FROM unnest(%s::text[]) AS hall"
NOBODY = ""  # no hall's id: wakes listeners and nobody else
LISTEN_S = 1.0  # a listener that was not told of the end looks for it this often


@dataclass(slots=True)
class NotifyBell:
    """Rings in the other servers of the database, and calls `wake` when one of them rings."""

    engine: Engine
    wake: Callable[[str | None], None]
    _rung: set[str] = field(default_factory=set)  # halls whose news has not been told yet
    _rung_lock: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _publisher: int = 0  # the server's number of its connection

    def start(self) -> None:
        """Publish and listen, from now on."""
        works = (("bell publisher", self._publish), ("bell listener", self._listen))
        self._threads = [threading.Thread(target=self._ever, args=(work,), name=name, daemon=True) for name, work in works]
        for thread in self._threads:
            thread.start()

    def ring(self, halls: frozenset[str]) -> None:
        with self._rung_lock:
            self._rung |= halls
        self._news.set()

    def stop(self) -> None:
        self._stopping.set()
        self._news.set()
        for thread in self._threads:
            thread.join()

    def _ever(self, work: Callable[[Any], None]) -> None:
        """`work` on a connection; on another when that has gone."""
        while not self._stopping.is_set():
            with suppress(DBAPIError, psycopg.Error), closing(self.engine.raw_connection()) as pooled:
                work(pooled.driver_connection)
            self._stopping.wait(AGAIN_S)

    def _publish(self, driver: Any) -> None:
        self._publisher = driver.info.backend_pid
        while True:
            self._news.wait()
            self._news.clear()  # what comes from here on is told by the next call
            with self._rung_lock:
                halls, self._rung = self._rung, set()
            ended = self._stopping.is_set()
            driver.execute(TELL, (CHANNEL, [*halls, *([NOBODY] if ended else [])]))
            if ended:
                return  # and that call told the listener too

    def _listen(self, driver: Any) -> None:
        driver.execute(f"LISTEN {CHANNEL}")
        self.wake(None)  # what was rung while nobody listened
        while not self._stopping.is_set():
            for call in driver.notifies(timeout=LISTEN_S, stop_after=1):
                if call.pid != self._publisher:
                    self.wake(call.payload)
