"""The demo's busy hall plays by itself, and leaves to people what people do."""

import asyncio
import random
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import func, insert, select
from storyteller import MORNING

from server.clock import US, PacedClock, to_us
from server.database import open_store
from server.demo import Play
from server.rules.people import By
from server.standing import desks
from server.tables import SignIn, Ticket
from server.verbs import issuing

PATIENCE_S, LOOK_S = 60, 0.5
CLERK, COUNTER = "s05", 3  # who usually sits there


@pytest.fixture
def plays(tmp_path, sample):
    """Runs a story in the sample hall, with a play that stands still at first."""

    @asynccontextmanager
    async def opened():
        clock = PacedClock(at_us=to_us(MORNING))
        store = open_store(tmp_path / "hall.sqlite3", setup=sample, clock=clock, demo=True)
        store.open()
        play = Play(store, clock, dice=random.Random(7))
        try:
            yield play
        finally:
            await play.stop()
            store.close()

    async def within(story):
        async with opened() as play:
            return await story(play)

    return lambda story: asyncio.run(within(story))


async def until(play, holds):
    """Wait until `holds(rx)`: look after each commit, and now and then for what no commit tells."""
    news, loop = asyncio.Event(), asyncio.get_running_loop()
    play.store.on_commit.append(lambda _entries: loop.call_soon_threadsafe(news.set))
    async with asyncio.timeout(PATIENCE_S):
        while not await play.store.read(holds):
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LOOK_S)
            news.clear()


async def elsewhere(play):
    """Wait until three more have been served."""
    finished = select(func.count()).where(Ticket.__table__.c.state == "finished")
    before = await play.store.read(lambda rx: rx.one(finished)[0])
    await until(play, many("finished", before + 3))


def many(state, at_least):
    """So many tickets are in a state."""
    tickets = Ticket.__table__
    asked = select(func.count()).where(tickets.c.state == state)
    return lambda rx: rx.one(asked)[0] >= at_least


def test_a_busy_hour_is_played_without_anybody_doing_anything(plays):
    """Applicants come, clerks open their counters, call, serve and finish; then the clock goes on as real time does."""

    async def story(play):
        awaited = await play.awaits_a_visitor()
        await play.run_at(600, minutes=60)
        await until(play, many("finished", 5))
        await until(play, lambda rx: rx.now > to_us(MORNING) + 60 * 60 * US and rx.speed == 1.0)
        return awaited, await play.awaits_a_visitor(), play.clock.playing

    assert (True, False, True) == plays(story)


def test_a_hall_that_somebody_uses_is_left_alone(plays):
    """Whoever takes a number before anybody looked at the first page meets no made-up people."""

    async def story(play):
        guide = By(kind="staff", id="s03", role="guide")
        await play.store.write(issuing.issue, service="consult", by=guide, follow="link-1")
        return await play.awaits_a_visitor()

    assert not plays(story)


def test_a_clerk_who_signs_in_has_the_counter(plays):
    """The play has opened the counter; from the sign-in on it does nothing there, and everywhere else goes on."""

    def sits_down(tx):
        row = {"hall": tx.hall.id, "digest": "d", "staff": CLERK, "began_at": tx.now, "seen_at": tx.now}
        tx.run(insert(SignIn.__table__), **row)

    def of_the_counter(rx):
        desk = desks(rx)[COUNTER]
        return desk.state, desk.ticket, desk.since

    async def story(play):
        await play.run_at(600)
        await until(play, lambda rx: desks(rx)[COUNTER].state == "open")
        await play.store.write(sits_down)
        await elsewhere(play)  # an act that had begun before is over
        before = await play.store.read(of_the_counter)
        await elsewhere(play)
        return before, await play.store.read(of_the_counter)

    before, after = plays(story)

    assert before == after
