"""
Very many screens that listen, and whoever makes something happen, as a program: `fan.py KIND URL`, KIND "ours" or "floor".

Asked by
  {"screens": n}: so many more listen, when it answers
  {"deaf": true}: one more, which never reads what comes
  {"events": n}: so many events, each when all have had the one before; how long each took until the last had it, and how many
      messages came in all
  {"burst": n}: at least so many events as fast as eight clerks can; how many there were, and how many each screen heard
"""

import asyncio
import json
import socket
import sys
import time

import uvloop
import wire

PASSWORD = "four words of sample"
CLERKS = 8
MARKS = {
    "ours": (b'{"kind":"ticket.called"', b'{"kind":"ticket.undone"', b'{"kind":"counter.'),
    "floor": (b'{"kind":"ticket.called"',),
}
PATHS = {"ours": "/live?topics=board:f1", "floor": "/"}
PATIENCE_S = 30


class Screens:
    """All of them, and what they have heard."""

    def __init__(self, kind, url):
        self.kind, self.url = kind, url
        self.sockets, self.heard = [], []
        self.wanted, self.total, self.all_have = 0, 0, asyncio.Event()

    async def come(self, count):
        self.heard += [0] * count
        before = len(self.sockets)
        self.sockets += await wire.listeners(self.url, PATHS[self.kind], lambda n: self._hears(before + n), count=count)

    def _hears(self, n):
        marks = MARKS[self.kind]

        def hear(frame):
            if frame.startswith(marks):
                self.heard[n] += 1
                self.total += 1
                if self.total == self.wanted:
                    self.last_at = time.perf_counter()
                    self.all_have.set()

        return hear

    def expect(self, events):
        """`all_have` is set when every screen has heard so many more."""
        self.all_have.clear()
        self.wanted = self.total + events * len(self.sockets)

    @property
    def messages(self):
        return sum(socket.messages for socket in self.sockets)


class Floor:
    """Whoever tells the floor."""

    async def comes(self, url):
        self.client = await wire.http(url)

    async def happens(self, _n):
        await self.client.does("POST", "/", {})


class Clerk:
    """Calls, and takes it back; opens and pauses."""

    def __init__(self, counter=1):
        self.counter = counter
        self.acts = 0

    async def comes(self, url):
        kiosk, self.client = await wire.http(url, station="kiosk-1"), await wire.http(url)
        await self.client.signs_in(f"C{self.counter}", PASSWORD)
        await self.state("open")
        await kiosk.does("POST", "/api/tickets", {"service": "biz-setup"})

    async def happens(self, n):
        await self.client.does("POST", f"/api/counters/{self.counter}/{'undo' if n % 2 else 'calls'}", {})

    async def state(self, state):
        await self.client.does(
            "PUT", f"/api/counters/{self.counter}/state", {"state": state, "reason": "lunch" if state == "paused" else None}
        )
        self.acts += 1


async def events(screens, clerk, count):
    took, before = [], screens.messages
    for n in range(count):
        screens.expect(1)
        began = time.perf_counter()
        await clerk.happens(n)
        async with asyncio.timeout(PATIENCE_S):
            await screens.all_have.wait()
        took.append((screens.last_at - began) * 1000)
    return {"last_ms": took, "messages": screens.messages - before}


async def burst(screens, url, count):
    clerks = [Clerk(n) for n in range(1, CLERKS + 1)]
    for clerk in clerks:
        await clerk.comes(url)
        await clerk.state("paused")
        clerk.acts = 0
    await asyncio.sleep(1)  # what they did to come has been heard: nobody counts it
    before, started = list(screens.heard), time.perf_counter()
    screens.wanted = -1

    async def many(clerk):
        while sum(one.acts for one in clerks) < count:
            await clerk.state("open")
            await clerk.state("paused")

    await asyncio.gather(*(many(clerk) for clerk in clerks))
    made, lasted = sum(clerk.acts for clerk in clerks), time.perf_counter() - started
    deadline = time.monotonic() + PATIENCE_S
    while min(screens.heard[n] - before[n] for n in range(len(before))) < made and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # between two looks
    return {"events": made, "heard": [now - then for now, then in zip(screens.heard, before, strict=True)], "seconds": lasted}


async def deaf(url):
    """A socket that shakes hands and then reads nothing."""
    ready = socket.socket()
    ready.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, port = url.removeprefix("http://").partition(":")
    ready.connect((host, int(port)))
    head = f"GET {PATHS['ours']} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    ready.sendall(f"{head}Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    ready.recv(12)
    return ready


async def main(kind, url):
    screens = Screens(kind, url)
    clerk = Clerk() if kind == "ours" else Floor()
    await clerk.comes(url)
    kept = []
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        answer = {}
        if "screens" in asked:
            await screens.come(asked["screens"])
        elif "deaf" in asked:
            kept.append(await deaf(url))
        elif "events" in asked:
            answer = await events(screens, clerk, asked["events"])
        else:
            answer = await burst(screens, url, asked["burst"])
        print(json.dumps(answer), flush=True)


uvloop.run(main(*sys.argv[1:]))
