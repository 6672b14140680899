"""What applicants thought of a service act."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Rating(SQLModel, table=True):
    """One rating of one service act; its words are read by the manager only."""

    __tablename__ = "rating"
    __table_args__ = (Index("rating_day", "hall", "day", "counter"),)

    hall: str = Field(primary_key=True)
    act: str = Field(primary_key=True)
    ticket: str
    day: str
    service: str
    counter: int
    clerk: str | None
    level: int
    reasons: str  # JSON list
    comment: str | None
    channel: str
    at: int = Field(sa_type=BigInteger)
