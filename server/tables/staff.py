"""People and machines that may speak to the server. Stamps here are real time, not hall time, unless said."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel


class Credential(SQLModel, table=True):
    """A staff member's password."""

    __tablename__ = "credential"

    hall: str = Field(primary_key=True)
    staff: str = Field(primary_key=True)
    password: str  # argon2id
    disabled: bool = False


class StaffPhoto(SQLModel, table=True):
    """A staff member's portrait on the clerk card; here, so that a copy of the database is the whole hall."""

    __tablename__ = "staff_photo"

    hall: str = Field(primary_key=True)
    staff: str = Field(primary_key=True)
    sha: str  # sha256 of the portrait, hex: the version in its address
    jpeg: bytes = Field(sa_type=LargeBinary)
    changed_at: int = Field(sa_type=BigInteger)  # hall time


class SignIn(SQLModel, table=True):
    """A signed-in browser; the cookie holds the secret, this row its digest."""

    __tablename__ = "sign_in"

    hall: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)  # sha256 of the cookie
    staff: str
    began_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)


class Attempts(SQLModel, table=True):
    """Wrong passwords in a row for a job number."""

    __tablename__ = "attempts"

    hall: str = Field(primary_key=True)
    job_no: str = Field(primary_key=True)
    wrong: int
    locked_until: int | None = Field(default=None, sa_type=BigInteger)


class StationKey(SQLModel, table=True):
    """A station's key, held by its browser or rack."""

    __tablename__ = "station_key"

    hall: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    station: str


class Enrolment(SQLModel, table=True):
    """A one-time code by which a machine becomes a station."""

    __tablename__ = "enrolment"

    hall: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    station: str
    until: int = Field(sa_type=BigInteger)
