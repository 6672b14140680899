"""What happened, in order, each entry bound to the one before; where it begins; the answers kept for repeated requests."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Entry(SQLModel, table=True):
    """One event. `hash` = sha256 of the entry before, this seq, stamp, actor, topics and body."""

    __tablename__ = "journal"

    hall: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    kind: str
    actor: str  # staff id, station name, "applicant", "day_end" …
    topics: str  # space between, e.g. "board:f1 counter:3 ticket:0197…"
    body: str  # JSON of the event's own fields
    prev_hash: str
    hash: str


class Checkpoint(SQLModel, table=True):
    """Where the kept journal begins; absent: at its first entry. What is before it is in the archive."""

    __tablename__ = "checkpoint"

    hall: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)  # the last entry that is no longer in the journal
    hash: str  # of that entry: the first kept one is bound to it
    lost: int = Field(default=0, sa_type=BigInteger)  # up to here entries were deleted before there was an archive


class KeptAnswer(SQLModel, table=True):
    """The answer to a POST that carried an Idempotency-Key."""

    __tablename__ = "kept_answer"

    hall: str = Field(primary_key=True)
    caller: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str  # sha256 of method, path and parsed body
    answer: str  # JSON
