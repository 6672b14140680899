"""`jiaohao move --to URL`: a hall goes from its file to a PostgreSQL server, and what arrived is proved to be what left."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from server import journal
from server.cli.refused import Refused
from server.cli.tending import address, configured, in_store
from server.clock import SystemClock
from server.database import DatabaseError, alone, check_here, connected, halls_in, is_demo, open_store
from server.tables import METADATA, HallHead

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

    from server.engines import Place

ROWS = 2_000  # carried at a time


def move(arguments: argparse.Namespace) -> int:
    """
    Carry the hall to an empty database. Nobody can write to the file meanwhile; afterwards it says where the hall has gone.

    Who was interrupted before the file said so may do it again.
    """
    config = configured(arguments)
    source = Path(arguments.data) / config.database.path
    target = address(arguments.to)
    if not source.exists():
        raise Refused(f"{source}: there is no database to move")
    try:
        with connected(source) as here, alone(here, source):
            check_here(here, source)
            with connected(target) as there, alone(there, target):
                counts = _carry_all(here, there, target)
            _prove_whole(target, setup=config.hall)
            here.execute(update(HallHead).values(moved_to=str(target)))
    except DatabaseError as error:
        raise Refused(str(error)) from error
    for name, count in counts.items():
        print(f"  {name}: {count}")
    print(f"{target}: {sum(counts.values())} rows, each as it was, the journal whole")
    print(f'now write url = "{target}" under [database] in config.toml, and put {source} away: nothing starts on it any more')
    return 0


def _carry_all(here: Connection, there: Connection, target: Place) -> dict[str, int]:
    """
    Every row of every table, proved; how many, by table. None is written where all of them have arrived before.

    Raises:
        Refused: the database holds something else; or what arrived is not what left, and nothing is kept there.
    """
    full = [table.name for table in METADATA.sorted_tables if there.execute(select(table).limit(1)).first() is not None]
    if not full:
        counts = {table.name: _carry(table, here, there) for table in METADATA.sorted_tables}
        if differs := _differing(here, there):
            raise Refused(f"{', '.join(differs)}: what arrived is not what left; nothing was moved")
        return counts
    if _differing(here, there):
        raise Refused(f"{target}: this database holds something already ({', '.join(full)}); a hall moves into an empty one")
    return {table.name: _sum(table, there)[0] for table in METADATA.sorted_tables}


def _carry(table: Table, here: Connection, there: Connection) -> int:
    """Every row of a table; how many."""
    count = 0
    for rows in _pages(table, here):
        there.execute(insert(table), rows)
        count += len(rows)
    return count


def _pages(table: Table, connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table, some at a time."""
    found = connection.execute(select(table).execution_options(yield_per=ROWS))
    for page in found.partitions():
        yield [dict(row._mapping) for row in page]  # noqa: SLF001 (SQLAlchemy's documented name)


def _differing(here: Connection, there: Connection) -> list[str]:
    """The tables that have not as many rows there as here, or not of the same content."""
    return [table.name for table in METADATA.sorted_tables if _sum(table, here) != _sum(table, there)]


def _sum(table: Table, connection: Connection) -> tuple[int, int]:
    """(how many rows, the sum of their digests), in whatever order they come."""
    count = total = 0
    for rows in _pages(table, connection):
        count += len(rows)
        total += sum(int.from_bytes(sha256(repr(list(row.values())).encode()).digest()[:16]) for row in rows)
    return count, total


def _prove_whole(target: Place, *, setup: Any) -> None:
    """
    The journal of each hall there is whole, by its own hashes.

    Raises:
        Refused: it is not.
    """
    with connected(target) as there:
        demo, halls = is_demo(there), halls_in(there)
    for hall in halls:
        store = open_store(target, setup=setup, clock=SystemClock(), demo=demo, hall=hall)
        broken = in_store(store, lambda opened: opened.read(journal.broken_at))
        if broken is not None:
            raise Refused(f"{target}: the journal of {hall} is broken at entry {broken}; do not use this database")
