"""What the layers between a verb and the database's rows cost: time of the writer's thread, beside plain sqlite3 doing the same."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing

import pytest
import raw
import turns

from server.standing import callable_pairs
from server.verbs.calling import call
from server.verbs.issuing import issue

BATCH, WARM, TURNS = 32, 4, 25  # acts a commit; commits before anything is measured, and then
COUNTERS = range(1, BATCH + 1)
FREE = "UPDATE counter SET ticket = NULL, undo = NULL"
SAME = "SELECT state, service, counter, clerk, calls, stage, slip, bound, moved, wait_us > 0, act_seq > 0 FROM ticket ORDER BY number"


@pytest.fixture
def both(new_hall, sample, tmp_path):
    """A hall with 32 counters, all alike and open, and a copy of its file in plain sqlite3's hands."""
    alike = tuple(sample.counter[1].model_copy(update={"number": n, "clerk": f"c{n}"}) for n in COUNTERS)
    clerks = tuple(sample.staff[3].model_copy(update={"id": f"c{n}", "job_no": f"C{n}", "skills": None}) for n in COUNTERS)
    payment = next(c for c in sample.counter if c.number == 11).model_copy(update={"number": 99, "clerk": None})
    hall = new_hall(counter=(*alike, payment), staff=(*clerks, *sample.staff), hall={"weekend_duty": ()})
    for n in COUNTERS:
        hall.counter(n).opens()
    pairs = hall.sees(callable_pairs, 1, clerk="c1")
    hall.shuts_down()
    copy = shutil.copyfile(hall.place, tmp_path / "raw.sqlite3")
    hall.starts_up()
    plain = raw.Raw(copy, session="am", pairs=pairs)
    yield hall, plain
    plain.database.close()


class Ours:
    """The hall's verbs, through the store."""

    def __init__(self, hall):
        self.hall = hall
        self.holders = 0

    def issues(self):
        return self._spent([self._taking() for _ in range(BATCH)])

    def calls(self):
        self.hall.does(lambda tx: tx.connection.exec_driver_sql(FREE))
        return self._spent([self._calling(n) for n in COUNTERS])

    def _taking(self):
        self.holders += 1
        return lambda tx, follow=f"ours-{self.holders}": issue(tx, service="biz-setup", by=self.hall.kiosk, follow=follow)

    def _calling(self, n):
        by = self.hall.staff(f"c{n}")
        return lambda tx: call(tx, counter=n, by=by)

    def _spent(self, acts):
        """µs of the writer's thread for each act of one batch."""

        async def together():
            began, *_, ended = await asyncio.gather(*(self.hall.store.write(act) for act in (clock, *acts, clock)))
            return (ended - began) / len(acts) * 1e6

        return self.hall.runner.run(together())


class Theirs:
    """The same by hand."""

    def __init__(self, plain):
        self.plain = plain
        self.holders = 0

    def issues(self):
        return self._spent([self._taking() for _ in range(BATCH)])

    def calls(self):
        self.plain.database.execute(FREE)
        return self._spent([lambda n=n: self.plain.call(counter=n) for n in COUNTERS])

    def _taking(self):
        self.holders += 1
        return lambda follow=f"raw-{self.holders}": self.plain.issue(follow=follow)

    def _spent(self, acts):
        began = time.thread_time()
        self.plain.together(acts)
        return (time.thread_time() - began) / len(acts) * 1e6


def test_the_layers(both, measured):
    """CPU per act of the thread that does it; batches of 32 acts a commit, synchronous=FULL, on both sides."""
    hall, plain = both
    ours, theirs = Ours(hall), Theirs(plain)
    takes = {"issue": ours.issues, "raw issue": theirs.issues}
    turns.in_turns(WARM, **takes)  # so that there is always somebody to call
    turns.in_turns(WARM, **takes, call=ours.calls, **{"raw call": theirs.calls})
    found = turns.in_turns(TURNS, **takes, call=ours.calls, **{"raw call": theirs.calls})
    hall.shuts_down()  # what is in the log of writes is in the file
    left = [rows(sqlite3.connect(hall.place)), rows(plain.database)]
    for name in ("issue", "call"):
        us, floor = turns.at(found[name], 0.5), turns.at(found[f"raw {name}"], 0.5)
        against = f"{us:.0f} µs of the writer's thread : {floor:.0f} µs of plain sqlite3 for the same rows"
        measured(f"{name}.layer", turns.ratio(found, name, f"raw {name}"), against, at_most=12)

    assert left[0] == left[1]


def clock(_tx):
    """This thread's CPU time so far, in seconds."""
    return time.thread_time()


def rows(database):
    """What stands in the tickets, and how many rows there are elsewhere."""
    with closing(database):
        counts = [
            database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
            for name in ("journal", "stage", "session_count")
        ]
        return counts, [tuple(row) for row in database.execute(SAME)]
