"""The application as a replay reaches it: over HTTP, signed in as each counter's clerk, in process or over the network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from server.cli.refused import Refused
from server.cli.replay.setting import GUIDE, job_no

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PASSWORD = "replay-of-a-real-day"  # noqa: S105 (of a scratch hall that lives as long as the replay)


class Door:
    """One HTTP client for the kiosk, one for each clerk."""

    def __init__(self, *, client: Callable[[], httpx.AsyncClient], reach: Callable[[int], Awaitable[None]]) -> None:
        self._client = client
        self._reach = reach
        self._kiosk = client()
        self._kiosk.headers["Station"] = "kiosk-1"
        self._guide = client()
        self._clerks: dict[int, httpx.AsyncClient] = {}
        self.acts = 0

    async def sign_in(self, counters: int) -> None:
        """Every clerk signs in, and the guide."""
        self._clerks = {number: self._client() for number in range(1, counters + 1)}
        people = [(self._guide, GUIDE), *((client, job_no(number)) for number, client in self._clerks.items())]
        for client, number in people:
            await self._do(client, "POST", "/api/session", json={"job_no": number, "password": PASSWORD})

    async def leave(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(client.aclose() for client in (self._kiosk, self._guide, *self._clerks.values())))

    async def reach(self, at_us: int) -> None:
        await self._reach(at_us)

    async def issue(self, *, service: str, priority: str) -> dict[str, Any]:
        body = {"service": service, "priority": priority, "channel": "replay"}
        ticket = await self._do(self._kiosk, "POST", "/api/tickets", json=body)
        assert ticket is not None  # noqa: S101 (a number is never empty)
        return ticket

    async def open(self, counter: int) -> None:
        await self._clerk(counter, "PUT", f"/api/counters/{counter}/state", json={"state": "open"})

    async def close(self, counter: int) -> None:
        await self._clerk(counter, "PUT", f"/api/counters/{counter}/state", json={"state": "closed"})

    async def call(self, counter: int) -> dict[str, Any] | None:
        return await self._clerk(counter, "POST", f"/api/counters/{counter}/calls", json={})

    async def start(self, counter: int, ticket: str) -> None:
        await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/service")

    async def finish(self, counter: int, ticket: str) -> None:
        await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/completion")

    async def transfer(self, counter: int, ticket: str, *, service: str, to_counter: int | None) -> None:
        where = {"to_service": service} if to_counter is None else {"to_counter": to_counter}
        await self._clerk(counter, "POST", f"/api/tickets/{ticket}/transfers", json={**where, "place": "last"})

    async def no_show(self, counter: int, ticket: str) -> None:
        await self._clerk(counter, "PUT", f"/api/tickets/{ticket}/no-show")

    async def restore(self, ticket: str) -> None:
        await self._do(self._guide, "DELETE", f"/api/tickets/{ticket}/no-show")

    async def cancel(self, follow: str) -> None:
        await self._do(self._kiosk, "PUT", f"/api/follow/{follow}/cancellation")

    async def _clerk(self, counter: int, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        return await self._do(self._clerks[counter], method, path, **request)

    async def _do(self, client: httpx.AsyncClient, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """
        One act; None for an empty answer.

        Raises:
            Refused: the application refused, which a log that is true never meets.
        """
        answer = await client.request(method, path, **request)
        self.acts += 1
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        content: dict[str, Any] = answer.json()
        if answer.is_error:
            raise Refused(f"{method} {path}: {answer.status_code} {content.get('error')}: {content.get('detail')}")
        return content
