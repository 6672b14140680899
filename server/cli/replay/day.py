"""
One day of a log, run through the application.

Every arrival takes a number; a free counter calls at once, starts at once, serves for the recorded time.

A counter is at work while the log shows it there; whoever still holds a number when it would go is served first (延时服务).
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from server.cli.replay.log import stretches

if TYPE_CHECKING:
    from server.cli.replay.log import Row, Visit
    from server.cli.replay.plan import Plan


class Hall(Protocol):
    """The application as a replay reaches it."""

    async def reach(self, at_us: int) -> None:
        """Hall time is `at_us`, or a little later."""

    async def issue(self, *, service: str, priority: str) -> dict[str, Any]: ...
    async def open(self, counter: int) -> None: ...
    async def close(self, counter: int) -> None: ...
    async def call(self, counter: int) -> dict[str, Any] | None: ...
    async def start(self, counter: int, ticket: str) -> None: ...
    async def finish(self, counter: int, ticket: str) -> None: ...
    async def transfer(self, counter: int, ticket: str, *, service: str, to_counter: int | None) -> None: ...
    async def no_show(self, counter: int, ticket: str) -> None: ...
    async def restore(self, ticket: str) -> None: ...
    async def cancel(self, follow: str) -> None: ...


@dataclass(slots=True)
class Waits:
    """Waits in seconds, recorded and replayed."""

    recorded: list[float] = field(default_factory=list)
    replayed: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Turn:
    """A visit as it stands in the replay."""

    visit: Visit
    follow: str
    row: int = 0
    since: int = 0  # when this wait began
    waiting: bool = True
    bound: int | None = None

    @property
    def now(self) -> Row:
        return self.visit.rows[self.row]

    @property
    def is_last(self) -> bool:
        return self.row == len(self.visit.rows) - 1


class Day:
    """A day being replayed."""

    def __init__(self, hall: Hall, plan: Plan, visits: list[Visit], waits: Waits) -> None:
        self._hall, self._plan, self._waits = hall, plan, waits
        self._agenda: list[tuple[int, int, Any]] = []
        self._count = itertools.count()
        self._turns: dict[str, _Turn] = {}
        self._idle: dict[int, int] = {}  # counter → since when
        self._open_now: set[int] = set()
        self._leaving: set[int] = set()  # counters whose recorded time is over
        self._serves = plan.serves
        self._to_come: dict[str, int] = defaultdict(int)  # stages still to come, by service
        for visit in visits:
            self._at(visit.rows[0].arrived_at, self._arrive, visit)
            for row in visit.rows:
                self._to_come[plan.services[row.service]] += 1
        for counter, spans in stretches(visits).items():
            for first, last in spans:
                self._at(first, self._open, plan.counters[counter])
                self._at(last, self._leave, plan.counters[counter])

    async def run(self) -> None:
        """To the last ticket."""
        while self._agenda:
            at, _, (action, subject) = heapq.heappop(self._agenda)
            await self._hall.reach(at)
            await action(at, subject)

    def _at(self, at: int, action: Any, subject: Any) -> None:
        heapq.heappush(self._agenda, (at, next(self._count), (action, subject)))

    async def _arrive(self, at: int, visit: Visit) -> None:
        service = self._plan.services[visit.rows[0].service]
        ticket = await self._hall.issue(service=service, priority=self._plan.priorities[visit.priority])
        turn = _Turn(visit=visit, follow=ticket["follow"].rpartition("/")[2], since=at)
        self._turns[ticket["id"]] = turn
        if turn.now.left_at is not None:
            self._at(turn.now.left_at, self._give_up, ticket["id"])
        await self._offer(at, service)

    async def _give_up(self, _at: int, ticket: str) -> None:
        """The applicant has had enough, unless called by now."""
        turn = self._turns[ticket]
        if turn.waiting:
            turn.waiting = False
            await self._hall.cancel(turn.follow)
            self._done_with(turn)

    async def _open(self, at: int, counter: int) -> None:
        self._leaving.discard(counter)
        if counter in self._open_now:
            return  # it had stayed
        await self._hall.open(counter)
        self._open_now.add(counter)
        self._idle[counter] = at
        await self._call(at, counter)

    async def _leave(self, at: int, counter: int) -> None:
        self._leaving.add(counter)
        if counter in self._idle and not self._is_needed(counter):
            await self._go(at, counter)

    async def _next(self, at: int, counter: int) -> None:
        """The counter has become free: it goes if its time is over, else it calls."""
        self._idle[counter] = at
        if counter in self._leaving and not self._is_needed(counter):
            await self._go(at, counter)
        else:
            await self._call(at, counter)

    async def _call(self, at: int, counter: int) -> bool:
        """The free counter calls; whether someone came or was passed."""
        ticket = await self._hall.call(counter)
        if ticket is None:
            return False
        turn = self._turns[ticket["id"]]
        turn.waiting = False
        self._idle.pop(counter, None)
        if turn.now.abandoned:
            await self._pass(at, counter, ticket["id"])
            return True
        self._waits.replayed.append((at - turn.since) / 1e6)
        if turn.now.called_at is not None:
            self._waits.recorded.append((turn.now.called_at - turn.now.arrived_at) / 1e6)
        await self._hall.start(counter, ticket["id"])
        self._at(at + turn.now.serving_us, self._finish, (counter, ticket["id"]))
        return True

    async def _pass(self, at: int, counter: int, ticket: str) -> None:
        """Nobody answers; one whom the log shows again comes back then."""
        turn = self._turns[ticket]
        await self._hall.no_show(counter, ticket)
        self._done_with(turn)
        if not turn.is_last:
            turn.row += 1
            self._at(max(at, turn.now.arrived_at), self._restore, ticket)
        await self._next(at, counter)

    async def _restore(self, at: int, ticket: str) -> None:
        await self._hall.restore(ticket)
        turn = self._turns[ticket]
        turn.waiting, turn.since, turn.bound = True, at, None
        await self._offer(at, self._plan.services[turn.now.service])

    async def _finish(self, at: int, subject: tuple[int, str]) -> None:
        counter, ticket = subject
        turn = self._turns[ticket]
        self._done_with(turn)
        if turn.is_last:
            await self._hall.finish(counter, ticket)
            await self._next(at, counter)
            return
        turn.row += 1
        service = self._plan.services[turn.now.service]
        to_counter = self._plan.bound(turn.now.counter, service)
        await self._hall.transfer(counter, ticket, service=service, to_counter=to_counter)
        turn.waiting, turn.since, turn.bound = True, at, to_counter
        await self._next(at, counter)
        await self._offer(at, service, first=to_counter)

    async def _offer(self, at: int, service: str, *, first: int | None = None) -> None:
        """Someone waits for `service`: free counters call, the one it is bound to first, then who has been free longest."""
        able = [n for n in sorted(self._idle, key=lambda n: (n != first, self._idle[n])) if service in self._serves[n]]
        for counter in able:
            if counter in self._idle and await self._call(at, counter):
                return

    def _is_needed(self, counter: int) -> bool:
        """Whether someone would be left without a counter if this one went."""
        others = {n for n in self._open_now if n != counter and n not in self._leaving}
        others |= {subject for _, _, (action, subject) in self._agenda if action == self._open}
        return any(self._to_come[s] and not any(s in self._serves[n] for n in others) for s in self._serves[counter])

    async def _go(self, at: int, counter: int) -> None:
        """The counter closes; who waited for it alone may now be called by any other."""
        self._idle.pop(counter, None)
        self._open_now.discard(counter)
        await self._hall.close(counter)
        for turn in [t for t in self._turns.values() if t.waiting and t.bound == counter]:
            turn.bound = None
            await self._offer(at, self._plan.services[turn.now.service])

    def _done_with(self, turn: _Turn) -> None:
        service = self._plan.services[turn.now.service]
        self._to_come[service] -= 1
