"""What was held before a station's scanner or card reader last: kept in memory for a minute, for the station's own page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.clock import real_us

if TYPE_CHECKING:
    from server.errors import HallError
    from server.rules.identity import Person

KEEP_US = 60_000_000
ID_BYTES = 9


@dataclass(slots=True)
class Item:
    """A ticket by its link, a person as far as the hall may know one, or why it is neither."""

    id: str
    at_us: int
    follow: str | None = None
    person: Person | None = None
    refused: HallError | None = None
    slip_ordered: bool = False


@dataclass(slots=True)
class Presented:
    """The newest item of each station."""

    _items: dict[str, Item] = field(default_factory=dict)

    def put(
        self, station: str, *, follow: str | None = None, person: Person | None = None, refused: HallError | None = None
    ) -> Item:
        """Something was presented; what was before it is forgotten, and everything too old."""
        now = real_us()
        self._items = {name: item for name, item in self._items.items() if now - item.at_us < KEEP_US}
        item = Item(id=secrets.token_urlsafe(ID_BYTES), at_us=now, follow=follow, person=person, refused=refused)
        self._items[station] = item
        return item

    def find(self, station: str, item_id: str) -> Item | None:
        """The item, while it is the station's newest and fresh."""
        item = self._items.get(station)
        return item if item is not None and item.id == item_id and real_us() - item.at_us < KEEP_US else None
