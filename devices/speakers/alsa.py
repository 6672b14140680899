"""A loudspeaker on a sound card of this machine: each piece of sound is played by `aplay`, a process of its own."""

import asyncio
import io
import logging
import wave
from collections.abc import Callable
from typing import Protocol

from devices.clock import utc_now
from devices.errors import NotConnected
from devices.ports import Clip, Condition, Health

log = logging.getLogger(__name__)

PROGRAM = "aplay"
GRACE_S = 5.0  # after the end of the sound; a card that takes longer hangs
_DETAIL_CHARS = 200
_TRIAL_S = 0.05


class Player(Protocol):
    """What turns a piece of sound into noise."""

    async def play(self, clip: Clip) -> None:
        """Until it has sounded. Raises NotConnected. When cancelled, it is silent at once."""


class Aplay:
    """ALSA's own player. `port` is its device name: default, hw:0, plughw:CARD=Device."""

    def __init__(self, port: str, *, program: str = PROGRAM) -> None:
        self._command = (program, "-q", "-t", "wav", "-D", port, "-")

    async def play(self, clip: Clip) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
            )
        except OSError as problem:
            raise NotConnected(f"{self._command[0]}: {problem.strerror}") from problem
        try:
            async with asyncio.timeout(seconds(clip.wav) + GRACE_S):
                _, told = await process.communicate(clip.wav)
        except TimeoutError as problem:
            raise NotConnected("the sound card does not take the sound") from problem
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            lines = told.decode("utf-8", "replace").strip().splitlines()
            raise NotConnected((lines[-1] if lines else f"{self._command[0]} ended with {process.returncode}")[:_DETAIL_CHARS])


class CardSpeaker:
    """A loudspeaker behind a player; its health is how the last piece of sound went."""

    def __init__(self, name: str, *, player: Player, changed: Callable[[], None]) -> None:
        self.name = name
        self._player, self._changed = player, changed
        self._health = Health(condition="lost", detail="not tried yet", since=utc_now())

    async def open(self) -> None:
        await self.look()

    async def close(self) -> None:
        return None

    def health(self) -> Health:
        return self._health

    async def look(self) -> None:
        try:
            await self.play(Clip(wav=_trial()))
        except NotConnected as problem:
            log.debug("%s: %s", self.name, problem)

    async def play(self, clip: Clip) -> None:
        try:
            await self._player.play(clip)
        except NotConnected as problem:
            self._stands("lost", str(problem))
            raise
        self._stands("ok", None)

    def _stands(self, condition: Condition, detail: str | None) -> None:
        if (condition, detail) != (self._health.condition, self._health.detail):
            self._health = Health(condition=condition, detail=detail, since=utc_now())
            self._changed()


def seconds(data: bytes) -> float:
    """
    How long a WAV file sounds.

    Raises:
        NotConnected: it is none, so that no card can play it.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError) as problem:
        raise NotConnected(f"that is no sound: {problem}") from problem


def _trial() -> bytes:
    """A moment of silence, to see whether the card takes it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(bytes(2 * round(_TRIAL_S * 16_000)))
    return file.getvalue()
