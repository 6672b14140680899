"""
One print job over one cable: ask, send, wait for the paper, say how it ended.

Sources: Epson ESC/POS command reference, DLE EOT n (real-time status, answered even while data is held) and GS r n
(transmitted in print order, so its answer means that all before it is on paper; not answered while paper is out).
"""

import asyncio
from collections.abc import Awaitable, Callable

from devices.clock import running_s
from devices.errors import DeviceError, NotConnected, NothingTaken, OutOfPaper, Rejected
from devices.ports import Outcome
from devices.printers.answers import Answers
from devices.printers.cables import Cable

ASK_PRINTER, ASK_CAUSE, ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
BARRIER = b"\x1dr\x01"
ANSWER_TIMEOUT_S = 1.5
BARRIER_TIMEOUT_S = 5.0
BARRIER_WAITS = 3  # as long as the printer says in between that nothing is wrong: it prints slowly
QUIET_S = 0.3  # answers that belong together come closer than this
_OFFLINE, _PAPER_END, _COVER_OPEN, _ERROR, _NEAR_END = 0x08, 0x60, 0x04, 0x40, 0x0C
_ANSWERED_LOW = 0x03  # in the answer to GS r 1
LOW = "paper runs low"


class Talk:
    """Questions and answers with a connected printer."""

    def __init__(self, cable: Cable) -> None:
        self._cable = cable
        self.answers = Answers()

    async def check(self) -> str | None:
        """
        Ask whether it can print; a remark when it can but paper runs low.

        Raises:
            NotConnected: it does not answer at all.
            OutOfPaper: there is no paper.
            Rejected: it is offline, with the cause it names.
        """
        paper = await self._status(ASK_PAPER)
        if paper & _PAPER_END == _PAPER_END:
            raise OutOfPaper("out of paper")
        if await self._status(ASK_PRINTER) & _OFFLINE:
            cause = await self._status(ASK_CAUSE)
            raise Rejected("cover open" if cause & _COVER_OPEN else "error, see the printer" if cause & _ERROR else "offline")
        return LOW if paper & _NEAR_END else None

    async def settle(self) -> None:
        """
        Have a printer that may still owe answers say all of them, with nothing to print: the next one is the next job's.

        Raises NotConnected when it does not come to that: it is still busy with what it holds.
        """
        await self._cable.send(BARRIER)
        if await self.passed(timeout_s=BARRIER_TIMEOUT_S) is None:
            raise NotConnected("GS r is not answered: busy with an earlier job, or ack = false is needed")
        while await self.passed(timeout_s=QUIET_S) is not None:
            continue

    async def passed(self, *, timeout_s: float) -> int | None:
        """The answer to GS r; None when it does not come in time."""
        return await self._answer(self.answers.take_passed, timeout_s=timeout_s)

    def forget(self) -> None:
        """What was said until now answers no question asked from now on."""
        self.answers.take_passed()

    async def _status(self, question: bytes) -> int:
        self.answers.take_status()
        await self._cable.send(question)
        status = await self._answer(self.answers.take_status, timeout_s=ANSWER_TIMEOUT_S)
        if status is None:
            raise NotConnected("the printer does not answer")
        return status

    async def _answer(self, take: Callable[[], int | None], *, timeout_s: float) -> int | None:
        until_s = running_s() + timeout_s
        while (answer := take()) is None and (left_s := until_s - running_s()) > 0:
            self.answers.feed(await self._cable.receive(timeout_s=left_s))
        return answer


async def look(cable: Cable, *, owes: bool) -> str | None:
    """
    How a connected printer is, settled with when it may owe answers; a remark when its paper runs low.

    Raises what `Talk.check` and `Talk.settle` do.
    """
    talk = Talk(cable)
    remark = await talk.check()
    if owes:
        await talk.settle()
    return remark


async def run(
    cable: Cable,
    encoded: Awaitable[bytes],
    *,
    ack: bool,
    before_first_byte: Callable[[], Awaitable[None]],
    owes: bool = False,
) -> Outcome:
    """
    Print what `encoded` gives, which ends with a cut; it may still be in the making while the printer is asked.

    Nothing sent is `not_sent` and safe to repeat. Sent and confirmed by GS r is `printed`. Sent without a confirmation is
    `unknown`: a printer out of paper holds the job and prints it after the refill, so repeating it would make two. With
    `ack` off the printer is one that never answers, as is a file; handing over everything then counts as `printed`.
    `owes`: an earlier job was not confirmed, its answer may still come.
    """
    making = asyncio.ensure_future(encoded)
    try:
        await cable.connect()
        try:
            talk, remark, answers = Talk(cable), None, ack and cable.answers
            if answers:
                remark = await talk.check()
                if owes:
                    await talk.settle()
            await before_first_byte()
            data = await making
            talk.forget()
            return await _send(cable, talk, data, answers=answers, remark=remark)
        finally:
            await cable.disconnect()
    except DeviceError as problem:
        return Outcome(result="not_sent", detail=str(problem))
    finally:
        making.cancel()


async def _send(cable: Cable, talk: Talk, data: bytes, *, answers: bool, remark: str | None) -> Outcome:
    """How it ended once the first byte was tried; raises NothingTaken when it did not get that far."""
    try:
        await cable.send(data + BARRIER if answers else data)
    except NothingTaken:
        raise
    except NotConnected as problem:
        return Outcome(result="unknown", detail=f"lost while printing: {problem}")
    try:
        if not answers:
            await cable.handed_over()
            return Outcome(result="printed", detail="the printer does not confirm")
        timeout_s = BARRIER_TIMEOUT_S + cable.seconds_for(len(data))
        for _ in range(BARRIER_WAITS):
            if (passed := await talk.passed(timeout_s=timeout_s)) is not None:
                return Outcome(result="printed", detail=LOW if passed & _ANSWERED_LOW == _ANSWERED_LOW else remark)
            await talk.check()
            timeout_s = BARRIER_TIMEOUT_S
    except (OutOfPaper, Rejected) as problem:
        return Outcome(result="unknown", detail=f"{problem}; the printer may hold the slip and print it later")
    except NotConnected as problem:
        return Outcome(result="unknown", detail=f"lost while printing: {problem}")
    return Outcome(result="unknown", detail="sent, not confirmed")
