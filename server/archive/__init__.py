"""
The archive: months of the journal that have left the database, file after file, and the proof that nothing is missing between.

An entry leaves the table after it was read again from a file that is on disk; the checkpoint of the journal goes along in the
same transaction. Whoever is killed in between leaves entries that are in a file and in the table: the next one takes them out.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from server import journal
from server.archive import files
from server.archive.files import Damaged, Span
from server.clock import business_day, from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from server.store import Read, Store

__all__ = ["Damaged", "Proof", "carry", "prove"]

R = TypeVar("R")

PAGE = 5_000  # entries read at a time
PAUSE_S = 0.1  # between two batches that leave the table: whoever else writes to the file has its turn


@dataclass(frozen=True, slots=True)
class Proof:
    """Entries `lost` + 1 … `seq` make one chain, the first `files` files up to `archived`, the table from there on."""

    files: int
    archived: int
    seq: int
    lost: int  # entries that an earlier version deleted: nothing can be said of them


async def carry(store: Store, *, into: Path, before: date | None = None) -> list[Path]:
    """
    Entries of business days before `before` are in files of `into`, a month each, and no longer in the table; the new files.

    None: whole months older than the hall keeps in its journal.

    Raises:
        Damaged: the journal, or a file that it goes on from, is not whole; nothing has left the table since.
        OSError: there is no room, or somebody else is at it.
        HallError: the database is away.
    """
    return await _in_thread(store, lambda hall: _carry(hall, into, before))


async def prove(store: Store, *, folder: Path) -> Proof:
    """
    The journal is whole from its first entry on: in files of `folder`, then in the table.

    Raises:
        Damaged: it is not; the sentence says where.
        HallError: the database is away.
    """
    return await _in_thread(store, lambda hall: _prove(hall, folder))


# ------------------------------------------------------------------ in a thread of its own: files make one wait


@dataclass(frozen=True, slots=True)
class _Hall:
    """The store as a thread speaks to it."""

    store: Store
    loop: asyncio.AbstractEventLoop

    def read(self, query: Callable[..., Any], **facts: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(self.store.read(query, **facts), self.loop).result()

    def write(self, verb: Callable[..., Any], **facts: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(self.store.write(verb, **facts), self.loop).result()


async def _in_thread(store: Store, act: Callable[[_Hall], R]) -> R:
    hall = _Hall(store, asyncio.get_running_loop())
    return await asyncio.to_thread(act, hall)


def _carry(hall: _Hall, into: Path, before: date | None) -> list[Path]:
    made = []
    with files.alone(into, hall=hall.store.hall.id):
        _finish(hall, into)
        while found := hall.read(_next, before=before):
            span, month = found
            made.append(files.write(into, span=span, month=month, pages=_pages(hall, span)))
            _forget(hall, span)
    return made


def _finish(hall: _Hall, into: Path) -> None:
    """What somebody began: entries that are in a whole file, and still in the table."""
    begun = hall.read(journal.begin)
    for path, span in files.spans(into, hall=hall.store.hall.id).items():
        there = hall.read(journal.entry_at, seq=span.last)
        if span.first - 1 <= begun.seq < span.last and there is not None and there.hash == span.last_hash:
            if files.prove(path, at=begun.seq) != begun.hash:
                raise Damaged(f"{path.name}: does not go on from entry {begun.seq} of the journal")
            _forget(hall, span)
            return


def _pages(hall: _Hall, span: Span) -> Iterator[list[Mapping[str, Any]]]:
    seq = span.first - 1
    while seq < span.last:
        page = hall.read(journal.since, seq=seq, limit=min(PAGE, span.last - seq))
        if not page:
            return  # the file will say what is missing
        yield [dict(row._mapping) for row in page]  # noqa: SLF001 (SQLAlchemy's documented name)
        seq = page[-1].seq


def _forget(hall: _Hall, span: Span) -> None:
    while hall.write(journal.forget, until=span.last, hash_there=span.last_hash):
        time.sleep(PAUSE_S)


def _prove(hall: _Hall, folder: Path) -> Proof:
    broken, begun, seq = hall.read(lambda rx: (journal.broken_at(rx), journal.begin(rx), rx.head.seq))
    if broken is not None:
        raise Damaged(f"the journal is broken at entry {broken}: a number is missing or a hash does not fit")
    left = files.spans(folder, hall=hall.store.hall.id)
    count, at, wanted = 0, begun.seq, begun.hash
    while at > begun.lost:
        fit = [(path, span) for path, span in left.items() if span.first <= at <= span.last]
        path, span = next(((path, span) for path, span in fit if files.prove(path, at=at) == wanted), (None, None))
        if path is None or span is None:
            raise Damaged(f"{folder}: no file has the entries up to {at} as the journal goes on from them")
        del left[path]
        count, at, wanted = count + 1, span.first - 1, span.prev_hash
    if at != begun.lost or (at == 0 and wanted):
        raise Damaged(f"{folder}: the first file does not begin where the journal does")
    return Proof(files=count, archived=begun.seq, seq=seq, lost=begun.lost)


# ------------------------------------------------------------------ which entries


def _next(rx: Read, *, before: date | None) -> tuple[Span, str] | None:
    """The next file: the entries of one month that are old enough, and the month; None when there are none."""
    begun = journal.begin(rx)
    first = journal.entry_at(rx, seq=begun.seq + 1)
    if first is None:
        if rx.head.seq > begun.seq:
            raise _missing(begun.seq + 1)
        return None
    day = business_day(first.at, zone=rx.hall.zone, day_start=rx.hall.setup.hall.day_start)
    next_month = _day_begins(rx, (day.replace(day=1) + timedelta(days=31)).replace(day=1))
    limit = _day_begins(rx, before) if before else _whole_months(rx)
    last = _last_before(rx, min(limit, next_month), begun=begun.seq)
    if last is None:
        return None
    span = Span(
        journal=rx.head.journal,
        hall=rx.hall.id,
        first=begun.seq + 1,
        last=last.seq,
        prev_hash=begun.hash,
        last_hash=last.hash,
    )
    return span, f"{day:%Y-%m}"


def _whole_months(rx: Read) -> int:
    """The end of the last month of which the hall's rules want nothing kept in the journal."""
    kept_from = from_us(rx.now).astimezone(rx.hall.zone) - timedelta(days=rx.hall.setup.privacy.audit_log_keep_days)
    return _day_begins(rx, kept_from.date().replace(day=1))


def _day_begins(rx: Read, day: date) -> int:
    return to_us(datetime.combine(day, rx.hall.setup.hall.day_start, tzinfo=rx.hall.zone))


def _last_before(rx: Read, limit: int, *, begun: int) -> Any:
    """The last entry with a stamp before `limit`, by halves: stamps go up with seq. None when the first is not before it."""
    low, high, found = begun + 1, rx.head.seq, None
    while low <= high:
        middle = (low + high) // 2
        row = journal.entry_at(rx, seq=middle)
        if row is None:
            raise _missing(middle)
        if row.at < limit:
            low, found = middle + 1, row
        else:
            high = middle - 1
    return found


def _missing(seq: int) -> Damaged:
    return Damaged(f"the journal is broken at entry {seq}: a number is missing")
