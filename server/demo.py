"""
The demo's busy hall: fictional applicants and clerks, from the sample's load, acting through the same verbs as everyone.

Everything is planned in hall time on one agenda; the hall's clock runs at the chosen speed. A counter that a person has opened,
or whose clerk has signed in, is left to that person.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
import random
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from server.clock import US, PacedClock
from server.errors import HallError
from server.rules import states
from server.rules.people import By
from server.standing import desk_of, desks, ticket_by_id
from server.tables import SignIn, Ticket
from server.verbs import calling, counters, issuing, rating, serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.config.hall import DemoLoad
    from server.store import Store

BUSY = 1.25  # of the sample's busiest hour
WALK_S, RATE_S, REST_S, LOOK_S = (15, 70), (3, 20), (3, 12), 20
LEVELS, LEVEL_WEIGHTS = (5, 4, 3, 2, 1), (62, 27, 8, 2, 1)
LONGEST_SLEEP_S = 0.5
PRINTED_UP_TO = 60.0  # times real time; no printer is quicker

_table = SignIn.__table__  # type: ignore[attr-defined]
_sign_ins = select(_table.c.staff).where(_table.c.hall == bindparam("hall"))

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_today = select(_tickets.c.id).where(_tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day")).limit(1)

log = logging.getLogger("jiaohao")
KIOSK = By(kind="station", id="kiosk-1")


@dataclass(slots=True)
class Play:
    """The busy hall, playing or standing still."""

    store: Store
    clock: PacedClock
    dice: random.Random = field(default_factory=random.Random)
    _agenda: list[tuple[int, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _task: asyncio.Task[None] | None = None
    _mine: set[int] = field(default_factory=set)  # counters this play has opened
    _begun: bool = False
    _turn: int = 0  # counts the presses, so that a slowing down planned before the last one is void

    async def awaits_a_visitor(self) -> bool:
        """Whether nothing has happened yet: the hall has never played, and nobody has taken a number today."""
        return not self._begun and not await self.store.read(_any_ticket)

    async def run_at(self, speed: int, *, minutes: int | None = None) -> None:
        """
        Play at `speed` times real time, after `minutes` of hall time (None: never) at real time.

        0 stands still, and hall time goes on as real time does.
        """
        self._begun = True
        self._turn += 1
        self.clock.run_at(float(speed or 1))
        self.clock.playing = speed > 0
        if speed and self._task is None:
            self._mine |= await self.store.read(_left_open)
            self._begin()
            self._task = asyncio.create_task(self._play(), name="demo play")
        elif not speed:
            await self.stop()
        if speed and minutes is not None:
            self._in(minutes * 60, self._slow_down(self._turn))

    async def stop(self) -> None:
        """Nobody acts any more; tickets and counters stay as they are."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._agenda.clear()

    def _begin(self) -> None:
        self._in(0, self._arrive)
        for about in self.store.hall.setup.counter:
            if about.clerk:
                self._in(self.dice.uniform(0, 30), self._clerk(about.number))

    async def _play(self) -> None:
        while True:
            at, _, act = self._agenda[0]
            left_s = (at - self.clock.now_us()) / US / self.clock.speed
            if left_s > 0:
                await asyncio.sleep(min(left_s, LONGEST_SLEEP_S))  # short, for the speed may change meanwhile
                continue
            heapq.heappop(self._agenda)
            try:
                await act()
            except HallError as refused:
                log.info("the busy hall was refused: %s", refused)

    def _in(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._agenda, (self.clock.now_us() + round(seconds * US), next(self._count), act))

    def _slow_down(self, turn: int) -> Callable[[], Awaitable[None]]:
        async def to_real_time() -> None:
            if self._turn == turn:
                self.clock.run_at(1.0)

        return to_real_time

    # -------------------------------------------------------------- applicants

    @property
    def _load(self) -> DemoLoad:
        load = self.store.hall.setup.demo_load
        assert load is not None  # noqa: S101 (the demo begins without a play when the hall has no load)
        return load

    async def _arrive(self) -> None:
        load = self._load
        a_second = load.tickets_per_day * max(load.hour_weights.values()) / 3600 * BUSY
        self._in(self.dice.expovariate(a_second), self._arrive)
        service = self.dice.choices(list(load.service_weights), list(load.service_weights.values()))[0]
        claims = [p.id for p in self.store.hall.setup.priority if p.self_claim]
        priority = self.dice.choice(claims) if claims and self.dice.random() < load.priority_rate else "normal"
        follow = secrets.token_urlsafe(12)
        await self.store.write(
            issuing.issue,
            service=service,
            priority=priority,
            by=KIOSK,
            area=self.store.hall.setup.area[0].id,
            follow=follow,
            slip_at=KIOSK.id if self.clock.speed <= PRINTED_UP_TO else None,
        )

    # -------------------------------------------------------------- clerks

    def _clerk(self, counter: int) -> Callable[[], Awaitable[None]]:
        async def turn() -> None:
            self._in(await self._act_at(counter), turn)

        return turn

    async def _act_at(self, counter: int) -> float:
        """One act of the counter's usual clerk; after how many seconds the next comes."""
        by = By(kind="staff", id=self.store.hall.counters[counter].clerk or "", role="clerk")
        desk, current, attended = await self.store.read(_at, counter)
        if attended:
            self._mine.discard(counter)
            return LOOK_S  # the clerk is here
        if desk.state == "closed":
            await self.store.write(counters.set_state, counter=counter, state="open", by=by)
            self._mine.add(counter)
            return self.dice.uniform(*REST_S)
        if counter not in self._mine or desk.state != "open":
            return LOOK_S  # a person's
        if current is None:
            called = await self.store.write(calling.call, counter=counter, by=by)
            return self.dice.uniform(*WALK_S) if called else LOOK_S
        if current.state == states.CALLED:
            return await self._receive(counter, current, by)
        return await self._finish(counter, current, by)

    async def _receive(self, counter: int, ticket: Any, by: By) -> float:
        absent = self.dice.random() < self._load.no_show_rate
        if absent and ticket.calls < self.store.hall.setup.calling.max_calls:
            await self.store.write(calling.recall, counter=counter, by=by)
            return self.dice.uniform(10, 25)
        if absent or ticket.calls == self.store.hall.setup.calling.max_calls:
            await self.store.write(calling.no_show, ticket_id=ticket.id, by=by)
            return self.dice.uniform(*REST_S)
        await self.store.write(serving.start, ticket_id=ticket.id, by=by)
        return self._serving_s(ticket.service)

    async def _finish(self, counter: int, ticket: Any, by: By) -> float:
        onward = self.store.hall.services[ticket.service].next_steps
        following = self.dice.choice(onward) if onward and self.dice.random() < 0.5 else None  # noqa: PLR2004 (every other)
        await self.store.write(serving.finish, ticket_id=ticket.id, by=by, next_service=following)
        if self.dice.random() < self._load.rating_rate:
            self._in(self.dice.uniform(*RATE_S), self._rate(counter, ticket.act))
        return self.dice.uniform(*REST_S)

    def _rate(self, counter: int, act: str) -> Callable[[], Awaitable[None]]:
        async def press() -> None:
            level = self.dice.choices(LEVELS, LEVEL_WEIGHTS)[0]
            tablet = By(kind="station", id=f"counter-{counter}", counter=counter)
            await self.store.write(rating.rate_at_counter, counter=counter, act=act, level=level, by=tablet, channel="counter")

        return press

    def _serving_s(self, service: str) -> float:
        """Log-normal around the service's usual minutes, with the load's coefficient of variation."""
        spread = math.sqrt(math.log(1 + self._load.service_time_cv**2))
        return self.store.hall.services[service].expected_minutes * 60 * self.dice.lognormvariate(-(spread**2) / 2, spread)


def _left_open(rx: Any) -> set[int]:
    """Counters at work whose clerk is signed in nowhere: an earlier play has opened them."""
    signed_in = {row.staff for row in rx.all(_sign_ins, hall=rx.hall.id)}
    return {desk.number for desk in desks(rx).values() if desk.state == "open" and desk.clerk not in signed_in}


def _at(rx: Any, counter: int) -> tuple[Any, Any, bool]:
    """The counter, the ticket it has, and whether its usual clerk or whoever opened it is signed in."""
    desk = desk_of(rx, counter)
    signed_in = {row.staff for row in rx.all(_sign_ins, hall=rx.hall.id)}
    attended = bool({desk.clerk, rx.hall.counters[counter].clerk} & signed_in)
    return desk, ticket_by_id(rx, desk.ticket) if desk.ticket else None, attended


def _any_ticket(rx: Any) -> bool:
    return rx.one(_today, hall=rx.hall.id, day=rx.day) is not None
