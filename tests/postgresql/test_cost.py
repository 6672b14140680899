"""What looks and calls cost on PostgreSQL: rows are counted, so that no clock is needed."""

import pytest
from sqlalchemy import insert, text

from server import journal
from server.queries import board, desk, lobby, reports, slips, today
from server.standing import next_ticket
from server.tables import Rating, Slip, Stage, Ticket

DAY = "2026-11-23"
BEGAN_AT = 1_795_395_000_000_000  # µs; before the morning of the story
EVERYTHING = text("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables")
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


def past(days):
    """Rows of so many days before, by table: fifty tickets a day, called, served and rated."""
    rows = {Ticket: [], Stage: [], Rating: [], Slip: []}
    for n in range(days * 50):
        day, at = f"{2000 + n // 50 // 336}-{n // 50 // 28 % 12 + 1:02}-{n // 50 % 28 + 1:02}", BEGAN_AT - n
        here = {"hall": "chunhe", "day": day, "service": "biz-setup"}
        served = {"counter": 3, "clerk": "s05"}
        taken = {"id": f"p{n:07}", "number": f"P{n}", "follow": f"p{n}", "state": "finished", "slip": "printed"}
        rows[Ticket].append(waiting(n) | here | taken | served | {"called_seq": n, "order": -n})
        stage = {**here, "ticket": f"p{n:07}", "began_at": at, "ended_at": at + 9, "undone": 0}
        nobody = {"counter": None, "clerk": None, "act": None}
        rows[Stage].append({**stage, **nobody, "n": 1, "kind": "waiting", "ended_by": "call"})
        rows[Stage].append({**stage, **served, "n": 2, "kind": "serving", "ended_by": "finish", "act": f"a{n}"})
        rated = {"act": f"a{n}", "ticket": f"p{n:07}", "level": 5, "reasons": "[]", "channel": "tablet", "at": at}
        rows[Rating].append({**here, **served, **rated})
        printed = {
            "id": f"s{n:07}",
            "ticket": f"p{n:07}",
            "number": "A1",
            "station": "kiosk-1",
            "state": "printed",
            "queued_at": at,
        }
        rows[Slip].append({"hall": "chunhe", **printed, "reprint": False})
    return rows


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


def test_a_past_of_years_is_not_read(new_hall, cluster, by_hand):
    """The looks of today, and the report of a day long ago: as many rows with ten days in the past as with five hundred."""
    looks = {
        "services": lambda rx: lobby.services(rx, locale="zh-CN"),
        "desk": lambda rx: desk.desk(rx, counter=3, locale="zh-CN"),
        "board": lambda rx: board.board(rx, area="f1", locale="zh-CN"),
        "live": lambda rx: today.live(rx, locale="zh-CN"),
        "slips": lambda rx: slips.slips(rx, station="kiosk-1", public_url="http://hall.example"),
        "report": lambda rx: reports.day(rx, day="2000-01-03", by="clerk", locale="zh-CN"),
        "journal": lambda rx: journal.since(rx, seq=rx.head.seq - 3),
    }

    def counted(rx, look):
        for _ in range(8):
            look(rx)
        before = rx.one(EVERYTHING)
        look(rx)
        after = rx.one(EVERYTHING)
        return int(after[0] - before[0])

    ran = []
    for days in (10, 500):
        hall = new_hall(on=cluster)
        with by_hand(hall.place) as database:
            for table, rows in past(days).items():
                database.execute(insert(table), rows)
            database.exec_driver_sql("ANALYZE")
        hall.issues_many(3)
        hall.counter(3).opens().calls_next()
        ran.append({name: hall.sees(counted, look) for name, look in looks.items()})
    few, many = ran

    assert {} == {name: (few[name], many[name]) for name in looks if many[name] > few[name] * 1.1}
    assert few["report"] >= 100
