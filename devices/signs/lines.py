"""What a window's sign says for a counter's state; pure."""

from dataclasses import dataclass

from devices.ports import SignLine

CLOSED = "本窗口今日不开放"


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """The hall's own words, with {number} and {counter} where they belong."""

    call: str = "请{number}号到{counter}号窗口"
    serving: str = "正在办理 {number}"
    idle: str = "热情为您服务"
    paused: str = "暂停服务"


DEFAULT_TEXTS = Texts()


def line_for(
    *, counter: int, state: str, number: str | None, ticket_state: str | None, texts: Texts = DEFAULT_TEXTS, columns: int
) -> SignLine:
    """
    The line of a counter: calling, serving, idle, paused, or 本窗口今日不开放.

    `columns` counts Latin characters, Chinese takes two. Too long a line is said shorter, never cut: a call keeps the
    number to the last, and the window as long as there is room for it.
    """
    if state == "paused":
        said = (texts.paused, DEFAULT_TEXTS.paused)
    elif state != "open":
        said = (CLOSED, texts.paused)
    elif number is None:
        said = (texts.idle, DEFAULT_TEXTS.idle)
    elif ticket_state == "serving":
        return SignLine(
            text=_first_that_fits((texts.serving.format(number=number, counter=counter), number), columns), number=number
        )
    else:
        call = texts.call.format(number=number, counter=counter)
        shorter = (f"{number}号到{counter}号窗口", f"{number}到{counter}号窗", f"请{number}", number)
        return SignLine(text=_first_that_fits((call, *shorter), columns), number=number)
    return SignLine(text=_first_that_fits(said, columns))


def _first_that_fits(said: tuple[str, ...], columns: int) -> str:
    return next((text for text in said if _columns(text) <= columns), said[-1])


def _columns(text: str) -> int:
    return sum(1 if ord(letter) < 0x80 else 2 for letter in text)
