"""The store: one writer, one transaction a batch, nothing answered before it is on disk."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from server.database import HEAD, MIGRATIONS, DatabaseError, open_store
from server.engines import open_engine
from server.errors import DatabaseAway, HallError
from server.tables import METADATA
from server.transaction import load_head
from server.verbs.calling import call
from server.verbs.issuing import issue
from server.verbs.setup import load_setup


def take(hall, follow, service="biz-setup"):
    """An act that takes a number."""
    return issue, {"service": service, "by": hall.kiosk, "follow": follow}


def driver(tx):
    """The writer's connection, as its own library has it."""
    return tx.connection.connection.driver_connection


def stands(hall):
    """Everything the hall keeps in mind between acts, and how many rows there are."""
    tables = [METADATA.tables[name] for name in ("ticket", "stage", "journal", "number_count")]
    counts = hall.sees(lambda rx: [rx.one(select(func.count()).select_from(table))[0] for table in tables])
    return hall.sees(lambda rx: rx.head), counts


# ------------------------------------------------------------------ one batch


def test_a_refused_act_harms_no_neighbour_in_its_batch(hall):
    """Those before and behind it are kept, with numbers, order and journal as if it had never been."""
    desk = hall.counter(3).opens()
    refused = (call, {"counter": 4, "by": desk.who})
    commits = hall.store.tally.commits
    answers = hall.does_together(take(hall, "a"), refused, take(hall, "b", service="nothing"), take(hall, "c"), refused)

    assert ["A001", "counter_not_open", "no_such_service", "A002", "counter_not_open"] == [
        answer.code if isinstance(answer, HallError) else answer.number for answer in answers
    ]
    assert [1, 2] == [ticket.order for ticket in hall.tickets()]
    assert hall.store.tally.commits - commits < 5
    assert hall.journal.broken_at is None


def test_an_act_that_breaks_halfway_is_taken_back_whole(hall):
    """Rows, number, order, stamp, journal and hash go back with the savepoint; its own error reaches its caller."""
    hall.issues()
    before = stands(hall)

    def breaks(tx):
        issue(tx, service="biz-setup", by=hall.kiosk, follow="halfway")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hall.does(breaks)

    assert before == stands(hall)
    assert "A002" == hall.issues()
    assert hall.journal.broken_at is None


def test_a_mistake_in_a_statement_is_no_database_away(hall):
    """A row that is there already is our fault, not the disk's: the caller is not told to try again."""
    hall.issues(follow="mine")
    before = stands(hall)
    with pytest.raises(Exception, match=r"(?i)unique") as broken:
        hall.issues(follow="mine")

    assert not isinstance(broken.value, DatabaseAway)
    assert before == stands(hall)


# ------------------------------------------------------------------ a disk that fails


@pytest.mark.sqlite
def test_a_full_disk_takes_nothing_half(hall):
    """Who was answered has a number, who was told that the database is away has none; with room again the hall goes on."""
    hall.issues()

    def fills(tx):
        pages = driver(tx).execute("PRAGMA page_count").fetchone()[0]
        driver(tx).execute(f"PRAGMA max_page_count = {pages}")

    def makes_room(tx):
        driver(tx).execute("PRAGMA max_page_count = 1000000")

    answers = hall.does_together((fills, {}), *(take(hall, f"full-{n}") for n in range(60)))
    numbers = [answer.number for answer in answers[1:] if not isinstance(answer, DatabaseAway)]

    assert 0 < sum(isinstance(answer, DatabaseAway) for answer in answers)
    assert ["A001", *numbers] == [ticket.number for ticket in hall.tickets()]
    assert hall.journal.broken_at is None
    hall.does(makes_room)
    assert f"A{len(numbers) + 2:03}" == hall.issues()
    assert hall.journal.broken_at is None


def test_a_commit_that_fails_answers_every_caller_of_the_batch(hall):
    """The acts themselves went well; then COMMIT said no."""
    hall.issues()
    before = stands(hall)

    def breaks_a_promise(tx):
        """A reference to nothing, which is looked at when the transaction ends."""
        driver(tx).execute("CREATE TABLE origin (id INTEGER PRIMARY KEY)")
        driver(tx).execute("CREATE TABLE promise (x INTEGER REFERENCES origin (id) DEFERRABLE INITIALLY DEFERRED)")
        driver(tx).execute("INSERT INTO promise VALUES (1)")

    answers = hall.does_together(take(hall, "a"), (breaks_a_promise, {}), take(hall, "b"), take(hall, "c"))

    assert [DatabaseAway] * 4 == [type(answer) for answer in answers]
    assert before == stands(hall)
    assert ["A002", "A003"] == hall.issues_many(2)
    assert hall.journal.broken_at is None


def test_a_closed_store_is_away(hall):
    """Also before it was ever opened."""
    hall.shuts_down()

    with pytest.raises(DatabaseAway):
        hall.issues()


# ------------------------------------------------------------------ readers


def test_a_reader_cannot_write(hall):
    """Its connection refuses."""
    with pytest.raises(DatabaseAway):
        hall.sees(lambda rx: rx.connection.execute(text("DELETE FROM ticket")))


def test_a_look_is_one_snapshot(hall, by_hand):
    """What is written meanwhile is not in it."""
    hall.issues()

    def look_twice(rx):
        first = rx.one(text("SELECT count(*) FROM ticket"))[0]
        with by_hand(hall.place) as other:
            other.exec_driver_sql("DELETE FROM ticket")
        return first, rx.one(text("SELECT count(*) FROM ticket"))[0]

    assert (1, 1) == hall.sees(look_twice)


def test_what_the_command_line_wrote_is_seen_before_the_next_act(hall, by_hand):
    """Another process moved the hall on: seq and order go on from there."""
    hall.issues()
    with by_hand(hall.place) as other:
        other.exec_driver_sql("UPDATE hall SET issued = 41")
    hall.issues()

    assert 42 == hall.ticket("A002").order


# ------------------------------------------------------------------ the schema


def test_the_newest_migration_is_the_one_the_program_knows():
    """`server.database.HEAD` is alembic's head, and there is only one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert [HEAD] == ScriptDirectory.from_config(config).get_heads()


def test_the_migrations_make_the_tables_as_they_are_declared(hall):
    """Nothing left to generate: columns, types, keys and indexes."""
    engine = open_engine(hall.place)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, METADATA)
    engine.dispose()

    assert [] == differences


def test_every_stamp_is_a_whole_number(hall):
    """No driver can drop a zone that is not there."""
    kinds = {str(column.type) for table in METADATA.tables.values() for column in table.columns}

    assert {"VARCHAR", "INTEGER", "BIGINT", "BOOLEAN", "BLOB"} == kinds


def test_hall_id_is_in_every_key():
    """From the first migration on."""
    assert dict.fromkeys(METADATA.tables, "hall") == {
        name: next(iter(table.primary_key.columns)).name for name, table in METADATA.tables.items()
    }


def test_the_set_up_is_read_back_as_it_was_written(hall):
    """From then on the database is the truth."""
    engine = open_engine(hall.place)
    with engine.connect() as connection:
        known, head = load_setup(connection, hall.setup.hall.id), load_head(connection, hall.setup.hall.id)
    engine.dispose()

    assert hall.setup == known
    assert ("", 0, "s02", False) == (head.last_hash, head.issued, head.duty_leader, head.demo)


def test_a_newer_database_is_refused(hall, tmp_path, by_hand):
    """In one sentence."""
    path = tmp_path / "newer.sqlite3"
    with by_hand(path) as other:
        other.exec_driver_sql("CREATE TABLE alembic_version (version_num)")
        other.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")

    with pytest.raises(DatabaseError, match="newer than this program"):
        open_store(path, setup=hall.setup, clock=hall.clock)


def test_a_demo_and_a_real_hall_do_not_share_a_database(hall):
    """A real hall's is not touched by the demo."""
    with pytest.raises(DatabaseError, match="a real hall's"):
        open_store(hall.place, setup=hall.setup, clock=hall.clock, demo=True)


# ------------------------------------------------------------------ the journal


def test_the_journal_tells_where_it_was_touched(hall, by_hand):
    """A changed word, a missing entry, a forged end."""
    hall.issues_many(5)
    whole = hall.journal.broken_at
    with by_hand(hall.place) as other:
        other.exec_driver_sql("UPDATE journal SET actor = 's01' WHERE seq = 3")
    changed = hall.journal.broken_at
    with by_hand(hall.place) as other:
        other.exec_driver_sql("UPDATE journal SET actor = 'kiosk-1' WHERE seq = 3")
        other.exec_driver_sql("DELETE FROM journal WHERE seq = 5")
    shortened = hall.journal.broken_at

    assert (None, 3, 5) == (whole, changed, shortened)


def test_an_entry_is_bound_to_the_one_before(hall):
    """Seq without a gap, hash upon hash, the head at the end."""
    hall.issues_many(3)
    rows = hall.sees(lambda rx: rx.all(text("SELECT seq, prev_hash, hash FROM journal ORDER BY seq")))

    assert [1, 2, 3] == [row.seq for row in rows]
    assert ["", *(row.hash for row in rows[:-1])] == [row.prev_hash for row in rows]
    assert rows[-1].hash == hall.sees(lambda rx: rx.head.last_hash)
