"""The hall's set-up, looked up by key: what the verbs and queries ask of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.config.hall import Area, Counter, Gone, Group, HallSetup, Priority, Service, Staff, Station


class HallIndex:
    """One `HallSetup` with its lookups; immutable, replaced whole when the set-up changes."""

    def __init__(self, setup: HallSetup) -> None:
        self.setup = setup
        self.id = setup.hall.id
        self.zone = ZoneInfo(setup.hall.timezone)
        self.weeks: dict[int, Any] = {}  # hours and calendar around a year, as `server.opening` has worked them out
        self._pairs: dict[tuple[int, str | None], tuple[tuple[str, str], ...]] = {}

    @cached_property
    def areas(self) -> dict[str, Area]:
        return {a.id: a for a in self.setup.area}

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {g.id: g for g in self.setup.group}

    @cached_property
    def services(self) -> dict[str, Service]:
        return {s.id: s for s in self.setup.service}

    @cached_property
    def counters(self) -> dict[int, Counter]:
        return {c.number: c for c in self.setup.counter}

    @cached_property
    def staff(self) -> dict[str, Staff]:
        return {s.id: s for s in self.setup.staff}

    @cached_property
    def gone(self) -> dict[str, Gone]:
        """What is no more, by "service:KEY" or "staff:KEY"."""
        return {one.id: one for one in self.setup.gone}

    @cached_property
    def priorities(self) -> dict[str, Priority]:
        return {p.id: p for p in self.setup.priority}

    @cached_property
    def stations(self) -> dict[str, Station]:
        """The stations of the set-up, and one counter set for each counter."""
        from server.config.hall import Station  # noqa: PLC0415 (only this lookup builds one)

        named = {s.name: s for s in self.setup.station}
        sets = {
            f"counter-{c.number}": Station(name=f"counter-{c.number}", type="counter", counter=c.number, area=c.area)
            for c in self.setup.counter
        }
        return sets | named

    @cached_property
    def served(self) -> dict[int, tuple[str, ...]]:
        """Services of each counter: its own and those of its groups, in the order of the set-up."""
        return {
            c.number: tuple(s.id for s in self.setup.service if s.id in c.services or s.group in c.groups)
            for c in self.setup.counter
        }

    @cached_property
    def counters_for(self) -> dict[str, tuple[int, ...]]:
        """Counters set up for each service."""
        return {s: tuple(n for n, served in self.served.items() if s in served) for s in self.services}

    def classes_at(self, counter: int) -> tuple[str, ...]:
        """Priority classes a counter may call."""
        return self.counters[counter].priority_only or tuple(self.priorities)

    def callable_pairs(self, counter: int, clerk: str | None) -> tuple[tuple[str, str], ...]:
        """(service, class) pairs a counter may call: its services, the clerk's skills, its priority limits, together."""
        key = (counter, clerk)
        if key not in self._pairs:
            self._pairs[key] = tuple(
                (service, priority)
                for service in self.served[counter]
                if self.skilled(clerk, service)
                for priority in self.classes_at(counter)
            )
        return self._pairs[key]

    def first_area(self, service: str) -> str:
        """The first area, in the order of the set-up, with a counter for the service."""
        at = {self.counters[n].area for n in self.counters_for[service]}
        return next(area for area in self.areas if area in at)

    def service_name(self, service: str, locale: str) -> str:
        """What a service is or was called."""
        about = self.services.get(service) or self.gone.get(f"service:{service}")
        return self.say(about.name, locale) if about else service

    def person(self, staff_id: str | None) -> Staff | Gone | None:
        """Who this is or was, with name and job number."""
        return self.staff.get(staff_id or "") or self.gone.get(f"staff:{staff_id}")

    def group_of(self, service: str) -> str:
        """The group of a service; empty for one that is no more."""
        about = self.services.get(service)
        return about.group if about else ""

    def area_of(self, counter: int | None) -> str | None:
        """The area a counter stands in; None without one, or when it is no more."""
        about = self.counters.get(counter) if counter is not None else None
        return about.area if about else None

    def skilled(self, staff_id: str | None, service: str) -> bool:
        """Whether the person's skills cover the service; nobody in particular can do everything."""
        person = self.staff.get(staff_id or "")
        return person is None or person.skills is None or self.services[service].group in person.skills

    def prefix(self, service: str, priority: str) -> str:
        """Letter of a new number: the priority class's own before the group's."""
        return self.priorities[priority].prefix or self.groups[self.services[service].group].prefix

    def head_start_s(self, priority: str) -> int:
        return round(self.priorities[priority].head_start_min * 60)

    def say(self, names: Mapping[str, str] | str, locale: str) -> str:
        """The text in `locale`, else in the hall's language; one text alone is said to everybody."""
        return names if isinstance(names, str) else names.get(self.tongue(names, locale), "")

    def tongue(self, names: Mapping[str, str] | str, locale: str) -> str:
        """The language in which `say` says it: what a page marks it with."""
        own = self.setup.default_locale
        if isinstance(names, str):
            return own
        return next((one for one in (locale, own) if names.get(one)), next(iter(names), own))
