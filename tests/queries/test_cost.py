"""What a look and a call cost: the same with a hundred waiting and with a hundred thousand."""

import re
import sqlite3
from contextlib import closing

import pytest
from storyteller import counted

from server.queries import board, desk, lobby, slips, tickets
from server.standing import next_ticket, ticket_by_id, why_called
from server.tables import Ticket
from server.verbs import calling, counters, issuing, rating, serving, undoing
from server.verbs import slips as slipping

pytestmark = pytest.mark.sqlite  # whose machine's steps can be counted

DAY = "2026-11-23"
BEGAN_AT = 1_795_395_000_000_000  # µs; before the morning of the story
HOT_TABLES = {"ticket", "w", "t", "journal", "stage", "slip", "rating"}
SCANNED = re.compile(r"SCAN (\w+)|SEARCH (\w+) USING (?:COVERING )?INDEX (\w+) \(hall=\?(?: AND day=\?)?\)")
SMALL = {"ticket_bound", "ticket_moved", "ticket_in_hand", "ticket_announced", "slip_unprinted"}  # indexes of a few rows


def fill(path, count):
    """So many wait for three services in three classes, put there by hand."""
    blank = dict.fromkeys(Ticket.__table__.columns.keys())
    rows = []
    for n in range(1, count + 1):
        service = ("biz-setup", "med-aid", "house-transfer")[n % 3]
        priority = "elder" if n % 50 == 0 else "green" if n % 75 == 0 else "normal"
        row = blank | {
            "hall": "chunhe",
            "id": f"t{n:07}",
            "day": DAY,
            "number": f"T{n}",
            "service": service,
            "priority": priority,
        }
        row |= {"channel": "kiosk", "locale": "zh-CN", "area": "f1", "follow": f"f{n}", "state": "waiting", "order": n}
        at = BEGAN_AT + n
        row |= {"issued_at": at, "queued_at": at, "line_at": at * 1000, "stage": 1, "stage_at": at, "slip": "none"}
        row |= dict.fromkeys(("calls", "restores", "wait_us", "walk_us", "serve_us", "hold_us", "act_seq"), 0)
        rows.append(tuple(row.values()))
    names = ", ".join(f'"{name}"' for name in blank)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(f"INSERT INTO ticket ({names}) VALUES ({', '.join('?' * len(blank))})", rows)  # noqa: S608


def reads_all(step):
    """Whether a step of a plan goes through a whole hot table, or through a whole day of it."""
    found = SCANNED.match(step)
    return bool(found) and (found[1] or found[2]) in HOT_TABLES and found[3] not in SMALL


@pytest.fixture
def crowd(new_hall):
    """Opens a hall in which so many wait, counter 3 open."""

    def open_one(count):
        hall = new_hall()
        fill(hall.place, count)
        hall.counter(3).opens()
        return hall

    return open_one


def steps(hall, query, **facts):
    """How many instructions SQLite's machine ran for it."""
    count = counted(lambda rx: query(rx, **facts))
    hall.sees(count)  # statements are prepared
    return hall.sees(count)


def test_the_pick_costs_the_same_with_100_and_with_100_000_waiting(crowd):
    """One probe for each service and class; no sorting, no counting of all that wait."""
    few, many = (steps(crowd(count), next_ticket, counter=3, clerk="s05") for count in (100, 100_000))

    assert few > 0
    assert many / few <= 1.1


def test_the_reason_of_a_call_and_the_people_ahead_are_counted_to_a_limit(crowd):
    """With 20,000 in front of it, the last one's call and look cost at most as much as the limits allow."""
    hall = crowd(20_000)
    last = hall.sees(ticket_by_id, "t0020000")
    looks = {
        "why called": steps(hall, why_called, ticket=last, desk=hall.counter(3).desk, chosen=True),
        "ahead": steps(hall, tickets.ticket, ticket_id=last.id),
        "desk": steps(hall, desk.desk, counter=3, locale="zh-CN"),
        "services": steps(hall, lobby.services, locale="zh-CN"),
    }

    assert "200+" == hall.sees(tickets.ticket, ticket_id=last.id)["ahead"]
    assert dict.fromkeys(looks, True) == {name: ran < 400_000 for name, ran in looks.items()}, looks


def everything(hall):
    """Every act and every look, once."""
    who, leader = hall.counter(3).who, hall.leader
    acts = [
        lambda tx: issuing.issue(tx, service="biz-setup", by=hall.guide, priority="elder", follow="x", slip_at="kiosk-1"),
        lambda tx: calling.call(tx, counter=3, by=who),
        lambda tx: undoing.undo(tx, counter=3, by=who),
        lambda tx: calling.call(tx, counter=3, by=who, number="T7"),
        lambda tx: serving.start(tx, ticket_id="t0000007", by=who),
        lambda tx: serving.hold(tx, ticket_id="t0000007", reason="no_papers", by=who),
        lambda tx: serving.resume(tx, ticket_id="t0000007", counter=3, by=who),
        lambda tx: serving.start(tx, ticket_id="t0000007", by=who),
        lambda tx: rating.ask_now(tx, counter=3, by=who),
        lambda tx: serving.finish(tx, ticket_id="t0000007", by=who, next_service="med-aid", place="first"),
        lambda tx: calling.call(tx, counter=3, by=who, number="T8"),
        lambda tx: serving.transfer(tx, ticket_id="t0000008", by=who, to_counter=4, place="first"),
        lambda tx: calling.call(tx, counter=3, by=who, number="T9"),
        lambda tx: calling.recall(tx, counter=3, by=who),
        lambda tx: calling.no_show(tx, ticket_id="t0000009", by=who),
        lambda tx: calling.restore(tx, ticket_id="t0000009", by=who),
        lambda tx: issuing.prioritise(tx, ticket_id="t0000010", priority="elder", reason="old", by=leader),
        lambda tx: issuing.cancel(tx, follow="f11", by=leader),
        lambda tx: counters.set_state(tx, counter=3, state="paused", reason="lunch", by=who),
    ]
    looks = [
        lambda rx: desk.desk(rx, counter=3, locale="zh-CN"),
        lambda rx: board.board(rx, area="f1", locale="zh-CN"),
        lambda rx: board.sign(rx, counter=3, locale="zh-CN"),
        lambda rx: lobby.services(rx, locale="zh-CN"),
        lambda rx: slips.slips(rx, station="kiosk-1", public_url="http://hall.example"),
        slipping.slips_sending,
        lambda rx: tickets.followed(rx, follow="x", locale="zh-CN"),
    ]
    return acts, looks


def test_no_hot_statement_reads_all_tickets_or_all_entries(new_hall):
    """Every statement of every act and look finds its rows by an index."""
    hall = new_hall(calling={"max_calls": 2, "recall_min_interval_seconds": 0})
    fill(hall.place, 500)
    hall.counter(3).opens()
    acts, looks = everything(hall)
    ran = {}

    def traced(tx, act):
        driver = tx.connection.connection.driver_connection
        driver.set_trace_callback(lambda sql: ran.setdefault(re.sub(r"'[^']*'|\d+", "?", sql), sql))
        try:
            act(tx)
        finally:
            driver.set_trace_callback(None)

    for act in acts:
        hall.does(traced, act)
    for look in looks:
        hall.sees(traced, look)
    with closing(sqlite3.connect(hall.place)) as connection:
        plans = {
            sql: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            for sql in ran.values()
            if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT"))
        }
    scans = {(sql, step) for sql, plan in plans.items() for step in plan if reads_all(step)}

    assert len(plans) > 30
    assert set() == scans
