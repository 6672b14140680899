"""A ticket printer: slips in order, one at a time, each with an outcome."""

import asyncio
from collections.abc import Awaitable, Callable

from devices import fonts
from devices.clock import utc_now
from devices.errors import DeviceError, NotConnected, Rejected
from devices.ports import Condition, Health, Outcome, Slip
from devices.printers import job
from devices.printers.cables import Cable, is_serial
from devices.printers.escpos import Mode, encode, warm_up
from devices.printers.slip import PAPER_DOTS


def mode_for(port: str, *, wanted: Mode | None) -> Mode:
    """Pictures, unless told otherwise, the port is slow or no Chinese typeface is at hand."""
    if wanted is not None:
        return wanted
    return "text" if is_serial(port) or not fonts.has_chinese() else "raster"


class EscPosPrinter:
    """Any printer that speaks ESC/POS, whatever the cable."""

    def __init__(
        self,
        name: str,
        *,
        cable: Cable,
        width_mm: int,
        mode: Mode,
        encoding: str,
        ack: bool,
        changed: Callable[[], None],
    ) -> None:
        self.name = name
        self._cable, self._mode, self._encoding, self._ack = cable, mode, encoding, ack
        self._width_dots = PAPER_DOTS[width_mm]
        self._changed = changed
        self._one_at_a_time = asyncio.Lock()
        self._owes = True  # whether the printer may still answer for a job nobody waits for: before a start, or not confirmed
        self._health = Health(condition="lost", detail="not asked yet", since=utc_now())

    async def open(self) -> None:
        await asyncio.to_thread(warm_up, width_dots=self._width_dots, mode=self._mode)
        await self.look()

    async def close(self) -> None:
        await self._cable.close()

    def health(self) -> Health:
        return self._health

    async def look(self) -> None:
        """Ask the printer how it is, between jobs."""
        async with self._one_at_a_time:
            remark = None
            try:
                await self._cable.connect()
                try:
                    if self._ack and self._cable.answers:
                        remark = await job.look(self._cable, owes=self._owes)
                        self._owes = False
                finally:
                    await self._cable.disconnect()
            except DeviceError as problem:
                self._is(problem)
            else:
                self._is(None, remark=remark)

    async def print(self, slip: Slip, *, before_first_byte: Callable[[], Awaitable[None]]) -> Outcome:
        async with self._one_at_a_time:
            outcome = await job.run(
                self._cable, self._encoded(slip), ack=self._ack, before_first_byte=before_first_byte, owes=self._owes
            )
            self._owes = outcome.result == "unknown" or (self._owes and outcome.result == "not_sent")
        if outcome.result == "printed":
            self._is(None, remark=outcome.detail if self._ack and outcome.detail == job.LOW else None)
        else:
            await self.look()
        return outcome

    async def _encoded(self, slip: Slip) -> bytes:
        """The job for a slip, made beside the loop. Raises Rejected for one that cannot be drawn."""
        try:
            return await asyncio.to_thread(encode, slip, width_dots=self._width_dots, mode=self._mode, encoding=self._encoding)
        except (ValueError, LookupError, OSError) as problem:  # a link too long for a code, a typeface that went away
            raise Rejected(f"slip {slip.number} cannot be drawn: {problem}") from problem

    def _is(self, problem: DeviceError | None, *, remark: str | None = None) -> None:
        condition: Condition = "lost" if isinstance(problem, NotConnected) else "degraded" if problem or remark else "ok"
        detail = remark if problem is None else str(problem)
        if (condition, detail) != (self._health.condition, self._health.detail):
            self._health = Health(condition=condition, detail=detail, since=utc_now())
            self._changed()
