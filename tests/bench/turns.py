"""Measurements that take turns, so that whatever else the machine does meets all of them alike."""

from statistics import median

TURNS = 5


def in_turns(count=TURNS, **measures):
    """What each of `measures` gave, `count` times, one after the other in each turn; by its name."""
    found = {name: [] for name in measures}
    for turn in range(count):
        order = list(measures) if turn % 2 == 0 else list(reversed(measures))
        for name in order:
            found[name].append(measures[name]())
    return found


def ratio(found, one, other):
    """The median over the turns of `one` divided by `other`, and how it is said in the table."""
    return median(a / b for a, b in zip(found[one], found[other], strict=True))


def at(values, share):
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
