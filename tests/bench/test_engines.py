"""What a hall on PostgreSQL costs beside one on SQLite: both in one run, turn by turn, on disks that are waited for."""

import asyncio
import time
from itertools import count

import clusters
import pytest
import turns

from server.verbs.calling import call
from server.verbs.issuing import issue
from server.verbs.serving import finish, start

pytestmark = pytest.mark.postgresql

CALLERS = 32
ROUNDS = 5
ACTS = 640  # a round


@pytest.fixture
def counters(sample):
    """32 counters, all alike, and their clerks."""
    alike = tuple(sample.counter[1].model_copy(update={"number": n, "clerk": f"c{n}"}) for n in range(1, CALLERS + 1))
    clerks = tuple(
        sample.staff[3].model_copy(update={"id": f"c{n}", "job_no": f"C{n}", "skills": None}) for n in range(1, CALLERS + 1)
    )
    payment = next(c for c in sample.counter if c.number == 11).model_copy(update={"number": 99, "clerk": None})
    return {"counter": (*alike, payment), "staff": (*clerks, *sample.staff), "hall": {"weekend_duty": ()}}


def acts_a_second(hall, callers, turn):
    """Each caller takes a number, calls, starts and finishes, again and again."""

    async def one(n):
        by = hall.staff(f"c{n}")
        for again in range(ACTS // 4 // callers):
            await hall.store.write(issue, service="biz-setup", by=hall.kiosk, follow=f"{callers}-{turn}-{n}-{again}")
            ticket = await hall.store.write(call, counter=n, by=by)
            await hall.store.write(start, ticket_id=ticket.id, by=by)
            await hall.store.write(finish, ticket_id=ticket.id, by=by)

    async def everyone():
        await asyncio.gather(*(one(n) for n in range(1, callers + 1)))

    began = time.perf_counter()
    hall.runner.run(everyone())
    return ACTS / (time.perf_counter() - began)


@pytest.fixture(scope="module")
def durable():
    """A server that waits for its disk."""
    running = clusters.Cluster(fsync="on", full_page_writes="on")
    yield running
    running.ends()


def test_acts_a_second(durable, new_hall, counters, measured):
    """32 callers on PostgreSQL and on SQLite, one server each, fsync at every commit."""
    halls = {"postgresql": new_hall(on=durable, **counters), "sqlite": new_hall(**counters)}
    for hall in halls.values():
        for n in range(1, CALLERS + 1):
            hall.counter(n).opens()
    turn = count()
    found = turns.in_turns(
        ROUNDS, **{name: lambda hall=hall: acts_a_second(hall, CALLERS, next(turn)) for name, hall in halls.items()}
    )
    rates = {name: turns.at(some, 0.5) for name, some in found.items()}
    against = f"{rates['postgresql']:,.0f} acts/s of {CALLERS} callers in one hall : {rates['sqlite']:,.0f}/s on SQLite"
    measured("pg.sqlite", turns.ratio(found, "postgresql", "sqlite"), against, at_least=0.1)
