"""What happened, in order, each entry bound to the one before; and the answers kept for repeated requests."""

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


class KeptAnswer(SQLModel, table=True):
    """The answer to a POST that carried an Idempotency-Key."""

    __tablename__ = "kept_answer"

    hall: str = Field(primary_key=True)
    caller: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str  # sha256 of method, path and parsed body
    answer: str  # JSON
