"""A sound card made of memory: it takes the real files for as long as they sound, and keeps what it played."""

import asyncio
import io
import wave
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw

from devices import fonts
from devices.clock import running_s, utc_now
from devices.emulators.diary import Write, unwritten
from devices.errors import NotConnected
from devices.ports import NOW, Clip, Picture
from devices.speakers.alsa import CardSpeaker, seconds

KEPT = 60
LINES = 6
SLOW = 2.0  # times as long
_SIZE = (520, 240)
_INK, _GROUND, _WAVE = (0xE6, 0xEA, 0xE8), (0x14, 0x1B, 0x1A), (0x5F, 0xC8, 0xA8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """One piece of sound."""

    number: str
    counter: int | None
    locale: str
    seconds: float
    began: datetime
    ended: datetime
    whole: bool  # False: the plug was pulled, or it was cut off


class SoundCard:
    """`unplug`, `plug`, `slow` (and `fast` again) are its faults."""

    def __init__(self, *, changed: Callable[[], None], diary: Write = unwritten) -> None:
        self._changed, self._diary = changed, diary
        self.played: deque[Played] = deque(maxlen=KEPT)
        self.plugged, self.slow = True, False
        self.sounding: Clip | None = None
        self._pulled = asyncio.Event()
        self._last = b""

    async def play(self, clip: Clip) -> None:
        """As `aplay` does: until it has sounded. Raises NotConnected."""
        if not self.plugged:
            raise NotConnected("unplugged")
        lasts_s = seconds(clip.wav) * (SLOW if self.slow else 1)
        began, began_s, whole = utc_now(), running_s(), False
        if clip.number:
            self.sounding = clip
            self._changed()
        try:
            async with asyncio.timeout(lasts_s):
                await self._pulled.wait()
        except TimeoutError:
            whole = True
        finally:
            if clip.number:
                self._keep(clip, began=began, lasted_s=running_s() - began_s, whole=whole)
        if not whole:
            raise NotConnected("unplugged")

    def press(self, key: str) -> bool:
        """Stage a fault or end it; whether there is such a key."""
        if key == "unplug":
            self.plugged = False
            self._pulled.set()
        elif key == "plug":
            self.plugged = True
            self._pulled.clear()
        elif key in ("slow", "fast"):
            self.slow = key == "slow"
        else:
            return False
        return True

    def picture(self) -> Picture:
        """The last calls played, and the shape of the last sound."""
        canvas = Image.new("RGB", _SIZE, _GROUND)
        ink, font = ImageDraw.Draw(canvas), fonts.face(20)
        lines = [f"{p.number} → {p.counter}  {p.locale}  {p.seconds:.1f} s{'' if p.whole else ' ✕'}" for p in self.played]
        for place, line in enumerate(lines[-LINES:]):
            ink.text((16, 12 + 24 * place), line, font=font, fill=_INK)
        for x, (low, high) in enumerate(_outline(self._last, _SIZE[0])):
            ink.line((x, 200 - high * 34 / 32_768, x, 200 - low * 34 / 32_768), fill=_WAVE)
        data = io.BytesIO()
        canvas.save(data, "PNG")
        last = self.played[-1] if self.played else None
        detail = {"text": lines[-1] if lines else "", "bytes": len(self._last), "played": len(self.played), "slow": self.slow}
        return Picture(label=NOW, png=data.getvalue(), detail=detail | ({"whole": last.whole} if last else {}))

    def _keep(self, clip: Clip, *, began: datetime, lasted_s: float, whole: bool) -> None:
        self.sounding, self._last = None, clip.wav
        self.played.append(
            Played(
                number=clip.number,
                counter=clip.counter,
                locale=clip.locale,
                seconds=lasted_s,
                began=began,
                ended=utc_now(),
                whole=whole,
            )
        )
        what = {"number": clip.number, "counter": clip.counter, "locale": clip.locale, "whole": whole}
        self._diary(played=clip.call, began=began.isoformat(), **what)
        self._changed()


class CardOfMemory(CardSpeaker):
    """The speaker of the demo and of rehearsals: the real adapter before a sound card made of memory."""

    def __init__(self, name: str, *, changed: Callable[[], None], diary: Write = unwritten) -> None:
        self.card = SoundCard(changed=changed, diary=diary)
        super().__init__(name, player=self.card, changed=changed)

    def pictures(self) -> Sequence[Picture]:
        return (self.card.picture(),)

    def press(self, key: str) -> None:
        if self.card.press(key):
            if key == "unplug":
                self._stands("lost", "unplugged")
            self._changed()


def _outline(data: bytes, width: int) -> list[tuple[int, int]]:
    """The lowest and highest sample under each of `width` columns."""
    if not data:
        return []
    with wave.open(io.BytesIO(data)) as file:
        samples = array("h", file.readframes(file.getnframes()))
    step = max(1, len(samples) // width)
    return [(min(part), max(part)) for at in range(0, len(samples) - step + 1, step) if (part := samples[at : at + step])][:width]
