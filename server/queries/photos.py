"""Portraits of the staff: where each is found, and the portrait itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from server.errors import NoSuchPhoto, NoSuchStaff
from server.tables import StaffPhoto

if TYPE_CHECKING:
    from sqlalchemy import Row

    from server.store import Read

VERSION_CHARS = 16  # of the hash: enough that another portrait has another address

_photos = StaffPhoto.__table__  # type: ignore[attr-defined]
_of = (_photos.c.hall == bindparam("hall"), _photos.c.staff == bindparam("staff"))
_sha = select(_photos.c.sha).where(*_of)
_whole = select(_photos.c.sha, _photos.c.jpeg).where(*_of)


def photo(rx: Read, *, staff: str) -> Row[Any]:
    """
    The person's portrait: `sha` and `jpeg`.

    Raises:
        NoSuchStaff, NoSuchPhoto.
    """
    if staff not in rx.hall.staff:
        raise NoSuchStaff(staff=staff)
    found = rx.one(_whole, hall=rx.hall.id, staff=staff)
    if found is None:
        raise NoSuchPhoto(staff=staff)
    return found


def photo_of(rx: Read, staff: str) -> str | None:
    """The address of the person's portrait, within the hall; another portrait has another. None when there is none."""
    found = rx.one(_sha, hall=rx.hall.id, staff=staff)
    return address(staff, found.sha) if found else None


def address(staff: str, sha: str) -> str:
    """Where this version of a person's portrait is found."""
    return f"/api/staff/{staff}/photo?v={sha[:VERSION_CHARS]}"
