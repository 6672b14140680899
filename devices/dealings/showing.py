"""A sign's dealing with the hall: state. Whatever happens at its counter, it asks how the counter stands and shows that."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from devices.hall import HallClient, Refused, SignState, Unreachable
from devices.ports import Sign
from devices.signs.lines import DEFAULT_TEXTS, line_for

log = logging.getLogger(__name__)

_CALLS = ("ticket.called", "ticket.recalled", "ticket.resumed")  # what a sign may flash for
LOST_S = 60.0  # what was shown last stays so long when the server is lost
_RETRY_S = 1.0


class Showing:
    """Keeps one sign true. Redrawing is idempotent, so events only say that it is time to look again."""

    def __init__(
        self,
        sign: Sign,
        *,
        hall: HallClient,
        counter: int,
        columns: int,
        own: Mapping[str, str] | None = None,
        lost_s: float = LOST_S,
    ) -> None:
        self._sign, self._hall, self._counter, self._columns, self._lost_s = sign, hall, counter, columns, lost_s
        self._own = own
        self._called = False  # just now, and not shown yet
        self._reason = asyncio.Event()
        self._texts = DEFAULT_TEXTS
        self._lost = True

    def hear(self, message: dict[str, Any]) -> None:
        """Something happened at the counter, or a connection was made or lost."""
        kind = message["kind"]
        if kind == "lost":
            self._lost = True
        elif kind == "hello":
            self._lost = False
        elif message.get("counter") != self._counter and message.get("from_counter") != self._counter:
            return
        self._called = self._called or kind in _CALLS
        self._reason.set()

    def stirred(self) -> None:
        """The sign has its own memory of what it is to show."""

    async def run(self) -> None:
        """Show for as long as the rack runs."""
        while True:
            try:
                async with asyncio.timeout(self._lost_s if self._lost else None):
                    await self._reason.wait()
            except TimeoutError:
                await self._show(SignState(state="open"))
                await self._reason.wait()
            self._reason.clear()
            if not self._lost:
                await self._refresh()

    async def _refresh(self) -> None:
        try:
            state = await self._hall.sign(self._counter)
        except (Unreachable, Refused) as problem:
            log.info("%s: %s", self._sign.name, problem)
            await asyncio.sleep(_RETRY_S)
            self._reason.set()
            return
        self._texts = state.texts
        flash, self._called = self._called, False
        await self._show(state, flash=flash)

    async def _show(self, state: SignState, *, flash: bool = False) -> None:
        line = line_for(
            counter=self._counter,
            state=state.state,
            number=state.number,
            ticket_state=state.ticket_state,
            texts=self._texts,
            own=self._own,
            columns=self._columns,
            flash=flash,
        )
        await self._sign.show(line)
