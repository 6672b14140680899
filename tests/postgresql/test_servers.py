"""Several servers of one hall, each a process of its own."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from server.clock import SystemClock
from server.database import open_store

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COUNTERS = ((2, 3), (4, 5), (6,), (8,))  # of each server; every one of them serves what is taken
PATIENCE_S = 120


def start(place, name, counters):
    """One server, which says when it is ready."""
    command = [sys.executable, HERE / "clerks.py", str(place), name, *map(str, counters)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, **pipes)


def test_four_servers_keep_one_line(new_hall, cluster, line):
    """Twenty kiosks and six clerks at once: no number twice, none missing, nobody called twice, and `seq` is the order of the commits."""
    hall = new_hall(on=cluster)
    servers = [start(hall.place, f"server-{n}", mine) for n, mine in enumerate(COUNTERS)]
    assert ["ready\n"] * len(servers) == [server.stdout.readline() for server in servers]
    seen, over = [], threading.Event()

    def looks_on():
        """As the hub does: entry after entry, whatever is there."""
        other = line(hall.place)
        other.execute("LISTEN jiaohao")
        while not over.is_set():
            for _ in other.notifies(timeout=0.2, stop_after=1):
                pass  # woken, or looking by itself
            last = seen[-1] if seen else 0
            seen.extend(seq for (seq,) in other.execute("SELECT seq FROM journal WHERE seq > %s ORDER BY seq", [last]))

    watching = threading.Thread(target=looks_on)
    watching.start()
    for server in servers:
        server.stdin.write("go\n")
        server.stdin.flush()
    told = [json.loads(server.communicate(timeout=PATIENCE_S)[0]) for server in servers]
    head = hall.journal.seq
    over.set()
    watching.join()
    given = [number for one in told for number in one["given"]]
    called = [number for one in told for number in one["called"]]
    everyone = [f"A{n:03}" for n in range(1, len(given) + 1)]

    assert 240 == len(given)
    assert everyone == sorted(given) == sorted(called)
    assert everyone == [e.facts["number"] for e in hall.journal.entries() if e.kind == "ticket.called"]
    assert list(range(1, head + 1)) == [entry.seq for entry in hall.journal.entries()]
    assert seen == list(range(1, len(seen) + 1))
    assert hall.journal.broken_at is None
    assert {"finished"} == {ticket.state for ticket in hall.tickets()}


def test_servers_that_start_together_found_one_hall(cluster, sample):
    """On an empty database one migrates and sets up, the others wait for it: one journal, one set-up."""
    place, found = cluster.new(), []

    def starts():
        found.append(open_store(place, setup=sample, clock=SystemClock()))

    threads = [threading.Thread(target=starts) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 6 == len(found)
    assert 1 == len({store.ledger.known.journal for store in found})
    assert [sample] * 6 == [store.hall.setup for store in found]
    cluster.drops(place)
