"""
Issue and call in plain sqlite3: the same rows under the same savepoints, and no layer between.

A fair floor of what the layers cost: every row that the verbs leave is written here too (ticket, stage, journal with its hash, the
counts of numbers and sessions, the counter with its undo, the head of the hall), the pick is the house's own statement, and Python
makes the same JSON and the same ids. What is left out is what layers are for: refusals, rules, SQL that is built, rows read back.
"""

import json
import secrets
import sqlite3
from hashlib import sha256

from server.probes import heads_probe
from server.tables import Ticket

COLUMNS = tuple(Ticket.__table__.columns.keys())
NOT_KEPT = {"hall", "id", "slip", "slip_detail", "act_seq"}
BLANK = dict.fromkeys(COLUMNS) | dict.fromkeys(("calls", "restores", "wait_us", "walk_us", "serve_us", "hold_us"), 0)

UNUSED = "SELECT number FROM counter WHERE hall = ? AND state = 'not_in_use'"
SESSION = (
    "INSERT INTO session_count (hall, day, service, session, count) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (hall, day, service, session) DO UPDATE SET count = count + 1 RETURNING count"
)
NUMBER = (
    "INSERT INTO number_count (hall, day, prefix, count) VALUES (?, ?, ?, 1)"
    " ON CONFLICT (hall, day, prefix) DO UPDATE SET count = count + 1 RETURNING count"
)
TICKET = f"INSERT INTO ticket VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
STAGE = "INSERT INTO stage VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, NULL, 0)"
JOURNAL = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
DESK = "SELECT * FROM counter WHERE hall = ? AND number = ?"
STAGE_ENDS = "UPDATE stage SET ended_at = ?, ended_by = 'call' WHERE hall = ? AND ticket = ? AND n = ?"
CALLED = (
    "UPDATE ticket SET state = 'called', counter = ?, clerk = ?, calls = 1, called_at = ?, last_call_at = ?, call_reason = ?,"
    " stage = ?, stage_at = ?, wait_us = ?, called_seq = ?, act_seq = ? WHERE hall = ? AND id = ?"
)
TAKEN = "UPDATE counter SET ticket = ?, undo = ? WHERE hall = ? AND number = ?"
HEAD = "UPDATE hall SET seq = ?, issued = ?, last_at = ?, last_hash = ? WHERE hall = ?"


class Raw:
    """A hall's file, opened with the house's pragmas; `session` and `pairs` are what the set-up says of services and counters."""

    def __init__(self, path, *, session, pairs):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            self.database.execute(f"PRAGMA {pragma}")
        head = self.database.execute("SELECT * FROM hall").fetchone()
        self.hall, self.day, self.seq, self.issued, self.now, self.hash = (
            head[name] for name in ("hall", "day", "seq", "issued", "last_at", "last_hash")
        )
        self.session = session
        self.heads = heads_probe(len(pairs)).text
        self.pairs = {f"{letter}{i}": part for i, pair in enumerate(pairs) for letter, part in zip("sp", pair, strict=True)}

    def together(self, acts):
        """One transaction, each act under its savepoint."""
        execute = self.database.execute
        execute("BEGIN IMMEDIATE")
        for act in acts:
            execute("SAVEPOINT act")
            self.now += 1
            act()
            execute("RELEASE act")
        execute(HEAD, (self.seq, self.issued, self.now, self.hash, self.hall))
        execute("COMMIT")

    def issue(self, *, follow):
        """A number for biz-setup, taken at kiosk-1."""
        execute, now = self.database.execute, self.now
        execute(UNUSED, (self.hall,)).fetchall()
        execute(SESSION, (self.hall, self.day, "biz-setup", self.session)).fetchall()
        count = execute(NUMBER, (self.hall, self.day, "A")).fetchall()[0][0]
        self.issued += 1
        row = BLANK | {
            "hall": self.hall, "id": self._new_id(), "day": self.day, "number": f"A{count:03}", "service": "biz-setup",
            "priority": "normal", "channel": "kiosk", "locale": "zh-CN", "area": "f1", "station": "kiosk-1", "follow": follow,
            "state": "waiting", "order": self.issued, "issued_at": now, "queued_at": now, "line_at": now * 1000, "slip": "none",
            "stage": 1, "stage_at": now, "act_seq": self.seq + 1,
        }  # fmt: skip
        execute(TICKET, tuple(row.values()))
        execute(STAGE, (self.hall, row["id"], 1, self.day, "waiting", "biz-setup", None, None, now))
        facts = {"number": row["number"], "service": "biz-setup", "priority": "normal", "channel": "kiosk", "area": "f1"}
        self._tell("ticket.issued", facts | {"reason": None}, actor="kiosk-1", topics=f"ticket:{row['id']}")

    def call(self, *, counter):
        """The next one, to `counter`."""
        execute, now = self.database.execute, self.now
        desk = execute(DESK, (self.hall, counter)).fetchone()
        heads = execute(self.heads, self.pairs | {"hall": self.hall, "day": self.day, "counter": counter}).fetchall()
        ticket = min(heads, key=lambda head: (head["line_at"], head["order"]))
        waited = now - ticket["queued_at"]
        why = {"rule": "line", "priority": "normal", "head_start_s": 0, "waited_s": waited // 1_000_000}
        why |= {"moved": None, "passed_over": 0}
        n = ticket["stage"]
        execute(STAGE_ENDS, (now, self.hall, ticket["id"], n))
        execute(STAGE, (self.hall, ticket["id"], n + 1, ticket["day"], "called", ticket["service"], counter, desk["clerk"], now))
        facts = {"number": ticket["number"], "service": ticket["service"], "counter": counter, "areas": ("f1",)}
        facts |= {"priority": ticket["priority"], "calls": 1, "locale": ticket["locale"], "reason": why}
        self._tell("ticket.called", facts, actor=desk["clerk"], topics=f"ticket:{ticket['id']} counter:{counter} board:f1")
        before = {name: ticket[name] for name in COLUMNS if name not in NOT_KEPT}
        undo = {"ticket": ticket["id"], "number": ticket["number"], "undid": "ticket.called", "seq": self.seq, "last": self.seq}
        execute(TAKEN, (ticket["id"], json.dumps(undo | {"at": now, "row": before}, ensure_ascii=False), self.hall, counter))
        spent = (json.dumps(why), n + 1, now, ticket["wait_us"] + now - ticket["stage_at"], self.seq, self.seq)
        execute(CALLED, (counter, desk["clerk"], now, now, *spent, self.hall, ticket["id"]))

    def _tell(self, kind, facts, *, actor, topics):
        self.seq += 1
        body = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        parts = (self.hash, self.hall, self.seq, self.now, kind, actor, topics, body)
        before, self.hash = self.hash, sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
        self.database.execute(JOURNAL, (*parts[1:], before, self.hash))

    def _new_id(self):
        raw = (self.now // 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
        text = f"{raw:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
