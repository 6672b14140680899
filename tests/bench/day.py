"""
A hall's days, one after the other, as fast as they go: an invented log replayed through the whole application, in this process.

Run: python day.py PATH DAYS. After each day it says what the process holds by then: {"rss_kb", "handles", "tasks", "threads", "acts"}.
"""

import asyncio
import gc
import json
import random
import sys
import threading
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import insert

from server.app import create_app
from server.cli.replay.day import Day, Waits
from server.cli.replay.door import PASSWORD, Door
from server.cli.replay.log import Log, Row, Visit
from server.cli.replay.plan import own
from server.cli.replay.setting import setup_from
from server.clock import US, SteppedClock, day_ends_us, from_us, to_us
from server.config import ServerConfig
from server.database import open_store
from server.engines import open_engine
from server.tables import Credential
from server.ticker import catch_up
from server.web.people import HASHER

ZONE, DAY_START = ZoneInfo("Asia/Shanghai"), time_of_day(4)
LOOPBACK = (ip_network("127.0.0.0/8"),)
FIRST = date(2026, 11, 23)
SERVICES, COUNTERS, VISITS = ("setup", "aid", "house"), ("1", "2", "3", "4", "5"), 400
MORNING_S, OPEN_S = 8 * 3600 + 1800, 7 * 3600


def invented(days):
    """So many days of 400 visits: served for some minutes, or gone before; every day another."""
    visits = []
    for n in range(days):
        day, dice = FIRST + timedelta(days=n), random.Random(n)
        midnight = to_us(datetime.combine(day, time_of_day(0), tzinfo=ZONE))
        for i in range(VISITS):
            at = midnight + (MORNING_S + i * OPEN_S // VISITS) * US
            counter = dice.choice(COUNTERS)
            called, served = at + dice.randrange(20, 600) * US, dice.randrange(60, 300) * US
            row = Row(
                service=dice.choice(SERVICES), counter=counter, arrived_at=at, called_at=called, finished_at=called + served,
                left_at=None, abandoned=dice.random() < 0.05,
            )  # fmt: skip
            visits.append(Visit(id=f"{n}-{i}", day=day, priority="0", rows=(row,)))
    return Log(visits=tuple(visits), services=SERVICES, priorities=("0",), served_by=dict.fromkeys(COUNTERS, SERVICES))


def held(door):
    """What this process holds."""
    gc.collect()
    status = Path("/proc/self/status").read_text().splitlines()
    return {
        "rss_kb": int(next(line for line in status if line.startswith("VmRSS:")).split()[1]),
        "handles": len(list(Path("/proc/self/fd").iterdir())),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "acts": door.acts,
    }


async def main(path, days):
    log = invented(days)
    clock = SteppedClock(from_us(log.visits[0].rows[0].arrived_at - 60 * US))
    setup = setup_from(log, zone=ZONE.key)
    store = open_store(path, setup=setup, clock=clock)
    hashed = HASHER.hash(PASSWORD)
    with open_engine(path).connect() as connection:
        rows = [{"hall": setup.hall.id, "staff": p.id, "password": hashed, "disabled": False} for p in setup.staff]
        connection.execute(insert(Credential), rows)
    app = create_app(store=store, server_config=ServerConfig(trusted_networks=LOOPBACK))

    def client():
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30)

    async def reach(at_us):
        clock.move_to(max(clock.now_us(), at_us))

    async with app.router.lifespan_context(app):
        door = Door(client=client, reach=reach)
        await door.sign_in(len(COUNTERS))
        print("ready", flush=True)
        for day in log.days:
            sys.stdin.readline()
            await Day(door, own(log), log.of(day), Waits()).run()
            await reach(day_ends_us(day, zone=ZONE, day_start=DAY_START) + 1)
            await catch_up(store)
            print(json.dumps(held(door)), flush=True)
        await door.leave()


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
