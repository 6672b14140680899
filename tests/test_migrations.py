"""The schema's way from every earlier version to this one, with a hall in it, on both databases."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, MetaData, inspect, select

from server.clock import SystemClock
from server.database import HEAD, MIGRATIONS, open_store
from server.errors import DatabaseAway
from server.tables import METADATA
from server.verbs.setup import rows_of

ROOT = Path(__file__).parents[1]

# Opens a database as a server does, and stops half way: 0002 is done, and the table of 0003 is there.
HALF_WAY = """
import pathlib, sys
from sqlalchemy import Engine, event
from server.clock import SystemClock
from server.config import load
from server.database import open_store
from server.engines import place_of

@event.listens_for(Engine, "after_cursor_execute")
def stops(connection, cursor, statement, *others):
    if "CREATE TABLE staff_photo" in statement:
        print("half way", flush=True)
        sys.stdin.read()

place = place_of(sys.argv[1]) if "://" in sys.argv[1] else pathlib.Path(sys.argv[1])
open_store(place, setup=load(pathlib.Path("config.toml")).hall, clock=SystemClock())
"""


def alembic(connection=None):
    """Alembic, as the program calls it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_place(request, tmp_path):
    """Where nothing is yet."""
    if request.param == "sqlite":
        yield tmp_path / "old.sqlite3"
        return
    cluster = request.getfixturevalue("cluster")
    place = cluster.new()
    yield place
    cluster.drops(place)


def some(column):
    """A value for a column, as large as it may be."""
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, LargeBinary):
        return bytes(range(256))
    if isinstance(column.type, BigInteger):
        return 2**62
    return 7 if isinstance(column.type, Integer) else f"{column.name} 号"


def fill(connection, *, setup):
    """A row in every table that there is at this version, and a set-up; the rows by table."""
    there = MetaData()
    there.reflect(connection)
    rows = {}
    for table in there.tables.values():
        if table.name == "alembic_version":
            continue
        of_setup = [{"hall": setup.hall.id, **row} for row in rows_of(setup)]
        rows[table.name] = of_setup if table.name == "setup" else [{c.name: some(c) for c in table.columns}]
        if table.name == "hall":
            rows["hall"][0] |= {"hall": setup.hall.id, "demo": False}
            if "moved_to" in table.columns:
                rows["hall"][0]["moved_to"] = None
        connection.execute(table.insert(), rows[table.name])
    return rows


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_hall_of_every_earlier_version_is_carried_on(empty_place, by_hand, sample, revision):
    """Each row is as it was, what is new has its default, and nothing is left to generate."""
    with by_hand(empty_place) as database:
        command.upgrade(alembic(database), revision)
        before = fill(database, setup=sample)
    open_store(empty_place, setup=sample, clock=SystemClock())
    with by_hand(empty_place) as database:
        after = {name: [dict(row._mapping) for row in database.execute(select(METADATA.tables[name]))] for name in before}
        version = database.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        context = MigrationContext.configure(database, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, METADATA)

    for name, rows in before.items():
        kept = [{key: row[key] for key in rows[0]} for row in after[name]]
        assert sorted(rows, key=str) == sorted(kept, key=str)
    assert HEAD == version
    assert [] == differences


def test_what_came_can_go_again(empty_place, by_hand):
    """Down to nothing, and up again."""
    with by_hand(empty_place) as database:
        command.upgrade(alembic(database), "head")
        command.downgrade(alembic(database), "base")
        left = set(inspect(database).get_table_names())
        command.upgrade(alembic(database), "head")

    assert {"alembic_version"} == left


def test_stamps_have_room_for_microseconds(empty_place, by_hand, sample):
    """64 bits in both databases, where the name of the type says so."""
    open_store(empty_place, setup=sample, clock=SystemClock())
    with by_hand(empty_place) as database:
        kinds = {
            (table, column["name"]): str(column["type"])
            for table in METADATA.tables
            for column in inspect(database).get_columns(table)
        }

    stamps = {place for place, kind in kinds.items() if place[1].endswith(("_at", "_us", "_until", "since", "until"))}
    assert len(stamps) > 20
    assert {"BIGINT"} == {kinds[place] for place in stamps}


def test_what_earlier_versions_deleted_of_the_journal_is_remembered_as_lost(empty_place, by_hand, sample):
    """The first entry they left says what it was bound to; a journal that is whole needs no checkpoint."""
    names = ("hall", "seq", "at", "kind", "actor", "topics", "body", "prev_hash", "hash")
    with by_hand(empty_place) as database:
        command.upgrade(alembic(database), "0003")
        there = MetaData()
        there.reflect(database, only=["journal"])
        entries = [("cut", 7, "h6", "h7"), ("cut", 8, "h7", "h8"), ("whole", 1, "", "h1"), ("whole", 2, "h1", "h2")]
        rows = [dict(zip(names, (h, seq, 0, "k", "a", "t", "{}", prev, own), strict=True)) for h, seq, prev, own in entries]
        database.execute(there.tables["journal"].insert(), rows)
    open_store(empty_place, setup=sample, clock=SystemClock())
    with by_hand(empty_place) as database:
        begins = [tuple(row) for row in database.execute(select(METADATA.tables["checkpoint"]))]

    assert [("cut", 6, "h6", 6)] == begins


# ------------------------------------------------------------------ what goes wrong on the way


def test_a_migration_that_was_killed_half_way_was_never_begun(empty_place, by_hand, sample):
    """The plug is pulled between two of its steps: the old version is there whole, and the next start migrates it."""
    with by_hand(empty_place) as database:
        command.upgrade(alembic(database), "0001")
        before = fill(database, setup=sample)
    address = empty_place if isinstance(empty_place, Path) else empty_place.render_as_string(hide_password=False)
    words = [sys.executable, "-c", HALF_WAY, str(address)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, **pipes) as program:
        assert "half way\n" == program.stdout.readline()
        program.kill()
    with by_hand(empty_place) as database:
        version = database.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        tables = set(inspect(database).get_table_names())
        columns = {column["name"] for column in inspect(database).get_columns("counter")}
    open_store(empty_place, setup=sample, clock=SystemClock())
    with by_hand(empty_place) as database:
        after = {name: database.execute(select(METADATA.tables[name])).mappings().all() for name in before}
        migrated = database.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    assert ("0001", set(before) | {"alembic_version"}) == (version, tables)
    assert "help_asked_at" not in columns
    assert HEAD == migrated
    assert {name: len(rows) for name, rows in before.items()} == {name: len(rows) for name, rows in after.items()}


@pytest.mark.parametrize("on", [False, pytest.param(True, marks=pytest.mark.postgresql)], ids=["sqlite", "postgresql"])
def test_a_server_whose_database_was_migrated_under_it_does_nothing_more(new_hall, by_hand, request, on):
    """It cannot know what the newer program means: acts and looks are refused, nothing is written, until it is itself the newer one."""
    hall = new_hall(on=request.getfixturevalue("cluster") if on else False)
    hall.issues()
    desk = hall.counter(3).opens()
    before = hall.journal.seq
    with by_hand(hall.place) as database:
        database.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for act in (hall.issues, desk.calls_next, hall.ticks, hall.tickets, hall.board):
        with pytest.raises(DatabaseAway) as away:
            act()
    with by_hand(hall.place) as database:
        after = database.exec_driver_sql("SELECT max(seq) FROM journal").scalar()
        database.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")  # noqa: S608

    assert "of version 9999 now, and this program of 000" in str(away.value.__cause__)
    assert before == after
    assert "A002" == hall.issues()
    assert hall.journal.broken_at is None
