"""What verbs and queries are functions of: an open transaction, an open snapshot."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, column, select, table, update

from server.clock import business_day
from server.config.index import HallIndex
from server.engines import Unfit
from server.errors import DatabaseAway
from server.sayings import say
from server.tables import VERSION, HallHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Executable, Row

    from server.clock import Clock
    from server.config.hall import HallSetup

HEAD_COLUMNS = ("journal", "seq", "issued", "last_at", "last_hash", "day", "demo", "duty_leader")

_version = select(column("version_num")).select_from(table("alembic_version")).scalar_subquery().label("version")
_head = select(HallHead, _version).where(HallHead.hall == bindparam("hall"))  # type: ignore[arg-type]
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
        found, made = say(self.connection, statement, params)
        if made is None:
            return cast("Row[Any] | None", found.first())
        row = found.fetchone()
        found.close()
        return None if row is None else cast("Row[Any]", made(row))

    def all(self, statement: Executable, **params: object) -> Sequence[Row[Any]]:
        """Every row."""
        found, made = say(self.connection, statement, params)
        return cast("Sequence[Row[Any]]", found.all() if made is None else [made(row) for row in found.fetchall()])

    @property
    def day(self) -> str:
        """The business day at `now`, as the tables write it."""
        return business_day(self.now, zone=self.hall.zone, day_start=self.hall.setup.hall.day_start).isoformat()


class Write(Read):
    """
    An open transaction; `now` is stamped by the store and strictly increases in a hall.

    `told` is what the journal has got from it, row by row.
    """

    def __init__(self, connection: Connection, *, hall: HallIndex, head: Head, now: int, clock: Clock) -> None:
        super().__init__(connection, hall=hall, head=head, now=now, clock=clock)
        self.told: list[Any] = []

    def run(self, statement: Executable, **params: object) -> int:
        """Execute; the number of rows it touched."""
        found, _ = say(self.connection, statement, params)
        return int(found.rowcount)

    def new_id(self) -> str:
        """A UUIDv7 of `now`: RFC 9562 §5.7, 48 bits of milliseconds and 74 random bits."""
        raw = (self.now // 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
        text = f"{raw:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def replace_setup(self, setup: HallSetup) -> None:
        """From here on, and for everyone after COMMIT, the hall is set up like this."""
        self.hall = HallIndex(setup)


def load_head(connection: Connection, hall: str) -> Head:
    """
    The hall's row.

    Raises:
        DatabaseAway: another version of the program has taken the database over, or the hall has moved; its cause says so.
    """
    found, made = say(connection, _head, {"hall": hall})
    row = found.one() if made is None else made(found.fetchone())
    if row.version != VERSION:
        taken = (
            f"the database is of version {row.version} now, and this program of {VERSION}: install the newer program, and restart"
        )
        raise DatabaseAway from Unfit(taken)
    if row.moved_to:
        raise DatabaseAway from Unfit(moved(row.moved_to))
    return Head(**{name: getattr(row, name) for name in HEAD_COLUMNS})


def moved(to: str) -> str:
    """What is said of a hall that is no longer here."""
    return f'the hall has moved; write url = "{to}" under [database] in config.toml'


def save_head(connection: Connection, hall: str, head: Head) -> None:
    """The hall's row as the batch leaves it."""
    say(connection, _save_head, {"h": hall, **{name: getattr(head, name) for name in HEAD_COLUMNS}})
