"""Setting the hall up: from config.toml once, then by the manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from server import journal
from server.config import DeviceConfig
from server.config.hall import HallSetup
from server.events import HallSetUp
from server.tables import HallHead, SetupRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.store import Write

KEYS = {"counter": "number", "station": "name"}  # a thing's own key, where it is not "id"

LISTS = frozenset(  # the nouns of which there are many
    name for name, about in HallSetup.model_fields.items() if str(about.annotation).startswith("tuple[server")
)

DEVICE = "device"  # a noun of this table that is no part of a hall's set-up

_rows = SetupRow.__table__  # type: ignore[attr-defined]
_load = select(_rows).where(_rows.c.hall == bindparam("hall")).order_by(_rows.c.noun, _rows.c.position)
_devices = (
    select(_rows.c.doc).where(_rows.c.hall == bindparam("hall"), _rows.c.noun == bindparam("noun")).order_by(_rows.c.position)
)


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
        if row["noun"] == DEVICE:
            continue
        if row["noun"] in LISTS:
            raw[row["noun"]].append(doc)
        else:
            raw[row["noun"]] = doc
    return HallSetup.model_validate(raw)


def load_setup(connection: Connection, hall: str) -> HallSetup | None:
    """The set-up of `hall` in the database; None when there is no such hall."""
    rows = [dict(row._mapping) for row in connection.execute(_load, {"hall": hall})]  # noqa: SLF001 (its documented name)
    return setup_of(rows) if rows else None


def load_devices(connection: Connection, hall: str) -> tuple[DeviceConfig, ...]:
    """The hardware of a hall that was added with it; that of the hall at the root stands in config.toml."""
    rows = connection.execute(_devices, {"hall": hall, "noun": DEVICE}).scalars()
    return tuple(DeviceConfig.model_validate_json(doc) for doc in rows)


def replace_devices(connection: Connection, hall: str, devices: Sequence[DeviceConfig]) -> None:
    """From its next start on a server knows this hardware of the hall, and no other."""
    connection.execute(delete(_rows).where(_rows.c.hall == hall, _rows.c.noun == DEVICE))
    rows = [
        {"hall": hall, "noun": DEVICE, "id": f"{d.station}/{d.name}", "position": n, "doc": d.model_dump_json()}
        for n, d in enumerate(devices)
    ]
    if rows:
        connection.execute(insert(_rows), rows)


def found(connection: Connection, *, setup: HallSetup, journal_id: str, demo: bool, devices: Sequence[DeviceConfig] = ()) -> None:
    """Write a new hall into the database, outside any act; its first act records `hall.set_up`."""
    hall = setup.hall.id
    connection.execute(insert(_rows), [{"hall": hall, **row} for row in rows_of(setup)])
    replace_devices(connection, hall, devices)
    head = HallHead(hall=hall, journal=journal_id, demo=demo, duty_leader=_leader(setup))
    connection.execute(insert(HallHead), [head.model_dump()])


def record_founding(tx: Write) -> None:
    """Journal `hall.set_up`, once."""
    if tx.head.seq == 0:
        journal.record(tx, HallSetUp(hall=tx.hall.id), topics=[], actor="hall")


def _leader(setup: HallSetup) -> str | None:
    """The first duty leader of the set-up begins on duty."""
    return next((person.id for person in setup.staff if person.role == "duty_leader"), None)
