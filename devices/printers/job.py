"""
One print job over one cable: ask, send, wait for the paper, say how it ended.

Sources: Epson ESC/POS command reference, DLE EOT n (real-time status, answered even while data is held) and GS r n
(transmitted in print order, so its answer means that all before it is on paper; not answered while paper is out).
"""

from collections.abc import Awaitable, Callable

from devices.errors import DeviceError, NotConnected, OutOfPaper, Rejected
from devices.ports import Outcome
from devices.printers.cables import Cable

ASK_PRINTER, ASK_CAUSE, ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
BARRIER = b"\x1dr\x01"
ANSWER_TIMEOUT_S = 1.5
BARRIER_TIMEOUT_S = 5.0
_OFFLINE, _PAPER_END, _COVER_OPEN, _ERROR, _NEAR_END = 0x08, 0x60, 0x04, 0x40, 0x0C


async def check(cable: Cable) -> str | None:
    """
    Ask a connected printer whether it can print; a remark when it can but paper runs low.

    Raises:
        NotConnected: it does not answer at all.
        OutOfPaper: there is no paper.
        Rejected: it is offline, with the cause it names.
    """
    paper = await _ask(cable, ASK_PAPER)
    if paper & _PAPER_END == _PAPER_END:
        raise OutOfPaper("out of paper")
    if await _ask(cable, ASK_PRINTER) & _OFFLINE:
        cause = await _ask(cable, ASK_CAUSE)
        raise Rejected("cover open" if cause & _COVER_OPEN else "error, see the printer" if cause & _ERROR else "offline")
    return "paper runs low" if paper & _NEAR_END else None


async def run(cable: Cable, data: bytes, *, ack: bool, before_first_byte: Callable[[], Awaitable[None]]) -> Outcome:
    """
    Print `data`, which ends with a cut.

    Nothing sent is `not_sent` and safe to repeat. Sent and confirmed by GS r is `printed`. Sent without a confirmation is
    `unknown`: a printer out of paper holds the job and prints it after the refill, so repeating it would make two. With
    `ack` off the printer is one that never answers; handing over everything then counts as `printed`.
    """
    try:
        await cable.connect()
        try:
            remark = await check(cable) if ack else None
            await before_first_byte()
            return await _send(cable, data, ack=ack, remark=remark)
        finally:
            await cable.disconnect()
    except DeviceError as problem:
        return Outcome(result="not_sent", detail=str(problem))


async def _send(cable: Cable, data: bytes, *, ack: bool, remark: str | None) -> Outcome:
    try:
        await cable.send(data + BARRIER if ack else data)
        if not ack:
            return Outcome(result="printed", detail="the printer does not confirm")
        if await _passed(cable, timeout_s=BARRIER_TIMEOUT_S + cable.seconds_for(len(data))):
            return Outcome(result="printed", detail=remark)
        await check(cable)
    except (OutOfPaper, Rejected) as problem:
        return Outcome(result="unknown", detail=f"{problem}; the printer may hold the slip and print it later")
    except NotConnected as problem:
        return Outcome(result="unknown", detail=f"lost while printing: {problem}")
    return Outcome(result="unknown", detail="sent, not confirmed")


async def _ask(cable: Cable, question: bytes) -> int:
    """A real-time status byte: bits 1 and 4 set, bits 0 and 7 clear."""
    await cable.send(question)
    for _ in range(4):  # an answer to something earlier may still be on its way
        answer = await cable.receive(timeout_s=ANSWER_TIMEOUT_S)
        if not answer:
            break
        for byte in answer:
            if byte & 0x93 == 0x12:
                return byte
    raise NotConnected("the printer does not answer")


async def _passed(cable: Cable, *, timeout_s: float) -> bool:
    """Whether the answer to GS r came: bits 4 and 7 clear, where every real-time status has bit 4 set."""
    while answer := await cable.receive(timeout_s=timeout_s):
        if any(byte & 0x90 == 0 for byte in answer):
            return True
    return False
