"""
A loudspeaker's dealing with the hall: calls, one announcement at a time.

None is lost while the server or the sound card is away, unless it has become too old to send anybody off; one that was undone
is silent at once.
"""

import asyncio
import logging
from datetime import datetime
from typing import Any

from devices.clock import running_s
from devices.errors import DeviceError
from devices.hall import HallClient, Refused, Spoken, Unreachable
from devices.ports import Clip, Speaker
from devices.speakers.calls import KINDS, MANY, Away, Call, Calls, heard, languages

log = logging.getLogger(__name__)

RETRY_S = 1.0  # while the server or the card is away
LOOK_S = 15.0  # between two looks at an idle card
_UNDONE = ("ticket.called", "ticket.resumed")


class Announcing:
    """Speaks for one area; without one named, for the hall's first."""

    def __init__(self, speaker: Speaker, *, hall: HallClient, area: str | None, retry_s: float = RETRY_S) -> None:
        self._speaker, self._hall, self._area, self._retry_s = speaker, hall, area, retry_s
        self._calls, self._away = Calls(), Away()
        self._current: Call | None = None
        self._saying: asyncio.Task[None] | None = None
        self._hall_now: datetime | None = None
        self._how: Spoken | None = None  # None: to be asked again
        self._chime: bytes | None = None
        self._reason = asyncio.Event()

    async def topic(self) -> str:
        """What to follow; asks the hall for its first area where none is named."""
        while self._area is None:
            try:
                self._how = await self._hall.spoken(None)
                self._area = self._how.area
            except (Unreachable, Refused) as problem:
                log.info("%s: %s", self._speaker.name, problem)
                await asyncio.sleep(self._retry_s)
        return f"board:{self._area}"

    def hear(self, message: dict[str, Any]) -> None:
        """A call, or one that no longer holds; a connection, which tells the hall's time."""
        kind = message["kind"]
        if kind == "hello":
            self._hall_now, self._how = datetime.fromisoformat(message["now"]), None
        elif kind == "setup.changed":
            self._how = None
        elif kind in KINDS and self._area in message["areas"]:
            self._calls.add(heard(message, hall_now=self._hall_now, now_s=self._away_s()))
        elif kind == "ticket.undone" and message["undid"] in _UNDONE:
            self._drop(int(message["undid_seq"]))
        else:
            return
        self._reason.set()

    def stirred(self) -> None:
        """The card changed: a call may wait for it."""
        self._reason.set()

    async def run(self) -> None:
        """Announce for as long as the rack runs."""
        while True:
            self._reason.clear()
            call, late = self._calls.take(now_s=self._away_s())
            for each in late:
                log.info("%s: %s to counter %d is too old to be said", self._speaker.name, each.number, each.counter)
            if call is not None:
                await self._announce(call)
                continue
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._reason.wait()
            except TimeoutError:
                await self._speaker.look()

    async def _announce(self, call: Call) -> None:
        """Until it is said whole, undone or too old."""
        self._current = call
        try:
            while self._current is call and not call.is_late(now_s=self._away_s()):
                self._saying = asyncio.create_task(self._say(call))
                try:
                    await asyncio.wait({self._saying})
                finally:
                    self._saying.cancel()  # when the rack ends
                if self._saying.cancelled() or (problem := self._saying.exception()) is None:
                    self._away.stops(now_s=running_s())
                    return
                if not isinstance(problem, (DeviceError, Unreachable)):
                    raise problem
                self._away.goes(now_s=running_s())
                log.info("%s: %s is said again: %s", self._speaker.name, call.number, problem)
                await self._again()
        finally:
            self._current = self._saying = None

    async def _say(self, call: Call) -> None:
        """Raises NotConnected, Unreachable."""
        clips = await self._clips(call)
        if clips is None:
            return
        chime, *spoken = clips
        await self._speaker.play(chime)
        times = self._how.times if self._how else 1
        for _ in range(1 if len(self._calls.waiting) > MANY else times):
            for clip in spoken:
                await self._speaker.play(clip)

    async def _clips(self, call: Call) -> list[Clip] | None:
        """The chime and the call in each language that somebody can say; None when the hall knows no such call any more."""
        try:
            how = self._how = self._how or await self._hall.spoken(self._area)
            chime = self._chime = self._chime or await self._hall.chime()
            wanted = languages(call, own=how.own, order=how.order, offered=how.offered)
            sounds = {locale: await self._hall.voice(call.number, counter=call.counter, locale=locale) for locale in wanted}
        except Refused as problem:
            log.warning("%s: %s is not said: %s", self._speaker.name, call.number, problem)
            return None
        return [
            Clip(wav=sound, number=call.number, counter=call.counter, locale=locale, call=call.seq)
            for locale, sound in {"": chime, **sounds}.items()
            if sound is not None
        ]

    def _away_s(self) -> float:
        return self._away.seconds(now_s=running_s())

    async def _again(self) -> None:
        """A moment, or until the card says that it is back."""
        self._reason.clear()
        try:
            async with asyncio.timeout(self._retry_s):
                await self._reason.wait()
        except TimeoutError:
            return

    def _drop(self, seq: int) -> None:
        self._calls.drop(seq)
        if self._current is not None and self._current.seq == seq:
            self._current = None
            if self._saying is not None:
                self._saying.cancel()
