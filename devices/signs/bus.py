"""
The worker of one bus of signs: one frame after another, each sign's newest line, and none of them in the way of the others.

News goes before repetitions, and among equals the sign that has waited longest comes next. After each frame the bus is
silent for the gap. A sign that answers is waited for, a little; one that does not answer any more is told its news like a
sign that never does, and is waited for only when it is its time to be looked after.
"""

import asyncio
import logging

from devices.clock import running_s
from devices.errors import NotConnected, Rejected
from devices.port_line import PortLine
from devices.ports import SignLine
from devices.signs.driver import Reply
from devices.signs.slot import Slot

log = logging.getLogger(__name__)

REPLY_S = 0.3  # for a card to think and to answer, beyond what the bytes themselves take
RENEW_AFTER = 4  # unanswered frames a sign, until a network connection is made anew
PIECE_PAUSE_S = 0.1  # inside a frame of a protocol that needs it
_SILENCE_CHARS = 3.5  # Modbus over serial line V1.02, §2.5.1.1; no harm to others
AWAY_S = 0.1  # until a cable that takes nothing is tried again


class Bus:
    """The signs on one port, told by one task."""

    def __init__(self, line: PortLine) -> None:
        self._line, self._received = line, line.reader()
        self._slots: list[Slot] = []
        self._stirred = asyncio.Event()
        self._gap_s = 0.0
        self._owners = 0
        self._unheard = 0  # frames without their answer since the last answer, or since the port was opened
        self._working: asyncio.Task[None] | None = None
        line.watch(self._line_changed)

    @property
    def line(self) -> PortLine:
        """The cable."""
        return self._line

    def join(self, slot: Slot, *, gap_s: float) -> None:
        """Tell this sign too; the longest gap that one of them needs is kept for all."""
        self._slots.append(slot)
        self._gap_s = max(self._gap_s, gap_s, _SILENCE_CHARS * self.seconds(1))

    async def open(self) -> None:
        """Begin to own the port, together with the other signs on it."""
        await self._line.open()
        self._owners += 1
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name=f"signs on {self._line.url}")

    async def close(self) -> None:
        """Give the port back; with the last sign the worker goes too."""
        self._owners -= 1
        if not self._owners and self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
            self._working = None
        await self._line.close()

    def show(self, slot: Slot, line: SignLine) -> None:
        """Have `slot` show `line`, as soon as it is its turn."""
        slot.want(line, now_s=running_s())
        self._stirred.set()

    def seconds(self, count: int) -> float:
        """How long so many bytes are under way at the line's speed."""
        data_bits, parity, stop_bits = tuple(self._line.framing)
        return count * (1 + int(data_bits) + (parity != "N") + int(stop_bits)) / self._line.baud

    async def _work(self) -> None:
        while True:
            await self._line.connected()
            self._stirred.clear()
            slot = self._next(running_s())
            if slot is None:
                await self._rest()
                continue
            try:
                await self._tell(slot)
            except NotConnected:  # `_line_changed` has made it news again
                log.info("%s: not told: the cable is away", slot.name)
                await asyncio.sleep(AWAY_S)
            except Exception as problem:  # its own frame cannot be made; the others go on
                log.exception("%s: not told", slot.name)
                slot.answered(refusal=f"{type(problem).__name__}: {problem}")

    def _next(self, now_s: float) -> Slot | None:
        """Whose turn it is: news, or what should have been repeated long ago, before repetitions."""
        told = [slot for slot in self._slots if slot.wanted is not None]
        news = [slot for slot in told if slot.pressing(now_s)]
        due = [slot for slot in told if slot.due_s <= now_s]
        return min(news or due, key=lambda slot: slot.told_s, default=None)

    async def _rest(self) -> None:
        """Until there is news, or a sign is due."""
        due_s = min((slot.due_s for slot in self._slots if slot.wanted is not None), default=None)
        try:
            async with asyncio.timeout(None if due_s is None else max(0.0, due_s - running_s())):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def _tell(self, slot: Slot) -> None:
        patient = slot.awaited(running_s())
        line = slot.begin(now_s=running_s())
        pieces = slot.driver.pieces(line)
        self._received.drop()
        try:
            for number, piece in enumerate(pieces):
                if number:
                    await asyncio.sleep(PIECE_PAUSE_S)
                await self._line.write(piece)
        except NotConnected:
            slot.forget()
            raise
        there_s = running_s() + self.seconds(len(pieces[-1]))  # written is not sent: the last byte leaves so much later
        free_s = there_s + self._gap_s
        sent = b"".join(pieces)
        reply = slot.driver.reply(sent)
        if reply is not None:
            until_s = there_s + self.seconds(len(sent)) + REPLY_S if patient else free_s
            await self._hear(slot, reply, until_s=until_s, patient=patient)
            free_s = max(free_s, running_s() + _SILENCE_CHARS * self.seconds(1))
        await asyncio.sleep(max(0.0, free_s - running_s()))

    async def _hear(self, slot: Slot, reply: Reply, *, until_s: float, patient: bool) -> None:
        try:
            async with asyncio.timeout(max(0.0, until_s - running_s())):
                while not reply.feed(await self._received.read()):
                    continue
        except TimeoutError:
            if patient and self._line.health().condition == "ok":
                slot.missed(now_s=running_s())
                self._miss()
        except Rejected as refusal:
            self._unheard = 0
            slot.answered(refusal=str(refusal))
        else:
            self._unheard = 0
            slot.answered()

    def _miss(self) -> None:
        """On the network, silence of all signs may be the connection's: then it is made anew."""
        self._unheard += 1
        if self._unheard >= RENEW_AFTER * len(self._slots) and self._line.url.startswith("socket://"):
            self._unheard = 0
            self._line.renew()

    def _line_changed(self) -> None:
        if self._line.health().condition != "ok":
            self._unheard = 0
            for slot in self._slots:
                slot.forget()
        self._stirred.set()
