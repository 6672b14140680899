"""What happens by the clock: the day's end, slips without an outcome. The store itself turns the day before any act."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from server.errors import HallError
from server.rules.people import HALL
from server.verbs.days import tick
from server.verbs.slips import forget_overdue, slips_sending

if TYPE_CHECKING:
    from server.store import Store

LOOK_S = 5.0

log = logging.getLogger("jiaohao")


async def catch_up(store: Store) -> None:
    """End every day that is over: before the first request is taken."""
    await store.write(tick)


async def run(store: Store) -> None:
    """Look every few seconds, for as long as the server lives; an idle hall is not written to."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            if await store.read(lambda rx: rx.day != rx.head.day):
                await store.write(tick)
            if await store.read(slips_sending):
                await store.write(forget_overdue, by=HALL)
        except HallError as away:
            log.warning("the clock's work waits: %s", away)
