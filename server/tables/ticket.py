"""Tickets, their stages, and the counts their numbers come from."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

_waiting = text("state = 'waiting' AND bound IS NULL")
_waiting_bound = text("state = 'waiting' AND bound IS NOT NULL")
_waiting_moved = text("state = 'waiting' AND bound IS NULL AND moved IS NOT NULL")
_in_hand = text("state IN ('called', 'serving', 'held', 'no_show')")
_announced = text("called_seq IS NOT NULL")


class Ticket(SQLModel, table=True):
    """The promise of a turn, as it is now."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_number", "hall", "day", "number", unique=True),
        Index("ticket_follow", "hall", "follow", unique=True),
        Index(
            "ticket_line",
            "hall",
            "day",
            "service",
            "priority",
            "line_at",
            "order",
            sqlite_where=_waiting,
            postgresql_where=_waiting,
        ),
        Index(
            "ticket_bound",
            "hall",
            "day",
            "bound",
            "line_at",
            "order",
            sqlite_where=_waiting_bound,
            postgresql_where=_waiting_bound,
        ),
        Index("ticket_moved", "hall", "day", "service", sqlite_where=_waiting_moved, postgresql_where=_waiting_moved),
        Index("ticket_in_hand", "hall", "day", "state", sqlite_where=_in_hand, postgresql_where=_in_hand),
        Index("ticket_announced", "hall", "day", "called_seq", sqlite_where=_announced, postgresql_where=_announced),
        Index("ticket_day", "hall", "day", "service", "state"),
    )

    hall: str = Field(primary_key=True)
    id: str = Field(primary_key=True)  # UUIDv7
    day: str
    number: str
    service: str
    priority: str
    priority_reason: str | None = None  # why staff gave the class
    channel: str
    locale: str
    area: str
    station: str | None = None  # that issued it
    follow: str  # last part of the applicant's link; a secret
    state: str
    order: int = Field(sa_type=BigInteger)  # the hall's count of tickets issued
    issued_at: int = Field(sa_type=BigInteger)
    queued_at: int = Field(sa_type=BigInteger)
    line_at: int = Field(sa_type=BigInteger)  # ns
    moved: str | None = None  # "first", "restored": the place is not queued_at − head start
    bound: int | None = None  # waits for this counter
    counter: int | None = None  # that has it, had it last
    clerk: str | None = None  # staff id of that counter's clerk then
    calls: int = 0  # of this turn
    called_at: int | None = Field(default=None, sa_type=BigInteger)  # first call of this turn
    last_call_at: int | None = Field(default=None, sa_type=BigInteger)
    called_seq: int | None = Field(default=None, sa_type=BigInteger)  # journal entry of the last announcement
    call_reason: str | None = None  # JSON
    started_at: int | None = Field(default=None, sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    act: str | None = None  # service act that runs or ran last
    hold_reason: str | None = None
    hold_note: str | None = None
    restores: int = 0
    restore_until: int | None = Field(default=None, sa_type=BigInteger)
    slip: str = "none"
    slip_detail: str | None = None
    stage: int = 0  # number of the open or last stage
    stage_at: int = Field(sa_type=BigInteger)  # when it began
    wait_us: int = Field(default=0, sa_type=BigInteger)  # closed stages of each kind, summed
    walk_us: int = Field(default=0, sa_type=BigInteger)
    serve_us: int = Field(default=0, sa_type=BigInteger)
    hold_us: int = Field(default=0, sa_type=BigInteger)
    act_seq: int = Field(default=0, sa_type=BigInteger)  # journal entry of the last act that changed its state or place


class Stage(SQLModel, table=True):
    """An interval of a ticket in one state. Never deleted: undo marks it and reopens the one before."""

    __tablename__ = "stage"
    __table_args__ = (
        Index(
            "stage_acts",
            "hall",
            "day",
            "service",
            "ended_at",
            sqlite_where=text("kind = 'serving' AND undone = 0 AND ended_at IS NOT NULL"),
            postgresql_where=text("kind = 'serving' AND undone = 0 AND ended_at IS NOT NULL"),
        ),
        Index("stage_counter", "hall", "day", "counter", "kind"),
        Index("stage_act", "hall", "act"),
    )

    hall: str = Field(primary_key=True)
    ticket: str = Field(primary_key=True)
    n: int = Field(primary_key=True)  # 1 for the first wait
    day: str
    kind: str  # waiting, called, serving, held, no_show
    service: str
    counter: int | None = None
    clerk: str | None = None
    act: str | None = None  # of a serving stage: the service act
    began_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_by: str | None = None  # the verb; "day_end"
    undone: int = 0  # 1 when an undo took it back


class NumberCount(SQLModel, table=True):
    """How many numbers a prefix has given out on a day."""

    __tablename__ = "number_count"

    hall: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    prefix: str = Field(primary_key=True)
    count: int


class SessionCount(SQLModel, table=True):
    """How many numbers a service has given out in a session of a day: for its quota."""

    __tablename__ = "session_count"

    hall: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    session: str = Field(primary_key=True)
    count: int
