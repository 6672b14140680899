"""
A city at work, as a program: `city.py URL FILE`. FILE tells of each hall its path, a clerk's cookie and a kiosk's.

Every hall has ten sockets on its board, a kiosk and a clerk. Asked by {"rate": 300, "seconds": 20} it sends so many acts a second, the
halls in turn, whether or not the ones before are answered (of one hall they follow each other): a number is taken, called, started,
finished. It tells how long it was from sending a call until each socket had it, and how many acts were answered.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop
import wire

SOCKETS = 10
CALLED = b'{"kind":"ticket.called"'


class Hall:
    """One of them."""

    def __init__(self, url, facts):
        self.url, self.base = url, facts["base"]
        self.cookies = facts["clerk"], facts["kiosk"]
        self.late, self.sent_at, self.messages, self.acts = [], {}, 0, 0
        self.todo = asyncio.Queue()
        self.ticket = None

    async def comes(self, ahead):
        """Everybody is there, and so many acts have been done, so that not all halls do the same at the same time."""
        clerk, kiosk = self.cookies
        for _ in range(SOCKETS):
            await wire.listener(self.url, f"{self.base}/live?topics=board:f1", self._hears, cookie=kiosk)
        self.clerk, self.kiosk = await wire.http(self.url, cookie=clerk), await wire.http(self.url, cookie=kiosk)
        await self.clerk.does("PUT", f"{self.base}/api/counters/1/state", {"state": "open"})
        self.working = asyncio.create_task(self._works())
        for _ in range(ahead):
            self.todo.put_nowait(None)
        await self.todo.join()

    def _hears(self, frame):
        self.messages += 1
        if frame.startswith(CALLED):
            self.late.append((time.perf_counter() - self.sent_at[_number(frame)]) * 1000)

    async def _works(self):
        """Act by act, as they are sent."""
        acts = (self._issues, self._calls, self._starts, self._finishes)
        while True:
            await self.todo.get()
            await acts[self.acts % len(acts)]()
            self.acts += 1
            self.todo.task_done()

    async def _issues(self):
        self.ticket = await self.kiosk.does("POST", f"{self.base}/api/tickets", {"service": "biz-setup"})

    async def _calls(self):
        self.sent_at[self.ticket["number"]] = time.perf_counter()
        await self.clerk.does("POST", f"{self.base}/api/counters/1/calls", {})

    async def _starts(self):
        await self.clerk.does("PUT", f"{self.base}/api/tickets/{self.ticket['id']}/service")

    async def _finishes(self):
        await self.clerk.does("PUT", f"{self.base}/api/tickets/{self.ticket['id']}/completion")


def _number(frame):
    return frame.partition(b'"number":"')[2].partition(b'"')[0].decode()


async def works(halls, *, rate, seconds):
    """So many acts a second for so long; what came of them."""
    for hall in halls:
        hall.late.clear()
    before = sum(hall.messages for hall in halls), sum(hall.acts for hall in halls)
    began = time.perf_counter()
    for n in range(int(rate * seconds)):
        wait = began + n / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        halls[n % len(halls)].todo.put_nowait(None)
    await asyncio.gather(*(hall.todo.join() for hall in halls))
    lasted = time.perf_counter() - began
    return {
        "display_ms": [ms for hall in halls for ms in hall.late],
        "acts": sum(hall.acts for hall in halls) - before[1],
        "messages": sum(hall.messages for hall in halls) - before[0],
        "seconds": lasted,
    }


async def main(url, described):
    halls = [Hall(url, facts) for facts in described]
    for at in range(0, len(halls), SOCKETS):
        await asyncio.gather(*(hall.comes(n % 4) for n, hall in enumerate(halls[at : at + SOCKETS])))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await works(halls, **json.loads(line))), flush=True)


uvloop.run(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
