"""The way to the hall: nothing done twice, nothing missed, across lost connections."""

import asyncio

import pytest

from devices.callers.acts import Act
from devices.hall import HallClient, Refused, Unreachable


def test_a_rating_whose_answer_was_lost_is_sent_again_with_the_same_key(a_hall, serving):
    """The hall did it the first time; the repeat carries the key by which it knows."""

    async def story():
        hall = a_hall()
        hall.drop_next = "POST /api/counters/3/ratings"
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:
            await client.rate(3, act="act-9", level=5)
        return hall.told("POST /api/counters/3/ratings"), hall.keys

    told, keys = asyncio.run(story())

    assert (1, 1) == (len(told), len(keys))


def test_a_refusal_carries_its_code(a_hall, serving):
    """The pad shows it in words; nothing is tried again."""

    async def story():
        hall = a_hall()
        hall.refusals["POST /api/counters/3/recalls"] = "recalled_too_soon"
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:
            with pytest.raises(Refused) as refusal:
                await client.do(Act(verb="recall"), counter=3)
        return refusal.value.code, len(hall.heard)

    assert ("recalled_too_soon", 1) == asyncio.run(story())


def test_a_server_that_is_away_is_unreachable_after_a_few_tries(unused_tcp_port_url):
    """It says so within a second; it does not hang."""

    async def story():
        async with HallClient(unused_tcp_port_url, station="kiosk-1") as client:
            await client.pending()

    with pytest.raises(Unreachable):
        asyncio.run(story())


@pytest.mark.parametrize(
    ("act", "request_line", "body"),
    [
        (Act(verb="call", number="A020"), "POST /api/counters/3/calls", {"number": "A020"}),
        (Act(verb="ask_rating"), "POST /api/counters/3/rating-requests", {}),
        (Act(verb="pause"), "PUT /api/counters/3/state", {"state": "paused", "reason": "呼叫器"}),
        (Act(verb="open"), "PUT /api/counters/3/state", {"state": "open"}),
        (Act(verb="no_show", ticket="t9"), "PUT /api/tickets/t9/no-show", None),
        (Act(verb="hold", ticket="t9"), "PUT /api/tickets/t9/hold", {"reason": "no_papers"}),
        (Act(verb="restore", ticket="t9"), "DELETE /api/tickets/t9/no-show", None),
        (Act(verb="resume", ticket="t9"), "DELETE /api/tickets/t9/hold", None),
        (Act(verb="transfer", ticket="t9", counter=12), "POST /api/tickets/t9/transfers", {"to_counter": 12, "place": "kept"}),
    ],
)
def test_every_key_has_its_route(a_hall, serving, act, request_line, body):
    """A pad acts through the routes everybody uses."""

    async def story():
        hall = a_hall()
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:
            await client.do(act, counter=3)
        return hall.heard

    assert [(request_line, body)] == asyncio.run(story())


def test_calling_into_an_empty_line_is_no_error(a_hall, serving):
    """204: nobody waits."""

    async def story():
        async with serving(a_hall()) as url, HallClient(url, station="counter-3") as client:
            return await client.do(Act(verb="call_next"), counter=3)

    assert asyncio.run(story()) is False


def test_a_lost_connection_goes_on_from_the_last_event_heard(a_hall, serving):
    """The second connection asks for what came since; the first asked for nothing."""

    async def story():
        hall, heard = a_hall(), []
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:

            async def listen():
                async for message in client.events(topics=["counter:3"]):
                    heard.append(message["kind"])  # noqa: PERF401 (read while it grows)

            listening = asyncio.create_task(listen())
            await hall.until(lambda: len(hall.sockets) == 1)
            await hall.says("counter:3", kind="ticket.called", counter=3, number="A019")
            await hall.says("counter:3", kind="beat", journalled=False, seq=107, now="2026-11-23T01:00:00.000000Z")
            await hall.sockets[0][0].close()
            await hall.until(lambda: len(hall.since) == 2)
            listening.cancel()
        return hall.since, heard[:3]

    assert ([None, "107"], ["hello", "ticket.called", "lost"]) == asyncio.run(story())


def test_after_resync_everything_is_asked_anew(a_hall, serving):
    """What was missed is gone: the next connection starts from now."""

    async def story():
        hall = a_hall()
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:

            async def listen():
                async for message in client.events(topics=["counter:3"]):
                    kinds.append(message["kind"])  # noqa: PERF401 (read while it grows)

            kinds = []
            listening = asyncio.create_task(listen())
            await hall.until(lambda: len(hall.sockets) == 1)
            await hall.says("counter:3", kind="resync", journalled=False)
            await hall.sockets[0][0].close()
            await hall.until(lambda: len(hall.since) == 2)
            listening.cancel()
        return hall.since, kinds[:3]

    assert ([None, None], ["hello", "resync", "lost"]) == asyncio.run(story())
