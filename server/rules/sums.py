"""Sums of halls by district, street and community: counts are added, means are weighed by what they are the mean of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTS = ("finished", "waits", "after_close", "after_close_s", "no_shows", "ratings")
MEANS = {  # each with the count that it is the mean of
    "wait_mean_s": "waits",
    "within_target": "waits",
    "serve_mean_s": "finished",
    "rating_mean": "ratings",
}
DIGITS = {"within_target": 4, "rating_mean": 2}


def sums(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    One sum for each part of an `org_path` that a row lies in, the whole (an empty path) first, then from above to below.

    A row is a hall's day as `reports.totals` has it, with `org_path`. Medians and percentiles cannot be added and are not there.
    """
    paths = {tuple(row["org_path"][:depth]) for row in rows for depth in range(len(row["org_path"]) + 1)}
    return [_sum([row for row in rows if tuple(row["org_path"][: len(path)]) == path], path=path) for path in sorted(paths)]


def _sum(rows: Sequence[Mapping[str, Any]], *, path: tuple[str, ...]) -> dict[str, Any]:
    taken = {name for row in rows for name in row["tickets"]}
    return {
        "path": list(path),
        "halls": len(rows),
        "tickets": {name: sum(row["tickets"].get(name, 0) for row in rows) for name in sorted(taken)},
        **{name: sum(row[name] for row in rows) for name in COUNTS},
        **{name: _mean(rows, name, weight=weight) for name, weight in MEANS.items()},
    }


def _mean(rows: Sequence[Mapping[str, Any]], name: str, *, weight: str) -> float | None:
    known = [(row[name], row[weight]) for row in rows if row[name] is not None and row[weight]]
    if not known:
        return None
    mean: float = sum(value * n for value, n in known) / sum(n for _, n in known)
    return round(mean, DIGITS[name]) if name in DIGITS else round(mean)
