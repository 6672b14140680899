"""Setting the hall up: from config.toml once, then by the manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from server import journal
from server.config.hall import HallSetup
from server.events import HallSetUp
from server.tables import HallHead, SetupRow

if TYPE_CHECKING:
    from server.store import Write

KEYS = {"counter": "number", "station": "name"}  # a thing's own key, where it is not "id"

LISTS = frozenset(  # the nouns of which there are many
    name for name, about in HallSetup.model_fields.items() if str(about.annotation).startswith("tuple[server")
)

_rows = SetupRow.__table__  # type: ignore[attr-defined]
_load = select(_rows).order_by(_rows.c.noun, _rows.c.position)


def rows_of(setup: HallSetup) -> list[dict[str, Any]]:
    """The set-up as rows: one for each thing in a list, one for each single part."""
    rows: list[dict[str, Any]] = []
    for noun, value in setup.model_dump(mode="json").items():
        things = value if isinstance(value, list) and noun != "locales" else [value]
        single = things is not value
        for position, thing in enumerate(things):
            key = "" if single else str(thing[KEYS.get(noun, "id")])
            rows.append({"noun": noun, "id": key, "position": position, "doc": json.dumps(thing, ensure_ascii=False)})
    return rows


def setup_of(rows: list[dict[str, Any]]) -> HallSetup:
    """The set-up that the rows hold."""
    raw: dict[str, Any] = {noun: [] for noun in LISTS}
    for row in rows:
        doc = json.loads(row["doc"])
        if row["noun"] in LISTS:
            raw[row["noun"]].append(doc)
        else:
            raw[row["noun"]] = doc
    return HallSetup.model_validate(raw)


def load_setup(connection: Connection) -> HallSetup | None:
    """The set-up in the database; None when it has no hall."""
    rows = [dict(row._mapping) for row in connection.execute(_load)]  # noqa: SLF001 (SQLAlchemy's documented name)
    return setup_of(rows) if rows else None


def found(connection: Connection, *, setup: HallSetup, journal_id: str, demo: bool) -> None:
    """Write a hall into an empty database, outside any act; the first act records `hall.set_up`."""
    hall = setup.hall.id
    connection.execute(insert(_rows), [{"hall": hall, **row} for row in rows_of(setup)])
    head = HallHead(hall=hall, journal=journal_id, demo=demo, duty_leader=_leader(setup))
    connection.execute(insert(HallHead), [head.model_dump()])


def record_founding(tx: Write) -> None:
    """Journal `hall.set_up`, once."""
    if tx.head.seq == 0:
        journal.record(tx, HallSetUp(hall=tx.hall.id), topics=[], actor="hall")


def _leader(setup: HallSetup) -> str | None:
    """The first duty leader of the set-up begins on duty."""
    return next((person.id for person in setup.staff if person.role == "duty_leader"), None)
