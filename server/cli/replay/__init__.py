"""`jiaohao replay FILE.csv`: a real log through the whole application, to its last ticket."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import date
from datetime import time as time_of_day
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import httpx
import uvicorn
from sqlalchemy import insert

from server.app import create_app
from server.cli.listening import listen
from server.cli.refused import Refused
from server.cli.replay.afar import Wish, replay_afar
from server.cli.replay.day import Day, Waits
from server.cli.replay.door import PASSWORD, Door
from server.cli.replay.log import BadLog, Log, read_log
from server.cli.replay.plan import own
from server.cli.replay.report import check, outcome, table
from server.cli.replay.setting import LETTERS, setup_from
from server.cli.tending import configured
from server.clock import PacedClock, SteppedClock, day_ends_us, from_us
from server.config import ServerConfig
from server.database import DatabaseError, open_store
from server.engines import open_engine
from server.tables import Credential
from server.ticker import catch_up
from server.web.live import LiveProtocol
from server.web.people import HASHER

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from server.store import Store

ZONE = "Asia/Shanghai"
DAY_START = time_of_day(4)
LOOPBACK = (ip_network("127.0.0.0/8"),)
LEAD_US = 60_000_000  # hall time begins a minute before the first arrival


def replay(arguments: argparse.Namespace) -> int:
    """Replay the log; print the table."""
    try:
        log = read_log(arguments.file, zone=ZoneInfo(ZONE), day_start=DAY_START)
    except BadLog as error:
        raise Refused(str(error)) from error
    if len(log.services) > len(LETTERS):
        raise Refused(f"the log has {len(log.services)} services; a replay has letters for {len(LETTERS)}")
    if not log.served_by:
        raise Refused("the log names no counter")
    days = _wanted(log, arguments.day)
    speed = _speed(arguments.speed)
    if arguments.server is not None:
        return _afar(arguments, log, days, speed=speed)
    with tempfile.TemporaryDirectory(prefix="jiaohao-replay-") as scratch:
        path = arguments.into or Path(scratch) / "replay.sqlite3"
        if path.exists():
            raise Refused(f"{path}: a replay begins with a database that holds nothing")
        print(asyncio.run(_replay(log, days, path=path, speed=speed, port=arguments.port)))
    return 0


def _afar(arguments: argparse.Namespace, log: Log, days: list[date], *, speed: float | None) -> int:
    """A day at a hall that is there."""
    if speed is None:
        raise Refused("a hall that is there goes by real time: give --speed a number")
    if len(days) != 1:
        raise Refused(f"a hall that is there lives one day: choose it, as in --day {days[0]}")
    if not arguments.password:
        raise Refused("its clerks sign in: give --password the one that they share in this training hall")
    wish = Wish(
        url=arguments.server.rstrip("/"),
        speed=speed,
        password=arguments.password,
        faults=arguments.faults,
        diary=Path(arguments.data) / "emulated.jsonl",
    )
    print(asyncio.run(replay_afar(log, days[0], config=configured(arguments), wish=wish)))
    return 0


async def _replay(log: Log, days: list[date], *, path: Path, speed: float | None, port: int) -> str:
    first = log.of(days[0])[0].rows[0].arrived_at - LEAD_US
    clock = SteppedClock(from_us(first)) if speed is None else PacedClock(at_us=first, speed=0.0)
    setup = setup_from(log, zone=ZONE)
    try:
        store = open_store(path, setup=setup, clock=clock)
    except DatabaseError as error:
        raise Refused(str(error)) from error
    with open_engine(path).connect() as connection:
        hashed = HASHER.hash(PASSWORD)
        rows = [{"hall": "replay", "staff": p.id, "password": hashed, "disabled": False} for p in setup.staff]
        connection.execute(insert(Credential), rows)
    app = create_app(store=store, server_config=ServerConfig(trusted_networks=LOOPBACK))
    waits = Waits()
    async with _serving(app, port=None if speed is None else port) as base_url:
        door = _door(app, clock, base_url)
        try:
            await door.sign_in(len(log.served_by))
            if isinstance(clock, PacedClock):
                clock.run_at(speed or 1.0)  # the day begins when everyone is at the counters
            began = time.monotonic()
            await _days(door, log, days, store=store, clock=clock, waits=waits)
            took_s = time.monotonic() - began
            found = await store.read(outcome)
        finally:
            await door.leave()
    check(found, tickets=sum(len(log.of(day)) for day in days))
    return table(found, waits, days=len(days), acts=door.acts, took_s=took_s)


async def _days(door: Door, log: Log, days: list[date], *, store: Store, clock: SteppedClock | PacedClock, waits: Waits) -> None:
    """Every day to its last ticket and its end."""
    total = sum(len(log.of(day)) for day in days)
    done = 0
    for day in days:
        visits = log.of(day)
        _jump(clock, visits[0].rows[0].arrived_at - LEAD_US)
        await Day(door, own(log), visits, waits).run()
        _jump(clock, day_ends_us(day, zone=ZoneInfo(ZONE), day_start=DAY_START) + 1)
        await catch_up(store)
        done += len(visits)
        _progress(done, total, day)


@asynccontextmanager
async def _serving(app: FastAPI, *, port: int | None) -> AsyncIterator[str | None]:
    """The application: in process, or listening so that one can watch."""
    if port is None:
        async with app.router.lifespan_context(app):
            yield None
        return
    listening = listen("127.0.0.1", port)
    port = listening.getsockname()[1]
    settings = uvicorn.Config(app, ws=LiveProtocol, ws_per_message_deflate=False, log_level="warning", access_log=False)
    server = uvicorn.Server(settings)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():  # noqa: ASYNC110 (uvicorn tells of its start in a flag alone)
        await asyncio.sleep(0.05)
    print(f"watch it at http://127.0.0.1:{port}/display", file=sys.stderr)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


def _door(app: FastAPI, clock: SteppedClock | PacedClock, base_url: str | None) -> Door:
    async def step(at_us: int) -> None:
        clock.move_to(max(at_us, clock.now_us()))

    async def wait(at_us: int) -> None:
        while (left_us := at_us - clock.now_us()) > 0:  # noqa: ASYNC110 (a clock is waited for)
            await asyncio.sleep(left_us / 1e6 / clock.speed)

    def client() -> httpx.AsyncClient:
        if base_url is not None:
            return httpx.AsyncClient(base_url=base_url, timeout=30)
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30)

    return Door(client=client, reach=step if base_url is None else wait)


def _jump(clock: SteppedClock | PacedClock, at_us: int) -> None:
    """Nights are not waited through."""
    if at_us > clock.now_us():
        clock.move_to(at_us)


def _wanted(log: Log, named: str | None) -> list[date]:
    if named is None:
        return list(log.days)
    try:
        day = date.fromisoformat(named)
    except ValueError as error:
        raise Refused(f"--day {named!r} is no date (2019-08-01)") from error
    if day not in log.days:
        raise Refused(f"the log has no {day}; it has {log.days[0]} to {log.days[-1]}")
    return [day]


def _speed(named: str) -> float | None:
    if named == "max":
        return None
    try:
        speed = float(named)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 100_000:  # noqa: PLR2004 (beyond it a day is over in a second)
        raise Refused(f"--speed {named!r} is neither max nor a number above 0")
    return speed


def _progress(done: int, total: int, day: date) -> None:
    width = 30
    bar = "█" * (done * width // total)
    end = "\n" if done == total or not sys.stderr.isatty() else "\r"
    print(f"{bar:░<{width}} {done}/{total}  {day}", end=end, file=sys.stderr, flush=True)
