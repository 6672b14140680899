"""Halls on PostgreSQL: eight of them calling at once, and one that four server processes share."""

import asyncio
import threading
import time
import uuid
from collections import Counter

import clusters
import psycopg
import pytest
import turns
from sqlalchemy import insert, text

from server.clock import SystemClock
from server.database import alone, connected, open_store, store_of
from server.engines import open_engine
from server.rules.people import By
from server.tables import Ticket
from server.verbs.calling import call
from server.verbs.counters import set_state
from server.verbs.setup import found

pytestmark = pytest.mark.postgresql

HALLS, CALLERS, CALLS, TURNS = 8, 4, 12, 5  # callers a hall, calls a caller in a turn
WAITING = 1_000
SERVERS, CLIENTS, ROUNDS = 4, 32, 4
FREE = text("UPDATE counter SET ticket = NULL, undo = NULL WHERE hall = :hall")


@pytest.fixture(scope="module")
def durable():
    """A server that waits for its disk, as a real one does."""
    running = clusters.Cluster(fsync="on", full_page_writes="on")
    yield running
    running.ends()


@pytest.fixture
def counters(sample):
    """Counters that all serve the same, and their clerks."""
    alike = tuple(sample.counter[1].model_copy(update={"number": n, "clerk": f"c{n}"}) for n in range(1, CALLERS + 1))
    clerks = tuple(
        sample.staff[3].model_copy(update={"id": f"c{n}", "job_no": f"C{n}", "skills": None}) for n in range(1, CALLERS + 1)
    )
    payment = next(c for c in sample.counter if c.number == 11).model_copy(update={"number": 99, "clerk": None})
    hall = sample.hall.model_copy(update={"always_open": True, "weekend_duty": ()})
    return sample.model_copy(update={"counter": (*alike, payment), "staff": (*clerks, *sample.staff), "hall": hall})


def open_halls(cluster, setup, count):
    """So many halls in one database, opened."""
    place, clock = cluster.new(), SystemClock()
    named = [setup.model_copy(update={"hall": setup.hall.model_copy(update={"id": f"hall-{n}"})}) for n in range(count)]
    root = open_store(place, setup=named[0], clock=clock)
    with connected(place) as connection:
        with alone(connection, place):
            for one in named[1:]:
                found(connection, setup=one, journal_id=uuid.uuid4().hex, demo=False)
        stores = [root, *(store_of(connection, root.threads, hall=one.hall.id, clock=clock) for one in named[1:])]
    for store in stores:
        store.open()
    return stores


class Halls:
    """Eight halls in this process, in each a thousand who wait and four clerks."""

    def __init__(self, stores):
        self.stores = stores
        self.runner = asyncio.Runner()
        self.runner.run(self._each(self._begins))

    def calls_a_second(self):
        """Every clerk calls as often as the turn has calls; what a call left at the counter is put away untimed."""
        spent = 0.0
        for _ in range(CALLS):
            self.runner.run(self._each(self._frees))
            began = time.perf_counter()
            self.runner.run(self._each(self._calls))
            spent += time.perf_counter() - began
        return HALLS * CALLERS * CALLS / spent

    def closes(self):
        for store in self.stores:
            store.close()
        self.runner.close()

    async def _each(self, does):
        await asyncio.gather(*(does(store) for store in self.stores))

    async def _frees(self, store):
        await store.write(lambda tx: tx.connection.execute(FREE, {"hall": tx.hall.id}))

    async def _begins(self, store):
        for n in range(1, CALLERS + 1):
            await store.write(set_state, counter=n, state="open", by=clerk(n))
        hall, day, at = await store.read(lambda rx: (rx.hall.id, rx.day, rx.now))
        engine = open_engine(store.place)
        with engine.connect() as connection:
            connection.execute(
                insert(Ticket), [waiting(n, hall=hall, day=day, at=at - (WAITING - n) * 1000) for n in range(WAITING)]
            )
        engine.dispose()

    async def _calls(self, store):
        called = await asyncio.gather(*(store.write(call, counter=n, by=clerk(n)) for n in range(1, CALLERS + 1)))
        assert len({ticket.id for ticket in called}) == CALLERS


def clerk(n):
    return By(kind="staff", id=f"c{n}", role="clerk")


def waiting(n, *, hall, day, at):
    """The n-th who waits."""
    row = {"hall": hall, "id": f"t{n:07}", "day": day, "number": f"T{n}", "service": "biz-setup", "priority": "normal"}
    row |= {"channel": "kiosk", "locale": "zh-CN", "area": "f1", "follow": f"f{n}", "state": "waiting", "slip": "none"}
    row |= dict.fromkeys(("calls", "restores", "wait_us", "walk_us", "serve_us", "hold_us", "act_seq"), 0)
    return row | {"issued_at": at, "queued_at": at, "line_at": at * 1000, "stage_at": at, "order": n, "stage": 1}


class Bare:
    """Eight connections, each a thread that updates its one row and inserts another, a transaction each time."""

    def __init__(self, place):
        self.address = place.set(drivername="postgresql").render_as_string(hide_password=False)
        self.lines = [psycopg.connect(self.address, autocommit=True) for _ in range(HALLS)]
        self.lines[0].execute("CREATE TABLE counted (id int PRIMARY KEY, n int)")
        self.lines[0].execute("CREATE TABLE told (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hall int, n int)")
        self.lines[0].execute("INSERT INTO counted SELECT generate_series(0, %s), 0", [HALLS - 1])

    def a_second(self):
        """Transactions a second, all together."""
        threads = [threading.Thread(target=self._works, args=(n, line)) for n, line in enumerate(self.lines)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return HALLS * CALLERS * CALLS / (time.perf_counter() - began)

    def _works(self, hall, line):
        for n in range(CALLERS * CALLS):
            with line.transaction():
                line.execute("UPDATE counted SET n = n + 1 WHERE id = %s", [hall])
                line.execute("INSERT INTO told (hall, n) VALUES (%s, %s)", [hall, n])

    def closes(self):
        for line in self.lines:
            line.close()


def test_eight_halls_call(durable, counters, measured):
    """Calls a second of eight halls together, over transactions of one update and one insert on eight connections."""
    halls, bare = Halls(open_halls(durable, counters, HALLS)), Bare(durable.new())
    turns.in_turns(1, call=halls.calls_a_second, bare=bare.a_second)
    found = turns.in_turns(TURNS, call=halls.calls_a_second, bare=bare.a_second)
    halls.closes()
    bare.closes()
    calls, rate = (turns.at(found[name], 0.5) for name in ("call", "bare"))
    against = f"{calls:,.0f} calls/s of {HALLS} halls with {CALLERS} clerks each : {rate:,.0f}/s of an update and an insert, {HALLS} connections"
    measured("pg.call_next", turns.ratio(found, "call", "bare"), against, at_least=0.4)


def test_four_processes_share_a_hall(durable, program, measured):
    """32 clients spread over four servers: no number is given twice, and nobody is called twice."""
    place = durable.new()
    address = place.render_as_string(hide_password=False)
    servers = [program("served", address, CLIENTS) for _ in range(SERVERS)]
    load = program("load", "ours", CLIENTS, 0, *(server.url for server in servers))
    told = load.asks(rounds=ROUNDS)
    twice = sum(n - 1 for numbers in (told["given"], told["called"]) for n in Counter(numbers).values())
    against = f"numbers given or called twice among {len(told['given'])}, by {SERVERS} servers and {CLIENTS} clients, {told['acts_a_second']:,.0f} acts/s"
    measured("pg.processes", twice, against, at_most=0, unit="", must=True)

    assert sorted(told["given"]) == sorted(told["called"]) == [f"A{n:03}" for n in range(1, CLIENTS * ROUNDS + 1)]
