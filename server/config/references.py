"""Whether every name in the hall's set-up points at something, and no two things share one."""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from server.config.hall import HallSetup
    from server.config.machine import DeviceConfig


def wrong_references(setup: HallSetup, devices: Sequence[DeviceConfig] = ()) -> list[str]:
    """One sentence for each name used twice, each reference to nothing, each text without its default language."""
    return [*_twice(setup, devices), *_nowhere(setup), *_nowhere_besides(setup, devices), *_untold(setup)]


POINTERS: Final = {  # noun → the places that name one of it; what lies between is one thing, or each of many
    "service": ("counter.services", "service.next_steps", "demo_load.service_weights"),
    "group": ("counter.groups", "staff.skills"),
    "counter": ("hall.weekend_duty.counters", "calendar.peak.counters"),
    "staff": ("counter.clerk", "staff.substitute"),
    "priority": ("counter.priority_only",),
}


KEPT_LAST = frozenset({"counter.priority_only", "staff.skills"})
"""Where the last one is not simply taken out: a counter would then call every class, a person could serve nothing."""


def forget(raw: dict[str, Any], noun: str, key: Any) -> None:
    """
    Take a thing that goes out of everything in `raw` (the set-up as JSON) that may do without it.

    What cannot do without it, such as a service without its group, keeps the name and is found by `wrong_references`.
    """
    for place in POINTERS.get(noun, ()):
        *way, last = place.split(".")
        for holder in _holders(raw, way):
            held = holder.get(last)
            if isinstance(held, list) and key in held:
                left = [one for one in held if one != key]
                if left or place not in KEPT_LAST:
                    holder[last] = left
            elif isinstance(held, dict):
                held.pop(key, None)
            elif held == key:
                holder[last] = None


def _holders(raw: Any, way: Sequence[str]) -> Iterator[dict[str, Any]]:
    if isinstance(raw, list):
        for one in raw:
            yield from _holders(one, way)
    elif isinstance(raw, dict):
        if way:
            yield from _holders(raw.get(way[0]), way[1:])
        else:
            yield raw


def _twice(setup: HallSetup, devices: Sequence[DeviceConfig]) -> Iterator[str]:
    keyed: dict[str, Iterable[object]] = {
        "area id": (a.id for a in setup.area),
        "group id": (g.id for g in setup.group),
        "group prefix": (g.prefix for g in setup.group),
        "service id": (s.id for s in setup.service),
        "counter number": (c.number for c in setup.counter),
        "staff id": (s.id for s in setup.staff),
        "staff job_no": (s.job_no.upper() for s in setup.staff),
        "priority id": (p.id for p in setup.priority),
        "notice id": (n.id for n in setup.notice),
        "station name": (s.name for s in setup.station),
        "session id": (s.id for s in setup.hall.hours.sessions),
        "device name": (d.name for d in devices),
    }
    for what, names in keyed.items():
        for name, count in Tally(names).items():
            if count > 1:
                yield f"{what} {name!r} is used {count} times"
    group_prefixes = {g.prefix for g in setup.group}
    for priority in setup.priority:
        if priority.prefix in group_prefixes:
            yield f"priority {priority.id}.prefix {priority.prefix!r} is already the prefix of a group"
    if "normal" not in {p.id for p in setup.priority}:
        yield "priority: the class 'normal' is needed (everyone without another class)"


def _nowhere(setup: HallSetup) -> Iterator[str]:
    areas, groups = {a.id for a in setup.area}, {g.id for g in setup.group}
    services, staff = {s.id for s in setup.service}, {s.id for s in setup.staff}
    priorities = {p.id for p in setup.priority}
    sessions = {s.id for s in setup.hall.hours.sessions}
    for s in setup.service:
        yield from _missing(f"service {s.id}.group", [s.group], {*groups}, "group")
        yield from _missing(f"service {s.id}.next_steps", s.next_steps, {*services}, "service")
        yield from _missing(f"service {s.id}.session_quota", s.session_quota, {*sessions}, "session")
        yield from (
            f"service {s.id}.session_quota.{k} = {q}: a quota is not negative" for k, q in s.session_quota.items() if q < 0
        )
    for c in setup.counter:
        yield from _missing(f"counter {c.number}.area", [c.area], {*areas}, "area")
        yield from _missing(f"counter {c.number}.services", c.services, {*services}, "service")
        yield from _missing(f"counter {c.number}.groups", c.groups, {*groups}, "group")
        yield from _missing(f"counter {c.number}.priority_only", c.priority_only, {*priorities}, "priority")
        yield from _missing(f"counter {c.number}.clerk", [c.clerk] if c.clerk else [], {*staff}, "staff member")
        if not c.services and not c.groups:
            yield f"counter {c.number}: it serves nothing (give it services or groups)"
    served = {s for c in setup.counter for s in c.services} | {
        s.id for s in setup.service for c in setup.counter if s.group in c.groups
    }
    yield from (f"service {s.id}: no counter serves it" for s in setup.service if s.id not in served)
    for p in setup.staff:
        yield from _missing(f"staff {p.id}.skills", p.skills or (), {*groups}, "group")
        yield from _missing(f"staff {p.id}.substitute", [p.substitute] if p.substitute else [], {*staff}, "staff member")


def _nowhere_besides(setup: HallSetup, devices: Sequence[DeviceConfig]) -> Iterator[str]:
    """Duty, busy days, stations, devices, the demo's load."""
    areas, counters = {a.id for a in setup.area}, {c.number for c in setup.counter}
    stations = {s.name for s in setup.station} | {f"counter-{n}" for n in counters}
    for duty in setup.hall.weekend_duty:
        yield from _missing("hall.weekend_duty.counters", duty.counters, {*counters}, "counter")
    for peak in setup.calendar.peak:
        yield from _missing("calendar.peak.counters", peak.counters, {*counters}, "counter")
    for station in setup.station:
        yield from _missing(f"station {station.name}.area", [station.area] if station.area else [], {*areas}, "area")
        yield from _missing(
            f"station {station.name}.counter", [station.counter] if station.counter else [], {*counters}, "counter"
        )
    for device in devices:
        yield from _missing(f"device {device.name}.station", [device.station], {*stations}, "station")
        yield from _wrong_neighbour(device, devices)
        yield from _missing(f"device {device.name}.area", [device.area] if device.area else [], {*areas}, "area")
        yield from _missing(f"device {device.name}.counter", [device.counter] if device.counter else [], {*counters}, "counter")
    if setup.demo_load:
        yield from _missing(
            "demo_load.service_weights", setup.demo_load.service_weights, {s.id for s in setup.service}, "service"
        )


def _wrong_neighbour(device: DeviceConfig, devices: Sequence[DeviceConfig]) -> Iterator[str]:
    """A neighbour is another printer, of another station that has no second one."""
    if not device.neighbour:
        return
    place = f"device {device.name}.neighbour"
    printers = {d.name: d for d in devices if d.kind.startswith("printer/")}
    other = printers.get(device.neighbour)
    if device.name not in printers:
        yield f"{place}: only a printer has one"
    elif other is None:
        yield f"{place}: there is no printer {device.neighbour!r}"
    elif other.station == device.station:
        yield f"{place}: {other.name} is a printer of {device.station} itself; name one of another station"
    elif sum(d.station == device.station for d in printers.values()) > 1:
        yield f"{place}: {device.station} has several printers, which stand in for each other already"


def _missing(place: str, names: Iterable[object], known: set[object], what: str) -> Iterator[str]:
    return (f"{place}: there is no {what} {name!r}" for name in names if name not in known)


def _untold(setup: HallSetup) -> Iterator[str]:
    if setup.default_locale not in setup.locales:
        yield f"default_locale {setup.default_locale!r} is not among the locales"
    named = {f"{noun} {thing.id}.name": thing.name for noun in ("area", "group", "service") for thing in getattr(setup, noun)}
    named |= {f"counter {c.number}.name": c.name for c in setup.counter}
    named |= {f"priority {p.id}.label": p.label for p in setup.priority}
    named |= {f"staff {s.id}.name": s.name for s in setup.staff} | {"hall.name": setup.hall.name}
    named |= {  # one text alone needs no language
        f"service {s.id}.materials[{at}].name": m.name
        for s in setup.service
        for at, m in enumerate(s.materials, 1)
        if not isinstance(m.name, str)
    }
    for place, text in named.items():
        if not text.get(setup.default_locale):
            yield f"{place}: the text in {setup.default_locale} is missing"
