"""
Who is next. Every waiting ticket has one place in line, `(line_at, order)`; the smaller place is called first.

`line_at` is in nanoseconds, finer than stamps (microseconds), so that there is always room just before and just behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

NS_PER_US = 1_000
COUNT_AHEAD_TO = 200
COUNT_PASSED_TO = 20


class Waiting(Protocol):
    """What the rule needs of a waiting ticket; the row has it."""

    line_at: int
    order: int


T = TypeVar("T", bound=Waiting)


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket's place in line."""

    queued_at: int  # µs
    line_at: int  # ns
    moved: str | None = None  # "first" or "restored" where the place does not follow from queued_at and the class


def next_in_line(heads: Iterable[T]) -> T | None:
    """
    Who is called next among the first waiting tickets of each service and class, or None when nobody is waiting.

    The smallest place in line wins; equal places go by order of issue, so the answer never depends on row order.
    """
    return min(heads, key=lambda ticket: (ticket.line_at, ticket.order), default=None)


def queue_place(queued_at: int, *, head_start_s: int) -> Place:
    """The ordinary place: `queued_at` (µs) less the head start."""
    return Place(queued_at=queued_at, line_at=(queued_at - head_start_s * 1_000_000) * NS_PER_US)


def before(first: Waiting, *, queued_at: int) -> Place:
    """Just before `first`, the first waiting ticket of the service."""
    return Place(queued_at=queued_at, line_at=first.line_at - 1, moved="first")


def behind(nth: Waiting, *, queued_at: int) -> Place:
    """Just behind `nth`; `order` alone decides among tickets restored behind the same one."""
    return Place(queued_at=queued_at, line_at=nth.line_at + 1, moved="restored")


def capped(count: int, *, to: int) -> int | str:
    """A count, or "200+" when there are more than were counted."""
    return f"{to}+" if count > to else count


def reason(*, rule: str, priority: str, head_start_s: int, waited_s: int, moved: str | None, passed_over: int) -> dict[str, Any]:
    """Why this ticket is called now: the `reason` of `ticket.called`."""
    return {
        "rule": rule,
        "priority": priority,
        "head_start_s": head_start_s,
        "waited_s": waited_s,
        "moved": moved,
        "passed_over": capped(passed_over, to=COUNT_PASSED_TO),
    }
