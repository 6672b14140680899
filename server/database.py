"""Bringing a database into being: migrations, the first set-up, the marks of demo and journal."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from server.config.index import HallIndex
from server.engines import open_engine
from server.known import Known
from server.store import Store
from server.tables import HallHead
from server.transaction import load_head
from server.verbs.days import end_day
from server.verbs.setup import found, load_setup

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.clock import Clock
    from server.config import HallSetup

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0002"  # the newest migration; a test keeps it true


class DatabaseError(Exception):
    """The database cannot be used; the message says why in one sentence."""


def open_store(path: Path, *, setup: HallSetup, clock: Clock, demo: bool = False) -> Store:
    """
    The store on `path`, migrated; set up from `setup` when the database is new, else as it stands.

    A demo database keeps its mark; `demo` must agree with it.

    Raises:
        DatabaseError: the file cannot be opened, is of a newer version, or is a demo's where none is wanted (or the reverse).
    """

    def as_held(setup: HallSetup) -> HallIndex:
        return HallIndex(always_open(setup) if demo else setup)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = open_engine(path)
        with engine.connect() as connection:
            migrate(connection)
            known = load_setup(connection)
            if known is None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                found(connection, setup=setup, journal_id=uuid.uuid4().hex, demo=demo)
                connection.exec_driver_sql("COMMIT")
                known = setup
            _check_demo(connection, path, demo=demo)
            held = Known(as_held(known), read=lambda later: as_held(load_setup(later) or known))
            held.keep(held.hall, load_head(connection, held.hall.id))
        engine.dispose()
    except (OSError, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseError(f"{path}: the database cannot be opened ({reason})") from error
    return Store(place=path, clock=clock, known=held, on_new_day=end_day)


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


def always_open(setup: HallSetup) -> HallSetup:
    """The same hall, at any hour of any day: the demo and replays."""
    return setup.model_copy(update={"hall": setup.hall.model_copy(update={"always_open": True})})


def _version(connection: Connection) -> str | None:
    there = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if there else None


def _check_demo(connection: Connection, path: Path, *, demo: bool) -> None:
    marked = connection.execute(select(col(HallHead.demo))).scalar()
    if marked and not demo:
        raise DatabaseError(f"{path}: this is a demo's database; start a real hall with a new data folder")
    if demo and not marked:
        raise DatabaseError(f"{path}: this database is a real hall's; the demo will not touch it")
