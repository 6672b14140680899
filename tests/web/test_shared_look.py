"""However many ask, one look answers those who asked before it began."""

import asyncio

import pytest

from server.web.shared_look import SharedLook


def test_whoever_asks_before_a_look_begins_is_answered_by_it():
    """The first look begins at once; the many who ask while it rests share the second, and see what happened before they asked."""
    happened, begun = [], []

    async def look():
        begun.append(len(happened))
        return len(happened)

    async def story():
        shared = SharedLook(rest_s=0.05)
        first = await shared.see(look)
        happened.append("a call")
        second = await asyncio.gather(*(shared.see(look) for _ in range(20)))
        return first, set(second)

    assert (0, {1}) == asyncio.run(story())
    assert [0, 1] == begun


def test_who_asks_during_a_look_gets_the_next():
    """A look that has begun may have seen the hall before the event one has heard of."""

    async def story():
        shared, looks, goes_on = SharedLook(rest_s=0.01), asyncio.Semaphore(0), asyncio.Event()

        async def look():
            looks.release()
            await goes_on.wait()

        early = asyncio.create_task(shared.see(look))
        await looks.acquire()
        late = asyncio.create_task(shared.see(look))
        await asyncio.wait_for(looks.acquire(), 5)  # a second look has begun while the first goes on
        goes_on.set()
        await asyncio.gather(early, late)

    asyncio.run(story())


def test_one_who_goes_away_takes_nobody_along():
    """A closed page does not end the look of the others; an error is told to all who joined, and the next look is a new one."""

    async def story():
        shared = SharedLook(rest_s=0.01)

        async def fails():
            raise ValueError("away")

        async def sees():
            return "the hall"

        await shared.see(sees)
        gone, waiting = (asyncio.create_task(shared.see(sees)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        answer = await waiting
        with pytest.raises(ValueError, match="away"):
            await shared.see(fails)
        return answer, await shared.see(sees)

    assert ("the hall", "the hall") == asyncio.run(story())


def test_who_has_heard_of_nothing_need_not_wait():
    """What was seen within the rest is answered at once; later, there is a new look."""
    begun = []

    async def look():
        begun.append(len(begun))
        return len(begun)

    async def story():
        shared = SharedLook(rest_s=0.05)
        first = [await shared.lately(look) for _ in range(20)]
        await shared.see(look)  # begins when the rest is over
        return set(first), await shared.lately(look)

    assert ({1}, 2) == asyncio.run(story())
    assert [0, 1] == begun
