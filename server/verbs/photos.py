"""Portraits of the staff: what stands on the clerk card beside the name. Who leaves takes the portrait along."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from server import journal
from server.errors import NoSuchStaff
from server.events import SetupChanged
from server.tables import StaffPhoto

if TYPE_CHECKING:
    from server.rules.people import By
    from server.store import Write

NOUN = "staff_photo"  # what `setup.changed` calls it

_photos = StaffPhoto.__table__  # type: ignore[attr-defined]
_sha = select(_photos.c.sha).where(_photos.c.hall == bindparam("hall"), _photos.c.staff == bindparam("staff"))
_remove = delete(_photos).where(_photos.c.hall == bindparam("h"), _photos.c.staff == bindparam("s"))
_add = insert(_photos)


def set_photo(tx: Write, *, staff: str, jpeg: bytes, by: By) -> str:
    """
    The person has this portrait; its sha256. Nothing is recorded when it is the same as before.

    Journals `setup.changed`, so that every page takes a fresh picture; the entry holds neither the portrait nor its hash.

    Raises:
        NoSuchStaff.
    """
    if staff not in tx.hall.staff:
        raise NoSuchStaff(staff=staff)
    sha = sha256(jpeg).hexdigest()
    before = tx.one(_sha, hall=tx.hall.id, staff=staff)
    if before is None or before.sha != sha:
        forget(tx, staff=staff)
        tx.run(_add, hall=tx.hall.id, staff=staff, sha=sha, jpeg=jpeg, changed_at=tx.now)
        _tell(tx, staff=staff, gone=False, by=by)
    return sha


def remove_photo(tx: Write, *, staff: str, by: By) -> None:
    """
    The person has no portrait. Nothing is recorded when there was none.

    Journals `setup.changed`.

    Raises:
        NoSuchStaff.
    """
    if staff not in tx.hall.staff:
        raise NoSuchStaff(staff=staff)
    if forget(tx, staff=staff):
        _tell(tx, staff=staff, gone=True, by=by)


def forget(tx: Write, *, staff: str) -> bool:
    """The portrait is gone from the database, as part of another act; whether there was one."""
    return tx.run(_remove, h=tx.hall.id, s=staff) > 0


def _tell(tx: Write, *, staff: str, gone: bool, by: By) -> None:
    topics = [*(f"board:{area}" for area in tx.hall.areas), *(f"counter:{n}" for n in tx.hall.counters)]
    journal.record(tx, SetupChanged(changes=({"noun": NOUN, "id": staff, "gone": gone},)), topics=topics, actor=by.id)
