"""
One of several servers of a hall, as a program: `clerks.py URL NAME COUNTER…` has people take numbers and its counters serve them.

Five kiosks and a clerk for each counter are at it together, until nobody waits; told at the end: the numbers given and those called.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url

from server.clock import SteppedClock
from server.config import load
from server.database import open_store
from server.rules.people import By
from server.verbs.calling import call
from server.verbs.counters import set_state
from server.verbs.issuing import issue
from server.verbs.serving import finish, start

KIOSKS = 5
TAKEN = 12  # at each
CONFIG = Path(__file__).parents[2] / "config.toml"


async def work(store, name, counters):
    """Numbers given, numbers called."""
    given, called = [], []

    async def kiosk(n):
        for turn in range(TAKEN):
            by = By(kind="station", id="kiosk-1")
            ticket = await store.write(issue, service="biz-setup", by=by, follow=f"{name}-{n}-{turn}")
            given.append(ticket.number)

    async def clerk(counter):
        by = By(kind="staff", id=next(c.clerk for c in store.hall.setup.counter if c.number == counter), role="clerk")
        await store.write(set_state, counter=counter, state="open", by=by)
        while True:
            ticket = await store.write(call, counter=counter, by=by)
            if ticket is None:
                if len(given) == KIOSKS * TAKEN:
                    return
                await asyncio.sleep(0.01)  # nobody waits yet
                continue
            called.append(ticket.number)
            await store.write(start, ticket_id=ticket.id, by=by)
            await store.write(finish, ticket_id=ticket.id, by=by)

    await asyncio.gather(*(kiosk(n) for n in range(KIOSKS)), *(clerk(counter) for counter in counters))
    return {"given": given, "called": called}


async def main(url, name, *counters):
    """A server's day."""
    clock = SteppedClock(datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    store = open_store(make_url(url), setup=load(CONFIG).hall, clock=clock)
    store.open()
    try:
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(await work(store, name, [int(counter) for counter in counters])))
    finally:
        store.close()


asyncio.run(main(*sys.argv[1:]))
