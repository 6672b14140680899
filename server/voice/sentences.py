"""A call as it is to be said: the hall's text with number and window, in phrases that can be made ahead of time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.voice.words import cardinal, ticket_number, tongue

NUMBER, COUNTER = "{number}", "{counter}"
STANDARD = {  # what the shipped clips say, where the hall's own text has words that they lack
    "zh": "请{number}号到{counter}号窗口",
    "en": "Number {number}, please go to window {counter}.",
}
_FIELD = re.compile(r"(\{number\}|\{counter\})")
_CUT = re.compile(r"[,，、;；。]\s*|^\s*[号號]")  # between the two: behind a comma, or behind the number's own 号
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One call in one language; `text` is the hall's, with {number} and {counter} in it."""

    text: str
    number: str
    counter: int
    locale: str
    yao: bool = False

    def phrases(self) -> tuple[str, ...]:
        """
        What is said, in order: the half with the number and the half with the window, with a breath between them.

        A text that names only one of them, or one of them twice, is one phrase.
        """
        return tuple(filled(half, self) for half in halves(self.text))

    def standard(self) -> Sentence | None:
        """The same call in the words every shipped set of clips has; None where there is none in this language."""
        text = STANDARD.get(tongue(self.locale))
        if text is None:
            return None
        locale = "zh-CN" if tongue(self.locale) == "zh" else self.locale
        return Sentence(text=text, number=self.number, counter=self.counter, locale=locale, yao=self.yao)


def halves(text: str) -> tuple[str, ...]:
    """The hall's text cut between number and window."""
    if text.count(NUMBER) != 1 or text.count(COUNTER) != 1:
        return (text,)
    before, first, between, second, after = _FIELD.split(text)
    cut = found.end() if (found := _CUT.search(between)) else 0
    return before + first + between[:cut], between[cut:] + second + after


def filled(text: str, call: Sentence) -> str:
    """A half with its numbers in words; other figures in it are counted too."""

    def said(part: str) -> str:
        if part == NUMBER:
            return ticket_number(call.number, locale=call.locale, yao=call.yao)
        if part == COUNTER:
            return cardinal(call.counter, locale=call.locale)
        return _DIGITS.sub(lambda figures: cardinal(int(figures[0]), locale=call.locale), part)

    return "".join(map(said, _FIELD.split(text))).strip()
