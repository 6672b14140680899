"""Which service and counter of a hall stands for which of the log: the hall made from the log, or one that is there already."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from server.cli.refused import Refused
from server.cli.replay.setting import counter_number, priority_id, service_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.cli.replay.log import Log
    from server.config.index import HallIndex


@dataclass(frozen=True, slots=True)
class Plan:
    """The log's names in the hall's words."""

    services: Mapping[str, str]
    counters: Mapping[str, int]
    priorities: Mapping[str, str]
    serves: Mapping[int, frozenset[str]]  # counter → services it may call
    clerks: Mapping[int, str] = field(default_factory=dict)  # counter → job number

    def bound(self, counter: str | None, service: str) -> int | None:
        """The counter a transfer names, if it may take the service here."""
        number = self.counters[counter] if counter else None
        return number if number is not None and service in self.serves[number] else None


def own(log: Log) -> Plan:
    """For the hall that `setup_from` makes of the log."""
    counters = {counter: counter_number(log, counter) for counter in log.served_by}
    return Plan(
        services={service: service_id(log, service) for service in log.services},
        counters=counters,
        priorities={priority: priority_id(priority) for priority in log.priorities},
        serves={counters[c]: frozenset(service_id(log, s) for s in served) for c, served in log.served_by.items()},
    )


def onto(log: Log, hall: HallIndex) -> tuple[Plan, Log]:
    """
    For a hall that is there; with the log as it is played there.

    The busiest counters of the log become those that serve the most, its services what all of them serve. Where the hall has more
    services, people of one service of the log come for several in turn.

    Raises:
        Refused: the hall has no counters with a clerk that serve anybody's ticket.
    """
    can = {
        c.number: _served(hall, c.number) for c in hall.setup.counter if c.clerk and not c.priority_only and c.open_when is None
    }
    able = sorted((n for n in can if can[n]), key=lambda n: (-len(can[n]), n))
    if not able:
        raise Refused("the hall has no counter with a clerk for everybody's tickets")
    busy = Counter(row.counter for visit in log.visits for row in visit.rows if row.counter)
    counters = {counter: able[i % len(able)] for i, (counter, _) in enumerate(busy.most_common())}
    used = set(counters.values())
    common = frozenset.intersection(*(can[n] for n in used)) or can[able[0]]
    offered = [service.id for service in hall.setup.service if service.id in common]
    log = _spread(log, ways=max(1, len(offered) // len(log.services)))
    plan = Plan(
        services={service: offered[i % len(offered)] for i, service in enumerate(log.services)},
        counters=counters,
        priorities=dict.fromkeys(log.priorities, "normal"),
        serves={n: can[n] for n in used},
        clerks={n: hall.staff[hall.counters[n].clerk or ""].job_no for n in used},
    )
    return plan, log


def _spread(log: Log, *, ways: int) -> Log:
    """The log with `ways` services in the place of each; a visit keeps to one of them."""
    visits = [
        replace(visit, rows=tuple(replace(row, service=f"{row.service} {place % ways + 1}") for row in visit.rows))
        for place, visit in enumerate(log.visits)
    ]
    return replace(log, visits=tuple(visits), services=tuple(f"{s} {way + 1}" for way in range(ways) for s in log.services))


def _served(hall: HallIndex, counter: int) -> frozenset[str]:
    """What the counter serves and its clerk can."""
    clerk = hall.counters[counter].clerk
    return frozenset(service for service in hall.served[counter] if hall.skilled(clerk, service))
