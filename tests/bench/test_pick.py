"""Whom a counter calls costs the same however many wait and however many came in years before."""

import re
import sqlite3
from contextlib import closing

import crowds
import pytest
from storyteller import counted

from server.standing import next_ticket
from server.verbs.calling import call
from server.verbs.issuing import issue
from server.verbs.serving import finish, start

HOT = {"ticket", "stage", "journal", "w", "t"}
SCANNED = re.compile(r"SCAN (\w+)")


@pytest.fixture
def crowd(new_hall):
    """Opens a hall in which so many wait and to which so many came before."""

    def open_one(**counts):
        hall = new_hall()
        hall.counter(3).opens()
        hall.shuts_down()
        crowds.fill(hall.place, **counts)
        hall.starts_up()
        return hall

    return open_one


def steps(hall, query, **facts):
    """How many instructions SQLite's machine runs for it."""
    count = counted(lambda rx: query(rx, **facts))
    hall.sees(count)  # statements are prepared
    return hall.sees(count)


def everything_said(hall, *acts):
    """Every statement of some acts, once."""
    said = {}

    def traced(tx, act):
        driver = tx.connection.connection.driver_connection
        driver.set_trace_callback(lambda sql: said.setdefault(re.sub(r"'[^']*'|\d+", "?", sql), sql))
        try:
            act(tx)
        finally:
            driver.set_trace_callback(None)

    for act in acts:
        hall.does(traced, act)
    return [sql for sql in said.values() if sql.startswith(("SELECT", "WITH", "UPDATE", "INSERT"))]


def test_the_pick(crowd, measured):
    """The same steps with 100 and with 100,000 waiting and 500,000 tickets of the past; no hot statement scans a table."""
    few, many = crowd(waiting=100), crowd(waiting=100_000, past=500_000)
    ran = [steps(hall, next_ticket, counter=3, clerk="s05") for hall in (few, many)]
    measured(
        "pick.vmsteps",
        ran[1] / ran[0],
        f"{ran[1]:,} steps with 100,000 waiting and 500,000 past : {ran[0]:,} with 100 waiting",
        at_most=1.1,
        must=True,
    )
    who = many.counter(3).who
    called = []
    said = everything_said(
        many,
        lambda tx: issue(tx, service="biz-setup", by=many.kiosk, follow="x", slip_at="kiosk-1"),
        lambda tx: called.append(call(tx, counter=3, by=who)),
        lambda tx: start(tx, ticket_id=called[0].id, by=who),
        lambda tx: finish(tx, ticket_id=called[0].id, by=who),
    )
    with closing(sqlite3.connect(many.place)) as database:
        plans = [step[3] for sql in said for step in database.execute(f"EXPLAIN QUERY PLAN {sql}")]
    scans = [step for step in plans if (found := SCANNED.match(step)) and found[1] in HOT]
    measured(
        "pick.plan",
        len(scans),
        f"scans in {len(said)} statements of issue, call, start, finish",
        at_most=0,
        unit="scans",
        must=True,
    )
