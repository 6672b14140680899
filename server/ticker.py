"""What happens by the clock: the day's end, slips without an outcome, the archive. The store turns the day before any act."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from server import archive
from server.engines import Unfit
from server.errors import HallError
from server.rules.people import HALL
from server.verbs.days import tick
from server.verbs.slips import forget_overdue, slips_sending

if TYPE_CHECKING:
    from pathlib import Path

    from server.store import Store

LOOK_S = 5.0

log = logging.getLogger("jiaohao")


async def catch_up(store: Store) -> None:
    """End every day that is over: before the first request is taken."""
    await store.write(tick)


async def run(store: Store, *, archive_into: Path | None = None) -> None:
    """Look every few seconds, for as long as the server lives; an idle hall is not written to."""
    async with asyncio.TaskGroup() as works:
        works.create_task(_look(store))
        if archive_into is not None:
            works.create_task(_archive(store, archive_into))


async def _look(store: Store) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            if await store.read(lambda rx: rx.day != rx.head.day):
                await store.write(tick)
            if await store.read(slips_sending):
                await store.write(forget_overdue, by=HALL)
        except HallError as away:
            log.warning("the clock's work waits: %s", _why(away))


async def _archive(store: Store, into: Path) -> None:
    """When the server starts and when a day has ended, whole months go into the archive; what fails is tried the next day."""
    done = ""  # the day that has begun with it
    while True:
        try:
            day = await store.read(lambda rx: rx.head.day)
            if day != done:
                await archive.carry(store, into=into)
                done = day
        except (archive.Damaged, OSError) as stopped:
            done = day
            log.error("nothing goes into the archive today: %s", stopped)  # noqa: TRY400 (the sentence says it all)
        except HallError as away:
            log.warning("the archive waits: %s", _why(away))
        await asyncio.sleep(LOOK_S)


def _why(away: HallError) -> Exception:
    """What nobody mends by trying again is said as it is."""
    return away.__cause__ if isinstance(away.__cause__, Unfit) else away
