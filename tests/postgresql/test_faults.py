"""What goes wrong around a PostgreSQL server: nobody is told a lie, and all goes on by itself."""

import asyncio
import contextlib
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from server.app import create_app
from server.clock import US, SystemClock, real_us
from server.config import ServerConfig, load
from server.database import HEAD, alone, open_store
from server.engines.postgresql import key_of
from server.errors import DatabaseAway
from server.rules.people import By
from server.verbs.calling import call
from server.verbs.counters import set_state
from server.verbs.issuing import issue

CONFIG = Path(__file__).parents[2] / "config.toml"


def take(hall, follow):
    """An act that takes a number."""
    return issue, {"service": "biz-setup", "by": hall.kiosk, "follow": follow}


def taking(hall, follow):
    """The same as the answer to a POST, for its Idempotency-Key."""
    verb, facts = take(hall, follow)
    return lambda tx: {"number": verb(tx, **facts).number}


def numbers(hall):
    """Every number there is, in the order of issue."""
    return [ticket.number for ticket in hall.tickets()]


# ------------------------------------------------------------------ the server goes and comes


def test_a_server_that_comes_back_finds_the_hall_as_it_was(fragile, mortal):
    """While it is away acts and looks are refused; then they go on, in the same process, from the first one on."""
    fragile.issues()
    mortal.stops()
    for act in (fragile.issues, fragile.tickets):
        with pytest.raises(DatabaseAway):
            act()
    mortal.starts()

    assert "A002" == fragile.issues()
    assert ["A001", "A002"] == numbers(fragile)
    assert fragile.journal.broken_at is None


def test_a_server_that_was_restarted_unnoticed_costs_nobody_anything(fragile, mortal):
    """Connections that went while nobody used them are made anew."""
    fragile.issues()
    fragile.services()
    mortal.stops()
    mortal.starts()

    assert "A002" == fragile.issues()
    assert 2 == fragile.services()["biz-setup"]["ahead"]


def test_a_server_killed_in_the_middle_of_a_batch_keeps_what_was_answered(fragile, mortal):
    """All before it is there, nothing of it is, and nobody of it was given a number."""
    fragile.issues_many(5)

    def pulls_the_plug(tx):
        mortal.kill()

    answers = fragile.does_together(take(fragile, "a"), (pulls_the_plug, {}), take(fragile, "b"))
    mortal.starts()

    assert {DatabaseAway} == {type(answer) for answer in answers[1:]}
    given = [] if isinstance(answers[0], DatabaseAway) else [answers[0].number]
    assert [f"A{n:03}" for n in range(1, 6)] + given == numbers(fragile)
    assert f"A{6 + len(given):03}" == fragile.issues()
    assert fragile.journal.broken_at is None


def test_over_http_a_database_away_is_503_in_the_one_shape(fragile, mortal):
    """And 200 as soon as it is back."""
    app = create_app(store=fragile.store, server_config=ServerConfig())

    async def ask():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.get("/api/hall", headers={"Accept-Language": "en"})

    mortal.stops()
    away = fragile.runner.run(ask())
    mortal.starts()
    back = fragile.runner.run(ask())

    assert (503, "database_away", {}) == (away.status_code, away.json()["error"], away.json()["facts"])
    assert 200 == back.status_code


# ------------------------------------------------------------------ connections


def test_when_all_connections_are_taken_acts_and_looks_are_refused_until_some_are_free(fragile, line, cut):
    """Without a restart of ours."""
    fragile.issues()
    cut(fragile.place)
    others = []
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            others.append(line(fragile.place))
    for act in (fragile.issues, fragile.tickets):
        with pytest.raises(DatabaseAway):
            act()
    for other in others:
        other.close()

    assert "A002" == fragile.issues()
    assert ["A001", "A002"] == numbers(fragile)


def test_a_batch_whose_connection_is_cut_is_gone_whole_and_its_repetition_is_done_once(fragile, cut):
    """The caller is told that the database is away; the same Idempotency-Key brings the number, and brings it again."""
    fragile.issues()

    def is_cut(tx):
        cut(fragile.place)

    with pytest.raises(DatabaseAway):
        fragile.does(lambda tx: (issue(tx, **take(fragile, "gone")[1]), is_cut(tx), issue(tx, **take(fragile, "too")[1])))
    assert ["A001"] == numbers(fragile)

    first, again = (fragile.once(taking(fragile, "mine")) for _ in range(2))

    assert [({"number": "A002"}, False), ({"number": "A002"}, True)] == [first, again]
    assert ["A001", "A002"] == numbers(fragile)
    assert fragile.journal.broken_at is None


def test_a_commit_whose_answer_was_lost_is_asked_about(new_hall, cluster, deaf_line):
    """It was done, so the caller has the number; it is not done twice."""
    hall = new_hall(on=cluster)
    hall.shuts_down()
    way = deaf_line(hall.place)
    hall.place = way.place
    hall.starts_up()
    hall.issues()
    way.armed.set()
    second = hall.once(taking(hall, "mine"))

    assert not way.armed.is_set()
    assert [({"number": "A002"}, False), ({"number": "A002"}, True)] == [second, hall.once(taking(hall, "mine"))]
    assert "A003" == hall.issues()
    assert hall.journal.broken_at is None
    hall.shuts_down()


def test_a_commit_that_fails_answers_every_caller_of_the_batch(new_hall, cluster):
    """The acts themselves went well; then COMMIT said no."""
    hall = new_hall(on=cluster)
    hall.issues()

    def breaks_a_promise(tx):
        """A reference to nothing, which is looked at when the transaction ends."""
        tx.connection.exec_driver_sql("CREATE TABLE origin (id INTEGER PRIMARY KEY)")
        tx.connection.exec_driver_sql("CREATE TABLE promise (x INTEGER REFERENCES origin (id) DEFERRABLE INITIALLY DEFERRED)")
        tx.connection.exec_driver_sql("INSERT INTO promise VALUES (1)")

    answers = hall.does_together((breaks_a_promise, {}), take(hall, "b"), take(hall, "c"))

    assert DatabaseAway is type(answers[0])
    assert len(numbers(hall)) == 1 + sum(not isinstance(answer, DatabaseAway) for answer in answers)
    assert hall.journal.broken_at is None


# ------------------------------------------------------------------ another who has the hall's turn


def test_a_turn_that_is_never_given_back_is_waited_for_and_its_holder_s_death_ends_it(fragile, holder):
    """A hall is nobody's for ever: who waits is refused after some seconds, and served once the holder is dead."""
    fragile.issues()
    other = holder(fragile.place, key_of(fragile.setup.hall.id))
    with pytest.raises(DatabaseAway):
        fragile.issues()
    assert ["A001"] == numbers(fragile)

    other.kill()
    other.wait()

    assert "A002" == fragile.issues()


def test_a_server_that_freezes_within_its_turn_loses_it(fragile):
    """PostgreSQL itself ends a transaction in which nothing happens for a quarter of a minute; and waits that hang."""

    def limits(tx):
        names = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "synchronous_commit")
        return [tx.connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    assert ["15s", "5s", "1min", "on"] == fragile.does(limits)


def test_the_turn_of_one_hall_is_not_the_turn_of_another():
    """Halls in one database go on side by side."""
    assert key_of("a") != key_of("b")
    assert -(2**63) <= key_of("a") < 2**63


# ------------------------------------------------------------------ a migration while the hall works


def test_no_act_is_written_around_a_migration(new_hall, cluster, line, by_hand):
    """One asked for while somebody migrates waits for it, and then finds that the database is another program's."""
    hall = new_hall(on=cluster)
    hall.issues()
    watching = line(hall.place)
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s"
    (here,) = watching.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()

    def until_waiting():
        while not watching.execute(waits, [here]).fetchone()[0]:
            time.sleep(0.01)  # between two looks, not instead of one

    async def migrates(database):
        verb, facts = take(hall, "meanwhile")
        with alone(database, hall.place):
            act = asyncio.create_task(hall.store.write(verb, **facts))
            await asyncio.to_thread(until_waiting)
            database.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        return (await asyncio.gather(act, return_exceptions=True))[0]

    with by_hand(hall.place) as database:
        answer = hall.runner.run(migrates(database))
        database.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")  # noqa: S608

    assert isinstance(answer, DatabaseAway)
    assert ["A001"] == numbers(hall)
    assert "A002" == hall.issues()


# ------------------------------------------------------------------ clocks


def test_servers_whose_clocks_differ_by_minutes_keep_one_order(new_hall, cluster):
    """A stamp is never before the one before it, whoever gave it; no time is negative, and the day does not go back."""
    hall = new_hall(on=cluster)
    slow = hall.beside()
    slow.clock.step(minutes=-7)
    desk, other = hall.counter(2).opens(), slow.counter(3).opens()
    for turn in range(6):
        (hall if turn % 2 else slow).issues()
        hall.clock.step(seconds=20)
        slow.clock.step(seconds=20)
    for here in (desk, other, desk, other):
        here.calls_next()
        here.starts()
        here.finishes()
    entries, tickets = hall.journal.entries(), hall.tickets()
    slow.closes()

    assert [e.at for e in entries] == sorted(e.at for e in entries)
    assert [t.line_at for t in tickets] == sorted(t.line_at for t in tickets)
    assert ["A001", "A002", "A003", "A004"] == [e.facts["number"] for e in entries if e.kind == "ticket.called"]
    assert all(min(t.wait_us, t.walk_us, t.serve_us) >= 0 for t in tickets)
    assert hall.journal.broken_at is None


def test_servers_whose_clocks_are_wrong_take_the_database_s(cluster, new_hall):
    """One hall, one clock: what was waited for is what has passed, whichever servers wrote the two ends down."""
    place = new_hall(on=cluster).place
    off_us = 7 * 60 * US
    clocks = [SystemClock(lambda: real_us() + off_us), SystemClock(lambda: real_us() - off_us)]
    stores = [open_store(place, setup=load(CONFIG).hall, clock=clock) for clock in clocks]
    by = By(kind="staff", id="s04", role="clerk")

    async def live():
        fast, slow = stores
        await fast.write(set_state, counter=2, state="open", by=by)
        ticket = await fast.write(issue, service="biz-setup", by=By(kind="station", id="kiosk-1"), follow="one")
        called = await slow.write(call, counter=2, by=by, number=ticket.number)
        return ticket, called, await slow.read(lambda rx: rx.now)

    for store in stores:
        store.open()
    try:
        ticket, called, now = asyncio.run(live())
    finally:
        for store in stores:
            store.close()

    assert 0 < called.wait_us < 60 * US
    assert ticket.issued_at < called.called_at <= now < ticket.issued_at + 60 * US
    assert abs(clocks[0].now_us() - clocks[1].now_us()) < 60 * US


# ------------------------------------------------------------------ news


async def first_look(heard):
    """Let the listener have its first look, once it listens; it may have had it before anybody could hear."""
    with suppress(TimeoutError):
        await asyncio.wait_for(heard.wait(), 2)
    heard.clear()


def test_news_of_one_server_wake_the_others(new_hall, cluster):
    """Not by looking: a listener is called when another server has committed."""
    hall = new_hall(on=cluster)
    other = hall.beside()

    async def hears():
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        other.store.on_commit.append(lambda _entries: loop.call_soon_threadsafe(heard.set))
        await first_look(heard)
        await hall.store.write(issue, **take(hall, "news")[1])
        await asyncio.wait_for(heard.wait(), 5)

    hall.runner.run(hears())
    assert ["A001"] == numbers(other)
    other.closes()


def test_a_bell_whose_connection_was_cut_rings_again(new_hall, cluster, cut):
    """Within the second in which whoever listens looks by itself."""
    hall = new_hall(on=cluster)
    other = hall.beside()

    async def hears():
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        other.store.on_commit.append(lambda _entries: loop.call_soon_threadsafe(heard.set))
        await first_look(heard)
        await asyncio.to_thread(cut, hall.place)
        await asyncio.wait_for(heard.wait(), 5)  # it listens anew, and looks at once

    hall.runner.run(hears())
    assert "A001" == hall.issues()
    assert ["A001"] == numbers(other)
    other.closes()
