"""A call is as quick with 100,000 waiting, or after two million tickets, as in a hall that has just opened."""

import crowds
import turns

ROUNDS, TURNS, COUNTERS = 8, 21, 3
WAITING, PAST = 100_000, 2_000_000


def test_a_call_does_not_slow_down(program, tmp_path, measured):
    """p50 of calls over HTTP in three halls that take turns: one empty but for 20, one crowded, one with years behind it."""
    halls = {"empty": {"waiting": 20}, "waiting": {"waiting": WAITING}, "history": {"waiting": 20, "past": PAST}}
    places = {name: filled(program, tmp_path / f"{name}.sqlite3", **counts) for name, counts in halls.items()}
    servers = {name: program("served", place, COUNTERS) for name, place in places.items()}
    loads = {name: program("load", "ours", 1, 0, server.url) for name, server in servers.items()}
    for one in loads.values():
        one.asks(rounds=ROUNDS)  # caches are warm
    asked = {name: lambda one=one: turns.at(one.asks(rounds=ROUNDS)["ms"]["call"], 0.5) for name, one in loads.items()}
    found = turns.in_turns(TURNS, **asked)
    empty = turns.at(found["empty"], 0.5)
    for name, what in (("waiting", f"{WAITING:,} waiting"), ("history", f"{PAST:,} past tickets")):
        ms = turns.at(found[name], 0.5)
        against = f"{ms:.2f} ms p50 of a call over HTTP with {what} : {empty:.2f} ms in an empty hall"
        measured(f"grow.{name}", turns.ratio(found, name, "empty"), against, at_most=1.15)


def filled(program, place, **counts):
    """The place of a hall that was founded, and then filled by hand."""
    program("served", place, COUNTERS).ends()
    crowds.fill(place, **counts)
    return place
