"""
A real ticket log: who came, when, for what, and what became of them.

Two shapes are read. A clinic's ticket machine: `ticket_id, stage, service, counter, arrived_at, called_at, finished_at, …,
abandoned`; a ticket has a row for each stage. A bank's call centre: `ticket_id, service, priority, arrived_at, called_at,
finished_at, left_at, counter, abandoned, queued`. Times are naive local ISO: they get the hall's zone.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from server.clock import business_day, to_us

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, time
    from pathlib import Path

AWAY_MIN = 10  # minutes without a call after which a counter counts as away
NEEDED = ("ticket_id", "service", "arrived_at", "called_at", "finished_at", "counter", "abandoned")


class BadLog(Exception):
    """The file is no ticket log; the message says where."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stage of one visit. Stamps in µs; None where the log has none."""

    service: str
    counter: str | None
    arrived_at: int
    called_at: int | None
    finished_at: int | None
    left_at: int | None
    abandoned: bool

    @property
    def serving_us(self) -> int:
        return (self.finished_at or 0) - (self.called_at or 0) if self.finished_at and self.called_at else 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket of the log with its stages in order."""

    id: str
    day: date
    priority: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """A whole file."""

    visits: tuple[Visit, ...]
    services: tuple[str, ...]
    priorities: tuple[str, ...]  # as in the file; "0" is everyone without another
    served_by: dict[str, tuple[str, ...]]  # counter → services it served in the log

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({visit.day for visit in self.visits}))

    def of(self, day: date) -> list[Visit]:
        return [visit for visit in self.visits if visit.day == day]


def read_log(path: Path, *, zone: ZoneInfo, day_start: time) -> Log:
    """
    The log in `path`.

    Raises:
        BadLog: it cannot be read, a column is missing, a time or flag is none, or it ends before it begins; with the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise BadLog(f"{path.name}: this is no ticket log: the column {missing[0]} is missing")
            rows = [(number, row) for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadLog(f"{path}: cannot be read ({error})") from error
    if not rows:
        raise BadLog(f"{path.name}: it has no rows")
    stages: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    priorities: dict[str, str] = {}
    for number, raw in rows:
        try:
            row = _row(raw, zone)
            stage = int(raw.get("stage") or 0)
        except (ValueError, TypeError) as error:
            raise BadLog(f"{path.name}, line {number}: {error}") from error
        stages[raw["ticket_id"]].append((stage, row))
        priorities.setdefault(raw["ticket_id"], raw.get("priority") or "0")
    visits = [_visit(key, found, priorities[key], zone, day_start) for key, found in stages.items()]
    every = [row for visit in visits for row in visit.rows]
    return Log(
        visits=tuple(sorted(visits, key=lambda visit: visit.rows[0].arrived_at)),
        services=tuple(sorted({row.service for row in every})),
        priorities=tuple(sorted({visit.priority for visit in visits} | {"0"})),
        served_by=_served_by(every),
    )


def stretches(visits: Iterable[Visit]) -> dict[str, list[tuple[int, int]]]:
    """
    When each counter was at work, in µs: from a first call to a last finish.

    The log has no other word on it. A counter that called nobody for AWAY_MIN was away.
    """
    acts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in (row for visit in visits for row in visit.rows):
        if row.counter and row.called_at is not None and row.finished_at is not None:
            acts[row.counter].append((row.called_at, row.finished_at))
    return {counter: _joined(sorted(spans)) for counter, spans in acts.items()}


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined = spans[:1]
    for first, last in spans[1:]:
        if first - joined[-1][1] <= AWAY_MIN * 60_000_000:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _row(raw: dict[str, str], zone: ZoneInfo) -> Row:
    def stamp(name: str) -> int | None:
        text = (raw.get(name) or "").strip()
        if not text:
            return None
        at = datetime.fromisoformat(text)
        return to_us(at if at.tzinfo else at.replace(tzinfo=zone))

    arrived_at = stamp("arrived_at")
    if arrived_at is None:
        raise ValueError("arrived_at is empty")
    if raw["abandoned"] not in ("0", "1"):
        raise ValueError(f"abandoned is {raw['abandoned']!r}, not 0 or 1")
    row = Row(
        service=raw["service"],
        counter=raw["counter"] or None,
        arrived_at=arrived_at,
        called_at=stamp("called_at"),
        finished_at=stamp("finished_at"),
        left_at=stamp("left_at"),
        abandoned=raw["abandoned"] == "1",
    )
    for earlier, later in ((row.arrived_at, row.called_at), (row.called_at, row.finished_at), (row.arrived_at, row.left_at)):
        if earlier is not None and later is not None and later < earlier:
            raise ValueError("it ends before it begins")
    return row


def _visit(key: str, found: list[tuple[int, Row]], priority: str, zone: ZoneInfo, day_start: time) -> Visit:
    rows = tuple(row for _, row in sorted(found, key=lambda pair: (pair[1].arrived_at, pair[1].called_at or 0, pair[0])))
    return Visit(id=key, day=business_day(rows[0].arrived_at, zone=zone, day_start=day_start), priority=priority, rows=rows)


def _served_by(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    served: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.counter:
            served[row.counter].add(row.service)
    return {counter: tuple(sorted(services)) for counter, services in sorted(served.items())}
