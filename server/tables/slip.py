"""Pieces of paper: a job of one station's printer with an outcome."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

_unprinted = text("state IN ('pending', 'sending', 'not_sent')")


class Slip(SQLModel, table=True):
    """One slip for one ticket at one station."""

    __tablename__ = "slip"
    __table_args__ = (
        Index("slip_unprinted", "hall", "station", sqlite_where=_unprinted, postgresql_where=_unprinted),
        Index("slip_ticket", "hall", "ticket", "id"),
    )

    hall: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    ticket: str
    number: str
    station: str  # whose printer it comes out of
    origin: str | None = None  # the station it was ordered at, when a neighbour prints it
    state: str  # pending, sending, printed, not_sent, unknown
    detail: str | None = None
    reprint: bool = False
    ahead: str | None = None  # JSON of what stood there when it was ordered
    wait: str | None = None
    queued_at: int = Field(sa_type=BigInteger)
    taker: str | None = None  # the rack that said `sending`, by a word of its own
    sending_real_at: int | None = Field(default=None, sa_type=BigInteger)  # real time: the outcome is due 60 s later
