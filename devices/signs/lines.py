"""What a window's sign says for a counter's state; pure."""

from devices.ports import SignLine

IDLE, PAUSED, CLOSED = "热情为您服务", "暂停服务", "本窗口今日不开放"


def line_for(
    *, counter: int, state: str, number: str | None, ticket_state: str | None, idle_text: str | None, columns: int
) -> SignLine:
    """
    The line: calling 请A019号到3号窗口, serving 正在办理 A019, open and free the idle text,
    paused 暂停服务, closed or not in use 本窗口今日不开放.

    `columns` counts Latin characters, Chinese takes two. Too long a line is said shorter, never cut.
    """
    if state == "paused":
        return SignLine(text=PAUSED)
    if state != "open":
        return SignLine(text=_first_that_fits((CLOSED, PAUSED), columns))
    if number is None:
        return SignLine(text=_first_that_fits((idle_text or IDLE, IDLE), columns))
    if ticket_state == "serving":
        said: tuple[str, ...] = (f"正在办理 {number}", f"办理 {number}", number)
    else:
        said = (
            f"请{number}号到{counter}号窗口",
            f"{number}号到{counter}号窗口",
            f"{number}到{counter}号窗",
            f"请{number}",
            number,
        )
    return SignLine(text=_first_that_fits(said, columns), number=number)


def _first_that_fits(said: tuple[str, ...], columns: int) -> str:
    return next((text for text in said if _columns(text) <= columns), said[-1])


def _columns(text: str) -> int:
    return sum(1 if ord(letter) < 0x80 else 2 for letter in text)
