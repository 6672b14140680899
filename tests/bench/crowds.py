"""Halls with very many tickets, put there by hand: waiting today, or done with on earlier days."""

import sqlite3
from contextlib import closing

from server.tables import Entry, Stage, Ticket

SERVICES = ("biz-setup", "med-aid", "house-transfer")
A_DAY = 2_000  # tickets of an earlier day
US = 1_000_000

# n counts up; {day} and {at} are expressions of it
_COUNT = "WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < :count)"
_SERVICE = "CASE n % 3 " + " ".join(f"WHEN {i} THEN '{name}'" for i, name in enumerate(SERVICES)) + " END"
_PRIORITY = "CASE WHEN n % 50 = 0 THEN 'elder' WHEN n % 75 = 0 THEN 'green' ELSE 'normal' END"
_NOTHING = dict.fromkeys(("calls", "restores", "wait_us", "walk_us", "serve_us", "hold_us", "act_seq"), "0")


def fill(path, *, waiting=0, past=0):
    """`waiting` more wait today, and `past` tickets of earlier days are done with, each with a service and an entry in the journal."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            database.execute(f"PRAGMA {pragma}")
        hall, day, began_at, seq = database.execute("SELECT hall, day, last_at, seq FROM hall").fetchone()
        indexes = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('ticket', 'stage')"
        ).fetchall()
        facts = {"hall": hall, "day": day, "began_at": began_at, "seq": seq}
        database.execute("BEGIN")
        if past:
            for name, _ in indexes:
                database.execute(f"DROP INDEX {name}")
            _finished(database, {**facts, "count": past})
            for _, sql in indexes:
                database.execute(sql)
        if waiting:
            _waiting(database, {**facts, "count": waiting})
        issued = "UPDATE hall SET issued = issued + ?, seq = seq + ?, last_hash = coalesce((SELECT max(hash) FROM journal), '')"
        database.execute(issued, (waiting + past, past))
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _waiting(database, facts):
    at = ":began_at - (:count - n) * 1000"
    row = _ticket(day=":day", at=at, letter="W") | {"state": "'waiting'", "stage": "1"}
    _insert(database, Ticket, row, facts)
    row = _stage(day=":day", letter="W") | {"n": "1", "kind": "'waiting'", "began_at": at}
    _insert(database, Stage, row, facts)


def _finished(database, facts):
    """Each waited ten minutes and was served for five."""
    days = f"((:count - n) / {A_DAY} + 1)"
    day = f"date(:day, '-' || {days} || ' days')"
    at = f":began_at - {days} * 86400 * {US} + (n % {A_DAY}) * 10 * {US}"
    called, done = f"{at} + 600 * {US}", f"{at} + 900 * {US}"
    by = {"counter": "3", "clerk": "'s05'", "act": "'a' || n"}
    row = _ticket(day=day, at=at, letter="P") | by | {"state": "'finished'", "stage": "3", "calls": "1"}
    row |= {"called_at": called, "started_at": called, "finished_at": done, "wait_us": str(600 * US), "serve_us": str(300 * US)}
    _insert(database, Ticket, row, facts)
    served = _stage(day=day, letter="P") | by | {"n": "3", "kind": "'serving'", "began_at": called, "ended_at": done}
    _insert(database, Stage, served | {"ended_by": "'finish'"}, facts)
    entry = {"hall": ":hall", "seq": ":seq + n", "at": at, "kind": "'ticket.issued'", "actor": "'kiosk-1'"}
    entry |= {"topics": "'ticket:P' || n", "body": '\'{"number":"P\' || n || \'","service":"biz-setup","priority":"normal"}\''}
    entry |= {"prev_hash": "printf('%064x', n)", "hash": "printf('%064x', n + 1)"}
    _insert(database, Entry, entry, facts)


def _ticket(*, day, at, letter):
    row = {"hall": ":hall", "id": f"printf('{letter}%08d', n)", "day": day, "number": f"'{letter}' || n", "service": _SERVICE}
    row |= {"priority": _PRIORITY, "channel": "'kiosk'", "locale": "'zh-CN'", "area": "'f1'", "follow": f"'{letter}' || n"}
    row |= {"issued_at": at, "queued_at": at, "line_at": f"({at}) * 1000", "stage_at": at, "order": "n", "slip": "'none'"}
    return _NOTHING | row


def _stage(*, day, letter):
    return {"hall": ":hall", "ticket": f"printf('{letter}%08d', n)", "day": day, "service": _SERVICE, "undone": "0"}


def _insert(database, table, row, facts):
    columns = ", ".join(f'"{name}"' for name in row)
    known = {name: value for name, value in facts.items() if any(f":{name}" in part for part in (*row.values(), _COUNT))}
    sql = f"{_COUNT} INSERT INTO {table.__tablename__} ({columns}) SELECT {', '.join(row.values())} FROM c"  # noqa: S608
    database.execute(f"{sql}", known)
