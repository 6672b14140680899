"""What stands on a slip and in which order, at 8 dots a millimetre; pure, the same for raster and text printers."""

from dataclasses import dataclass
from datetime import date

from devices.ports import Slip

PAPER_DOTS = {80: 576, 58: 384}  # printable width by paper width in mm, 203 dpi


@dataclass(frozen=True, slots=True)
class Heading:
    """A centred line: the hall, the service."""

    text: str
    size_dots: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A priority or 补打 mark, white on black."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """The number, the largest thing on the paper."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A labelled figure with its unit."""

    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Figures:
    """One or two figures side by side."""

    items: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to wait."""

    text: str


@dataclass(frozen=True, slots=True)
class Plates:
    """The counters that may call, as they are painted on the wall."""

    counters: tuple[int, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The QR code and what stands beside it."""

    url: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A sentence in the least size that may be printed, 3 mm."""

    text: str


Block = Heading | Bar | Number | Rule | Figures | Place | Plates | Scan | Reminder

_LABELS = {
    "zh-CN": {
        "ahead": "前面等候", "people": "人", "wait": "预计等候", "minutes": "分",
        "floor": "{} 楼", "before": "", "after": "号窗口",
        "scan": "扫码看进度", "taken": "取号 {}", "today": "当日有效", "reprint": "补打",
        "days": "周一 周二 周三 周四 周五 周六 周日",
    },
    "zh-Hant": {
        "ahead": "前面等候", "people": "人", "wait": "預計等候", "minutes": "分",
        "floor": "{} 樓", "before": "", "after": "號窗口",
        "scan": "掃碼看進度", "taken": "取號 {}", "today": "當日有效", "reprint": "補打",
        "days": "週一 週二 週三 週四 週五 週六 週日",
    },
    "en": {
        "ahead": "People ahead", "people": "", "wait": "Estimated wait", "minutes": "min",
        "floor": "Floor {}", "before": "Counter", "after": "",
        "scan": "Scan to follow", "taken": "Taken {}", "today": "Valid today only", "reprint": "Reprint",
        "days": "Mon Tue Wed Thu Fri Sat Sun",
    },
}  # fmt: skip


def lay_out(slip: Slip) -> tuple[Block, ...]:
    """
    The slip from top to bottom: hall, priority, number, service, figures, place, QR, reminders.

    What is not known is left out, never shown as a dash: no estimate, no figure; no link, no QR. An unknown locale reads
    as zh-CN.
    """
    words = _LABELS.get(slip.locale, _LABELS["zh-CN"])
    blocks: list[Block] = [Heading(slip.hall, 36)]
    if slip.reprint:
        blocks.append(Bar(words["reprint"]))
    if slip.priority_label:
        blocks.append(Bar(slip.priority_label))
    blocks += [Number(slip.number), Heading(slip.service, 42)]
    figures = _figures(slip, words)
    if figures:
        blocks += [Rule(), Figures(figures)]
    blocks.append(Rule())
    if slip.area or slip.floor is not None:
        blocks.append(Place(_place(slip, words)))
    if slip.counters:
        blocks.append(Plates(slip.counters, words["before"], words["after"]))
    blocks += [Rule(dashed=True), Scan(slip.follow_url, words["scan"] if slip.follow_url else "", _beside(slip, words))]
    if slip.reminders:
        blocks.append(Rule(dashed=True))
        blocks += [Reminder(text) for text in slip.reminders]
    return tuple(blocks)


def _figures(slip: Slip, words: dict[str, str]) -> tuple[Figure, ...]:
    figures = []
    if slip.ahead is not None:
        figures.append(Figure(words["ahead"], str(slip.ahead), words["people"]))
    if slip.wait_min is not None:
        low, high = slip.wait_min
        figures.append(Figure(words["wait"], str(low) if low == high else f"{low}–{high}", words["minutes"]))
    return tuple(figures)


def _place(slip: Slip, words: dict[str, str]) -> str:
    floor = "" if slip.floor is None else words["floor"].format(slip.floor)
    return "\u3000".join(part for part in (floor, slip.area) if part)


def _beside(slip: Slip, words: dict[str, str]) -> tuple[str, ...]:
    lines = [words["taken"].format(slip.taken_at.strftime("%H:%M")), _day(slip.valid_day, words), words["today"]]
    if slip.reprint:
        lines.append(words["reprint"])
    return tuple(lines)


def _day(day: date, words: dict[str, str]) -> str:
    return f"{day.isoformat()} {words['days'].split()[day.weekday()]}"
