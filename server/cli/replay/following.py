"""All that happens at a hall, as a signed-in manager hears it over the socket, across losses of the connection."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN_S = 0.5
SILENCE_S = 20.0  # a beat comes every 5 s

Event = dict[str, Any]


class Following:
    """Every journal entry since the first connection, in order."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self.heard: list[Event] = []
        self.connected = asyncio.Event()
        self._news = asyncio.Condition()
        self._journal: str | None = None
        self._seq: int | None = None

    async def run(self, cookie: str) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen(cookie)
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(AGAIN_S)

    async def until(self, happened: Callable[[Event], bool], *, since: int, timeout_s: float) -> Event | None:
        """The first entry from place `since` of `heard` on of which it is true; None when none came in time."""
        place = since
        try:
            async with asyncio.timeout(timeout_s), self._news:
                while True:
                    for event in self.heard[place:]:
                        if happened(event):
                            return event
                    place = len(self.heard)
                    await self._news.wait()
        except TimeoutError:
            return None

    async def quiet(self, *, for_s: float) -> None:
        """Wait until nothing has happened for so long."""
        before = -1
        while len(self.heard) != before:
            before = len(self.heard)
            await asyncio.sleep(for_s)

    def gaps(self) -> list[tuple[int, int]]:
        """Neighbours in the journal that do not follow each other."""
        seqs = [event["seq"] for event in self.heard]
        return [(one, other) for one, other in itertools.pairwise(seqs) if other != one + 1]

    async def _listen(self, cookie: str) -> None:
        since = {} if self._seq is None else {"journal": self._journal, "since": self._seq}
        query = urlencode({"topics": "hall", **since})
        headers = {"Cookie": cookie}
        async with connect(
            f"{self._url.replace('http', 'ws', 1)}/live?{query}", additional_headers=headers, proxy=None
        ) as socket:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    message = json.loads(await socket.recv())
                await self._take(message)

    async def _take(self, message: Event) -> None:
        if message["kind"] == "hello":
            self._journal, self._seq = message["journal"], message["seq"] if self._seq is None else self._seq
            self.connected.set()
        elif "seq" in message and "at" in message:
            self._seq = message["seq"]
            async with self._news:
                self.heard.append(message)
                self._news.notify_all()
