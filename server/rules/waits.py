"""
How long a ticket may wait, as an honest range, from what the hall has seen today.

The work ahead (people ahead of each service × their serving time) is shared by the counters that may call them; a serving time
is the mean of the latest acts, drawn towards the set-up's expected minutes while there are few. Until some acts of the
ticket's own service have been seen there is no estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SEEN_AT_LEAST = 3  # acts of the service today before anything is promised
PRIOR_WEIGHT = 4  # acts that the expected minutes count for
LOW, HIGH, SPARE_MIN = 0.6, 1.4, 2


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a service's serving time."""

    expected_s: float
    seen: int
    mean_s: float

    @property
    def serving_s(self) -> float:
        return (self.expected_s * PRIOR_WEIGHT + self.mean_s * self.seen) / (PRIOR_WEIGHT + self.seen)


def wait_range(*, ahead: dict[str, int], pace: dict[str, Pace], own: str, counters_open: int) -> dict[str, int] | None:
    """
    {"low_min", "high_min"}, rounded outward; None without an honest ground.

    `ahead` counts tickets with a smaller place, by service; `counters_open` may call this ticket.
    """
    if not counters_open or pace[own].seen < SEEN_AT_LEAST:
        return None
    work_s = sum(count * pace[service].serving_s for service, count in ahead.items())
    minutes = work_s / counters_open / 60
    return {"low_min": math.floor(minutes * LOW), "high_min": math.ceil(minutes * HIGH) + SPARE_MIN}
