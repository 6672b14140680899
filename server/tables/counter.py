"""What a counter is doing now."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class CounterState(SQLModel, table=True):
    """One row a counter that was ever touched; absent means closed."""

    __tablename__ = "counter"

    hall: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str = "closed"  # closed, open, paused, not_in_use
    reason: str | None = None  # of a pause
    since: int = Field(default=0, sa_type=BigInteger)
    clerk: str | None = None  # staff id
    ticket: str | None = None  # id of the ticket called or in service
    asked_act: str | None = None  # service act last asked about
    asked_until: int | None = Field(default=None, sa_type=BigInteger)
    help_asked_at: int | None = Field(default=None, sa_type=BigInteger)  # the duty leader is asked to come since then
    undo: str | None = None  # JSON of the last ticket act, see verbs.undoing
