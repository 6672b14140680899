"""Passwords, sign-ins, lock-out, stations and their keys. Stamps here are real time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from server.errors import LockedOut, NoSuchStaff, NoSuchStation, WrongCode
from server.tables import Attempts, Credential, Enrolment, SignIn, StationKey
from server.upserts import save

if TYPE_CHECKING:
    from server.store import Read, Write

US = 1_000_000
CODE_MIN = 60  # minutes an enrolment code is good for
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0, 1

_credentials = Credential.__table__  # type: ignore[attr-defined]
_sign_ins = SignIn.__table__  # type: ignore[attr-defined]
_attempts = Attempts.__table__  # type: ignore[attr-defined]
_keys = StationKey.__table__  # type: ignore[attr-defined]
_codes = Enrolment.__table__  # type: ignore[attr-defined]

_save_attempts = save(_attempts)
_save_credential = save(_credentials)
_credential = select(_credentials).where(_credentials.c.hall == bindparam("hall"), _credentials.c.staff == bindparam("staff"))
_tries = select(_attempts).where(_attempts.c.hall == bindparam("hall"), _attempts.c.job_no == bindparam("job_no"))
_sign_in = select(_sign_ins).where(_sign_ins.c.hall == bindparam("hall"), _sign_ins.c.digest == bindparam("digest"))
_key = select(_keys.c.station).where(_keys.c.hall == bindparam("hall"), _keys.c.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Lock:
    """How many wrong passwords lock a job number, and for how long."""

    after: int
    minutes: int


def digest_of(secret: str) -> str:
    """What is stored of a random secret."""
    return sha256(secret.encode()).hexdigest()


def staff_by_job_no(rx: Read, job_no: str) -> str | None:
    """Staff id of a job number, in any case of letters."""
    return next((p.id for p in rx.hall.staff.values() if p.job_no.upper() == job_no.upper()), None)


def password_of(rx: Read, *, job_no: str, real_now: int) -> str | None:
    """
    The stored password hash; None for an unknown, disabled or never set up person.

    Raises:
        LockedOut: too many wrong passwords.
    """
    tries = rx.one(_tries, hall=rx.hall.id, job_no=job_no.upper())
    if tries and tries.locked_until and tries.locked_until > real_now:
        raise LockedOut(minutes=-(-(tries.locked_until - real_now) // (60 * US)))
    staff = staff_by_job_no(rx, job_no)
    row = rx.one(_credential, hall=rx.hall.id, staff=staff) if staff else None
    return row.password if row and not row.disabled else None


def note_wrong(tx: Write, *, job_no: str, lock: Lock, real_now: int) -> None:
    """One more wrong password in a row; at the limit the job number is locked."""
    tries = tx.one(_tries, hall=tx.hall.id, job_no=job_no.upper())
    wrong = (tries.wrong if tries else 0) + 1
    locked = real_now + lock.minutes * 60 * US if wrong >= lock.after else None
    row = {"wrong": 0 if locked else wrong, "locked_until": locked}
    tx.run(_save_attempts, hall=tx.hall.id, job_no=job_no.upper(), **row)


def sign_in(tx: Write, *, staff: str, job_no: str, real_now: int) -> str:
    """A new signed-in browser; the secret for its cookie. Those that are long over end with the day."""
    secret = secrets.token_urlsafe(32)
    tx.run(delete(_attempts).where(_attempts.c.hall == tx.hall.id, _attempts.c.job_no == job_no.upper()))
    tx.run(insert(_sign_ins), hall=tx.hall.id, digest=digest_of(secret), staff=staff, began_at=real_now, seen_at=real_now)
    return secret


def sign_out(tx: Write, *, secret: str) -> None:
    """The cookie is worth nothing from now on."""
    tx.run(delete(_sign_ins).where(_sign_ins.c.hall == tx.hall.id, _sign_ins.c.digest == digest_of(secret)))


def signed_in(rx: Read, *, secret: str, real_now: int, idle_min: int, max_h: int) -> tuple[str, int] | None:
    """(staff id, when last noted) of a cookie that still holds, else None."""
    row = rx.one(_sign_in, hall=rx.hall.id, digest=digest_of(secret))
    if row is None or row.staff not in rx.hall.staff:
        return None
    if real_now - row.seen_at > idle_min * 60 * US or real_now - row.began_at > max_h * 3600 * US:
        return None
    return row.staff, row.seen_at


def note_seen(tx: Write, *, secret: str, real_now: int) -> None:
    """The signed-in browser is in use."""
    tx.run(
        update(_sign_ins).where(_sign_ins.c.hall == tx.hall.id, _sign_ins.c.digest == digest_of(secret)).values(seen_at=real_now)
    )


def forget_person(tx: Write, *, staff: str) -> None:
    """Nobody signs in as this person any more, nor as whoever gets the same key later."""
    for table in (_credentials, _sign_ins):
        tx.run(delete(table).where(table.c.hall == tx.hall.id, table.c.staff == staff))


def forget_station(tx: Write, *, station: str) -> None:
    """No machine speaks as this station any more, nor as one of the same name later."""
    for table in (_keys, _codes):
        tx.run(delete(table).where(table.c.hall == tx.hall.id, table.c.station == station))


def set_password(tx: Write, *, staff: str, password_hash: str) -> None:
    """
    A person's password, hashed by the caller; ends all their sign-ins.

    Raises:
        NoSuchStaff.
    """
    if staff not in tx.hall.staff:
        raise NoSuchStaff(staff=staff)
    tx.run(_save_credential, hall=tx.hall.id, staff=staff, password=password_hash, disabled=False)
    _end_sign_ins(tx, staff)


def disable(tx: Write, *, staff: str) -> None:
    """
    The person can no longer sign in, and is signed out everywhere.

    Raises:
        NoSuchStaff.
    """
    if staff not in tx.hall.staff:
        raise NoSuchStaff(staff=staff)
    tx.run(update(_credentials).where(_credentials.c.hall == tx.hall.id, _credentials.c.staff == staff).values(disabled=True))
    _end_sign_ins(tx, staff)


def enrol(tx: Write, *, station: str, real_now: int) -> str:
    """
    A one-time code for a station, good for an hour.

    Raises:
        NoSuchStation.
    """
    if station not in tx.hall.stations:
        raise NoSuchStation(station=station)
    code = "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(3))
    tx.run(insert(_codes), hall=tx.hall.id, digest=digest_of(code), station=station, until=real_now + CODE_MIN * 60 * US)
    return code


def trade_code(tx: Write, *, code: str, real_now: int) -> tuple[str, str]:
    """
    (station, its new key); the code is used up.

    Raises:
        WrongCode.
    """
    where = (_codes.c.hall == tx.hall.id, _codes.c.digest == digest_of(code.strip().upper()))
    row = tx.one(select(_codes).where(*where))
    if row is None or row.until < real_now:
        raise WrongCode
    tx.run(delete(_codes).where(*where))
    key = secrets.token_urlsafe(32)
    tx.run(insert(_keys), hall=tx.hall.id, digest=digest_of(key), station=row.station)
    return row.station, key


def station_with_key(rx: Read, *, key: str) -> str | None:
    """The station a key belongs to."""
    row = rx.one(_key, hall=rx.hall.id, digest=digest_of(key))
    return row.station if row and row.station in rx.hall.stations else None


def _end_sign_ins(tx: Write, staff: str) -> None:
    tx.run(delete(_sign_ins).where(_sign_ins.c.hall == tx.hall.id, _sign_ins.c.staff == staff))
