"""
The statements behind `standing`: each probes a partial index once for every service and class, none scans.

A statement is made once for each count of (service, class) pairs, which are bound as :s0, :p0, :s1, :p1 …
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import TextClause, text

_WAITS = "w.hall = :hall AND w.day = :day AND w.state = 'waiting'"
_IN_PAIR = f"{_WAITS} AND w.bound IS NULL AND w.service = pair.service AND w.priority = pair.priority"
# Bound to a counter that is closed: any counter that serves it may call it. `service || ''` keeps the planner on the index of
# bound tickets, which are few; by service it would read all that wait.
_ORPHANED = (
    f"{_WAITS} AND w.bound IS NOT NULL AND w.bound NOT IN"
    " (SELECT number FROM counter WHERE hall = :hall AND state IN ('open', 'paused'))"
    " AND (w.service || '', w.priority) IN (SELECT service, priority FROM pair)"
)
# What is only counted needs no order, but in this one PostgreSQL too goes by the index of the line, which holds just this pair
_BY_PLACE = "ORDER BY w.line_at"


def _pair(count: int) -> str:
    rows = ", ".join(f"(:s{i}, :p{i})" for i in range(count)) if count else "(NULL, NULL)"
    return f"WITH pair(service, priority) AS (VALUES {rows})"


FIRST_BOUND = text(f'SELECT w.* FROM ticket w WHERE {_WAITS} AND w.bound = :counter ORDER BY w.line_at, w."order" LIMIT 1')


_IN_LINE = 'ORDER BY w.line_at, w."order" LIMIT'
_CALLABLE_ORPHAN = f"SELECT * FROM (SELECT w.* FROM ticket w WHERE {_ORPHANED} AND w.bound <> :counter {_IN_LINE}"
_OWN_BOUND = f"SELECT * FROM (SELECT w.* FROM ticket w WHERE {_WAITS} AND w.bound = :counter {_IN_LINE}"


@lru_cache(maxsize=256)
def heads_probe(count: int) -> TextClause:
    """The first of each pair, of those bound to :counter, of those bound to closed counters."""
    return text(
        f"{_pair(count)} SELECT t.* FROM pair JOIN ticket t ON t.hall = :hall AND t.id ="
        f" (SELECT w.id FROM ticket w WHERE {_IN_PAIR} {_IN_LINE} 1)"
        f" UNION ALL {_OWN_BOUND} 1) b UNION ALL {_CALLABLE_ORPHAN} 1) o"
    )


@lru_cache(maxsize=64)
def firsts_probe(count: int, way: str) -> TextClause:
    """The first (or last) :count of each pair, and every bound one of :service."""
    bound = f"SELECT w.* FROM ticket w WHERE {_WAITS} AND w.bound IS NOT NULL AND w.service || '' = :service"
    return text(" UNION ALL ".join([*(_arm(i, way) for i in range(count)), bound]))


@lru_cache(maxsize=64)
def line_probe(count: int) -> TextClause:
    """The first :count of each pair and of those bound to :counter or to closed counters."""
    arms = [_arm(i) for i in range(count)]
    return text(f"{_pair(count)} " + " UNION ALL ".join([*arms, f"{_OWN_BOUND} :count) b", f"{_CALLABLE_ORPHAN} :count) o"]))


def _arm(i: int, way: str = "ASC") -> str:
    """The first (or last) `:count` of one service and class."""
    place = f"w.service = :s{i} AND w.priority = :p{i}"
    return (
        f"SELECT * FROM (SELECT w.* FROM ticket w WHERE {_WAITS} AND w.bound IS NULL AND {place}"
        f' ORDER BY w.line_at {way}, w."order" {way} LIMIT :count) a{i}'
    )


@lru_cache(maxsize=256)
def ahead_probe(count: int, counters: int) -> TextClause:
    """By service: how many have a smaller place than (:line_at, :order), each pair counted to :cap."""
    bound = ", ".join(f":c{i}" for i in range(counters)) or "NULL"
    place = '(w.line_at < :line_at OR (w.line_at = :line_at AND w."order" < :order))'
    some = "SELECT c.service, count(*) FROM (SELECT w.service FROM ticket w WHERE"
    return text(
        f"{_pair(count)} SELECT pair.service, (SELECT count(*) FROM"
        f" (SELECT 1 FROM ticket w WHERE {_IN_PAIR} AND w.line_at <= :line_at AND {place} {_BY_PLACE} LIMIT :cap) x) AS n"
        f" FROM pair"
        f" UNION ALL {some} {_WAITS} AND w.bound IN ({bound}) AND {place} LIMIT :cap) c GROUP BY c.service"
        f" UNION ALL {some} {_ORPHANED} AND w.bound NOT IN ({bound}) AND {place} LIMIT :cap) c GROUP BY c.service"
    )


@lru_cache(maxsize=256)
def passed_probe(count: int) -> TextClause:
    """How many queued earlier than :queued_at, each pair counted to :cap."""
    # within a class an unmoved ticket's place is queued_at less the head start, so that the index gives the range
    some = "(SELECT count(*) FROM (SELECT 1 FROM ticket w WHERE"
    free, others = f"{_WAITS} AND w.bound IS NULL", "w.queued_at < :queued_at AND w.id <> :id LIMIT :cap"
    arms = [
        f"{some} {free} AND w.service = :s{i} AND w.priority = :p{i}"
        f" AND w.line_at < :queued_ns - :h{i} AND w.moved IS NULL AND w.id <> :id {_BY_PLACE} LIMIT :cap) x{i})"
        for i in range(count)
    ]
    moved = f"{free} AND w.moved IS NOT NULL AND (w.service, w.priority) IN (SELECT service, priority FROM pair)"
    rest = [
        f"{some} {moved} AND {others}) m)",
        f"{some} {_WAITS} AND w.bound = :counter AND {others}) b)",
        f"{some} {_ORPHANED} AND w.bound <> :counter AND {others}) o)",
    ]
    return text(f"{_pair(count)} SELECT {' + '.join([*arms, *rest])}")


@lru_cache(maxsize=256)
def count_probe(count: int) -> TextClause:
    """By service: how many wait, each pair counted to :cap."""
    waiting = f"(SELECT count(*) FROM (SELECT 1 FROM ticket w WHERE {_IN_PAIR} {_BY_PLACE} LIMIT :cap) x)"
    return text(f"{_pair(count)} SELECT pair.service, {waiting} AS n FROM pair")


@lru_cache(maxsize=256)
def bound_count_probe(count: int) -> TextClause:
    """How many wait for :counter alone, or for closed counters in its stead."""
    some = "(SELECT count(*) FROM (SELECT 1 FROM ticket w WHERE"
    return text(
        f"{_pair(count)} SELECT {some} {_WAITS} AND w.bound = :counter LIMIT :cap) b)"
        f" + {some} {_ORPHANED} AND w.bound <> :counter LIMIT :cap) o)"
    )
