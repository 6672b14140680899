"""The languages of the pages: catalogues read as they are written, and which one a reader gets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"
SHIPPED = ("zh-CN", "zh-Hant", "en")

_FALLBACKS = {"zh-Hant": "zh-CN"}
_TRADITIONAL = {"tw", "hk", "mo", "hant"}
_ESCAPE = re.compile(r"\\(.)")
_PIECE = re.compile(r'^(?:(msgid|msgstr)\s+)?"(.*)"$')


@dataclass(frozen=True, slots=True)
class Translator:
    """Says a message, written in plain English in the code, in one language."""

    locale: str
    words: Mapping[str, str]

    def __call__(self, message: str, **values: object) -> str:
        """Fill `%(name)s` from `values`; a percent sign is written `%%`, as in every catalogue."""
        return self.gettext(message) % values

    def gettext(self, message: str) -> str:
        """Look up the pattern for `message`: the translation, or the message itself where there is none."""
        return self.words.get(message) or message


@cache
def translator(locale: str) -> Translator:
    """Answer the translator of `locale`; what zh-Hant lacks is said in zh-CN, what English lacks by the message itself."""
    words: dict[str, str] = {}
    if locale in _FALLBACKS:
        words.update(translator(_FALLBACKS[locale]).words)
    for file in catalogues(locale):
        words.update(read_po(file.read_text(encoding="utf-8")))
    return Translator(locale=locale, words=words)


def catalogues(locale: str) -> list[Path]:
    """Answer the .po files of `locale`, one a surface, in a fixed order."""
    return sorted((LOCALES / locale.replace("-", "_")).glob("*.po"))


def choose(locales: Sequence[str], *, asked: str | None, accept: str | None, default: str) -> str:
    """Answer the locale of `locales` a reader gets: what was asked for, else what the browser prefers, else `default`."""
    if asked is not None and (known := _match(asked, locales)) is not None:
        return known
    for tag in _preferences(accept or ""):
        if (known := _match(tag, locales)) is not None:
            return known
    return default


def read_po(text: str) -> dict[str, str]:
    """
    Read the filled-in entries of a gettext catalogue: message → translation.

    Knows comments, strings over several lines and escapes. Fuzzy, obsolete and empty entries are left out, and the header.
    Plural forms and contexts are not used in this house.

    Raises:
        ValueError: a line is none of these; it names the line.
    """
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        message, translation, fuzzy = _entry(block)
        if message and translation and not fuzzy:
            found[message] = translation
    return found


def _entry(block: str) -> tuple[str, str, bool]:
    parts = {"msgid": "", "msgstr": ""}
    fuzzy = False
    part: str | None = None
    for line in map(str.strip, block.split("\n")):
        if line.startswith("#") or not line:
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        piece = _PIECE.match(line)
        if piece is None or (piece[1] is None and part is None):
            msg = f"not a line of a catalogue: {line}"
            raise ValueError(msg)
        part = piece[1] or part
        assert part is not None  # noqa: S101 - said to the type checker; the line above has made sure
        parts[part] += _unescape(piece[2])
    return parts["msgid"], parts["msgstr"], fuzzy


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), text)


def _preferences(accept: str) -> list[str]:
    weighed: list[tuple[float, int, str]] = []
    for place, item in enumerate(accept.split(",")):
        tag, _, rest = item.strip().partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        weight = float(quality[1]) if quality else 1.0
        if tag and weight > 0:
            weighed.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed)]


def _match(tag: str, locales: Iterable[str]) -> str | None:
    """Find `tag` among `locales`: in full, else by script for Chinese, else by language."""
    wanted = tag.lower().replace("_", "-")
    known = {locale.lower(): locale for locale in locales}
    if wanted in known:
        return known[wanted]
    language, *rest = wanted.split("-")
    if language == "zh":
        return known.get("zh-hant" if _TRADITIONAL & set(rest) else "zh-cn")
    return next((locale for low, locale in known.items() if low.split("-")[0] == language), None)
