"""What happens by the clock: the day's end, slips without an outcome. The store itself turns the day before any act."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from server.clock import business_day
from server.errors import HallError
from server.roll import roll
from server.rules.people import HALL
from server.verbs.days import tick
from server.verbs.slips import forget_overdue, slips_sending

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.roll import Stand
    from server.store import Store
    from server.threads import Threads

LOOK_S = 5.0

log = logging.getLogger("jiaohao")


async def catch_up(store: Store) -> None:
    """End every day that is over: before the first request is taken."""
    await store.write(tick)


async def run(threads: Threads, open_here: Callable[[str], Store | None]) -> None:
    """Look at all halls every few seconds, for as long as the server lives; an idle hall is not written to."""
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
            log.warning("the clock's work waits: %s", away)


def _today(store: Store, stand: Stand) -> str:
    """The business day at the hall's now."""
    now = max(store.clock.now_us(), stand.last_at)
    return business_day(now, zone=store.hall.zone, day_start=store.hall.setup.hall.day_start).isoformat()
