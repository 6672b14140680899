"""What applicants thought of a service act."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Rating(SQLModel, table=True):
    """One rating of one service act; its words are read by the manager only."""

    __tablename__ = "rating"

    hall: str = Field(primary_key=True)
    act: str = Field(primary_key=True)
    ticket: str
    day: str = Field(index=True)
    service: str
    counter: int
    clerk: str | None
    level: int
    reasons: str  # JSON list
    comment: str | None
    channel: str
    at: int = Field(sa_type=BigInteger)
