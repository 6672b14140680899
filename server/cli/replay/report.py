"""What a replay tells at the end: what became of the tickets, how they waited then and now, how fast it went."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from server import journal
from server.cli.refused import Refused
from server.rules import states
from server.tables import Stage, Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.cli.replay.day import Waits
    from server.store import Read

FINAL = (states.FINISHED, states.CANCELLED, states.EXPIRED)

_tickets = Ticket.__table__  # type: ignore[attr-defined]
_stages = Stage.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the database says after the last day."""

    by_state: dict[str, int]
    passed: int  # expired tickets that had been passed
    entries: int
    broken_at: int | None


def outcome(rx: Read) -> Outcome:
    """Tickets by final state; whether the journal is whole."""
    states_now: dict[str, int] = dict(rx.all(select(_tickets.c.state, func.count()).group_by(_tickets.c.state)))  # type: ignore[arg-type]
    ended_passed = (
        select(func.count())
        .select_from(_stages)
        .where(_stages.c.kind == states.NO_SHOW, _stages.c.ended_by == "day_end", _stages.c.undone == 0)
    )
    row = rx.one(ended_passed)
    return Outcome(by_state=states_now, passed=row[0] if row else 0, entries=rx.head.seq, broken_at=journal.broken_at(rx))


def check(found: Outcome, *, tickets: int) -> None:
    """
    Every ticket of the log is in the hall, in exactly one final state, and the journal has no gap.

    Raises:
        Refused: it is not so.
    """
    left = {state: n for state, n in found.by_state.items() if state not in FINAL}
    if left:
        raise Refused(f"tickets are left without an end: {left}")
    if sum(found.by_state.values()) != tickets:
        raise Refused(f"the log has {tickets} tickets, the hall {sum(found.by_state.values())}")
    if found.broken_at is not None:
        raise Refused(f"the journal is broken at entry {found.broken_at}")


def table(found: Outcome, waits: Waits, *, days: int, acts: int, took_s: float) -> str:
    """The table, as text."""
    total = Counter(found.by_state)
    lines = [
        f"days                 {days}",
        f"tickets              {total.total()}",
        *(f"  {state:<18} {n}" for state, n in sorted(found.by_state.items())),
        f"  (expired after being passed: {found.passed})",
        f"journal              {found.entries} entries, no gap, every hash fits",
        "",
        *waits_lines(waits),
        "",
        f"acts                 {acts} in {took_s:.1f} s: {acts / took_s:.0f} a second",
    ]
    return "\n".join(lines)


def waits_lines(waits: Waits) -> list[str]:
    """Recorded and replayed waits, side by side."""
    return [
        "wait, minutes        mean   median      p90        n",
        _line("recorded", waits.recorded),
        _line("replayed", waits.replayed),
    ]


def _line(name: str, waits_s: Sequence[float]) -> str:
    if not waits_s:
        return f"  {name:<15} {'–':>8} {'–':>8} {'–':>8} {0:>8}"
    minutes = sorted(wait / 60 for wait in waits_s)
    p90 = statistics.quantiles(minutes, n=10, method="inclusive")[8] if len(minutes) > 1 else minutes[0]
    return f"  {name:<15} {statistics.mean(minutes):>8.2f} {statistics.median(minutes):>8.2f} {p90:>8.2f} {len(minutes):>8}"
