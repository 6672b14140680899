"""Recorded clips in a folder, named by what they say in `manifest.toml`: whole phrases, or pieces down to single digits."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from server.voice import wav
from server.voice.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.voice.sentences import Sentence
    from server.voice.wav import Sound

MANIFEST = "manifest.toml"
SHIPPED = Path(__file__).parent / "shipped"
BREATH_S = 0.16  # between the half with the number and the half with the window
KEPT = 96  # clips read and kept in memory

Pieces = dict[tuple[str, ...], str]  # spoken tokens → file


class BadClips(ValueError):
    """A folder of clips that cannot be used; the message is one sentence."""


class Clips:
    """Speaks what its clips cover, with as few of them as will do."""

    def __init__(self, name: str, folder: Path, *, standard: bool = False, level: bool = True) -> None:
        """
        `level`: clips are trimmed and brought to one level; `standard`: where the hall's text lacks a clip, plain words are said.

        Raises:
            BadClips: no readable manifest, or one that names nothing.
        """
        self.name = name
        self._folder, self._standard, self._level = folder, standard, level
        self._pieces = _manifest(folder)
        self._clip = lru_cache(KEPT)(self._read)

    def check(self) -> None:
        """
        Read every clip once, as the recorder of a folder wants to know at once.

        Raises:
            BadClips: a file is missing, is no WAV, or has another rate than the others.
        """
        rates: dict[int, str] = {}
        for file in sorted({file for pieces in self._pieces.values() for file in pieces.values()}):
            rates.setdefault(self._read(file).rate, file)
        if len(rates) > 1:
            told = ", ".join(f"{file} {rate} Hz" for rate, file in sorted(rates.items()))
            raise BadClips(f"clips of one folder need one rate: {told}")

    def say(self, sentence: Sentence) -> Sound | None:
        """The sentence, or None where a piece is missing."""
        standard = sentence.standard() if self._standard else None
        for call in filter(None, (sentence, standard)):
            pieces = self._pieces.get(call.locale, {})
            covered = [cover(tokens(phrase), pieces) for phrase in call.phrases()]
            if all(covered):
                phrases = [wav.joined([self._clip(file) for file in files or ()]) for files in covered]
                return with_breaths(phrases)
        return None

    def _read(self, file: str) -> Sound:
        path = self._folder / file
        try:
            sound = wav.read(path.read_bytes())
        except (OSError, wav.NoWav) as problem:
            raise BadClips(f"{path} cannot be used: {getattr(problem, 'strerror', None) or problem}") from problem
        return wav.levelled(wav.trimmed(sound)) if self._level else sound


def with_breaths(phrases: list[Sound]) -> Sound:
    """Phrases of one rate with a breath between them."""
    rate = phrases[0].rate
    parts = [part for phrase in phrases for part in (wav.silence(BREATH_S, rate=rate), phrase)][1:]
    return wav.joined(parts, fade_s=0)


def cover(spoken: tuple[str, ...], pieces: Mapping[tuple[str, ...], str]) -> list[str] | None:
    """The fewest files that together say `spoken`, in order, the longest first; None where they do not reach."""
    longest = max(map(len, pieces), default=0)
    best: list[list[str] | None] = [None] * len(spoken) + [[]]  # from each place to the end
    for at in reversed(range(len(spoken))):
        for size in range(min(longest, len(spoken) - at), 0, -1):
            file, rest = pieces.get(spoken[at : at + size]), best[at + size]
            shortest = best[at]
            if file is not None and rest is not None and (shortest is None or len(rest) + 1 < len(shortest)):
                best[at] = [file, *rest]
    return best[0]


def _manifest(folder: Path) -> dict[str, Pieces]:
    path = folder / MANIFEST
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadClips(f"{path} cannot be read: {problem.strerror}") from problem
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadClips(f"{path} is no valid TOML: {problem}") from problem
    found: dict[str, Pieces] = {}
    for locale, said in raw.items():
        if not isinstance(said, dict):
            raise BadClips(f'{path}: {locale}: a language needs a table, as ["zh-CN"]')
        found[locale] = dict(_pieces(path, locale, said.items()))
    if not any(found.values()):
        raise BadClips(f"{path} names no clips")
    return found


def _pieces(path: Path, locale: str, said: Iterable[tuple[str, object]]) -> Iterable[tuple[tuple[str, ...], str]]:
    for text, file in said:
        spoken = tokens(text)
        if not isinstance(file, str) or not file or Path(file).is_absolute() or ".." in Path(file).parts:
            raise BadClips(f"{path}: {locale}.{text} = {file!r}: a file inside the folder is wanted")
        if not spoken:
            raise BadClips(f"{path}: {locale}.{text!r}: nothing in it is spoken")
        yield spoken, file
