"""What a window's sign says for a counter's state; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from devices.ports import SignLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """The hall's own words, with {number} and {counter} where they belong."""

    call: str = "请{number}号到{counter}号窗口"
    serving: str = "正在办理 {number}"
    idle: str = "热情为您服务"
    paused: str = "暂停服务"
    closed: str = "本窗口今日不开放"


DEFAULT_TEXTS = Texts()
ASCII_WORDS: Mapping[str, str] = {
    "call": "{number} -> {counter}", "serving": "{number}", "idle": "", "paused": "PAUSED", "closed": "CLOSED",
}  # fmt: skip


def line_for(
    *,
    counter: int,
    state: str,
    number: str | None,
    ticket_state: str | None,
    texts: Texts = DEFAULT_TEXTS,
    own: Mapping[str, str] | None = None,
    columns: int,
    flash: bool = False,
) -> SignLine:
    """
    The line of a counter: calling, serving, idle, paused, or 本窗口今日不开放.

    `own` are the sign's own words, before the hall's. `columns` counts Latin characters, Chinese takes two. Too long a line
    is said shorter, never cut: a call keeps the number to the last, and the window as long as there is room for it.
    """
    words = replace(texts, **(own or {}))
    spare = replace(DEFAULT_TEXTS, **(own or {}))  # short enough for any sign, where the hall's may not be
    if state == "paused":
        said = (words.paused, spare.paused)
    elif state != "open":
        said = (words.closed, words.paused)
    elif number is None:
        said = (words.idle, spare.idle)
    elif ticket_state == "serving":
        serving = _filled(words.serving, number=number, counter=counter)
        return SignLine(text=_first_that_fits((serving, number), columns), number=number)
    else:
        call = _filled(words.call, number=number, counter=counter)
        shorter = (f"{number}号到{counter}号窗口", f"{number}到{counter}号窗", f"请{number}")
        tried = (call, *(text for text in shorter if text.isascii() or not call.isascii()), number)
        return SignLine(text=_first_that_fits(tried, columns), number=number, flash=flash)
    return SignLine(text=_first_that_fits(said, columns))


def _filled(words: str, *, number: str, counter: int) -> str:
    return words.replace("{number}", number).replace("{counter}", str(counter))


def _first_that_fits(said: tuple[str, ...], columns: int) -> str:
    return next((text for text in said if _columns(text) <= columns), said[-1])


def _columns(text: str) -> int:
    return sum(1 if ord(letter) < 0x80 else 2 for letter in text)
