"""Bringing a database into being: migrations, the first set-up, the marks of demo and journal."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select, text
from sqlmodel import col

from server.config.index import HallIndex
from server.engines import FOUNDING, Unfit, manner_of
from server.known import Known
from server.store import Store
from server.tables import VERSION, HallHead
from server.threads import Threads
from server.transaction import load_head, moved
from server.verbs.days import end_day
from server.verbs.setup import found, load_setup
from server.writer import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from server.clock import Clock
    from server.config import HallSetup
    from server.engines import Place

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = VERSION


class DatabaseError(Exception):
    """The database cannot be used; the message says why in one sentence."""


def open_store(place: Place, *, setup: HallSetup, clock: Clock, demo: bool = False, hall: str | None = None) -> Store:
    """
    A hall at `place`, migrated: the one that `setup` names, else `hall`.

    An empty database is set up from `setup`; else every hall is as it stands there, and one whose key was changed in `setup`
    is still the same if it is the only one. A demo database keeps its mark; `demo` must agree with it.

    Raises:
        DatabaseError: it cannot be opened, is of a newer version, is a demo's where none is wanted (or the reverse), has moved,
            or has no such hall.
    """
    with connected(place) as connection:
        if not halls_in(connection):
            with alone(connection, place):
                if not halls_in(connection):  # else another server was quicker
                    found(connection, setup=setup, journal_id=uuid.uuid4().hex, demo=demo)
        check_here(connection, place)
        _check_demo(connection, place, demo=demo)
        wanted = hall or default_hall(connection, place, setup=setup)
        return store_of(connection, Threads(place), hall=wanted, clock=clock)


def store_of(connection: Connection, threads: Threads, *, hall: str, clock: Clock) -> Store:
    """
    One of the halls of a database.

    Raises:
        DatabaseError: it has no such hall.
    """

    def read(connection: Connection) -> HallIndex:
        setup = load_setup(connection, hall)
        if setup is None:
            raise DatabaseError(f"{threads.place}: there is no hall {hall!r} ({', '.join(halls_in(connection))})")
        return HallIndex(always_open(setup) if is_demo(connection) else setup)

    known = Known(read(connection), read=read)
    known.keep(known.hall, load_head(connection, hall))
    return Store(threads, Ledger(known=known, clock=clock, on_new_day=end_day))


def halls_in(connection: Connection) -> list[str]:
    """The keys of the halls in a database, in order."""
    return list(connection.execute(select(col(HallHead.hall)).order_by(col(HallHead.hall))).scalars())


def default_hall(connection: Connection, place: Place, *, setup: HallSetup) -> str:
    """
    The hall at the root: the one that config.toml names, or the only one.

    Raises:
        DatabaseError: it has several halls, and none by that name.
    """
    known, named = halls_in(connection), setup.hall.id
    if named not in known and len(known) > 1:
        raise DatabaseError(f"{place}: config.toml names the hall {named!r}, and here are {', '.join(known)}")
    return named if named in known else known[0]


def is_demo(connection: Connection) -> bool:
    """Whether this is a demo's database."""
    return bool(connection.execute(select(col(HallHead.demo)).limit(1)).scalar())


@contextmanager
def connected(place: Place) -> Iterator[Connection]:
    """
    A connection to the database at `place`, migrated.

    Raises:
        DatabaseError: it cannot be used.
    """
    manner = manner_of(place)
    try:
        if isinstance(place, Path):
            place.parent.mkdir(parents=True, exist_ok=True)
        engine = manner.engine()
        try:
            with engine.connect() as connection:
                manner.check(connection)
                if _version(connection) != HEAD:
                    with alone(connection, place):
                        migrate(connection)
                yield connection
        finally:
            engine.dispose()
    except Unfit as error:
        raise DatabaseError(str(error)) from error
    except OSError as error:
        raise _unusable(place, error) from error
    except manner.errors as error:
        raise _unusable(place, error) from error


@contextmanager
def alone(connection: Connection, place: Place) -> Iterator[None]:
    """One transaction, while no other server migrates or sets a hall up: all of it, or nothing."""
    driver: Any = connection.connection.driver_connection
    manner_of(place).begin(driver, hall=FOUNDING)
    try:
        yield
    except BaseException:
        driver.rollback()
        raise
    driver.commit()


def is_there(place: Place) -> bool:
    """
    Whether there is a database of ours at `place`.

    Raises:
        DatabaseError: nobody can say.
    """
    if isinstance(place, Path):
        return place.exists()
    manner = manner_of(place)
    try:
        engine = manner.engine()
        with engine.connect() as connection:
            return _version(connection) is not None
    except manner.errors as error:
        raise _unusable(place, error) from error


def migrate(connection: Connection) -> None:
    """
    Bring the schema to the newest migration; quick when it is there already.

    Raises:
        DatabaseError: it is of a newer version than this program.
    """
    version = _version(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise DatabaseError(f"the database is of version {version}, newer than this program ({HEAD}); install the newer program")
    from alembic import command  # noqa: PLC0415 (only when there is something to migrate: it costs a third of a second)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check_here(connection: Connection, place: Place) -> None:
    """
    The hall goes on in this database.

    Raises:
        DatabaseError: it has moved to another.
    """
    to = connection.execute(select(col(HallHead.moved_to)).where(col(HallHead.moved_to).is_not(None))).scalar()
    if to:
        raise DatabaseError(f"{place}: {moved(to)}")


def always_open(setup: HallSetup) -> HallSetup:
    """The same hall, at any hour of any day: the demo and replays."""
    return setup.model_copy(update={"hall": setup.hall.model_copy(update={"always_open": True})})


def _version(connection: Connection) -> str | None:
    there = inspect(connection).has_table("alembic_version")
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if there else None


def _unusable(place: Place, error: Exception) -> DatabaseError:
    reason = " ".join(str(getattr(error, "orig", error)).split())
    return DatabaseError(f"{place}: the database cannot be used ({reason})")


def _check_demo(connection: Connection, place: Place, *, demo: bool) -> None:
    marked = is_demo(connection)
    if marked and not demo:
        raise DatabaseError(f"{place}: this is a demo's database; start a real hall with a new data folder")
    if demo and not marked:
        raise DatabaseError(f"{place}: this database is a real hall's; the demo will not touch it")
