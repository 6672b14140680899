"""
The journal: what happened, in order, once, each entry bound to the one before by its hash.

Old entries go into the archive and leave the table from its beginning on; the checkpoint keeps the seq and the hash of the last
one that has gone, so that the first one kept is bound to it as if it were still here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select

from server.clock import instant
from server.tables import Checkpoint, Entry
from server.upserts import save

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row

    from server.events import Event
    from server.store import Read, Write

PAGE = 500
FORGOTTEN = 2_000  # entries that leave the table in one act: nobody waits for it longer than a moment

_table = Entry.__table__  # type: ignore[attr-defined]
_checkpoints = Checkpoint.__table__  # type: ignore[attr-defined]
_append = insert(Entry)
_since = (
    select(_table)
    .where(_table.c.hall == bindparam("hall"), _table.c.seq > bindparam("seq"))
    .order_by(_table.c.seq)
    .limit(bindparam("limit"))
)
_at = select(_table).where(_table.c.hall == bindparam("hall"), _table.c.seq == bindparam("seq"))
_forget = delete(Entry).where(_table.c.hall == bindparam("h"), _table.c.seq <= bindparam("until"))
_oldest = select(func.min(_table.c.seq)).where(_table.c.hall == bindparam("hall"))
_begins = select(_checkpoints).where(_checkpoints.c.hall == bindparam("hall"))
_save_begin = save(_checkpoints)


@dataclass(frozen=True, slots=True)
class Begin:
    """What the first kept entry is bound to: the last one that has left, by its seq and hash."""

    seq: int = 0
    hash: str = ""
    lost: int = 0  # up to here entries were deleted before there was an archive


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
    row["hash"] = hash_of(row)
    tx.run(_append, **row)
    tx.told.append(SimpleNamespace(**row))
    tx.head = replace(tx.head, seq=seq, last_hash=row["hash"])
    return seq


def since(rx: Read, *, seq: int, limit: int = PAGE) -> Sequence[Row[Any]]:
    """Entries after `seq`, in order, at most `limit`."""
    return rx.all(_since, hall=rx.hall.id, seq=seq, limit=limit)


def entry_at(rx: Read, *, seq: int) -> Row[Any] | None:
    """The entry `seq`; None when it is not, or no longer, in the table."""
    return rx.one(_at, hall=rx.hall.id, seq=seq)


def begin(rx: Read) -> Begin:
    """What the first kept entry is bound to."""
    row = rx.one(_begins, hall=rx.hall.id)
    return Begin(row.seq, row.hash, row.lost) if row else Begin()


def oldest(rx: Read) -> int:
    """The first seq still kept; one past the last when none is."""
    row = rx.one(_oldest, hall=rx.hall.id)
    return row[0] if row and row[0] is not None else rx.head.seq + 1


def forget(tx: Write, *, until: int, hash_there: str) -> int:
    """
    Take archived entries up to `until` out of the table, the oldest first, some thousands at a time; how many.

    The checkpoint goes along. None is taken unless entry `until` has the hash that the archive has of it.
    """
    last, begun = entry_at(tx, seq=until), begin(tx)
    if last is None or last.hash != hash_there:
        return 0
    going = entry_at(tx, seq=min(until, begun.seq + FORGOTTEN))
    if going is None:
        return 0
    tx.run(_forget, h=tx.hall.id, until=going.seq)
    tx.run(_save_begin, hall=tx.hall.id, seq=going.seq, hash=going.hash, lost=begun.lost)
    return int(going.seq - begun.seq)


def wire(entry: Row[Any]) -> str:
    """An entry as the message sent to sockets: flat, with kind, seq and at in front."""
    head = json.dumps({"kind": entry.kind, "seq": entry.seq, "at": instant(entry.at)}, separators=(",", ":"))
    return head if entry.body == "{}" else f"{head[:-1]},{entry.body[1:]}"


def broken_at(rx: Read) -> int | None:
    """The first seq at which a number is missing or a hash does not fit; None when the journal is whole."""
    begun = begin(rx)
    seq, prev = begun.seq, begun.hash
    if oldest(rx) != seq + 1:
        return seq + 1
    while page := since(rx, seq=seq):
        for row in page:
            if row.seq != seq + 1 or row.prev_hash != prev or hash_of(dict(row._mapping)) != row.hash:  # noqa: SLF001 (SQLAlchemy's documented name)
                return seq + 1
            seq, prev = row.seq, row.hash
    return None if prev == rx.head.last_hash and seq == rx.head.seq else seq + 1


def hash_of(row: Mapping[str, Any]) -> str:
    """What binds an entry to the one before: sha256 of the hash before it and of all it says, with U+001F between."""
    parts = (row["prev_hash"], row["hall"], row["seq"], row["at"], row["kind"], row["actor"], row["topics"], row["body"])
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
