"""The archive: months of the journal in files, and the proof that files and journal are one chain from the first entry on."""

import asyncio
import gzip
import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, insert, select, update

from server import archive, journal
from server.app import create_app
from server.archive.files import Damaged, alone
from server.config import load
from server.engines.postgresql import key_of
from server.events import HelpGiven
from server.hub import Hub
from server.tables import METADATA
from server.verbs.changing import Change, change_setup

ROOT = Path(__file__).parents[1]
MARCH = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in the hall
MONTHS = (3, 4, 5, 6)
PATIENCE_S = 30
JOURNAL = METADATA.tables["journal"]


@pytest.fixture
def old(new_hall):
    """A hall with some entries in each month from March to June; it is 10 November."""
    hall = new_hall(at=MARCH)
    for month in MONTHS:
        hall.comes(day=date(2026, month, 2), hour=9)
        hall.issues_many(3)
    hall.comes(day=date(2026, 11, 10), hour=9)
    hall.ticks()
    return hall


def carries(hall, into, before=None):
    """The names of the new files."""
    return [path.name for path in hall.runner.run(archive.carry(hall.store, into=into, before=before))]


def proves(hall, folder):
    """What the archive and the journal prove together."""
    return hall.runner.run(archive.prove(hall.store, folder=folder))


def talks(hall, count):
    """So many entries in one act."""

    def chatter(tx):
        for _ in range(count):
            journal.record(tx, HelpGiven(counter=1), topics=["counter:1"], actor="s02")

    hall.does(chatter)


def lines(path):
    """(the first line, the entries) of a file, with nothing but gzip and JSON."""
    first, *entries = gzip.decompress(path.read_bytes()).decode().splitlines()
    return json.loads(first), [json.loads(line) for line in entries]


def rewrites(path, change):
    """The file with its lines changed by hand."""
    told = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(change(told)).encode() + b"\n"))


# ------------------------------------------------------------------ what goes, and what stays


def test_whole_months_that_are_old_enough_leave_the_journal(old, tmp_path):
    """A file a month; what is younger than the hall keeps, or of its month, stays; the chain is whole without and with the files."""
    before = old.journal.entries()
    made = carries(old, tmp_path / "a" / "b")
    kept = old.journal.entries()
    proof = proves(old, tmp_path / "a" / "b")

    assert ["chunhe-2026-03", "chunhe-2026-04"] == [name[:14] for name in made]
    assert before[-len(kept) :] == kept
    assert date(2026, 5, 2) == datetime.fromtimestamp(kept[0].at / 1e6, tz=UTC).date()
    assert old.journal.broken_at is None
    assert (2, kept[0].seq - 1, kept[-1].seq, 0) == (proof.files, proof.archived, proof.seq, proof.lost)
    assert [] == carries(old, tmp_path / "a" / "b")


def test_a_file_says_itself_what_it_is(old, tmp_path):
    """Whose, from which entry to which, what it is bound to; and how the hashes are made, so that anybody can make them."""
    before = old.journal.entries()
    march, april = (tmp_path / name for name in carries(old, tmp_path))
    (first, entries), (second, _) = lines(march), lines(april)
    parts = ("prev_hash", "hall", "seq", "at", "kind", "actor", "topics", "body")

    assert ("chunhe", 1, len(entries), "") == (first["hall"], first["first"], first["last"], first["prev_hash"])
    assert (first["last"] + 1, first["last_hash"]) == (second["first"], second["prev_hash"])
    assert [(e.seq, e.at, e.kind, e.facts) for e in before[: len(entries)]] == [
        (entry["seq"], entry["at"], entry["kind"], json.loads(entry["body"])) for entry in entries
    ]
    assert "sha256" in first["about"]
    for entry in entries:
        assert entry["hash"] == sha256("\x1f".join(str(entry[part]) for part in parts).encode()).hexdigest()


def test_a_day_may_be_named(old, tmp_path):
    """What happened before it goes, also of a month that is not over; the next file of that month goes on."""
    talks(old, 10)
    carries(old, tmp_path, date(2026, 11, 10))
    old.comes(day=date(2026, 11, 11), hour=9)
    old.ticks()
    made = carries(old, tmp_path, date(2026, 11, 11))

    assert ["chunhe-2026-11"] == [name[:14] for name in made]
    assert 4 + 1 == proves(old, tmp_path).files
    assert old.journal.broken_at is None


def test_a_journal_may_be_empty_and_goes_on(old, tmp_path):
    """Everything in files: the next entry is bound to the last one there."""
    old.comes(day=date(2026, 12, 1), hour=9)
    carries(old, tmp_path, date(2026, 12, 1))
    empty = old.sees(journal.begin)
    assert old.journal.broken_at is None
    old.issues()

    assert empty.seq < old.journal.entries()[0].seq
    assert old.journal.broken_at is None
    assert proves(old, tmp_path).seq == old.journal.seq


def test_nothing_leaves_without_the_archive(old):
    """However old, the day's end deletes no entry."""
    old.comes(day=date(2033, 11, 2), hour=9)
    old.ticks()

    assert 1 == old.sees(journal.oldest)
    assert (0, "") == (old.sees(journal.begin).seq, old.sees(journal.begin).hash)


# ------------------------------------------------------------------ who reads on


def test_a_socket_from_before_the_cut_takes_a_fresh_picture(old, tmp_path):
    """Entries it has not had are no longer there to be told; one entry later it goes on."""
    carries(old, tmp_path)
    cut = old.sees(journal.begin).seq
    hub, journal_id = Hub(old.store), old.sees(lambda rx: rx.head.journal)

    def admitted(since):
        return old.runner.run(hub.admit(journal_id=journal_id, since=since))

    assert (None, cut, cut + 1) == (admitted(cut - 1), admitted(cut), admitted(cut + 1))


def test_a_change_of_the_set_up_is_noticed_though_its_entry_has_left(old, beside_of, tmp_path):
    """Another server that slept through change and archive reads the set-up anew."""
    other = beside_of(old)
    other.issues()
    service = next(s for s in old.setup.service if s.id == "biz-setup").model_dump(mode="json") | {"enabled": False}
    old.does(change_setup, changes=[Change(noun="service", id="biz-setup", doc=service)], by=old.manager)
    old.comes(day=date(2026, 12, 1), hour=9)
    carries(old, tmp_path, date(2026, 12, 1))

    assert other.sees(lambda rx: rx.hall.services["biz-setup"].enabled) is False


@pytest.fixture
def beside_of():
    """Another server of a hall: `beside_of(hall)`."""
    opened = []

    def make(hall):
        opened.append(hall.beside())
        return opened[-1]

    yield make
    for one in opened:
        one.closes()


# ------------------------------------------------------------------ what is proved


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda told: [told[0], told[1].replace("chunhe", "elsewhere"), *told[2:]], "broken at entry 1:"),
        (lambda told: [*told[:2], told[2].replace("ticket.issued", "ticket.called"), *told[3:]], "broken at entry 2:"),
        (lambda told: [*told[:2], *told[3:]], "broken at entry 2:"),
        (lambda told: told[:-1], "ends at entry"),
        (lambda _: ["a shopping list"], "cannot be read"),
    ],
)
def test_a_file_that_was_touched_is_found(old, tmp_path, change, sentence):
    """A changed word, a missing line, another file: each is said with its file."""
    march = tmp_path / carries(old, tmp_path)[0]
    rewrites(march, change)

    with pytest.raises(Damaged, match=sentence) as found:
        proves(old, tmp_path)
    assert str(found.value).startswith(march.name)


def test_a_file_that_is_missing_is_found(old, tmp_path):
    """The entries that no file has are named."""
    march, april = (tmp_path / name for name in carries(old, tmp_path))
    last = lines(march)[0]["last"]
    march.unlink()
    with pytest.raises(Damaged, match=f"no file has the entries up to {last} "):
        proves(old, tmp_path)
    april.unlink()
    with pytest.raises(Damaged, match="no file has the entries up to"):
        proves(old, tmp_path)


def test_half_a_file_is_no_file(old, tmp_path):
    """As after a disk that lost its end."""
    march = tmp_path / carries(old, tmp_path)[0]
    march.write_bytes(march.read_bytes()[:-20])

    with pytest.raises(Damaged, match="cannot be read"):
        proves(old, tmp_path)


def test_a_forged_chain_does_not_fit_the_journal(old, tmp_path):
    """A file whose own hashes are right, but whose end the journal does not go on from."""
    april = tmp_path / carries(old, tmp_path)[1]
    first, entries = lines(april)
    entries[0]["actor"], prev = "somebody-else", first["prev_hash"]
    for entry in entries:
        entry["prev_hash"] = prev
        prev = entry["hash"] = journal.hash_of(entry)
    rewrites(april, lambda _: [json.dumps(said) for said in ({**first, "last_hash": prev}, *entries)])

    with pytest.raises(Damaged, match="no file has the entries up to"):
        proves(old, tmp_path)


def test_a_journal_that_was_touched_is_not_archived(old, tmp_path, by_hand):
    """Nothing leaves the table, no file is made, and the entry is named; an entry cut off at the cut is found too."""
    with by_hand(old.place) as database:
        database.exec_driver_sql("UPDATE journal SET actor = 's01' WHERE seq = 3")
    with pytest.raises(Damaged, match="broken at entry 3"):
        carries(old, tmp_path)
    left = [path.name for path in tmp_path.glob("*.gz")] + [path.name for path in tmp_path.glob("*.draft")]
    with by_hand(old.place) as database:
        database.exec_driver_sql("UPDATE journal SET actor = 'kiosk-1' WHERE seq = 3")
    carries(old, tmp_path)
    first = old.sees(journal.oldest)
    with by_hand(old.place) as database:
        database.execute(delete(JOURNAL).where(JOURNAL.c.seq == first))

    assert [] == left
    assert first == old.journal.broken_at


def test_a_copy_put_back_goes_on_from_its_own_checkpoint(old, tmp_path, by_hand):
    """Files of entries that the copy has still, or never had, do no harm: the chain is found by its hashes."""
    begun, head = old.sees(journal.begin), None
    with by_hand(old.place) as database:
        rows = database.exec_driver_sql("SELECT * FROM journal ORDER BY seq").mappings().all()
        head = database.exec_driver_sql("SELECT * FROM hall").mappings().one()
    carries(old, tmp_path)
    old.issues()
    carries(old, tmp_path, date(2026, 11, 10))
    old.shuts_down()
    with by_hand(old.place) as database:
        database.exec_driver_sql("DELETE FROM journal")
        database.exec_driver_sql("DELETE FROM checkpoint")
        database.execute(insert(JOURNAL), [dict(row) for row in rows])
        database.execute(update(METADATA.tables["hall"]).values(seq=head["seq"], last_hash=head["last_hash"], journal="copy"))
    old.starts_up()
    assert begun == old.sees(journal.begin)
    carries(old, tmp_path, date(2026, 6, 3))

    assert old.journal.broken_at is None
    assert proves(old, tmp_path).archived == old.sees(journal.begin).seq


def test_what_an_earlier_version_deleted_is_said(old, tmp_path, by_hand):
    """It cannot be proved; the rest can."""
    lost = 2
    with by_hand(old.place) as database:
        bound = database.execute(select(JOURNAL.c.hash).where(JOURNAL.c.seq == lost)).scalar()
        database.execute(delete(JOURNAL).where(JOURNAL.c.seq <= lost))
        database.execute(insert(METADATA.tables["checkpoint"]).values(hall="chunhe", seq=lost, hash=bound, lost=lost))
    carries(old, tmp_path)

    assert (2, lost) == (proves(old, tmp_path).files, proves(old, tmp_path).lost)


# ------------------------------------------------------------------ what goes wrong on the way


def test_a_full_disk_takes_nothing_out_of_the_journal(old, tmp_path):
    """No half file stays; with room again all is as it should be."""
    (tmp_path / "chunhe.draft").symlink_to("/dev/full")
    before = old.journal.entries()
    with pytest.raises(OSError, match="No space left"):
        carries(old, tmp_path)
    after = old.journal.entries()

    assert before == after
    assert [] == list(tmp_path.glob("*.gz")) + list(tmp_path.glob("*.draft"))
    assert 2 == len(carries(old, tmp_path))
    assert 2 == proves(old, tmp_path).files


def test_only_one_carries_a_hall_s_entries_at_a_time(old, tmp_path):
    """The other is told, and has done nothing; another hall's files may be written meanwhile."""
    with alone(tmp_path, hall="chunhe"), pytest.raises(BlockingIOError):
        carries(old, tmp_path)
    assert 1 == old.sees(journal.oldest)

    with alone(tmp_path, hall="elsewhere"):
        assert 2 == len(carries(old, tmp_path))


def test_a_long_journal_leaves_in_many_acts(new_hall, tmp_path):
    """Each takes a moment, so that nobody waits: none takes more than some thousands."""
    hall = new_hall(at=MARCH)
    talks(hall, journal.FORGOTTEN * 2 + 10)
    hall.comes(day=date(2026, 3, 4), hour=9)
    acts = hall.store.tally.acts
    (name,) = carries(hall, tmp_path, date(2026, 3, 3))

    assert hall.store.tally.acts - acts == 3 + 1  # and one that finds nothing more
    assert journal.FORGOTTEN * 2 + 10 == lines(tmp_path / name)[0]["last"]
    assert proves(hall, tmp_path).files == 1


@contextmanager
def keeps_writing(database):
    """Somebody else has the hall's turn: no entry can leave."""
    lock, unlock = ("BEGIN IMMEDIATE", "ROLLBACK")
    if database.dialect.name == "postgresql":
        lock, unlock = (f"SELECT pg_advisory_{word}({key_of('chunhe')})" for word in ("lock", "unlock"))
    database.exec_driver_sql(lock)
    yield
    database.exec_driver_sql(unlock)


@pytest.mark.parametrize("moment", ["half a file", "a file and a full table", "half a table"])
def test_whoever_is_killed_on_the_way_leaves_nothing_out_and_nothing_twice(new_hall, tmp_path, by_hand, moment):
    """The plug is pulled while the file is written, before the first entry leaves, and between two batches; then it is run again."""
    hall = new_hall(at=MARCH)
    talks(hall, 9_000)
    hall.comes(day=date(2026, 3, 4), hour=9)
    hall.ticks()
    whole = hall.journal.entries()
    into = tmp_path / "archive"
    config = tmp_path / "config.toml"
    there = f'path = "{hall.place.name}"' if isinstance(hall.place, Path) else f'url = "{hall.place}"'
    config.write_text((ROOT / "config.toml").read_text().replace('path = "hall.sqlite3"', there))
    words = ["archive", "--into", into, "--before", "2026-03-03", "--config", config, "--data", tmp_path]
    command = [sys.executable, "-m", "server.cli", *map(str, words)]

    def reached():
        if moment == "half a file":
            return (into / "chunhe.draft").exists() or list(into.glob("*.gz"))
        if moment == "half a table":
            return hall.sees(journal.begin).seq
        return list(into.glob("*.gz"))

    with by_hand(hall.place) as other, keeps_writing(other) if moment == "a file and a full table" else nullcontext():
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until(lambda: reached() or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
        told = process.communicate()[1].decode()
    begun = hall.sees(journal.begin).seq
    assert process.returncode == -signal.SIGKILL, told
    assert hall.journal.broken_at is None
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    files = sorted(into.glob("*.gz"))

    assert (0, "") == (done.returncode, done.stderr)
    assert begun < 9_000
    assert 1 == len(files)
    archived = lines(files[0])[1]
    told = [entry["seq"] for entry in archived] + [entry.seq for entry in hall.journal.entries()]
    assert [entry.seq for entry in whole] == told[: len(whole)]  # the command has ended a day besides
    assert sorted(set(told)) == told
    assert hall.journal.broken_at is None
    assert 1 == proves(hall, into).files


def until(happened):
    """Look again and again until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)  # between two looks, not instead of one


# ------------------------------------------------------------------ at night


def test_a_server_with_a_folder_carries_when_it_starts_and_when_a_day_has_ended(old, tmp_path):
    """Beside its other work; the hall's rules say which months."""
    into = tmp_path / "nightly"
    old.shuts_down()
    app = create_app(store=old.store, server_config=load(ROOT / "config.toml").server, archive_into=into)

    async def lives():
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as anyone:
                while not await old.store.read(lambda rx: journal.begin(rx).seq):
                    assert (await anyone.get("/api/hall")).status_code == 200
                    await asyncio.sleep(0.01)

    old.runner.run(lives())
    old.starts_up()

    assert ["chunhe-2026-03"] == [path.name[:14] for path in into.glob("*.gz")][:1]
    assert old.journal.broken_at is None
