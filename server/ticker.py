"""What happens by the clock: the day's end, slips without an outcome, the archive. The store turns the day before any act."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from server import archive
from server.clock import business_day
from server.engines import Unfit
from server.errors import HallError
from server.roll import roll
from server.rules.people import HALL
from server.verbs.days import tick
from server.verbs.slips import forget_overdue, slips_sending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from server.roll import Stand
    from server.store import Store
    from server.threads import Threads

LOOK_S = 5.0

log = logging.getLogger("jiaohao")


async def catch_up(store: Store) -> None:
    """End every day that is over: before the first request is taken."""
    await store.write(tick)


async def run(threads: Threads, open_here: Callable[[str], Store | None], *, archive_into: Path | None = None) -> None:
    """Look at all halls every few seconds, for as long as the server lives; an idle hall is not written to."""
    async with asyncio.TaskGroup() as works:
        works.create_task(_look(threads, open_here))
        if archive_into is not None:
            works.create_task(_archive(threads, open_here, archive_into))


async def _look(threads: Threads, open_here: Callable[[str], Store | None]) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            for stand in await threads.look(roll):
                store = open_here(stand.hall)
                if store is None:
                    continue
                if stand.day != _today(store, stand):
                    await store.write(tick)
                if stand.sending and await store.read(slips_sending):
                    await store.write(forget_overdue, by=HALL)
        except HallError as away:
            log.warning("the clock's work waits: %s", _why(away))


def _today(store: Store, stand: Stand) -> str:
    """The business day at the hall's now."""
    now = max(store.clock.now_us(), stand.last_at)
    return business_day(now, zone=store.hall.zone, day_start=store.hall.setup.hall.day_start).isoformat()


async def _archive(threads: Threads, open_here: Callable[[str], Store | None], into: Path) -> None:
    """At the start, and when a hall's day has ended, whole months go into the archive; what fails waits for the next day."""
    done: dict[str, str] = {}  # of each hall the day that has begun with it
    while True:
        try:
            for stand in await threads.look(roll):
                store = open_here(stand.hall)
                if store is not None and stand.day != done.get(stand.hall):
                    await _carry(store, into)
                    done[stand.hall] = stand.day
        except HallError as away:
            log.warning("the archive waits: %s", _why(away))
        await asyncio.sleep(LOOK_S)


async def _carry(store: Store, into: Path) -> None:
    try:
        await archive.carry(store, into=into)
    except (archive.Damaged, OSError) as stopped:
        log.error("%s: nothing goes into the archive today: %s", store.hall.id, stopped)  # noqa: TRY400 (the sentence says it all)


def _why(away: HallError) -> Exception:
    """What nobody mends by trying again is said as it is."""
    return away.__cause__ if isinstance(away.__cause__, Unfit) else away
