"""The chain of providers: the first that has the whole sentence speaks it; when none has it, only the chime sounds."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from server.voice import wav
from server.voice.chime import chime
from server.voice.clips import SHIPPED, BadClips, Clips
from server.voice.kokoro import Kokoro, NoKokoro
from server.voice.sentences import Sentence, filled, halves

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from server.config import VoiceConfig
    from server.voice.wav import Sound

log = logging.getLogger("jiaohao.voice")

KEPT = 32  # whole sentences kept ready: every screen of an area asks for the same


class Provider(Protocol):
    """One way to have a sentence spoken."""

    @property
    def name(self) -> str:
        """As config.toml names it."""

    def say(self, sentence: Sentence) -> Sound | None:
        """The sentence, or None when this provider does not have it, or not yet. Never waits for it."""


class Voice:
    """The hall's voice, as `[voice]` describes it. A provider that cannot be is left out, and `problems` says why."""

    def __init__(self, config: VoiceConfig, *, data: Path | None = None) -> None:
        """`data` is the folder where made phrases are kept; without one nothing is made."""
        self.config = config
        self.problems: list[str] = []
        self.providers: list[Provider] = []
        self._kokoro: Kokoro | None = None
        for name in config.providers:
            try:
                if (provider := self._provider(name, data)) is not None:
                    self.providers.append(provider)
            except (BadClips, NoKokoro) as problem:
                self.problems.append(f"voice.providers: {name} is left out: {problem}")
        self._chime = lru_cache(1)(lambda: wav.written(chime()))
        self._said: dict[Sentence, tuple[str, bytes]] = {}

    def start(self) -> None:
        """Say what is wrong, once, and begin to make phrases."""
        for problem in self.problems:
            log.warning("%s", problem)
        if self._kokoro is not None:
            self._kokoro.start()

    def stop(self) -> None:
        """No longer make phrases."""
        if self._kokoro is not None:
            self._kokoro.stop()

    @property
    def prepares(self) -> bool:
        """Whether it helps to be told early what will be said."""
        return self._kokoro is not None

    def wav(self, sentence: Sentence) -> tuple[str, bytes] | None:
        """
        Who speaks the sentence, and the file; None when only the chime remains.

        Takes some milliseconds: not to be called on an event loop.
        """
        kept = self._said.get(sentence)
        if kept is not None and kept[0] == self._best():
            return kept
        for provider in self.providers:
            try:
                sound = provider.say(sentence)
            except BadClips as problem:  # a file went away or was spoilt since the start
                log.warning("%s: %s", provider.name, problem)
                continue
            if sound is not None:
                found = (provider.name, wav.written(sound))
                self._keep(sentence, found)
                return found
        return None

    def chime(self) -> bytes:
        """The two bells, as a file."""
        return self._chime()

    def prepare_counters(self, texts: dict[str, str], *, counters: Iterable[int], locales: Iterable[str]) -> None:
        """Have the halves with the windows made; `texts` are the hall's, by locale."""
        if self._kokoro is None:
            return
        for locale in locales:
            *_, half = halves(texts[locale])
            self._kokoro.prepare((filled(half, _call(locale, counter=n, yao=self.yao)), locale) for n in counters)

    def prepare_number(self, texts: dict[str, str], *, number: str, locales: Iterable[str]) -> None:
        """Have the half with a number made that will be called in some minutes."""
        if self._kokoro is None:
            return
        for locale in locales:
            half, *rest = halves(texts[locale])
            if rest:
                self._kokoro.prepare([(filled(half, _call(locale, number=number, yao=self.yao)), locale)])

    @property
    def yao(self) -> bool:
        """Whether 1 is said 幺."""
        return self.config.one == "幺"

    def _provider(self, name: str, data: Path | None) -> Provider | None:
        """Raises BadClips, NoKokoro."""
        config = self.config
        match name:
            case "clips":
                if not config.clips:
                    raise BadClips("voice.clips names no folder")
                clips = Clips(name, config.clips)
                clips.check()
                return clips
            case "kokoro":
                if not config.kokoro:
                    raise NoKokoro("voice.kokoro names no folder with the model")
                if data is None:
                    raise NoKokoro("there is no data folder to keep phrases in")
                self._kokoro = Kokoro(config.kokoro, cache=data / "voice", voices=config.voice, speed=config.speed)
                return self._kokoro
            case "shipped":
                return Clips(name, SHIPPED, standard=True, level=False)
        return None  # the chime needs nobody

    def _best(self) -> str:
        return self.providers[0].name if self.providers else ""

    def _keep(self, sentence: Sentence, spoken: tuple[str, bytes]) -> None:
        self._said.pop(sentence, None)
        while len(self._said) >= KEPT:
            self._said.pop(next(iter(self._said)), None)
        self._said[sentence] = spoken


def _call(locale: str, *, number: str = "", counter: int = 0, yao: bool) -> Sentence:
    return Sentence(text="", number=number, counter=counter, locale=locale, yao=yao)
