"""Many at once, on real asyncio: nobody is called twice, no number is given twice."""

import asyncio

import pytest

from server.errors import HallError, NotWaiting
from server.verbs.calling import call
from server.verbs.issuing import issue
from server.verbs.serving import finish, start

CALLERS = 32


@pytest.fixture
def busy(new_hall, sample):
    """A hall of 32 counters, all open, all alike."""
    counters = tuple(sample.counter[1].model_copy(update={"number": n, "clerk": f"c{n}"}) for n in range(1, CALLERS + 1))
    staff = tuple(
        sample.staff[3].model_copy(update={"id": f"c{n}", "job_no": f"C{n}", "skills": None}) for n in range(1, CALLERS + 1)
    )
    payment = next(c for c in sample.counter if c.number == 11).model_copy(update={"number": 99, "clerk": None})
    hall = new_hall(counter=(*counters, payment), staff=(*staff, *sample.staff), hall={"weekend_duty": ()})
    for n in range(1, CALLERS + 1):
        hall.counter(n).opens()
    return hall


def together(hall, tell):
    """`tell(n)` for 32 callers at once; what each came back with."""

    async def all_of_them():
        return await asyncio.gather(*(tell(n) for n in range(1, CALLERS + 1)))

    return hall.runner.run(all_of_them())


def test_32_kiosks_never_give_a_number_twice(busy):
    """Ten each: 320 different numbers without a gap."""

    async def take_ten(n):
        taken = []
        for turn in range(10):
            ticket = await busy.store.write(issue, service="biz-setup", by=busy.kiosk, follow=f"{n}-{turn}")
            taken.append(ticket.number)
        return taken

    numbers = [number for taken in together(busy, take_ten) for number in taken]

    assert [f"A{n:03}" for n in range(1, 321)] == sorted(numbers)
    assert busy.journal.broken_at is None


def test_32_counters_never_call_a_ticket_twice(busy):
    """Each calls, starts and finishes until nobody is left: everyone is served once, in order of calling."""
    waiting = busy.issues_many(160)

    async def serve_all(n):
        by, served = busy.staff(f"c{n}"), []
        while ticket := await busy.store.write(call, counter=n, by=by):
            await busy.store.write(start, ticket_id=ticket.id, by=by)
            await busy.store.write(finish, ticket_id=ticket.id, by=by)
            served.append(ticket.number)
        return served

    served = [number for numbers in together(busy, serve_all) for number in numbers]
    called = [entry.facts["number"] for entry in busy.journal.entries() if entry.kind == "ticket.called"]

    assert waiting == sorted(served)
    assert waiting == called
    assert busy.journal.broken_at is None


def test_two_counters_choose_one_number_at_the_same_instant(busy):
    """Exactly one gets it; the other hears that it is not waiting."""
    busy.issues()
    acts = [(call, {"counter": n, "by": busy.staff(f"c{n}"), "number": "A001"}) for n in (1, 2)]
    got, refused = sorted(busy.does_together(*acts), key=lambda answer: isinstance(answer, HallError))

    assert ("A001", "called") == (got.number, got.state)
    assert isinstance(refused, NotWaiting)
    assert 1 == busy.journal.kinds().count("ticket.called")


def test_32_counters_choose_one_number_at_the_same_instant(busy):
    """Still one."""
    busy.issues()
    answers = busy.does_together(
        *[(call, {"counter": n, "by": busy.staff(f"c{n}"), "number": "A001"}) for n in range(1, CALLERS + 1)]
    )

    assert [31, 1] == [sum(isinstance(a, NotWaiting) for a in answers), sum(not isinstance(a, HallError) for a in answers)]


def test_acts_of_many_callers_share_their_commits(busy):
    """Under 32 writers at most 0.15 commits an act: a disk is asked once for what came together."""
    before = (busy.store.tally.acts, busy.store.tally.commits)

    async def take_twenty(n):
        for turn in range(20):
            await busy.store.write(issue, service="biz-setup", by=busy.kiosk, follow=f"{n}-{turn}")

    together(busy, take_twenty)
    acts, commits = busy.store.tally.acts - before[0], busy.store.tally.commits - before[1]

    assert 640 == acts
    assert commits / acts <= 0.15


def test_a_caller_who_goes_away_harms_nobody(busy):
    """What was written stays written; the others get their answers."""

    async def go_away():
        leaving = asyncio.ensure_future(busy.store.write(issue, service="biz-setup", by=busy.kiosk, follow="leaves"))
        staying = asyncio.ensure_future(busy.store.write(issue, service="biz-setup", by=busy.kiosk, follow="stays"))
        await asyncio.wait([leaving], timeout=0)
        leaving.cancel()
        return await staying

    assert "A002" == busy.runner.run(go_away()).number
    assert ["A001", "A002"] == [ticket.number for ticket in busy.tickets()]
