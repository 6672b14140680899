"""
The manager changes the hall: any number of things in one act, live at once, or nothing.

The whole set-up that would result is validated; a change that would leave someone in line without a counter is refused with their
numbers. Journals `setup.changed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, select

from server import journal
from server.config import HallSetup
from server.config.load import problems_of
from server.config.references import forget, wrong_references
from server.errors import NotAllowed, SetupInvalid, WouldStrand
from server.events import SetupChanged
from server.opening import local_now
from server.public_days import calendar_year
from server.rules import states
from server.rules.people import CONSOLE
from server.standing import WORKING, all_desks
from server.tables import SetupRow, Ticket
from server.upserts import save
from server.verbs import people, photos
from server.verbs.setup import KEYS, LISTS, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from server.config.index import HallIndex
    from server.rules.people import By
    from server.store import Write

NAMED = 20  # tickets named in a refusal

_rows = SetupRow.__table__  # type: ignore[attr-defined]
_tickets = Ticket.__table__  # type: ignore[attr-defined]
_open = select(_tickets).where(
    _tickets.c.hall == bindparam("hall"), _tickets.c.day == bindparam("day"), _tickets.c.state.in_(states.OPEN)
)
_remove = delete(_rows).where(_rows.c.hall == bindparam("h"), _rows.c.noun == bindparam("n"), _rows.c.id == bindparam("i"))
_save = save(_rows)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing of the set-up becomes `doc`, or goes (None). `id` is "" for a single part such as the hours."""

    noun: str
    id: str
    doc: Any


def change_setup(tx: Write, *, changes: Sequence[Change], by: By) -> HallSetup:
    """
    The set-up after the changes.

    Raises:
        SetupInvalid: a key is unknown, a value impossible, a reference points nowhere; each place is named.
        WouldStrand: tickets, counters or clerks at work need what would go.
        NotAllowed: stations and admins are an admin's to change.
    """
    before = tx.hall.setup
    raw = before.model_dump(mode="json")
    for change in changes:
        _apply(raw, change)
    after = _validated(raw)
    if problems := [*wrong_references(after), *_another_hall(before, after, by=by), *_in_the_past(tx, after)]:
        raise SetupInvalid(problem=problems[0], problems=problems)
    if not by.at_least("admin") and _of_admins(before) != _of_admins(after):
        raise NotAllowed
    known = tx.hall
    tx.replace_setup(after)
    _check_nobody_stranded(tx, tx.hall, before=known)
    _write_rows(tx, before, after)
    what = tuple({"noun": c.noun, "id": c.id, "gone": c.doc is None} for c in changes)
    topics = [*(f"board:{area}" for area in tx.hall.areas), *(f"counter:{n}" for n in tx.hall.counters)]
    journal.record(tx, SetupChanged(changes=what), topics=topics, actor=by.id)
    return after


def _apply(raw: dict[str, Any], change: Change) -> None:
    if change.noun not in HallSetup.model_fields:
        raise SetupInvalid(problem=f"there is nothing called {change.noun[:40]!r}", problems=[])
    if change.noun not in LISTS:
        if change.doc is None:
            raise SetupInvalid(problem=f"{change.noun} cannot be removed", problems=[])
        raw[change.noun] = change.doc
        return
    key = KEYS.get(change.noun, "id")
    things = raw[change.noun]
    at = next((i for i, thing in enumerate(things) if str(thing[key]) == change.id), None)
    if change.doc is None:
        if at is None:
            raise SetupInvalid(problem=f"there is no {change.noun} {change.id[:40]!r}", problems=[])
        _remember(raw, change.noun, things.pop(at))
        forget(raw, change.noun, int(change.id) if change.noun == "counter" else change.id)
    elif not isinstance(change.doc, dict) or str(change.doc.get(key)) != change.id:
        raise SetupInvalid(problem=f"{change.noun} {change.id[:40]}: {key} must be {change.id[:40]!r}", problems=[])
    elif at is None:
        things.append(change.doc)
    else:
        things[at] = change.doc


def _remember(raw: dict[str, Any], noun: str, thing: dict[str, Any]) -> None:
    """How a service or a person was called, for the reports of the days that were."""
    if noun in ("service", "staff"):
        key = f"{noun}:{thing['id']}"
        others = [one for one in raw["gone"] if one["id"] != key]
        raw["gone"] = [*others, {"id": key, "name": thing["name"], "job_no": thing.get("job_no", "")}]


def _validated(raw: dict[str, Any]) -> HallSetup:
    try:
        return HallSetup.model_validate(raw)
    except ValidationError as error:
        problems = problems_of(error, {"hall": raw})
        raise SetupInvalid(problem=problems[0], problems=problems) from error


def _another_hall(before: HallSetup, after: HallSetup, *, by: By) -> Iterator[str]:
    """The hall's key stands in every row that was ever written; where it lies decides who of other halls may read it."""
    if after.hall.id != before.hall.id:
        yield f"hall.id = {after.hall.id!r}: the hall's key stays {before.hall.id!r}"
    if after.hall.org_path != before.hall.org_path and by != CONSOLE:
        yield "hall.org_path: where a hall lies decides who reads it, and is changed with `jiaohao hall place`"


def _in_the_past(tx: Write, after: HallSetup) -> Iterator[str]:
    """New calendar days must lie ahead: what has been cannot be changed any more."""
    today, before = local_now(tx).date(), tx.hall.setup.calendar
    listed = sorted({one.year for calendar in (before, after.calendar) for one in calendar.year})
    for year in listed:
        was, wanted = calendar_year(before, year), calendar_year(after.calendar, year)
        changed = {*was.holidays} ^ {*wanted.holidays} | {*was.makeup_workdays} ^ {*wanted.makeup_workdays}
        yield from (f"calendar: {day} has passed" for day in sorted(changed) if day < today)
    for peak in after.calendar.peak:
        if peak.last < today and peak not in before.peak:
            yield f"calendar.peak: {peak.last} has passed"


def _of_admins(setup: HallSetup) -> tuple[Any, ...]:
    """What only an admin changes: the stations, and who is an admin."""
    return setup.station, [person for person in setup.staff if person.role == "admin"]


def _check_nobody_stranded(tx: Write, after: HallIndex, *, before: HallIndex) -> None:
    """Raises WouldStrand."""
    numbers = [t.number for t in tx.all(_open, hall=after.id, day=tx.day) if not _can_end(after, t)]
    busy = [d for d in all_desks(tx) if d.state in WORKING]
    counters = [d.number for d in busy if d.number not in after.counters]
    clerks = [d.clerk for d in busy if d.clerk not in after.staff]
    if numbers or counters or clerks:
        known = [before.staff[clerk] for clerk in clerks if clerk in before.staff]
        called = [f"{before.say(person.name, before.setup.default_locale)} {person.job_no}" for person in known]
        named = numbers[:NAMED] + [f"#{n}" for n in counters] + called
        raise WouldStrand(names=", ".join(named), tickets=numbers[:NAMED], counters=counters, staff=called)


def _can_end(after: HallIndex, ticket: Row[Any]) -> bool:
    """Whether an open ticket still has its service, its class, its area and a counter that may call it."""
    if ticket.service not in after.services or ticket.priority not in after.priorities or ticket.area not in after.areas:
        return False
    if any(number is not None and number not in after.counters for number in (ticket.counter, ticket.bound)):
        return False
    return any(ticket.priority in after.classes_at(n) for n in after.counters_for[ticket.service])


def _write_rows(tx: Write, before: HallSetup, after: HallSetup) -> None:
    old = {(row["noun"], row["id"]): row for row in rows_of(before)}
    new = {(row["noun"], row["id"]): row for row in rows_of(after)}
    for noun, key in old.keys() - new.keys():
        tx.run(_remove, h=tx.hall.id, n=noun, i=key)
        if noun == "staff":
            photos.forget(tx, staff=key)
    for noun, key in old.keys() ^ new.keys():  # whoever goes takes the keys along; whoever comes finds none of another's
        if noun == "staff":
            people.forget_person(tx, staff=key)
        elif noun == "station":
            people.forget_station(tx, station=key)
    for place, row in new.items():
        if old.get(place) != row:
            tx.run(_save, hall=tx.hall.id, **row)
