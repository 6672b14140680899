"""Pads and keypads at work in a real hall, on real wires, beside the counter page: they never get out of step."""

import asyncio
import contextlib
import threading
import time
from ipaddress import ip_network

import pytest

from devices import rack
from devices.callers.virtual import VirtualPad
from devices.dealings.calling import DEAF_S, Calling
from devices.dealings.rating import Rating
from devices.hall import HallClient
from devices.keypads.codes import PLAIN
from devices.keypads.prompts import Prompts
from devices.keypads.virtual import VirtualKeypad

LOOPBACK = (ip_network("127.0.0.0/8"),)
COUNTER, CLERK = 3, "s05"
PATIENCE_S, HAND_S = 10.0, 0.35


@pytest.fixture
def hall(a_far):
    """A hall whose counter 3 is open, in which keys can be pressed from a page."""
    hall = a_far(demo=True, trusted_networks=LOOPBACK)
    hall.open(COUNTER, clerk=CLERK)
    return hall


@contextlib.contextmanager
def racked(hall, *names):
    """A rack of emulated devices beside the server, in a thread of its own."""
    chosen = [device for device in hall.config.device if device.name in names]
    runner, stop = asyncio.Runner(), asyncio.Event()
    loop = runner.get_loop()
    thread = threading.Thread(
        target=lambda: runner.run(rack.run(chosen, server_url=hall.url, emulated=True, stop=stop)), name="rack"
    )
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_S)
        runner.close()
        assert not thread.is_alive()


class Counter:
    """Counter 3 as its page sees it, and its devices."""

    def __init__(self, hall, patiently):
        self.hall, self.until, self.clerk = hall, patiently, hall.staff(CLERK)

    @property
    def desk(self):
        return self.clerk(f"GET /api/counters/{COUNTER}").json()

    def at(self):
        """(number, state) of the ticket at the desk."""
        ticket = self.desk["ticket"]
        return (ticket["number"], ticket["state"]) if ticket else None

    def stands(self, *expected):
        """Wait until the desk is so."""
        self.until(lambda: self.at() == (expected or None))

    def presses(self, key, device="pad-3"):
        """A key of a device."""
        self.hall.at("127.0.0.1")(f"POST /api/stations/counter-3/devices/{device}/input", {"key": key})

    def insists(self, key, *, until, device="pad-3"):
        """Press again and again, as a hand does, until it is so: right after a change a pad is deaf for a moment."""
        pressed_s = float("-inf")

        def so():
            nonlocal pressed_s
            if time.monotonic() - pressed_s > HAND_S:
                self.presses(key, device)
                pressed_s = time.monotonic()
            return until()

        self.until(so)

    def look(self, device="pad-3"):
        """How a device stands, and what its display says."""
        one = next(one for one in self.clerk("GET /api/devices").json()["devices"] if one["name"] == device)
        detail = one["pictures"][0]["detail"] if one["pictures"] else {}
        return one["state"], detail.get("left"), detail.get("right")

    def shows(self, left, right="", device="pad-3"):
        """Wait until a display says so."""
        self.until(lambda: self.look(device) == ("ok", left, right))

    def does(self, what, body=None):
        """The page acts."""
        answer = self.clerk(what, {} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def counter(hall, patiently):
    """Counter 3."""
    return Counter(hall, patiently)


def test_page_and_pad_by_turns(hall, counter):
    """What the page does the pad shows; what the pad does the page finds done."""
    first, second = hall.issue(), hall.issue()
    with racked(hall, "pad-3"):
        counter.shows("---", "等 2")
        counter.does(f"POST /api/counters/{COUNTER}/calls")
        counter.shows("001", "等 1")
        counter.insists("recall", until=lambda: counter.look()[1] == "稍后再呼")
        counter.insists("confirm", until=lambda: counter.at() == (first.number, "serving"))
        counter.does(f"PUT /api/tickets/{first.id}/completion")
        counter.shows("---", "等 1")
        counter.insists("next", until=lambda: counter.at() == (second.number, "called"))
        counter.insists("no_show", until=lambda: counter.look()[1] == "呼叫次数不够")
        counter.does(f"PUT /api/tickets/{second.id}/service")
        counter.shows("002", "等 0")
        counter.insists("confirm", until=lambda: counter.at() is None)
        counter.shows("---", "等 0")
        counter.insists("undo", until=lambda: counter.at() == (second.number, "serving"))
        counter.insists("pause", until=lambda: counter.look()[1] == "有号未办结")


def test_a_pad_pulled_out_in_mid_frame_does_nothing_and_goes_on_when_it_is_back(hall, counter):
    """Half a press calls nobody; after the return its display is right again."""
    hall.issue()
    with racked(hall, "pad-3"):
        counter.shows("---", "等 1")
        counter.presses("cut")
        counter.presses("next")
        counter.until(lambda: counter.look()[0] == "lost")
        counter.presses("noise")
        counter.presses("plug")
        counter.shows("---", "等 1")
        counter.presses("noise")
        assert counter.at() is None
        counter.presses("next")
        counter.stands("A001", "called")


def test_two_pads_on_one_bus_serve_their_own_counters(hall, counter, patiently):
    """The same key at both calls one each."""
    hall.open(2, clerk="s04")
    numbers = {hall.issue().number, hall.issue().number}
    with racked(hall, "pad-2", "pad-3"):
        counter.shows("---", "等 2")
        counter.presses("next")
        counter.hall.at("127.0.0.1")("POST /api/stations/counter-2/devices/pad-2/input", {"key": "next"})
        desk = lambda n: (counter.clerk(f"GET /api/counters/{n}").json()["ticket"] or {}).get("number")  # noqa: E731
        patiently(lambda: {desk(2), desk(3)} == numbers)


def test_a_keypad_rates_what_the_page_finished(hall, counter):
    """Asked when service ends, rated once; a second press finds nothing to rate."""
    hall.issue()
    with racked(hall, "keypad-3"):
        counter.until(lambda: counter.look("keypad-3")[0] == "ok")
        ticket = counter.does(f"POST /api/counters/{COUNTER}/calls")
        counter.does(f"PUT /api/tickets/{ticket['id']}/service")
        counter.does(f"PUT /api/tickets/{ticket['id']}/completion")
        counter.insists("4", until=lambda: counter.desk["tally"]["ratings"] == 1, device="keypad-3")
        counter.presses("1", "keypad-3")

    assert [(4,)] == [tuple(row) for row in hall.rows("SELECT level FROM rating")]


# ------------------------------------------------------------------ two racks, a stale display


class Mounted:
    """One device of memory at counter 3, with its dealing and its own connection, as a rack has it."""

    def __init__(self, url, dealing, device, *, key):
        self.client = HallClient(url, station="counter-3", key=key)
        self.changes = asyncio.Event()
        self.device = device(self.changes.set)
        self.dealing = dealing(self.device, hall=self.client, counter=COUNTER)

    async def listen(self):
        """Hear what happens, as in a rack."""
        async for message in self.client.events(topics=[f"counter:{COUNTER}"]):
            self.dealing.hear(message)

    async def until(self, left):
        """Wait until the display begins so."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.device.pictures()[0].detail["left"].startswith(left):
                self.changes.clear()
                await self.changes.wait()


def pad(changed):
    return VirtualPad("pad-3", address=3, encoding="gb18030", changed=changed)


def keypad(changed):
    return VirtualKeypad("keypad-3", spec=PLAIN, prompts=Prompts(), address=3, changed=changed)


def told(hall, story, *, dealing=Calling, device=pad, racks=1, deaf=False):
    """Run a story with so many racks that all believe they own the device; `deaf` ones hear nothing."""
    key = hall.key("counter-3")

    async def run():
        mounted = [Mounted(hall.url, dealing, device, key=key) for _ in range(racks)]
        async with contextlib.AsyncExitStack() as stack:
            for one in mounted:
                await stack.enter_async_context(one.client)
            running = [asyncio.create_task(one.dealing.run()) for one in mounted]
            running += [] if deaf else [asyncio.create_task(one.listen()) for one in mounted]
            try:
                return await story(mounted)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)

    return asyncio.run(run())


def test_a_press_on_a_stale_display_is_refused_with_a_short_word(hall, counter):
    """The page has finished A001 and called A002 meanwhile: 确定 means A001, and does nothing to A002."""
    first, second = hall.issue(), hall.issue()
    counter.does(f"POST /api/counters/{COUNTER}/calls")

    async def story(mounted):
        (one,) = mounted
        one.dealing.hear({"kind": "hello"})
        await one.until("001")
        await asyncio.to_thread(counter.does, f"PUT /api/tickets/{first.id}/service")
        await asyncio.to_thread(counter.does, f"PUT /api/tickets/{first.id}/completion")
        await asyncio.to_thread(counter.does, f"POST /api/counters/{COUNTER}/calls")
        one.device.press("confirm")
        await one.until("没有叫号")
        await one.until("002")

    told(hall, story, deaf=True)

    assert (second.number, "called") == counter.at()


@pytest.mark.parametrize("racks", [1, 2])
def test_a_double_press_and_a_second_rack_do_nothing_twice(hall, counter, racks):
    """确定 twice in a moment starts and does not finish; 顺呼 twice calls one; 暂停 twice pauses and does not open again."""
    hall.issue()
    hall.issue()

    async def twice(mounted, key):
        for _ in range(2):
            for one in mounted:
                one.device.press(key)
            await asyncio.sleep(0.1)  # as fast as a finger is; longer than a key chatters
        for digit, then in (("5", "5_"), ("clear", "")):  # each press is obeyed in its turn: those before are done with
            for one in mounted:
                one.device.press(digit)
            for one in mounted:
                await one.until(then)
        await asyncio.sleep(DEAF_S)

    async def story(mounted):
        for one in mounted:
            await one.until("---")
        await twice(mounted, "next")
        await twice(mounted, "confirm")
        at = await asyncio.to_thread(counter.at)
        await asyncio.to_thread(counter.does, f"PUT /api/tickets/{counter.desk['ticket']['id']}/completion")
        for one in mounted:
            await one.until("---")
        await asyncio.sleep(DEAF_S)
        await twice(mounted, "pause")
        return at, (await asyncio.to_thread(lambda: counter.desk))["state"]

    assert (("A001", "serving"), "paused") == told(hall, story, racks=racks)


def test_two_racks_hear_one_press_of_a_keypad_and_it_counts_once(hall, counter):
    """A rating belongs to a service act, which is rated once; the second rack is refused."""
    hall.issue()

    async def story(mounted):
        ticket = await asyncio.to_thread(counter.does, f"POST /api/counters/{COUNTER}/calls")
        await asyncio.to_thread(counter.does, f"PUT /api/tickets/{ticket['id']}/service")
        await asyncio.to_thread(counter.does, f"PUT /api/tickets/{ticket['id']}/completion")
        for one in mounted:
            await one.until("请您评价")
        for one in mounted:
            one.device.press("5")
        for one in mounted:
            await one.until("谢谢评价")

    told(hall, story, dealing=Rating, device=keypad, racks=2)

    assert [(5,)] == [tuple(row) for row in hall.rows("SELECT level FROM rating")]
