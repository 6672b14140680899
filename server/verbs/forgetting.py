"""
What nobody needs any more when a day is over; tickets, stages, ratings and the journal stay.

Where an earlier version has gathered rows for years, a night takes MOST of them and no more: the hall waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, and_, bindparam, delete, or_, select

from server.clock import US, real_us
from server.tables import Attempts, Enrolment, KeptAnswer, NumberCount, SessionCount, SignIn, Slip

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Delete, Table

    from server.store import Write

MOST = 20_000
DAY_US = 86_400 * US
SLIP_DAYS = 2  # a rack that comes back later has nothing to report of it
SIGN_IN_DAYS = 1  # the longest that `server.session_max_h` allows

_answers = KeptAnswer.__table__  # type: ignore[attr-defined]
_numbers = NumberCount.__table__  # type: ignore[attr-defined]
_sessions = SessionCount.__table__  # type: ignore[attr-defined]
_slips = Slip.__table__  # type: ignore[attr-defined]
_sign_ins = SignIn.__table__  # type: ignore[attr-defined]
_attempts = Attempts.__table__  # type: ignore[attr-defined]
_codes = Enrolment.__table__  # type: ignore[attr-defined]


def _some(table: Table, key: str, old: ColumnElement[bool]) -> Delete:
    """Delete of MOST old rows of the hall `h`, the smallest keys first."""
    here = and_(table.c.hall == bindparam("h"), old)
    oldest = select(table.c[key]).where(here).order_by(table.c[key]).limit(bindparam("most", type_=Integer))
    return delete(table).where(table.c.hall == bindparam("h"), table.c[key].in_(oldest))


_of_earlier_days = tuple(
    delete(table).where(table.c.hall == bindparam("h"), table.c.day < bindparam("d")) for table in (_answers, _numbers, _sessions)
)
_old_slips = _some(_slips, "id", _slips.c.id < bindparam("limit"))
_old_sign_ins = _some(_sign_ins, "digest", _sign_ins.c.began_at < bindparam("limit"))
_old_codes = _some(_codes, "digest", _codes.c.until < bindparam("limit"))
_old_attempts = _some(_attempts, "job_no", or_(_attempts.c.locked_until.is_(None), _attempts.c.locked_until < bindparam("limit")))


def forget_old(tx: Write, day: date) -> None:
    """
    Gone are the answers and counts of days before `day`, old slips, sign-ins and codes that are over; wrong passwords count anew.

    The ticket keeps what became of its slip, and the journal tells it.
    """
    for statement in _of_earlier_days:
        tx.run(statement, h=tx.hall.id, d=day.isoformat())
    real = real_us()
    for statement, limit in (
        (_old_slips, _first_id(tx.now - SLIP_DAYS * DAY_US)),
        (_old_sign_ins, real - SIGN_IN_DAYS * DAY_US),
        (_old_codes, real),
        (_old_attempts, real),
    ):
        tx.run(statement, h=tx.hall.id, limit=limit, most=MOST)


def _first_id(at_us: int) -> str:
    """What every id given from `at_us` on is behind: the milliseconds that a UUIDv7 begins with."""
    milliseconds = f"{at_us // 1000:012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"
