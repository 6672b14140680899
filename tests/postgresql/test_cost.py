"""What looks and calls cost on PostgreSQL: rows are counted, so that no clock is needed."""

import pytest
from sqlalchemy import insert, text

from server.queries import desk, lobby
from server.standing import next_ticket
from server.tables import Ticket

DAY = "2026-11-23"
BEGAN_AT = 1_795_395_000_000_000  # µs; before the morning of the story
READ = text("SELECT seq_scan, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'ticket'")


def waiting(n):
    """The n-th who waits, of three services and two classes."""
    at = BEGAN_AT + n
    service, priority = ("biz-setup", "med-aid", "house-transfer")[n % 3], "elder" if n % 50 == 0 else "normal"
    stamps = {"issued_at": at, "queued_at": at, "line_at": at * 1000, "stage_at": at}
    names = {"hall": "chunhe", "id": f"t{n:07}", "day": DAY, "number": f"T{n}", "service": service, "priority": priority}
    plain = {"channel": "kiosk", "locale": "zh-CN", "area": "f1", "follow": f"f{n}", "state": "waiting", "slip": "none"}
    counts = dict.fromkeys(("calls", "restores", "wait_us", "walk_us", "serve_us", "hold_us", "act_seq"), 0)
    return {**names, **plain, **stamps, **counts, "order": n, "stage": 1}


@pytest.fixture
def crowd(new_hall, cluster, by_hand):
    """Opens a hall in which so many wait, counter 3 open, and the server knows how many."""

    def open_one(count):
        hall = new_hall(on=cluster)
        with by_hand(hall.place) as database:
            database.execute(insert(Ticket), [waiting(n) for n in range(1, count + 1)])
            database.exec_driver_sql("ANALYZE")
        hall.counter(3).opens()
        return hall

    return open_one


def read(hall, query, **facts):
    """(scans of the whole table, rows read) of a look, once its statements are prepared."""

    def counted(rx):
        for _ in range(8):
            query(rx, **facts)
        before = rx.one(READ)
        query(rx, **facts)
        after = rx.one(READ)
        return after[0] - before[0], after[1] - before[1]

    return hall.sees(counted)


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        (next_ticket, {"counter": 3, "clerk": "s05"}),
        (lobby.services, {"locale": "zh-CN"}),
        (desk.desk, {"counter": 3, "locale": "zh-CN"}),
    ],
)
def test_a_look_reads_as_much_with_2_000_and_with_20_000_waiting(crowd, query, facts):
    """Never the whole table; each service and class only to its limit."""
    few, many = (read(crowd(count), query, **facts) for count in (2_000, 20_000))

    assert (0, 0) == (few[0], many[0])
    assert many[1] <= 2 * few[1]  # with 2,000 not every class has reached its limit
