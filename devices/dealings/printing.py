"""A printer's dealing with the hall: jobs. Each slip is printed once, and the hall is told how it ended."""

import asyncio
import logging
import uuid
from collections import OrderedDict
from typing import Any

from devices.clock import running_s
from devices.hall import HallClient, Pending, Refused, Unreachable
from devices.ports import Outcome, Slip, TicketPrinter

log = logging.getLogger(__name__)

RETRY_S = 2.0  # while slips wait for a printer that is not ready
LOOK_S = 15.0  # between two looks at an idle printer
_ENDED_KEPT = 1_000


class Printing:
    """Fetches the station's pending slips whenever there is reason to, and prints those that are not too old."""

    def __init__(self, printer: TicketPrinter, *, hall: HallClient) -> None:
        self._printer, self._hall = printer, hall
        self._reason = asyncio.Event()
        self._reason.set()
        self._rack = uuid.uuid4().hex  # by which the hall knows again who took a slip
        self._ended: OrderedDict[str, Outcome] = OrderedDict()  # printed here, or perhaps: never again by itself
        self._unreported: dict[str, Outcome] = {}  # ended, and the hall has not heard it yet
        self._first_seen_s: dict[str, float] = {}
        self._refusals: dict[str, str | None] = {}  # slips said to be not sent, and why

    def hear(self, message: dict[str, Any]) -> None:
        """A slip was queued, or a connection made: look what there is to print."""
        if message["kind"] in ("hello", "resync", "slip.queued"):
            self._reason.set()

    def stirred(self) -> None:
        """The printer changed: slips may wait for it."""
        if self._refusals and self._printer.health().condition != "lost":
            self._reason.set()

    async def run(self) -> None:
        """Print for as long as the rack runs."""
        while True:
            left = await self._print_pending()
            try:
                async with asyncio.timeout(RETRY_S if left else LOOK_S):
                    await self._reason.wait()
            except TimeoutError:
                await self._printer.look()

    async def _print_pending(self) -> bool:
        """Print what is pending; whether anything is left to try again soon."""
        self._reason.clear()
        try:
            await self._report_ended()
            pending = await self._hall.pending()
            left = await self._print_all(self._fresh(pending))
        except (Unreachable, Refused) as problem:
            log.info("%s: %s", self._printer.name, problem)
            return True
        return left or bool(self._unreported)

    async def _print_all(self, slips: list[Slip]) -> bool:
        """Print them in order; whether any was not sent. Raises Unreachable."""
        left, failure = False, None
        for slip in slips:
            if slip.id in self._ended:  # the hall forgot: it was put back to an earlier copy
                await self._say_again(slip)
            elif failure is None:
                outcome = await self._print(slip)
                if outcome is not None and outcome.result == "not_sent":
                    left = True
                    failure = None if self._printer.health().condition == "ok" else outcome  # ok: it is the slip, try the next
            else:
                await self._end(slip, failure)
        return left

    async def _print(self, slip: Slip) -> Outcome | None:
        """Print one slip and tell the hall; None when it is not ours to print. Raises Unreachable when it may not be begun."""

        async def take() -> None:
            self._refusals.pop(slip.id, None)  # the hall will think that it is being sent: how it ends is said anew
            await self._hall.report(slip.id, outcome="sending", rack=self._rack)

        try:
            outcome = await self._printer.print(slip, before_first_byte=take)
        except Refused as refusal:  # slip_taken: another rack has it; anything else: it is no longer to be printed
            log.info("slip %s left alone: %s", slip.number, refusal)
            return None
        except Unreachable as problem:  # the hall may have heard `sending` and its answer got lost: take it back
            await self._end(slip, Outcome(result="not_sent", detail=str(problem)))
            raise
        await self._end(slip, outcome)
        return outcome

    async def _say_again(self, slip: Slip) -> None:
        """Take a slip that is on paper already, and say how it ended. Raises Unreachable."""
        try:
            await self._hall.report(slip.id, outcome="sending", rack=self._rack)
        except Refused as refusal:
            log.info("slip %s left alone: %s", slip.number, refusal)
            return
        await self._end(slip, self._ended[slip.id])

    async def _end(self, slip: Slip, outcome: Outcome) -> None:
        if outcome.result == "not_sent":
            if self._refusals.get(slip.id, "") == outcome.detail:
                return  # said before
            self._refusals[slip.id] = outcome.detail
        else:
            self._refusals.pop(slip.id, None)
            self._ended[slip.id] = outcome
            if len(self._ended) > _ENDED_KEPT:
                self._ended.popitem(last=False)
        self._unreported[slip.id] = outcome
        try:
            await self._report_ended()
        except Unreachable as problem:
            log.warning("slip %s is %s, the hall will hear it later: %s", slip.number, outcome.result, problem)

    async def _report_ended(self) -> None:
        for slip, outcome in list(self._unreported.items()):
            try:
                await self._hall.finished(slip, outcome, rack=self._rack)
            except Refused as refusal:  # the hall has settled it otherwise in the meantime
                log.info("slip %s: %s", slip, refusal)
            del self._unreported[slip]

    def _fresh(self, pending: Pending) -> list[Slip]:
        """
        Those not too old to be worth printing.

        The hall leaves out what is too old by its own clock; here counts how long a slip has been waiting for the printer.
        """
        now_s = running_s()
        self._first_seen_s = {slip.id: self._first_seen_s.get(slip.id, now_s) for slip in pending.slips}
        fresh = [slip for slip in pending.slips if now_s - self._first_seen_s[slip.id] <= pending.stale_after_s]
        self._refusals = {slip.id: self._refusals[slip.id] for slip in fresh if slip.id in self._refusals}
        return fresh
