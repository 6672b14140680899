"""What a clerk means by the keys of a pad, given how the desk stands; pure."""

from dataclasses import dataclass
from typing import Literal

from devices.ports import PadKey, PadText

Verb = Literal[
    "call_next", "call", "recall", "start", "finish", "no_show", "hold", "restore", "resume", "transfer", "ask_rating",
    "pause", "open", "undo",
]  # fmt: skip

NOBODY, NO_TICKET, CHOOSE = "无人等候", "没有叫号", "{}?"
_CODES = {
    "6": "no_show",
    "0": "hold",
    "3": "restore",
    "9": "undo",
}  # typed before 确定, as on pads without keys of their own for these
_TYPED_MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The counter as the hall tells it."""

    state: str
    ticket: str | None = None  # id of the ticket called or in service
    number: str | None = None
    ticket_state: str | None = None
    waiting: tuple[str, ...] = ()  # numbers, in the order they would be called
    waiting_count: int | str = 0
    held: tuple[str, ...] = ()  # ids this counter may resume
    no_show: tuple[str, ...] = ()  # ids this counter may restore, the latest last


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Something to ask of the hall."""

    verb: Verb
    ticket: str | None = None
    number: str | None = None
    counter: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What has been typed and not yet been acted on."""

    typed: str = ""
    candidates: tuple[str, ...] = ()  # numbers that end in what was typed, the one on the display first


def press(key: PadKey, *, entry: Entry, desk: Desk) -> tuple[Entry, Act | str | None]:  # noqa: PLR0911 (one return a key)
    """
    What a key does: the entry after it, and an act, a word for the display, or nothing yet.

    Digits gather. 顺呼 calls the next, or the ticket whose number ends in the digits; if several do, 顺呼 goes through them and
    确定 takes the one shown. 确定 alone starts the called ticket and finishes the one in service; 6, 0, 3 and 9 before it
    mean 过号, 挂起, 回呼 and 撤销.
    """
    if isinstance(key.key, int):
        return Entry(typed=(entry.typed + str(key.key))[-_TYPED_MOST:]), None
    match key.key:
        case "clear":
            return Entry(), None
        case "next":
            return _call(entry, desk)
        case "confirm" if entry.candidates:
            return Entry(), Act(verb="call", number=entry.candidates[0])
        case "confirm" if entry.typed:
            meant = _CODES.get(entry.typed)
            return Entry(), _named(meant, entry.typed, desk) if meant else f"无此代码 {entry.typed}"
        case "confirm":
            return Entry(), _go_on(desk)
        case other:
            return Entry(), _named(other, entry.typed, desk)


def face(desk: Desk, *, entry: Entry) -> PadText:
    """What the display says at rest: the digits of the ticket at the desk, and how many wait."""
    waiting = f"等 {desk.waiting_count}"
    if entry.candidates:
        return PadText(left=CHOOSE.format(entry.candidates[0]), right=waiting)
    if entry.typed:
        return PadText(left=f"{entry.typed}_", right=waiting)
    if desk.state == "paused":
        return PadText(left="暂停", right=waiting)
    if desk.state != "open":
        return PadText(left="未开窗")
    digits = (desk.number or "---").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return PadText(left=digits, right=waiting)


def refusal(code: str) -> str:
    """The hall's refusal in the few characters of a display."""
    return {
        "still_serving": "有号未办结", "counter_not_open": "窗口未开", "nobody_called": NO_TICKET, "not_called": NO_TICKET,
        "not_serving": "不在办理", "recalled_too_soon": "稍后再呼", "recall_limit": "呼叫已满", "too_few_calls": "呼叫次数不够",
        "not_waiting": "不在等候", "not_served_here": "本窗不办", "not_served_there": "该窗不办", "restore_expired": "已过期限",
        "restore_limit": "不可再恢复", "nothing_to_rate": "没有可评", "already_rated": "已经评价", "rating_closed": "评价已过时",
        "nothing_to_undo": "无可撤销", "undo_too_late": "不能撤销", "moved_on": "不能撤销", "not_held": "不在挂起",
        "not_no_show": "不是过号", "not_your_ticket": "非本窗号", "no_such_ticket": "没有此号", "no_such_counter": "没有此窗",
        "counter_taken": "窗口有人", "clerk_elsewhere": "已在别窗", "not_allowed": "无权操作", "database_away": "稍后再试",
    }.get(code, "未能办到")  # fmt: skip


def _call(entry: Entry, desk: Desk) -> tuple[Entry, Act | str | None]:
    if entry.candidates:
        return Entry(typed=entry.typed, candidates=(*entry.candidates[1:], entry.candidates[0])), None
    if not entry.typed:
        return Entry(), Act(verb="call_next")
    found = tuple(number for number in desk.waiting if _digits(number) == int(entry.typed))
    if not found:
        return Entry(), f"没有 {entry.typed}"
    if len(found) == 1:
        return Entry(), Act(verb="call", number=found[0])
    return Entry(typed=entry.typed, candidates=found), None


def _named(key: str, typed: str, desk: Desk) -> Act | str:
    match key:
        case "recall":
            return Act(verb="recall")
        case "rate":
            return Act(verb="ask_rating")
        case "undo":
            return Act(verb="undo")
        case "pause":
            return Act(verb="open" if desk.state == "paused" else "pause")
        case "restore":
            return _taken_back(desk)
    return NO_TICKET if desk.ticket is None else _moved(key, typed, desk.ticket)


def _taken_back(desk: Desk) -> Act | str:
    if desk.no_show:
        return Act(verb="restore", ticket=desk.no_show[-1])
    return Act(verb="resume", ticket=desk.held[-1]) if desk.held else "没有过号"


def _moved(key: str, typed: str, ticket: str) -> Act | str:
    match key:
        case "no_show":
            return Act(verb="no_show", ticket=ticket)
        case "hold":
            return Act(verb="hold", ticket=ticket)
    return Act(verb="transfer", ticket=ticket, counter=int(typed)) if typed else "先按窗口号"


def _go_on(desk: Desk) -> Act | str:
    if desk.ticket is None:
        return NO_TICKET
    return Act(verb="finish" if desk.ticket_state == "serving" else "start", ticket=desk.ticket)


def _digits(number: str) -> int:
    digits = "".join(letter for letter in number if letter.isdigit())
    return int(digits) if digits else -1
