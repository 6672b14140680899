"""
Tells: a ring of ready messages, over which every subscriber is a cursor.

What this server committed comes into the ring by itself; what others did, a pump reads from the journal.

Nothing is dropped for one who reads: a cursor that fell off the ring reads on from the journal. What is not
journalled (`waiting`, `position`, `desk`, `input`, `picture`) is kept newest-wins beside the cursor, told at most once a second.

Who has had everything and can be written to at once is written to at once, by the pump itself: a thousand screens do not wake a
thousand tasks. Everybody else is told by a task of their own, in their own time.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server import journal
from server.clock import instant
from server.errors import HallError
from server.queries import lobby, tickets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from server.store import Read, Store

RING = 4_096  # entries kept ready in memory
BEAT_S = 5.0
TELL_S = 1.0  # at most one `waiting`, `position`, `desk` in so many seconds
REFRESH_S = 20.0  # estimates age without events
INPUTS = 64
EVERYTHING = "hall"

MOVES_THE_LINE = ("ticket.", "service.", "counter.", "day.", "hall.")


@dataclass(frozen=True, slots=True)
class Ready:
    """One journal entry, serialised once."""

    seq: int
    topics: frozenset[str]
    text: str


@dataclass(eq=False, slots=True)
class Subscriber:
    """A cursor: everything up to `cursor` has been handed over, or did not concern it."""

    topics: frozenset[str]
    cursor: int
    extras: dict[str, str] = field(default_factory=dict)  # newest wins
    inputs: list[str] = field(default_factory=list)  # the newest INPUTS
    news: asyncio.Event = field(default_factory=asyncio.Event)
    told: dict[str, str] = field(default_factory=dict)  # what was told last, so that a sameness is not told again
    write: Callable[[str], bool] | None = None  # writes at once, or says that it cannot now
    idle: bool = False  # everything has been handed over; its task waits for news
    beat_due: bool = False

    def takes(self, text: str) -> bool:
        """Whether it was written to there and then."""
        return self.idle and self.write is not None and self.write(text)

    def concerns(self, topics: frozenset[str]) -> bool:
        return EVERYTHING in self.topics or not self.topics.isdisjoint(topics)


@dataclass(slots=True)
class Hub:
    """The hall's news for whoever listens."""

    store: Store
    _ring: list[Ready] = field(default_factory=list)
    seen: int = 0  # the newest entry that has been taken in
    _newest_at: int = 0  # µs
    _subscribers: dict[str, set[Subscriber]] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Begin at the journal's end."""
        loop = asyncio.get_running_loop()
        self.seen = await self.store.read(lambda rx: rx.head.seq)
        self.store.on_commit.append(lambda entries: _hand_over(loop, self._hear, entries))
        works = {"hub pump": self._pump(), "hub tell": self._tell(), "hub beats": self._beats()}
        self._tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]

    async def stop(self) -> None:
        """End the pump; subscribers are ended by their sockets."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.store.on_commit.clear()

    async def admit(self, *, journal_id: str | None, since: int | None) -> int | None:
        """From where a socket goes on; None when it must take a fresh snapshot (resync)."""
        head, oldest = await self.store.read(lambda rx: (rx.head, journal.oldest(rx)))
        if since is None:
            return int(head.seq)
        if journal_id != head.journal or since > head.seq or since < oldest - 1:
            return None
        return since

    def subscribe(self, topics: Iterable[str], *, cursor: int, write: Callable[[str], bool] | None = None) -> Subscriber:
        """Listen to `topics` from `cursor` on; give it to `unsubscribe` in the end."""
        subscriber = Subscriber(topics=frozenset(topics), cursor=cursor, write=write)
        for topic in subscriber.topics:
            self._subscribers.setdefault(topic, set()).add(subscriber)
        self._stirred.set()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """No longer listen."""
        for topic in subscriber.topics:
            self._subscribers[topic].discard(subscriber)
            if not self._subscribers[topic]:
                del self._subscribers[topic]

    async def messages(self, subscriber: Subscriber) -> AsyncIterator[str]:
        """Every message that was not written at once, for ever: events in order once each, what is newest besides, and beats."""
        while True:
            subscriber.news.clear()
            async for text in self._backlog(subscriber):
                yield text
            while subscriber.inputs:
                yield subscriber.inputs.pop(0)
            while subscriber.extras:
                yield subscriber.extras.pop(next(iter(subscriber.extras)))
            if subscriber.beat_due:
                subscriber.beat_due = False
                yield self._beat(subscriber.cursor)
            subscriber.idle = not subscriber.news.is_set()
            await subscriber.news.wait()
            subscriber.idle = False

    def send(self, topic: str, message: dict[str, Any], *, newest: str | None = None) -> None:
        """Tell the listeners of `topic` (and of the hall) something that is not journalled; `newest` names what it replaces."""
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        for subscriber in self._subscribers.get(topic, set()) | self._subscribers.get(EVERYTHING, set()):
            if newest is None and not subscriber.takes(text):
                subscriber.inputs = [*subscriber.inputs, text][-INPUTS:]
                subscriber.idle = False
                subscriber.news.set()
            elif newest is not None:
                _tell_newest(subscriber, newest, text)

    def wake(self) -> None:
        """There may be news: from the writer's thread by itself, else from whoever has looked."""
        self._woken.set()

    def listeners(self) -> int:
        """How many sockets listen."""
        return len(set().union(*self._subscribers.values())) if self._subscribers else 0

    # -------------------------------------------------------------- the pump

    async def _pump(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while page := await self.store.read(journal.since, seq=self.seen):
                    self._take(page)
            except HallError:
                continue  # the database is away for a moment; entries wait where they are

    def _hear(self, entries: Sequence[Any]) -> None:
        """What was just committed here, if it is the next; else the journal is read."""
        if entries and entries[0].seq == self.seen + 1:
            self._take(entries)
        else:
            self._woken.set()

    def _take(self, page: Iterable[Any]) -> None:
        for entry in page:
            if entry.seq <= self.seen:
                continue  # it was heard while the page was read
            ready = Ready(seq=entry.seq, topics=frozenset(entry.topics.split()), text=journal.wire(entry))
            self._ring.append(ready)
            self.seen, self._newest_at = ready.seq, entry.at
            if entry.kind.startswith(MOVES_THE_LINE):
                self._stirred.set()
            for subscriber in set().union(*(self._subscribers.get(topic, ()) for topic in (*ready.topics, EVERYTHING))):
                if subscriber.takes(ready.text):
                    subscriber.cursor = ready.seq  # what lies between did not concern it
                else:
                    subscriber.idle = False
                    subscriber.news.set()
        if len(self._ring) > 2 * RING:
            del self._ring[: len(self._ring) - RING]

    async def _backlog(self, subscriber: Subscriber) -> AsyncIterator[str]:
        while subscriber.cursor < self.seen:
            ring = self._ring
            first = ring[0].seq if ring else self.seen + 1
            if subscriber.cursor + 1 < first:
                for entry in await self.store.read(journal.since, seq=subscriber.cursor):
                    subscriber.cursor = entry.seq
                    if subscriber.concerns(frozenset(entry.topics.split())):
                        yield journal.wire(entry)
                continue
            ready = ring[subscriber.cursor + 1 - first]
            subscriber.cursor = ready.seq
            if subscriber.concerns(ready.topics):
                yield ready.text

    async def _beats(self) -> None:
        """A sign of life to everybody every few seconds; who is being told something gets it after that."""
        while True:
            await asyncio.sleep(BEAT_S)
            text = self._beat(self.seen)
            for subscriber in set().union(*self._subscribers.values()):
                if subscriber.takes(text):
                    subscriber.cursor = self.seen  # whoever is idle has had all that concerned it
                else:
                    subscriber.beat_due, subscriber.idle = True, False
                    subscriber.news.set()

    def _beat(self, seq: int) -> str:
        """All up to `seq` has been handed over."""
        now = max(self.store.clock.now_us(), self._newest_at)
        return json.dumps({"kind": "beat", "seq": seq, "now": instant(now)})

    # -------------------------------------------------------------- what is not journalled

    async def _tell(self) -> None:
        """At most once a second, if anything moved: the lines to the screens, their place to phones, a nudge to desks."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_S):
                    await self._stirred.wait()
            self._stirred.clear()
            await asyncio.sleep(TELL_S)
            try:
                await self._tell_lines()
                await self._tell_places()
            except HallError:
                self._stirred.set()
            self._nudge_desks()

    async def _tell_lines(self) -> None:
        boards = {topic: topic.removeprefix("board:") for topic in self._subscribers if topic.startswith("board:")}
        for topic, area in boards.items():
            snapshot = await self.store.read(lobby.services, area=area, locale=self.store.hall.setup.default_locale)
            self._tell_new(topic, {"kind": "waiting", "area": area, "services": snapshot["services"]}, newest=f"waiting:{area}")

    async def _tell_places(self) -> None:
        followed = {topic: topic.removeprefix("ticket:") for topic in self._subscribers if topic.startswith("ticket:")}
        if not followed:
            return
        places = await self.store.read(_places, ticket_ids=tuple(followed.values()))
        for topic, ticket_id in followed.items():
            if place := places.get(ticket_id):
                self._tell_new(topic, {"kind": "position", **place}, newest="position")

    def _nudge_desks(self) -> None:
        for topic in [t for t in self._subscribers if t.startswith("counter:")]:
            number = int(topic.removeprefix("counter:"))
            text = json.dumps({"kind": "desk", "counter": number})
            for subscriber in self._subscribers.get(topic, ()):
                _tell_newest(subscriber, topic, text)

    def _tell_new(self, topic: str, message: dict[str, Any], *, newest: str) -> None:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        for subscriber in self._subscribers.get(topic, ()):
            if subscriber.told.get(newest) != text:
                subscriber.told[newest] = text
                _tell_newest(subscriber, newest, text)


def _tell_newest(subscriber: Subscriber, newest: str, text: str) -> None:
    """At once, or in its own time, in the place of what it has not been told yet."""
    if not subscriber.takes(text):
        subscriber.extras[newest] = text
        subscriber.idle = False
        subscriber.news.set()


def _places(rx: Read, *, ticket_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`number`, `ahead` and `wait` of those among the tickets that wait."""
    seen = (tickets.ticket(rx, ticket_id=ticket_id, secret=False) for ticket_id in ticket_ids)
    return {t["id"]: {"number": t["number"], "ahead": t["ahead"], "wait": t["wait"]} for t in seen if t["state"] == "waiting"}


def _hand_over(loop: asyncio.AbstractEventLoop, hear: Callable[[Sequence[Any]], None], entries: Sequence[Any]) -> None:
    """From the writer's thread; a loop that has closed needs no news."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(hear, entries)
