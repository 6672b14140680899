"""What a hall on PostgreSQL costs beside one on SQLite: both in one run, turn by turn, on disks that are waited for."""

import asyncio
import time
from statistics import median

import clusters
import pytest

from server.verbs.calling import call
from server.verbs.issuing import issue
from server.verbs.serving import finish, start

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


@pytest.mark.bench
@pytest.mark.parametrize("callers", [1, CALLERS])
def test_acts_a_second(durable, new_hall, counters, callers):
    """SQLite and PostgreSQL, one server each, fsync at every commit."""
    halls = {"SQLite": new_hall(**counters), "PostgreSQL": new_hall(on=durable, **counters)}
    for hall in halls.values():
        for n in range(1, CALLERS + 1):
            hall.counter(n).opens()
    rates = {name: [] for name in halls}
    for turn in range(ROUNDS):
        for name, hall in halls.items():
            rates[name].append(acts_a_second(hall, callers, turn))
    found = {name: median(some) for name, some in rates.items()}
    ratio = found["PostgreSQL"] / found["SQLite"]
    print(
        f"\n{callers} callers: "
        + ", ".join(f"{name} {rate:,.0f} acts/s" for name, rate in found.items())
        + f", ratio {ratio:.2f}"
    )

    assert ratio > 0.1
