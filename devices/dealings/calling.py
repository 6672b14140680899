"""A caller pad's dealing with the hall: an input. Keys become acts at the counter's own routes; the hall decides."""

import asyncio
import logging
from typing import Any

from devices.callers import acts
from devices.clock import running_s
from devices.errors import NotConnected
from devices.hall import HallClient, Refused, Unreachable
from devices.ports import CallerPad, PadKey, PadText

log = logging.getLogger(__name__)

DEAF_S = 0.6  # after an act its key is deaf, so that a double press cannot start and finish in one go
SEEN_S = 0.3  # and, whoever changed the desk, until a hand can have seen it on the display
_WORD_S = 2.0  # how long an answer stays on the display
_RETRY_S = 1.0


class Calling:
    """
    One clerk's pad.

    A key means what the display shows: if the desk has moved on since, the hall refuses, and nothing is done that nobody meant.
    """

    def __init__(self, pad: CallerPad, *, hall: HallClient, counter: int) -> None:
        self._pad, self._hall, self._counter = pad, hall, counter
        self._entry, self._desk = acts.Entry(), acts.Desk(state="closed")
        self._known = False  # whether the desk was ever looked at
        self._acted: PadKey | None = None
        self._acted_s = self._changed_s = float("-inf")
        self._word: str | None = None
        self._reason = asyncio.Event()

    def hear(self, message: dict[str, Any]) -> None:
        """Something happened at the counter or in its line, or a connection was made."""
        if message["kind"] in ("hello", "resync") or self._counter in (message.get("counter"), message.get("from_counter")):
            self._reason.set()

    def stirred(self) -> None:
        """A pad that came back shows nothing yet."""
        self._reason.set()

    async def run(self) -> None:
        """Serve the pad for as long as the rack runs."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._obey())
            tasks.create_task(self._keep_display())

    async def _obey(self) -> None:
        async for key in self._pad.keys():
            self._word = await self._pressed(key)
            await self._display()
            self._reason.set()

    async def _pressed(self, key: PadKey) -> str | None:
        try:
            if not self._known:
                await self._look()
            entry, meant = acts.press(key, entry=self._entry, desk=self._desk)
            if isinstance(meant, acts.Act) and self._deaf(key):
                log.info("%s: %s ignored, too soon after the last change", self._pad.name, key.key)
                return None
            self._entry = entry
            if not isinstance(meant, acts.Act):
                return meant
            done = await self._do(meant, key)
        except Refused as refusal:
            log.info("%s: %s", self._pad.name, refusal)
            return acts.refusal(refusal.code)
        except Unreachable as problem:
            log.warning("%s: %s", self._pad.name, problem)
            return "连不上大厅"
        return acts.NOBODY if meant.verb == "call_next" and not done else None

    async def _do(self, meant: acts.Act, key: PadKey) -> bool:
        try:
            done = await self._hall.do(meant, counter=self._counter)
        finally:
            self._acted, self._acted_s = key, running_s()
        await self._look()
        return done

    def _deaf(self, key: PadKey) -> bool:
        now_s = running_s()
        return (key == self._acted and now_s - self._acted_s < DEAF_S) or now_s - self._changed_s < SEEN_S

    async def _look(self) -> None:
        desk = await self._hall.desk(self._counter)
        if self._known and _at_desk(desk) != _at_desk(self._desk):
            self._changed_s = running_s()
        self._desk, self._known = desk, True

    async def _keep_display(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_WORD_S if self._word else None):
                    await self._reason.wait()
            except TimeoutError:
                self._word = None
            self._reason.clear()
            await self._refresh()

    async def _refresh(self) -> None:
        try:
            await self._look()
        except (Unreachable, Refused) as problem:
            log.info("%s: %s", self._pad.name, problem)
            await asyncio.sleep(_RETRY_S)
            self._reason.set()
            return
        await self._display()

    async def _display(self) -> None:
        rest = acts.face(self._desk, entry=self._entry)
        text = PadText(left=self._word, right="") if self._word else rest
        try:
            await self._pad.display(text)
        except NotConnected as problem:  # it is in health, and `stirred` comes when the pad is back
            log.debug("%s: %s", self._pad.name, problem)


def _at_desk(desk: acts.Desk) -> tuple[object, ...]:
    """What a clerk sees of a desk besides its line."""
    return desk.state, desk.ticket, desk.ticket_state
