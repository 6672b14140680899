"""The pages of the set-up: what each is about, which fields come first, which are rarely needed, what its list shows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from server.config import HallSetup
from server.manage.forms import Field, blank, fields_of
from server.verbs.setup import KEYS, LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

REMEMBERED = frozenset({"staff", "service"})  # whose history must not become a newcomer's
ON_OTHER_PAGES = frozenset({"hours", "weekend_duty", "day_start", "always_open"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the set-up. `title`, `lead`, `one` and `new` are messages."""

    slug: str
    noun: str
    section: str
    title: str
    lead: str
    first: tuple[str, ...]  # fields that stand open, in this order
    rare: tuple[str, ...] | None = None  # fields under "More"; None: all others
    columns: tuple[str, ...] = ()  # of its list
    inline: tuple[str, ...] = ()  # fields edited in the list itself
    new: str = ""  # what its button for a new one says
    note: str = ""
    fields: tuple[Field, ...] = field(default=(), compare=False)

    @property
    def many(self) -> bool:
        """Whether there are many things, each with a form of its own."""
        return self.noun in LISTS

    @property
    def key(self) -> str:
        """The field by which a thing is known."""
        return KEYS.get(self.noun, "id") if self.many else ""

    def open_fields(self) -> list[Field]:
        """The fields that stand open."""
        return [_named(self.fields, name) for name in self.first]

    def rare_fields(self) -> list[Field]:
        """The fields under "More"."""
        if self.rare is not None:
            return [_named(self.fields, name) for name in self.rare]
        return [one for one in self.fields if one.name not in (*self.first, self.key)]

    def key_field(self) -> Field | None:
        """The field of the key, asked for only when the thing is new."""
        return _named(self.fields, self.key) if self.many and self.key not in self.first else None

    def column_fields(self) -> list[Field]:
        """The fields its list shows."""
        return [_named(self.fields, name) for name in self.columns]

    @property
    def headed_by(self) -> str:
        """The column that leads to the thing itself: what it is called, else its key."""
        return next((one.name for one in self.column_fields() if one.kind == "names"), self.key)

    def inline_fields(self) -> list[Field]:
        """The fields edited in the list."""
        return [_named(self.fields, name) for name in self.inline]

    def new_one(self, setup: Mapping[str, Any]) -> dict[str, Any]:
        """A new thing: the model's defaults and the next free key."""
        doc = blank(self.fields)
        return {**doc, self.key: _free_key(self, setup[self.noun])}


def model_of(noun: str) -> type[BaseModel]:
    """The model of a noun, or of one thing where there are many."""
    inner: Any = HallSetup.model_fields[noun].annotation
    model: type[BaseModel] = inner.__args__[0] if noun in LISTS else inner
    return model


def _page(**about: Any) -> Page:
    return Page(**about, fields=fields_of(model_of(about["noun"])))


WORK, PEOPLE, TIME = "Services and quotas", "Counters and people", "Opening times"
QUEUE, TEXT = "Queue and calls", "Texts and hall"

PAGES: Final = (
    _page(
        slug="service",
        noun="service",
        section=WORK,
        title="Services",
        new="New service",
        lead="What people take a number for. Switch one off here, at once or for some days.",
        columns=("group", "name", "expected_minutes"),
        inline=("enabled", "off_from", "off_until"),
        first=(
            "name", "group", "enabled", "off_from", "off_until", "expected_minutes", "days", "session_quota", "materials",
            "next_steps", "fee",
        ),
    ),
    _page(
        slug="group",
        noun="group",
        section=WORK,
        title="Service groups",
        new="New group",
        lead="Each group has the letter that its numbers begin with.",
        columns=("prefix", "name"),
        first=("name", "prefix"),
    ),
    _page(
        slug="quota",
        noun="service",
        section=WORK,
        title="Quotas",
        lead="How many numbers each service gives in a session. An empty field is no limit.",
        first=("session_quota",),
    ),
    _page(
        slug="counter",
        noun="counter",
        section=PEOPLE,
        title="Counters",
        new="New counter",
        lead="What each counter calls: its services and groups, within its classes and its clerk's skills.",
        columns=("number", "name", "type", "area", "clerk"),
        first=("number", "name", "type", "area", "groups", "services", "priority_only", "clerk"),
    ),
    _page(
        slug="staff",
        noun="staff",
        section=PEOPLE,
        title="Staff",
        new="New person",
        lead="Who may sign in, and what for.",
        note="A new person gets a password at the server: jiaohao staff add.",
        columns=("name", "job_no", "role", "post", "skills"),
        first=("name", "job_no", "role", "post", "star", "skills", "substitute"),
    ),
    _page(
        slug="area",
        noun="area",
        section=PEOPLE,
        title="Waiting areas",
        new="New area",
        lead="Where people wait, and where their numbers are shown and spoken.",
        columns=("name", "floor"),
        first=("name", "floor"),
    ),
    _page(
        slug="station",
        noun="station",
        section=PEOPLE,
        title="Machines",
        new="New machine",
        lead="Kiosks, screens and device hosts. Every counter has a set of its own besides.",
        columns=("name", "type", "area", "mode"),
        first=("name", "type", "area", "counter", "mode", "voice"),
    ),
    _page(
        slug="hours",
        noun="hall",
        section=TIME,
        title="Opening hours",
        lead="When the hall opens, and from when until when numbers are given.",
        first=("hours", "weekend_duty"),
        rare=("day_start", "always_open"),
    ),
    _page(
        slug="calendar",
        noun="calendar",
        section=TIME,
        title="Calendar",
        lead="Public holidays, weekend days worked in exchange, busy days. A list of our own goes before the public calendar.",
        first=("public", "year", "peak"),
    ),
    _page(
        slug="priority",
        noun="priority",
        section=QUEUE,
        title="Priority classes",
        new="New class",
        lead="Whose number moves forward in line, and by how much.",
        columns=("label", "head_start_min", "prefix", "self_claim"),
        first=("label", "head_start_min", "self_claim", "prefix"),
    ),
    _page(
        slug="calling",
        noun="calling",
        section=QUEUE,
        title="Calling rules",
        lead="How often a number is called, what becomes of one who does not come, what voice and signs say.",
        first=("max_calls", "recall_min_interval_seconds", "no_show", "target_wait_minutes", "announce_times", "voice", "screen"),
    ),
    _page(
        slug="notice",
        noun="notice",
        section=TEXT,
        title="Public notices",
        new="New notice",
        lead="What runs along the lobby screens and stands on kiosks.",
        columns=("text", "level", "screens", "valid_from", "valid_to"),
        first=("text", "level", "screens", "valid_from", "valid_to"),
    ),
    _page(
        slug="display",
        noun="display",
        section=TEXT,
        title="Lobby screens",
        lead="What stands on the screens besides the newest call.",
        first=("list_rows", "waiting", "notices", "duty_leader"),
    ),
    _page(
        slug="slip",
        noun="ticket",
        section=TEXT,
        title="Slip texts",
        lead="What stands at the foot of every printed slip.",
        first=("reminders",),
    ),
    _page(
        slug="hall",
        noun="hall",
        section=TEXT,
        title="Hall and phones",
        lead="How the hall is called, and where people can ring.",
        first=(
            "name", "short_name", "slogan", "address", "consult_phone", "complaint_phone", "supervision_phone", "complaint_email",
        ),
        rare=("area_m2",),
    ),
)  # fmt: skip


def page_called(slug: str) -> Page | None:
    """The page of that name, if there is one."""
    return next((page for page in PAGES if page.slug == slug), None)


def sections() -> dict[str, list[Page]]:
    """The pages under the headings of the menu."""
    found: dict[str, list[Page]] = {}
    for page in PAGES:
        found.setdefault(page.section, []).append(page)
    return found


def field_labels() -> Iterator[tuple[str, str]]:
    """("counter.services", its label) for every field of every page, also within parts: refusals name places so."""

    def within(place: str, fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
        for one in fields:
            yield f"{place}.{one.name}", one.label
            yield from within(f"{place}.{one.name}", one.fields)

    for noun in dict.fromkeys(page.noun for page in PAGES):
        yield from within(noun, fields_of(model_of(noun)))


def _named(fields: Sequence[Field], name: str) -> Field:
    return next(one for one in fields if one.name == name)


def _free_key(page: Page, things: Sequence[Mapping[str, Any]]) -> str | int:
    """A key nobody has: the next number; for what reports remember, such as a person, one that nobody has ever had."""
    taken = {thing[page.key] for thing in things}
    if page.key == "number":
        return max(taken, default=0) + 1
    if page.noun in REMEMBERED:
        return f"{page.noun}-{secrets.token_hex(4)}"
    stem = {"notice": "n", "area": "f"}.get(page.noun, f"{page.noun}-")
    return next(key for n in range(1, len(taken) + 2) if (key := f"{stem}{n}") not in taken)
