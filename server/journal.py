"""The journal: what happened, in order, once, each entry bound to the one before by its hash."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select

from server.clock import instant
from server.tables import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

    from server.events import Event
    from server.store import Read, Write

PAGE = 500
PRUNED = 50_000  # entries looked at in one go, by their key

_table = Entry.__table__  # type: ignore[attr-defined]
_append = insert(Entry)
_since = (
    select(_table)
    .where(_table.c.hall == bindparam("hall"), _table.c.seq > bindparam("seq"))
    .order_by(_table.c.seq)
    .limit(bindparam("limit"))
)
_forget = delete(Entry).where(
    _table.c.hall == bindparam("h"), _table.c.at < bindparam("before"), _table.c.seq < bindparam("until")
)
_oldest = select(func.min(_table.c.seq)).where(_table.c.hall == bindparam("hall"))


def record(tx: Write, event: Event, *, topics: Iterable[str], actor: str) -> int:
    """Append `event` inside the transaction; its seq. It exists if and only if the transaction commits."""
    seq = tx.head.seq + 1
    body = json.dumps({f.name: getattr(event, f.name) for f in fields(event)}, ensure_ascii=False, separators=(",", ":"))
    row: dict[str, Any] = {
        "hall": tx.hall.id,
        "seq": seq,
        "at": tx.now,
        "kind": event.kind,
        "actor": actor,
        "topics": " ".join(topics),
        "body": body,
        "prev_hash": tx.head.last_hash,
    }
    row["hash"] = _hash(row)
    tx.run(_append, **row)
    tx.head = replace(tx.head, seq=seq, last_hash=row["hash"])
    return seq


def since(rx: Read, *, seq: int, limit: int = PAGE) -> Sequence[Row[Any]]:
    """Entries after `seq`, in order, at most `limit`."""
    return rx.all(_since, hall=rx.hall.id, seq=seq, limit=limit)


def oldest(rx: Read) -> int:
    """The first seq still kept; one past the last when none is."""
    row = rx.one(_oldest, hall=rx.hall.id)
    return row[0] if row and row[0] is not None else rx.head.seq + 1


def prune(tx: Write, *, before: int) -> int:
    """Forget entries older than `before` (µs), some thousands at a time; how many. What is left stays bound together."""
    until = min(oldest(tx) + PRUNED, tx.head.seq)
    return tx.run(_forget, h=tx.hall.id, before=before, until=until)


def wire(entry: Row[Any]) -> str:
    """An entry as the message sent to sockets: flat, with kind, seq and at in front."""
    head = json.dumps({"kind": entry.kind, "seq": entry.seq, "at": instant(entry.at)}, separators=(",", ":"))
    return head if entry.body == "{}" else f"{head[:-1]},{entry.body[1:]}"


def broken_at(rx: Read) -> int | None:
    """The first seq at which a number is missing or a hash does not fit; None when the journal is whole."""
    expected, prev = oldest(rx), None
    seq = expected - 1
    while page := since(rx, seq=seq):
        for entry in page:
            row = entry._mapping  # noqa: SLF001 (SQLAlchemy's documented name)
            if entry.seq != expected or (prev is not None and entry.prev_hash != prev) or _hash(dict(row)) != entry.hash:
                return expected
            expected, prev, seq = entry.seq + 1, entry.hash, entry.seq
    return None if prev is None or (prev == rx.head.last_hash and seq == rx.head.seq) else expected


def _hash(row: dict[str, Any]) -> str:
    parts = (row["prev_hash"], row["hall"], row["seq"], row["at"], row["kind"], row["actor"], row["topics"], row["body"])
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
