"""The hall itself: its counters of order and time, and its set-up."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class HallHead(SQLModel, table=True):
    """Where the hall stands: one row a hall, written with every batch of acts."""

    __tablename__ = "hall"

    hall: str = Field(primary_key=True)
    journal: str  # id of this journal; a restored database gets another
    seq: int = Field(default=0, sa_type=BigInteger)  # last journal entry
    issued: int = Field(default=0, sa_type=BigInteger)  # tickets issued ever: `order` of the newest
    last_at: int = Field(default=0, sa_type=BigInteger)  # µs; the newest stamp given
    last_hash: str = ""  # hash of the newest journal entry
    day: str = ""  # the business day that is open
    demo: bool = False  # a demo database: `up` and `serve` refuse it
    duty_leader: str | None = None  # staff id
    moved_to: str | None = None  # address of the database in which this hall goes on; nothing more happens in this one


class SetupRow(SQLModel, table=True):
    """One piece of the set-up: a service, a counter, the hours …, as the JSON of its config model."""

    __tablename__ = "setup"

    hall: str = Field(primary_key=True)
    noun: str = Field(primary_key=True)  # a key of HallSetup: "service", "counter", "hall" …
    id: str = Field(primary_key=True)  # the thing's own key, "" for a single one
    position: int  # order in the list
    doc: str  # JSON
