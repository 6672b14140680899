"""How a hall says letters, digits and window numbers: pure text, before any voice has it."""

from __future__ import annotations

import re

ZH_DIGITS = "零一二三四五六七八九"
EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TOKEN = re.compile(r"[A-Za-z]+|[^\W_]")
_MOST = 999  # windows are numbered no higher


def tongue(locale: str) -> str:
    """The language a locale is spoken in: `zh` for both scripts (Mandarin), `en`, else its own."""
    return locale.split("-", maxsplit=1)[0]


def ticket_number(number: str, *, locale: str, yao: bool = False) -> str:
    """A007 as it is called out, digit by digit: "A零零七", "A zero zero seven"; with `yao` 1 is 幺."""
    match tongue(locale):
        case "zh":
            digits = "零幺" + ZH_DIGITS[2:] if yao else ZH_DIGITS
            return "".join(digits[int(c)] if c.isdecimal() else c.upper() for c in number)
        case "en":
            return " ".join(EN_DIGITS[int(c)] if c.isdecimal() else c.upper() for c in number)
    return " ".join(number)


def cardinal(count: int, *, locale: str) -> str:
    """A window's number as one counts: 12 is "十二", "twelve"."""
    if not 0 <= count <= _MOST:
        return ticket_number(str(count), locale=locale)
    match tongue(locale):
        case "zh":
            return _zh(count)
        case "en":
            return _en(count)
    return str(count)


def tokens(text: str) -> tuple[str, ...]:
    """
    A text in its smallest spoken pieces: Chinese characters one by one, Latin words whole; punctuation is not spoken.

    Words are in lower case; a capital that stands alone is a letter.
    """
    return tuple(word if len(word) == 1 and word.isupper() else word.lower() for word in _TOKEN.findall(text))


def _zh(count: int) -> str:
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    said = f"{ZH_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else ZH_DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (ZH_DIGITS[ones] if ones or not count else "")


def _en(count: int) -> str:
    hundreds, rest = divmod(count, 100)
    said = [EN_DIGITS[hundreds], "hundred"] if hundreds else []
    if hundreds and rest:
        said.append("and")
    if rest >= 20:
        said.append(_EN_TENS[rest // 10])
        rest %= 10
    if rest >= 10:
        said.append(_EN_TEENS[rest - 10])
    elif rest or not count:
        said.append(EN_DIGITS[rest])
    return " ".join(said)
