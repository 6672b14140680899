"""From a clerk's key to the last of twenty screens: alone beside its floor, and in a crowd beside the usual way of writing it."""

import turns
from commits import BareCommits

SCREENS, CLIENTS = 20, 32
CALLS, TURNS = 20, 7
ROUNDS = 6


def test_a_call_reaches_every_screen(program, tmp_path, measured):
    """One clerk, twenty screens: the call until the last has it, over a request that does nothing and one bare commit."""
    server = program("served", tmp_path / "hall.sqlite3", 3)
    one = program("load", "ours", 1, SCREENS, server.url)
    bare = BareCommits(tmp_path / "bare.sqlite3")
    one.asks(rounds=CALLS)
    found = turns.in_turns(
        TURNS,
        display=lambda: turns.at(one.asks(rounds=CALLS)["display_ms"], 0.5),
        nothing=lambda: turns.at(one.asks(nothing=CALLS * 5)["ms"], 0.5),
        commit=lambda: turns.at(bare.take_ms(CALLS * 5), 0.5),
    )
    bare.closes()
    floors = [a + b for a, b in zip(found["nothing"], found["commit"], strict=True)]
    ratio = turns.ratio({**found, "floor": floors}, "display", "floor")
    ms, nothing, commit = (turns.at(found[name], 0.5) for name in ("display", "nothing", "commit"))
    against = f"{ms:.2f} ms p50 until the last of {SCREENS} screens has a call : {nothing:.2f} ms a request + {commit:.2f} ms a bare commit"
    measured("e2e.call_to_display", ratio, against, at_most=5)


def test_a_crowd_beside_the_usual_way(program, tmp_path, measured):
    """32 clients issue, call, start and finish at once, twenty screens listen; the reference is told in usual.py."""
    loads = {}
    for kind, name in (("ours", "served"), ("usual", "usual")):
        server = program(name, tmp_path / f"{kind}.sqlite3", CLIENTS)
        loads[kind] = program("load", kind, CLIENTS, SCREENS, server.url)
        loads[kind].asks(rounds=2)
    found = turns.in_turns(ours=lambda: loads["ours"].asks(rounds=ROUNDS), usual=lambda: loads["usual"].asks(rounds=ROUNDS))
    tails = {kind: [turns.at(turn["display_ms"], 0.99) for turn in some] for kind, some in found.items()}
    rates = {kind: [turn["acts_a_second"] for turn in some] for kind, some in found.items()}
    ours, usual = (turns.at(tails[kind], 0.5) for kind in ("ours", "usual"))
    against = f"{ours:.0f} ms p99 until the last screen has a call, {CLIENTS} clients : {usual:.0f} ms of a session a request"
    measured("e2e.tail_32", turns.ratio(tails, "ours", "usual"), against, at_most=1 / 8)
    ours, usual = (turns.at(rates[kind], 0.5) for kind in ("ours", "usual"))
    against = f"{ours:,.0f} acts/s (issue, call, start, finish), {CLIENTS} clients : {usual:,.0f} of a session a request"
    measured("mixed.32", turns.ratio(rates, "ours", "usual"), against, at_least=4)

    for some in found.values():
        called = [number for turn in some for number in turn["called"]]
        assert len(called) == len(set(called))
