"""A keypad's dealing with the hall: an input. A pressed level goes to the service act last asked about, or nowhere."""

import asyncio
import logging
from typing import Any

from devices.errors import NotConnected
from devices.hall import HallClient, Refused, Unreachable
from devices.ports import Asking, Keypad, PadText

log = logging.getLogger(__name__)

_RETRY_S = 1.0
_TEXTS: dict[Asking, str] = {"ask": "请您评价", "thanks": "谢谢评价", "rest": ""}


class Rating:
    """Passes on the levels of one keypad."""

    def __init__(self, keypad: Keypad, *, hall: HallClient, counter: int) -> None:
        self._keypad, self._hall, self._counter = keypad, hall, counter
        self._act: str | None = None
        self._asking: Asking = "rest"
        self._number = ""
        self._reason, self._unsure = asyncio.Event(), True
        self.ignored = 0  # presses with nothing to rate

    def hear(self, message: dict[str, Any]) -> None:
        """A rating was asked for or given at the counter, or a connection was made."""
        kind = message["kind"]
        if kind in ("hello", "resync"):
            self._unsure = True
        elif message.get("counter") != self._counter:
            return
        elif kind == "rating.asked":
            self._act, self._asking, self._number = message["act"], "ask", message["number"]
            self._unsure = False
        elif kind == "service.rated" and message["act"] == self._act:
            self._act, self._asking = None, "thanks"
        elif kind == "service.started" and self._act is None:
            self._asking = "rest"
        self._reason.set()

    def stirred(self) -> None:
        """A keypad that came back remembers nothing: it is told again."""
        self._reason.set()

    async def run(self) -> None:
        """Pass on and prompt for as long as the rack runs."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pass_on())
            tasks.create_task(self._prompt())

    async def _pass_on(self) -> None:
        async for score in self._keypad.scores():
            act = self._act
            if act is None:
                self.ignored += 1
                log.info("%s: level %d ignored, nothing was asked", self._keypad.name, score.level)
                continue
            try:
                await self._hall.rate(self._counter, act=act, level=score.level)
            except (Refused, Unreachable) as problem:
                log.warning("%s: level %d: %s", self._keypad.name, score.level, problem)
                continue
            if self._act == act:
                self._act, self._asking = None, "thanks"
                self._reason.set()

    async def _prompt(self) -> None:
        while True:
            await self._reason.wait()
            self._reason.clear()
            if self._unsure:
                await self._ask_hall()
            number = self._number if self._asking == "ask" else ""
            try:
                await self._keypad.prompt(self._asking, PadText(left=_TEXTS[self._asking], right=number))
            except NotConnected as problem:  # it is in health, and `stirred` comes when it is back
                log.debug("%s: %s", self._keypad.name, problem)

    async def _ask_hall(self) -> None:
        """After a connection: what may be rated at the counter, for a question asked before we could hear it."""
        try:
            state = await self._hall.sign(self._counter)
        except (Unreachable, Refused) as problem:
            log.info("%s: %s", self._keypad.name, problem)
            await asyncio.sleep(_RETRY_S)
            self._reason.set()
            return
        if self._unsure:  # nothing was asked while we were asking
            self._unsure, self._act, self._number = False, state.act, state.asked or ""
            self._asking = "rest" if state.act is None else "ask"
