"""The command line with a hall on PostgreSQL: exit 0 when it did what it says, 2 with one clear sentence when it cannot."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.cli import main
from server.database import DatabaseError, open_store
from server.errors import DatabaseAway
from server.tables import METADATA

CONFIG = Path(__file__).parents[2] / "config.toml"
PASSWORD = "four words of sample"


@pytest.fixture
def jiaohao(tmp_path, monkeypatch):
    """Run one command: `jiaohao("check", url=place)`; its exit code."""
    for name in ("CONFIG", "DATA", "PORT", "HOST"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "config.toml"

    def run(command, *words, url="", path="hall.sqlite3"):
        text = CONFIG.read_text(encoding="utf-8").replace('path = "hall.sqlite3"', f'path = "{path}"\nurl = "{url}"')
        file.write_text(text, encoding="utf-8")
        return main([command, *map(str, words), "--config", str(file), "--data", str(tmp_path)])

    return run


@pytest.fixture
def place(cluster):
    """An empty database."""
    made = cluster.new()
    yield made
    cluster.drops(made)


@pytest.fixture
def lived(new_hall):
    """A hall in a file, in which something of everything has happened."""
    hall = new_hall(on=False)
    numbers = hall.issues_many(5)
    hall.issues("consult", priority="elder")
    desk = hall.counter(2).opens()
    desk.calls_next()
    desk.starts()
    desk.asks_rating()
    desk.rates(5)
    desk.finishes(next="payment")
    desk.calls_next()
    desk.starts()
    desk.holds()
    hall.reprints(numbers[-1])
    hall.once(lambda _: {"answer": 1})
    hall.passes(days=1)
    hall.issues()
    return hall


# ------------------------------------------------------------------ tending


def test_a_hall_is_set_up_checked_and_tended_by_its_address(jiaohao, place, capsys):
    """As one in a file."""
    assert 0 == jiaohao("check", url=place)
    assert "database: not there yet; the first start sets it up" in capsys.readouterr().out
    assert 0 == jiaohao("migrate", url=place)
    assert 0 == jiaohao("staff", "add", "CH005", "--password", PASSWORD, url=place)
    assert 0 == jiaohao("enrol", "kiosk-1", url=place)
    assert 0 == jiaohao("check", url=place)
    assert "database: as config.toml" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("backup", "copy"), ("restore", "copy")])
def test_copies_are_postgresqls_own_work(jiaohao, place, capsys, command):
    """The sentence names the tool."""
    assert 2 == jiaohao(*command, url=place)
    told = capsys.readouterr().err

    assert 1 == told.count("\n")
    assert ("pg_dump" if command[0] == "backup" else "pg_restore") in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody@127.0.0.1:1/hall",
        "postgresql+psycopg://hall@/there-is-none?host=/nowhere",
        "postgresql+psycopg://hall@/",
        "postgresql://hall@host:port/hall",
        "postgresql://hall@127.0.0.1:1/hall?no_such_setting=1",
        "mysql://hall@host/hall",
        "hall.sqlite3",
    ],
)
@pytest.mark.parametrize("command", ["check", "serve"])
def test_an_address_that_leads_nowhere_is_one_sentence(jiaohao, capsys, command, url):
    """Wrong, or nobody there."""
    assert 2 == jiaohao(command, url=url)
    told = capsys.readouterr().err

    assert told.startswith("jiaohao: ")
    assert 1 == told.count("\n")
    assert "Traceback" not in told


def test_a_password_in_an_address_is_not_repeated(jiaohao, capsys):
    """Not even in a complaint about the address."""
    jiaohao("check", url="postgresql+psycopg://hall:very-secret@127.0.0.1:1/hall")

    assert "very-secret" not in capsys.readouterr().err


# ------------------------------------------------------------------ moving


def test_a_hall_moves_and_goes_on_where_it_was(jiaohao, lived, place, capsys, cluster):
    """Every row, the journal, numbers and order; the next number is the next one."""
    before = {"journal": lived.journal.entries(), "tickets": lived.tickets(), "ratings": lived.ratings()}
    head = lived.sees(lambda rx: rx.head)
    lived.shuts_down()
    assert 0 == jiaohao("move", "--to", place, path=lived.place.name)
    told = capsys.readouterr().out
    lived.place = place
    lived.starts_up()

    assert "the journal whole" in told
    assert before == {"journal": lived.journal.entries(), "tickets": lived.tickets(), "ratings": lived.ratings()}
    assert head == lived.sees(lambda rx: rx.head)
    assert lived.journal.broken_at is None
    assert "A002" == lived.issues()
    assert ({"answer": 2}, False) == lived.once(lambda _: {"answer": 2}, key="key-2")
    lived.shuts_down()


def test_a_hall_does_not_move_into_a_full_database(jiaohao, lived, place, capsys):
    """What is there stays as it is, and so does the file."""
    lived.shuts_down()
    jiaohao("migrate", url=place)
    capsys.readouterr()

    assert 2 == jiaohao("move", "--to", place, path=lived.place.name)
    assert "holds something already" in capsys.readouterr().err
    lived.starts_up()
    assert "A002" == lived.issues()


def test_nothing_starts_on_a_file_whose_hall_has_moved(jiaohao, lived, place, capsys):
    """Neither a server nor any other command: one sentence says where the hall has gone. A copy put back is a hall again."""
    lived.shuts_down()
    jiaohao("move", "--to", place, path=lived.place.name)
    jiaohao("backup", lived.place.parent / "copy", path=lived.place.name)
    capsys.readouterr()
    for words in (["serve"], ["up"], ["check"], ["enrol", "kiosk-1"], ["archive", "--into", "x"], ["move", "--to", place]):
        assert 2 == jiaohao(*words, path=lived.place.name)
        told = capsys.readouterr().err
        assert f'the hall has moved; write url = "{place}"' in told
        assert 1 == told.count("\n")
    lived.place.unlink()

    assert 0 == jiaohao("restore", lived.place.parent / "copy", path=lived.place.name)
    assert 0 == jiaohao("check", path=lived.place.name)


def test_a_server_that_still_runs_on_the_file_writes_nothing_more_into_it(jiaohao, lived, place, capsys):
    """It answers that the database is away, to acts and looks alike."""
    jiaohao("move", "--to", place, path=lived.place.name)
    capsys.readouterr()

    for act in (lived.issues, lived.tickets):
        with pytest.raises(DatabaseAway, match="database cannot be written") as away:
            act()
    assert "the hall has moved" in str(away.value.__cause__)


def test_a_move_that_was_cut_off_at_its_end_is_ended_by_the_next(jiaohao, lived, place, capsys, by_hand):
    """Everything has arrived, and the file does not say so yet: the second time proves it again and says so."""
    lived.shuts_down()
    jiaohao("move", "--to", place, path=lived.place.name)
    with by_hand(lived.place) as file:
        file.exec_driver_sql("UPDATE hall SET moved_to = NULL")
    assert 0 == jiaohao("move", "--to", place, path=lived.place.name)
    assert "the journal whole" in capsys.readouterr().out
    with by_hand(lived.place) as file:
        assert str(place) == file.exec_driver_sql("SELECT moved_to FROM hall").scalar()


def test_a_server_does_not_start_on_a_newer_database(jiaohao, place, capsys, by_hand):
    """One sentence says what to do; nothing was changed."""
    jiaohao("migrate", url=place)
    with by_hand(place) as database:
        database.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    capsys.readouterr()

    assert [2, 2] == [jiaohao(command, url=place) for command in ("serve", "migrate")]
    assert 2 == capsys.readouterr().err.count("newer than this program (")
    with by_hand(place) as database:
        assert "9999" == database.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def test_a_move_that_fails_leaves_nothing_behind(jiaohao, lived, place, capsys, by_hand):
    """A row that PostgreSQL cannot keep: one sentence, no row of any table there, and the file as it was."""
    lived.shuts_down()
    with by_hand(lived.place) as file:
        file.exec_driver_sql("UPDATE rating SET comment = 'a' || char(0) || 'b'")

    assert 2 == jiaohao("move", "--to", place, path=lived.place.name)
    assert 1 == capsys.readouterr().err.count("\n")
    with by_hand(place) as there:
        assert [0] * len(METADATA.tables) == [
            there.execute(select(func.count()).select_from(table)).scalar() for table in METADATA.tables.values()
        ]


def test_there_must_be_something_to_move(jiaohao, place, capsys):
    """No file."""
    assert 2 == jiaohao("move", "--to", place, path="none.sqlite3")
    assert "there is no database to move" in capsys.readouterr().err


def test_a_demo_stays_a_demo(place, sample, new_hall):
    """On PostgreSQL too a real hall refuses it."""
    clock = new_hall().clock
    open_store(place, setup=sample, clock=clock, demo=True)
    with pytest.raises(DatabaseError, match="a demo's database"):
        open_store(place, setup=sample, clock=clock)
