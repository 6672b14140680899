"""
One look for all who ask for the same: however many watch the live hall, it is looked at once in a while.

Whoever asks is answered by a look that begins after the asking: nobody who has heard of an event is shown the hall before it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

REST_S = 1.0  # between the beginnings of two looks


class SharedLook(Generic[T]):
    """Looks of one kind. `look` is the newest asker's; every asker must mean the same by it."""

    def __init__(self, *, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._began = float("-inf")
        self._seen: tuple[float, T] | None = None  # when the last look that saw something began, and what it saw
        self._next: asyncio.Task[T] | None = None  # has not begun to look yet: whoever asks now joins it

    async def see(self, look: Callable[[], Awaitable[T]]) -> T:
        """What a look that begins from now on sees; an error of the look is everybody's who joined it."""
        if self._next is None:
            self._next = asyncio.create_task(self._after_a_rest(look))
        return await asyncio.shield(self._next)

    async def lately(self, look: Callable[[], Awaitable[T]]) -> T:
        """What was seen within the last rest, at once; else as `see`. For those who have heard of no event."""
        if self._seen is not None and asyncio.get_running_loop().time() - self._seen[0] < self._rest_s:
            return self._seen[1]
        return await self.see(look)

    async def _after_a_rest(self, look: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._began + self._rest_s - loop.time())
        began = loop.time()
        self._began, self._next = began, None
        seen = await look()
        self._seen = (began, seen)
        return seen
