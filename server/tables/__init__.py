"""
The schema: one file per noun, no behaviour.

Every stamp is an integer of microseconds since the epoch (UTC), so that no driver can drop a zone; `line_at` is in nanoseconds.
Hall id is in every key. Business days are ISO dates ("2026-11-23").
"""

from sqlmodel import SQLModel

from server.tables.counter import CounterState
from server.tables.hall import HallHead, SetupRow
from server.tables.journal import Checkpoint, Entry, KeptAnswer
from server.tables.rating import Rating
from server.tables.slip import Slip
from server.tables.staff import Attempts, Credential, Enrolment, SignIn, StaffPhoto, StationKey
from server.tables.ticket import NumberCount, SessionCount, Stage, Ticket

METADATA = SQLModel.metadata
VERSION = "0005"  # of the schema: the newest migration; a test keeps it true

__all__ = [
    "METADATA",
    "VERSION",
    "Attempts",
    "Checkpoint",
    "CounterState",
    "Credential",
    "Enrolment",
    "Entry",
    "HallHead",
    "KeptAnswer",
    "NumberCount",
    "Rating",
    "SessionCount",
    "SetupRow",
    "SignIn",
    "Slip",
    "StaffPhoto",
    "Stage",
    "StationKey",
    "Ticket",
]
