"""When a call may be repeated, given up, taken back, brought back. Times in microseconds of hall time."""

from __future__ import annotations

from typing import Protocol

from server.errors import (
    RecalledTooSoon,
    RecallLimit,
    RestoreExpired,
    RestoreLimit,
    TooFewCalls,
    UndoTooLate,
)

US = 1_000_000


class Called(Protocol):
    """What the rules need of a called ticket."""

    number: str
    calls: int
    last_call_at: int | None


class Passed(Protocol):
    """What the rules need of a ticket marked absent."""

    number: str
    restores: int
    restore_until: int | None


def check_recall(ticket: Called, *, now: int, max_calls: int, interval_s: int) -> None:
    """Raises RecallLimit or RecalledTooSoon."""
    if ticket.calls >= max_calls:
        raise RecallLimit(number=ticket.number, calls=ticket.calls)
    again_at = (ticket.last_call_at or 0) + interval_s * US
    if now < again_at:
        raise RecalledTooSoon(number=ticket.number, seconds=-(-(again_at - now) // US)).again(again_at)


def check_no_show(ticket: Called, *, max_calls: int) -> None:
    """Raises TooFewCalls."""
    if ticket.calls < max_calls:
        raise TooFewCalls(number=ticket.number, left=max_calls - ticket.calls)


def restore_until(*, now: int, policy: str, minutes: int, times: int) -> int | None:
    """Until when a number passed now may come back; None where the policy gives no time limit or no way back."""
    return now + minutes * 60 * US if policy == "restore_within_minutes" and times else None


def check_restore(ticket: Passed, *, now: int, policy: str, times: int) -> None:
    """Raises RestoreLimit or RestoreExpired."""
    if policy == "void" or ticket.restores >= times:
        raise RestoreLimit(number=ticket.number)
    if ticket.restore_until is not None and now > ticket.restore_until:
        raise RestoreExpired(number=ticket.number)


def check_undo(*, at: int, now: int, within_s: int) -> None:
    """Raises UndoTooLate."""
    if now > at + within_s * US:
        raise UndoTooLate(seconds=within_s)
