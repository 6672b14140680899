"""
32 clients at one or several servers, and 20 displays that hear every call; as a program: `load.py KIND CLIENTS DISPLAYS URL…`.

Each client goes round: a number is taken, called, started, finished. KIND says whose addresses are spoken: "ours", or those of the
reference. Asked by {"rounds": n} on its input it lets every client go round n times, and tells how many acts a second were done, how
long each took, and how long it was from sending a call until the last display had it. Asked by {"nothing": n}: what n requests
that do nothing took. Clients without displays tell only of acts.
"""

import asyncio
import json
import sys
import time

import uvloop
import wire

PASSWORD = "four words of sample"


class Ours:
    """The application's routes: a kiosk takes the number, a signed-in clerk does the rest."""

    live = "/live?topics=board:f1"
    called = b'{"kind":"ticket.called"'

    def __init__(self, kiosk, clerk, counter):
        self.kiosk, self.clerk, self.counter = kiosk, clerk, counter

    @classmethod
    async def comes(cls, url, counter):
        kiosk, clerk = await wire.http(url, station="kiosk-1"), await wire.http(url)
        await clerk.signs_in(f"C{counter}", PASSWORD)
        await clerk.does("PUT", f"/api/counters/{counter}/state", {"state": "open"})
        return cls(kiosk, clerk, counter)

    def issues(self):
        return self.kiosk.does("POST", "/api/tickets", {"service": "biz-setup"})

    def calls(self):
        return self.clerk.does("POST", f"/api/counters/{self.counter}/calls", {})

    def starts(self, ticket):
        return self.clerk.does("PUT", f"/api/tickets/{ticket['id']}/service")

    def finishes(self, ticket):
        return self.clerk.does("PUT", f"/api/tickets/{ticket['id']}/completion")

    def nothing(self):
        return self.clerk.does("POST", "/bench/first")


class Usual(Ours):
    """The reference's routes; nobody signs in there."""

    live = "/live"

    @classmethod
    async def comes(cls, url, counter):
        client = await wire.http(url)
        return cls(client, client, counter)

    def issues(self):
        return self.kiosk.does("POST", "/tickets", {"service": "biz-setup"})

    def calls(self):
        return self.clerk.does("POST", f"/counters/{self.counter}/calls", {})

    def starts(self, ticket):
        return self.clerk.does("PUT", f"/tickets/{ticket['id']}/service")

    def finishes(self, ticket):
        return self.clerk.does("PUT", f"/tickets/{ticket['id']}/completion")


class Displays:
    """When the last of them had each call."""

    def __init__(self, kind, count):
        self.kind, self.count = kind, count
        self.heard = {}  # number → [how many have it, when the newest of them got it]
        self.all_have = asyncio.Event()

    async def come(self, url):
        await wire.listeners(url, self.kind.live, lambda _n: self._hears, count=self.count)

    def _hears(self, frame):
        if frame.startswith(self.kind.called):
            number = frame.partition(b'"number":"')[2].partition(b'"')[0].decode()
            one = self.heard.setdefault(number, [0, 0.0])
            one[0] += 1
            one[1] = time.perf_counter()
            self.all_have.set()

    async def have(self, number):
        """When the last had it."""
        while self.heard.get(number, (0,))[0] < self.count:
            self.all_have.clear()
            await self.all_have.wait()
        return self.heard.pop(number)[1]


class Crowd:
    """The clients."""

    def __init__(self, displays):
        self.displays = displays
        self._begins()

    def _begins(self):
        self.took = {"issue": [], "call": [], "start": [], "finish": []}
        self.late, self.given, self.called, self.sent = [], [], [], []

    async def round(self, client):
        ticket = await self._timed("issue", client.issues())
        self.given.append(ticket["number"])
        began = time.perf_counter()
        ticket = await self._timed("call", client.calls())
        self.called.append(ticket["number"])
        self.sent.append((ticket["number"], began))
        await self._timed("start", client.starts(ticket))
        await self._timed("finish", client.finishes(ticket))

    async def rounds(self, clients, count):
        """Everybody at once; what is told of it."""
        self._begins()
        began = time.perf_counter()

        async def many(client):
            for _ in range(count):
                await self.round(client)

        await asyncio.gather(*(many(client) for client in clients))
        lasted = time.perf_counter() - began
        if self.displays.count:
            self.late = [(await self.displays.have(number) - sent) * 1000 for number, sent in self.sent]
        acts = sum(len(some) for some in self.took.values())
        told = {"ms": self.took, "display_ms": self.late, "given": self.given, "called": self.called}
        return {"acts_a_second": acts / lasted, **told}

    async def _timed(self, act, answered):
        began = time.perf_counter()
        answer = await answered
        self.took[act].append((time.perf_counter() - began) * 1000)
        return answer


async def nothing(client, count):
    """How long each request that does nothing took, in ms."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        await client.nothing()
        took.append((time.perf_counter() - began) * 1000)
    return took


async def main(kind, clients, displays, *urls):
    kind = {"ours": Ours, "usual": Usual}[kind]
    screens = Displays(kind, int(displays))
    if screens.count:
        await screens.come(urls[0])
    crowd = Crowd(screens)
    there = [await kind.comes(urls[n % len(urls)], n + 1) for n in range(int(clients))]
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        if "rounds" in asked:
            print(json.dumps(await crowd.rounds(there, asked["rounds"])), flush=True)
        else:
            print(json.dumps({"ms": await nothing(there[0], asked["nothing"])}), flush=True)


uvloop.run(main(*sys.argv[1:]))
