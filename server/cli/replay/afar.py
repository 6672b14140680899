"""
`jiaohao replay FILE --server URL`: a day of the log at a hall that is there, through its own kiosks, counters and devices.

The hall's time is real time; the log's is played so many times faster. Numbers are taken at the kiosks, so that slips are
printed; counters with a caller pad call by its keys and keypads rate, where the devices are emulated ones (`up --emulated`).
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from server.cli.refused import Refused
from server.cli.replay.day import Day, Waits
from server.cli.replay.ending import Ending
from server.cli.replay.following import Following
from server.cli.replay.mischief import Mischief, press
from server.cli.replay.plan import onto
from server.config.index import HallIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from server.cli.replay.following import Event
    from server.cli.replay.log import Log
    from server.cli.replay.plan import Plan
    from server.config import Config

TIMEOUT_S = 30.0
PATIENCE_S = 5.0  # for what a pressed key is to bring about
WALK_S = 0.6  # nobody stands at the window in the moment of the call
AGAIN_S = 0.5  # until a refused no-show is tried again
BY_PAD = 3  # every so many calls by the pad, where there is one
LEVELS = (5, 5, 4, 5, 3, 5, 4, 2)
SEED = 20_190_801
QUIET_S = 20.0  # nothing has happened for so long: the day is over for devices, too


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What was asked on the command line."""

    url: str
    speed: float
    password: str
    faults: bool
    diary: Path  # that emulated devices write; need not be there


async def replay_afar(log: Log, day: date, *, config: Config, wish: Wish) -> str:
    """
    Play one day; the table at its end.

    Raises:
        Refused: the hall cannot be reached, does not let anybody in, or refuses what a true log never meets.
    """
    plan, log = onto(log, HallIndex(config.hall))
    visits = log.of(day)
    door = Afar(plan, config, wish=wish, first_us=visits[0].rows[0].arrived_at)
    mischief = Mischief(door.manager, list(config.device), seed=SEED)
    waits = Waits()
    try:
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(door.events.run(await door.sign_in()))
            await door.events.connected.wait()
            staging = tasks.create_task(mischief.run() if wish.faults else asyncio.sleep(0))
            began = time.monotonic()
            print(f"{day}: {len(visits)} tickets at {wish.url}", file=sys.stderr, flush=True)
            await Day(door, plan, visits, waits).run()
            took_s = time.monotonic() - began
            staging.cancel()
            await asyncio.gather(staging, return_exceptions=True)
            await door.events.quiet(for_s=QUIET_S)
            ending = Ending(door.events, config, diary=wish.diary)
            reprints = await door.reprint(ending.without_paper())
            await ending.announced_to_the_end()
            following.cancel()
    except* httpx.HTTPError as problems:
        raise Refused(f"{wish.url} does not answer ({problems.exceptions[0]!r})") from problems
    except* Refused as problems:
        raise problems.exceptions[0] from None
    finally:
        await door.leave()
    return ending.table(
        waits,
        took_s=took_s,
        acts=door.acts,
        by_pad=door.by_pad,
        by_keypad=door.by_keypad,
        faults=mischief.staged,
        reprints=reprints,
    )


class Afar:
    """The hall as a day reaches it: kiosks, a clerk for each counter, and the keys of its devices."""

    def __init__(self, plan: Plan, config: Config, *, wish: Wish, first_us: int) -> None:
        self._plan, self._wish, self._first_us, self._began_s = plan, wish, first_us, 0.0
        kiosks = [self._client(station.name) for station in config.hall.station if station.type == "kiosk"]
        self._clerks = {counter: self._client() for counter in plan.serves}
        self.manager, self._guide = self._client(), self._client()
        self._all = [*kiosks, *self._clerks.values(), self.manager, self._guide]
        self._kiosks = itertools.cycle(kiosks)
        self._job_no = {person.role: person.job_no for person in reversed(config.hall.staff)}
        self._pads = {d.counter: d for d in config.device if d.kind.startswith("caller/")}
        self._keypads = {d.counter: d for d in config.device if d.kind.startswith("keypad/")}
        self._levels, self._calls = itertools.cycle(LEVELS), itertools.count()
        self._rating: set[asyncio.Task[None]] = set()
        self.acts = self.by_pad = self.by_keypad = 0
        self.events = Following(wish.url)

    async def sign_in(self) -> str:
        """Everybody signs in; the manager's cookie."""
        people = [(self._clerks[n], job_no) for n, job_no in self._plan.clerks.items()]
        people += [(self.manager, self._job_no["manager"]), (self._guide, self._job_no["guide"])]
        for client, job_no in people:
            await self._do(client, "POST", "/api/session", json={"job_no": job_no, "password": self._wish.password})
        self._began_s = time.monotonic()
        return "; ".join(f"{name}={value}" for name, value in self.manager.cookies.items())

    async def leave(self) -> None:
        """Close every connection."""
        await asyncio.gather(*self._rating, return_exceptions=True)
        await asyncio.gather(*(client.aclose() for client in self._all))

    async def reach(self, at_us: int) -> None:
        due_s = self._began_s + (at_us - self._first_us) / 1e6 / self._wish.speed
        if (left_s := due_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

    async def issue(self, *, service: str, priority: str) -> dict[str, Any]:
        body = {"service": service, "priority": priority, "channel": "kiosk"}
        ticket = await self._do(next(self._kiosks), "POST", "/api/tickets", json=body)
        assert ticket is not None  # noqa: S101 (a number is never empty)
        return ticket

    async def open(self, counter: int) -> None:
        await self._clerk(counter, "PUT", f"/api/counters/{counter}/state", json={"state": "open"})

    async def close(self, counter: int) -> None:
        await self._clerk(counter, "PUT", f"/api/counters/{counter}/state", json={"state": "closed"})

    async def call(self, counter: int) -> dict[str, Any] | None:
        """By the pad now and then; whoever stands there already, called by a key that came late, is the one."""
        if self._pads.get(counter) and next(self._calls) % BY_PAD == 0 and (ticket := await self._call_by_pad(counter)):
            return ticket
        try:
            return await self._clerk(counter, "POST", f"/api/counters/{counter}/calls", json={})
        except Refusal as refusal:
            if refusal.code != "still_serving":
                raise
            return await self._at_desk(counter)

    async def start(self, counter: int, ticket: str) -> None:
        await asyncio.sleep(WALK_S)
        await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/service")

    async def finish(self, counter: int, ticket: str) -> None:
        since = len(self.events.heard)
        await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/completion")
        if counter in self._keypads:
            task = asyncio.get_running_loop().create_task(self._rate(counter, since))
            self._rating.add(task)
            task.add_done_callback(self._rating.discard)

    async def transfer(self, counter: int, ticket: str, *, service: str, to_counter: int | None) -> None:
        where = {"to_service": service} if to_counter is None else {"to_counter": to_counter}
        await self._clerk(counter, "POST", f"/api/tickets/{ticket}/transfers", json={**where, "place": "last"})

    async def no_show(self, counter: int, ticket: str) -> None:
        """As often as the hall wants it, the number is called again first."""
        while True:
            try:
                await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/no-show")
            except Refusal as refusal:
                if refusal.code != "too_few_calls":
                    raise
            else:
                return
            with suppress(Refusal):  # too soon: a little later
                await self._clerk(counter, "POST", f"/api/counters/{counter}/recalls", json={})
            await asyncio.sleep(AGAIN_S)

    async def restore(self, ticket: str) -> None:
        await self._do(self._guide, "DELETE", f"/api/tickets/{ticket}/no-show")

    async def cancel(self, follow: str) -> None:
        await self._do(next(self._kiosks), "PUT", f"/api/follow/{follow}/cancellation")

    async def reprint(self, without_paper: list[tuple[str, str]]) -> int:
        """Who holds no paper asks the guide for it: ticket and station each; how many it was."""
        for ticket, station in without_paper:
            since = len(self.events.heard)
            await self._do(self._guide, "POST", f"/api/tickets/{ticket}/slips", json={"station": station})
            await self.events.until(_prints(ticket), since=since, timeout_s=TIMEOUT_S)
        return len(without_paper)

    async def _call_by_pad(self, counter: int) -> dict[str, Any] | None:
        desk = await self._clerk(counter, "GET", f"/api/counters/{counter}")
        if not desk or not desk["waiting_count"]:
            return None
        since = len(self.events.heard)
        await press(self.manager, self._pads[counter], "next")
        called = await self.events.until(
            lambda event: event["kind"] == "ticket.called" and event["counter"] == counter, since=since, timeout_s=PATIENCE_S
        )
        if called is None:
            return None
        self.by_pad += 1
        return await self._at_desk(counter)

    async def _at_desk(self, counter: int) -> dict[str, Any] | None:
        desk = await self._clerk(counter, "GET", f"/api/counters/{counter}")
        return desk["ticket"] if desk else None

    async def _rate(self, counter: int, since: int) -> None:
        asked = await self.events.until(
            lambda event: event["kind"] == "rating.asked" and event["counter"] == counter, since=since, timeout_s=PATIENCE_S
        )
        if asked is None:
            return
        await asyncio.sleep(AGAIN_S)  # as a hand needs it
        await press(self.manager, self._keypads[counter], str(next(self._levels)))
        rated = await self.events.until(
            lambda event: event["kind"] == "service.rated" and event["act"] == asked["act"], since=since, timeout_s=PATIENCE_S
        )
        self.by_keypad += rated is not None

    async def _clerk(self, counter: int, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        return await self._do(self._clerks[counter], method, path, **request)

    async def _do(self, client: httpx.AsyncClient, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        answer = await client.request(method, path, **request)
        self.acts += 1
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        content: dict[str, Any] = answer.json()
        if answer.is_error:
            raise Refusal(f"{method} {path}", answer.status_code, content)
        return content

    def _client(self, station: str | None = None) -> httpx.AsyncClient:
        headers = {"Station": station} if station else {}
        return httpx.AsyncClient(base_url=self._wish.url, headers=headers, timeout=TIMEOUT_S, trust_env=False)


def _prints(ticket: str) -> Callable[[Event], bool]:
    return lambda event: event["kind"] == "slip.printed" and event["ticket"] == ticket


class Refusal(Refused):
    """The hall refused an act, with its code."""

    def __init__(self, what: str, status: int, content: dict[str, Any]) -> None:
        super().__init__(f"{what}: {status} {content.get('error')}: {content.get('detail')}")
        self.code = content.get("error")
