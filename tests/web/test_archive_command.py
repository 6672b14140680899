"""`jiaohao archive`: exit 0 when it did what it says, 2 with one clear sentence when it cannot."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from server import journal
from server.clock import SteppedClock, from_us, real_us
from server.config import load
from server.database import open_store
from server.events import HelpGiven

pytestmark = pytest.mark.sqlite  # the command speaks to any store; tests/test_archive.py does so on both


@pytest.fixture
def said(capsys):
    """(what was printed, what was complained about) since the last look."""
    return capsys.readouterr


@pytest.fixture
def old(jiaohao, tmp_path, said):
    """A hall of the command line that has told something in each month of 2020; its database file."""
    jiaohao("migrate")
    said()
    clock = SteppedClock(datetime(2020, 1, 10, tzinfo=UTC))
    store = open_store(tmp_path / "data" / "hall.sqlite3", setup=load(tmp_path / "config.toml").hall, clock=clock)

    async def lives():
        store.open()
        for month in range(1, 13):
            clock.move_to(int(datetime(2020, month, 10, tzinfo=UTC).timestamp()) * 1_000_000)
            await store.write(lambda tx: journal.record(tx, HelpGiven(counter=1), topics=[], actor="s02"))
        store.close()

    asyncio.run(lives())
    return tmp_path / "data" / "hall.sqlite3"


def kept(file):
    """The seqs in the journal."""
    with closing(sqlite3.connect(file)) as database:
        return [seq for (seq,) in database.execute("SELECT seq FROM journal ORDER BY seq")]


def test_old_months_go_and_are_proved(jiaohao, said, old, tmp_path):
    """Once; the second time there is nothing to do. Then files and journal are one chain, and `check` is content."""
    folder = tmp_path / "archive"
    assert 0 == jiaohao("archive", "--into", folder)
    first = said().out.splitlines()
    assert [0, 0, 0] == [
        jiaohao("archive", "--into", folder), jiaohao("archive", "--check", folder), jiaohao("check")
    ]  # fmt: skip
    then = said().out.splitlines()

    assert 12 + 1 == len(first)
    assert first[-1].endswith("archive: chunhe: 12 new files")
    assert then[0].endswith("nothing is old enough")
    assert "12 files up to entry" in then[1]
    assert "one whole chain" in then[1]
    assert len(kept(old)) <= 1  # the end of the last day, which the command itself has told


def test_the_folder_may_stand_in_config_toml(jiaohao, said, old, tmp_path):
    """A plain name lies in the data folder; without one the command asks for it."""
    assert 2 == jiaohao("archive")
    assert "say where to" in said().err
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('path = "hall.sqlite3"', 'path = "hall.sqlite3"\narchive = "old"'))

    assert 0 == jiaohao("archive", "--before", "2020-03-01")
    assert 2 == len(list((tmp_path / "data" / "old").glob("*.gz")))
    assert kept(old)[0] == 4


def test_what_cannot_be_done_is_one_sentence(jiaohao, said, old, tmp_path):
    """A day to come, a folder that is a file, two wishes at once, no hall: nothing leaves the journal."""
    before = kept(old)
    (tmp_path / "file").write_text("")
    tomorrow = from_us(real_us() + 2 * 86_400_000_000).date().isoformat()
    tried = [
        (("--into", tmp_path / "a", "--before", tomorrow), "has not come yet"),
        (("--into", tmp_path / "file"), "cannot be written"),
        (("--into", tmp_path / "a", "--check", tmp_path / "a"), "goes alone"),
    ]
    for words, sentence in tried:
        assert 2 == jiaohao("archive", *words)
        told = said().err
        assert sentence in told
        assert 1 == told.count("\n")
    assert 2 == jiaohao("archive", "--into", tmp_path / "a", data=tmp_path / "elsewhere")
    assert "there is no database yet" in said().err
    assert before == [seq for seq in kept(old) if seq <= before[-1]]


def test_an_archive_that_was_touched_is_said(jiaohao, said, old, tmp_path):
    """By `--check`, with the file; a journal cut shorter than its checkpoint by `check` too."""
    jiaohao("archive", "--into", tmp_path / "a", "--before", "2020-06-01")
    first = min((tmp_path / "a").glob("*.gz"))
    first.unlink()
    said()
    assert 2 == jiaohao("archive", "--check", tmp_path / "a")
    assert "no file has the entries up to" in said().err
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal)")

    assert [2, 2] == [jiaohao("check"), jiaohao("archive", "--check", tmp_path / "a")]
    assert said().err.count("is broken at entry") == 2
