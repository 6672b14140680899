"""Seven years of history change nothing in what today costs: SQLite's steps are counted, with no past and with all of it."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from storyteller import counted

from server import journal
from server.clock import real_us
from server.queries import board, desk, lobby, register, reports, slips, tickets, today
from server.rules.people import APPLICANT
from server.verbs import calling, days, issuing, people, rating, serving
from server.verbs.forgetting import MOST

pytestmark = pytest.mark.sqlite  # whose machine's steps can be counted

MONDAY = date(2026, 11, 23)
LONG_AGO = date(2021, 11, 23)
DAYS, A_DAY = 2_550, 118  # seven years, 300,900 tickets
BEFORE = 760  # of those days lie before the one of five years ago
AS_MUCH = 1.1
LOCALE = "zh-CN"

# One past day after the other, each with A_DAY tickets that were called, served and rated.
FILL = (
    """CREATE TEMP TABLE past AS WITH RECURSIVE
    ticket(n) AS (VALUES(0) UNION ALL SELECT n + 1 FROM ticket WHERE n + 1 < :days * :a_day),
    dated AS (SELECT n, n % :a_day AS k, date('2021-11-23', (n / :a_day - :before) || ' days') AS day FROM ticket),
    timed AS (SELECT n, k, day, (unixepoch(day) + 3600 + k * 100) * 1000000 AS at FROM dated),
    named AS (SELECT n, k, day, at, format('%012x', at / 1000) AS ms FROM timed)
    SELECT n, k, day, at, format('%s-%s-7000-8000-%012d', substr(ms, 1, 8), substr(ms, 9), n) AS id,
        iif(k % 3, 'biz-setup', 'med-aid') AS service FROM named""",
    """INSERT INTO ticket (hall, id, day, number, service, priority, channel, locale, area, follow, state, "order", issued_at, queued_at,
        line_at, counter, clerk, calls, called_at, last_call_at, called_seq, started_at, finished_at, act, restores, slip, stage, stage_at,
        wait_us, walk_us, serve_us, hold_us, act_seq)
    SELECT 'chunhe', id, day, format('A%03d', k), service, 'normal', 'kiosk', 'zh-CN', 'f1', 'old-' || n, iif(k % 17, 'finished', 'expired'),
        n + 1, at, at, at * 1000, 3, 's05', 1, at + 1, at + 1, n + 1, at + 2, at + 3, 'act-' || n, 0, iif(k % 9, 'printed', 'pending'), 2, at,
        1, 1, 1, 0, n + 1 FROM past""",
    """INSERT INTO stage (hall, ticket, n, day, kind, service, began_at, ended_at, ended_by, undone)
    SELECT 'chunhe', id, 1, day, 'waiting', service, at, at + 9, 'call', 0 FROM past""",
    """INSERT INTO stage (hall, ticket, n, day, kind, service, counter, clerk, act, began_at, ended_at, ended_by, undone)
    SELECT 'chunhe', id, 2, day, 'serving', service, 3, 's05', 'act-' || n, at + 9, at + 99, 'finish', 0 FROM past""",
    """INSERT INTO rating (hall, act, ticket, day, service, counter, clerk, level, reasons, channel, at)
    SELECT 'chunhe', 'act-' || n, id, day, service, 3, 's05', 5, '[]', 'tablet', at FROM past""",
    """INSERT INTO slip (hall, id, ticket, number, station, state, reprint, queued_at)
    SELECT 'chunhe', id, id, 'A001', 'kiosk-1', iif(k % 9, 'printed', 'pending'), 0, at FROM past""",
    """INSERT INTO journal (hall, seq, at, kind, actor, topics, body, prev_hash, hash)
    SELECT 'chunhe', n + 1, at, 'ticket.issued', 'kiosk-1', '', '{}', '', 'h' FROM past""",
    "INSERT INTO number_count SELECT DISTINCT 'chunhe', day, 'A', 100 FROM past",
    "INSERT INTO session_count SELECT DISTINCT 'chunhe', day, 'biz-setup', 'am', 100 FROM past",
    "INSERT INTO kept_answer SELECT 'chunhe', 's05', day, 'key-' || n, '', '{}' FROM past WHERE k = 0",
    "INSERT INTO sign_in SELECT 'chunhe', 'digest-' || n, 's05', at, at FROM past WHERE k < 50",
    "INSERT INTO enrolment SELECT 'chunhe', 'digest-' || n, 'kiosk-1', at FROM past WHERE k < 2",
    "INSERT INTO attempts SELECT 'chunhe', 'NOBODY' || n, 1, NULL FROM past WHERE k < 2",
    "UPDATE hall SET seq = (SELECT max(seq) FROM journal), issued = (SELECT max(n) + 1 FROM past), last_hash = 'h'",
)


def remember(path, *, days, before):
    """So many days of the past, of which `before` lie before the one of five years ago, put there by hand."""
    first, *others = FILL
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(first, {"days": days, "a_day": A_DAY, "before": before})
        for statement in others:
            connection.execute(statement)


@pytest.fixture
def with_past(new_hall):
    """Opens a hall with a past, on a Monday morning; it has had its nights, in which it forgets what it may."""

    def open_one(*, days, before):
        hall = new_hall()
        hall.shuts_down()
        remember(hall.place, days=days, before=before)
        hall.starts_up()
        for night in range(-20, 0):
            hall.comes(day=MONDAY + timedelta(days=night), hour=9)
            hall.ticks()
        hall.comes(day=MONDAY, hour=9)
        return hall

    return open_one


def morning(hall, turn):
    """(acts, looks) of one visit, and of whoever looks on; the second turn is told as the first."""
    who, mine = hall.counter(3).who, {}

    def issue(tx):
        mine["t"] = issuing.issue(tx, service="biz-setup", by=hall.kiosk, follow=f"new-{turn}", slip_at="kiosk-1").id

    def finish(tx):
        mine["act"] = serving.finish(tx, ticket_id=mine["t"], by=who).act

    def sign_in(tx):
        people.password_of(tx, job_no="CH005", real_now=real_us())
        secret = people.sign_in(tx, staff="s05", job_no="CH005", real_now=real_us())
        people.signed_in(tx, secret=secret, real_now=real_us(), idle_min=60, max_h=12)

    acts = {
        "issue": issue,
        "call": lambda tx: calling.call(tx, counter=3, by=who),
        "start": lambda tx: serving.start(tx, ticket_id=mine["t"], by=who),
        "finish": finish,
        "rate": lambda tx: rating.rate_by_link(tx, follow=f"new-{turn}", act=mine["act"], level=5, by=APPLICANT),
        "sign in": sign_in,
        "wrong password": lambda tx: people.note_wrong(tx, job_no="X", lock=people.Lock(after=5, minutes=1), real_now=real_us()),
        "enrol": lambda tx: people.enrol(tx, station="kiosk-1", real_now=real_us()),
    }
    looks = {
        "services": lambda rx: lobby.services(rx, locale=LOCALE),
        "hall": lambda rx: lobby.hall(rx, locale=LOCALE),
        "board": lambda rx: board.board(rx, area="f1", locale=LOCALE),
        "sign": lambda rx: board.sign(rx, counter=3, locale=LOCALE),
        "desk": lambda rx: desk.desk(rx, counter=3, locale=LOCALE),
        "tickets": lambda rx: tickets.tickets(rx, state=None, service=None, number=None),
        "phone": lambda rx: tickets.followed(rx, follow=f"new-{turn}", locale=LOCALE),
        "an old phone": lambda rx: tickets.followed(rx, follow="old-5", locale=LOCALE),
        "slips": lambda rx: slips.slips(rx, station="kiosk-1", public_url="http://hall.example"),
        "live": lambda rx: today.live(rx, locale=LOCALE),
        "report of today": lambda rx: reports.day(rx, day=None, by="service", locale=LOCALE),
        "report of a day five years ago": lambda rx: reports.day(rx, day=LONG_AGO.isoformat(), by="clerk", locale=LOCALE),
        "register of a day five years ago": lambda rx: register.register(rx, day=LONG_AGO.isoformat(), locale=LOCALE),
        "journal": lambda rx: journal.since(rx, seq=rx.head.seq - 5),
        "oldest entry": journal.oldest,
    }
    return acts, looks


def costs(hall):
    """What everything costs the second time, and the end of the day."""
    hall.counter(3).opens()
    for turn in range(2):
        acts, looks = morning(hall, turn)
        ran = {name: hall.does(counted(act)) for name, act in acts.items()}
        ran |= {name: hall.sees(counted(look)) for name, look in looks.items()}
    hall.issues_many(3)
    return ran | {"the day's end": hall.does(counted(lambda tx: days.end_day(tx, MONDAY)))}


def test_seven_years_change_nothing_in_what_today_costs(with_past):
    """Issue, call, desk, screens, the live picture, reports, the journal, the day's end: as with a single day in the past."""
    one_day = costs(with_past(days=1, before=0))
    years = costs(with_past(days=DAYS, before=BEFORE))
    dearer = {name: (one_day[name], ran) for name, ran in years.items() if ran > AS_MUCH * one_day[name]}

    assert {} == dearer
    assert years["report of a day five years ago"] > 10 * A_DAY
    assert min(one_day[name] for name in ("issue", "call", "desk", "live", "the day's end")) > 100


def test_a_night_forgets_what_nobody_needs_and_nothing_else(with_past):
    """Old slips, sign-ins, codes, counts; what was, stays: tickets, stages, ratings, the journal."""
    hall = with_past(days=3, before=0)
    gone = ("slip", "sign_in", "enrolment", "attempts", "number_count", "session_count", "kept_answer")
    kept = ("ticket", "stage", "rating", "journal")
    with closing(sqlite3.connect(hall.place)) as database:
        left = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in gone + kept}  # noqa: S608

    assert dict.fromkeys(gone, 0) == {name: left[name] for name in gone}
    assert (3 * A_DAY, 6 * A_DAY, 3 * A_DAY) == tuple(left[name] for name in ("ticket", "stage", "rating"))
    assert left["journal"] >= 3 * A_DAY


def test_what_is_needed_still_is_not_forgotten(hall):
    """Yesterday's slip, who is signed in, a code that is good, a lock that holds, the answers of the day that ended."""
    now, lock = real_us(), people.Lock(after=1, minutes=15)
    secret = hall.does(people.sign_in, staff="s05", job_no="CH005", real_now=now)
    code = hall.does(people.enrol, station="kiosk-1", real_now=now)
    hall.does(people.note_wrong, job_no="CH004", lock=lock, real_now=now)
    hall.once(lambda _: {"answer": 1})
    number = hall.issues(slip_at="kiosk-1")
    ticket = hall.ticket(number).id
    hall.passes(days=1)
    hall.ticks()

    assert 1 == len(hall.slips(ticket))
    assert "s05" == hall.sees(people.signed_in, secret=secret, real_now=now, idle_min=60, max_h=12)[0]
    assert "locked_out" == hall.refusal(lambda: hall.sees(people.password_of, job_no="CH004", real_now=now))
    assert "kiosk-1" == hall.does(people.trade_code, code=code, real_now=now)[0]


def test_a_night_after_years_of_gathering_is_bounded(new_hall):
    """It takes so many rows and no more; the next night goes on."""
    hall, days_kept = new_hall(), MOST // A_DAY + 10
    hall.shuts_down()
    remember(hall.place, days=days_kept, before=0)
    hall.starts_up()
    left = []
    for night in range(3):
        hall.comes(day=MONDAY + timedelta(days=night), hour=9)
        hall.ticks()
        with closing(sqlite3.connect(hall.place)) as database:
            left.append(database.execute("SELECT count(*) FROM slip").fetchone()[0])

    assert [days_kept * A_DAY, days_kept * A_DAY - MOST, 0] == left
