"""What goes over the wire, as models: requests are strict and refuse extra keys, answers document themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from server.clock import instant, to_us

COMMENT_CHARS = 500


def _printable(text: str) -> str:
    """Raises ValueError on control characters."""
    if any(ord(c) < 0x20 or ord(c) == 0x7F or 0xD800 <= ord(c) < 0xE000 for c in text):  # noqa: PLR2004 (C0, DEL, surrogates)
        raise ValueError("control characters are not allowed")
    return text


def _moment(text: str) -> str:
    """
    The moment as the hall writes it: UTC, Z, six decimals.

    Raises:
        ValueError: it is none, or nobody knows in which zone.
    """
    try:
        return instant(to_us(datetime.fromisoformat(text))) or ""
    except OverflowError as beyond:
        raise ValueError("a time beyond all calendars") from beyond


def _whole(value: object) -> object:
    """3.0 is an integer in JSON; to Python it is not."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_described = Field(json_schema_extra={"pattern": "^[^\\u0000-\\u001f\\u007f]*$"})

Key = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable), _described]
Words = Annotated[str, StringConstraints(max_length=COMMENT_CHARS), AfterValidator(_printable), _described]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable), _described]
Moment = Annotated[
    str, StringConstraints(max_length=64), AfterValidator(_moment), Field(json_schema_extra={"format": "date-time"})
]
CounterNumber = Annotated[int, Field(ge=1, le=999), BeforeValidator(_whole)]
Minutes = Annotated[int, Field(ge=1, le=1440), BeforeValidator(_whole)]
Level = Annotated[int, Field(ge=1, le=5), BeforeValidator(_whole)]


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", strict=True)


class IssueIn(Body):
    service: Key
    priority: Key = "normal"
    reason: Reason | None = None
    locale: Key | None = None
    channel: Literal["kiosk", "desk", "phone", "booking", "replay"] | None = None
    slip_at: Key | None = None


class PriorityIn(Body):
    priority: Key
    reason: Reason


class CallIn(Body):
    number: Key | None = None


class HoldIn(Body):
    reason: Literal["no_papers", "with_papers", "next_step"]
    note: Words | None = None


class TransferIn(Body):
    to_service: Key | None = None
    to_counter: CounterNumber | None = None
    place: Literal["kept", "last", "first"] = "kept"


class CompletionIn(Body):
    next: Key | None = None
    place: Literal["kept", "last", "first"] = "kept"


class StateIn(Body):
    state: Literal["open", "paused", "closed", "not_in_use"]
    reason: Reason | None = None


class RatingIn(Body):
    act: Key
    level: Level
    reasons: Annotated[list[Reason], Field(max_length=10)] = []
    comment: Words | None = None


class SignInIn(Body):
    job_no: Key
    password: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class EnrolIn(Body):
    code: Key


class DutyIn(Body):
    staff: Key


class SlipIn(Body):
    outcome: Literal["sending", "printed", "not_sent", "unknown"]
    detail: Words | None = None
    rack: Key | None = None  # a word by which the rack knows itself


class ReprintIn(Body):
    station: Key


class HealthIn(Body):
    state: Literal["ok", "lost", "degraded", "unknown"]
    kind: Key
    detail: Words | dict[str, Any] | None = None
    since: Moment | None = None


class SoundIn(Body):
    state: Literal["running", "waiting", "off"]


class PictureIn(Body):
    type: Literal["image/png"]
    data: Annotated[str, StringConstraints(max_length=700_000, pattern=r"^[A-Za-z0-9+/=]*$")]
    label: Words = ""
    detail: dict[str, Any] | None = None


class InputIn(Body):
    key: Key


class PlayIn(Body):
    speed: Literal[0, 1, 60, 600]
    minutes: Minutes | None = None  # of hall time; afterwards at real time


class Empty(Body):
    """An empty object."""


# ------------------------------------------------------------------ answers


class ErrorOut(BaseModel):
    error: str
    detail: str
    facts: dict[str, Any]
    again_at: str | None = None


class Wait(BaseModel):
    low_min: int
    high_min: int


class Hold(BaseModel):
    reason: str
    note: str | None
    since: str


class TicketOut(BaseModel):
    """A ticket; times in UTC with Z and six decimals, durations in whole seconds."""

    id: str
    number: str
    service: str
    group: str
    state: Literal["waiting", "called", "serving", "held", "no_show", "finished", "cancelled", "expired"]
    priority: str
    channel: str
    locale: str
    area: str
    counter: int | None
    counters: list[int]
    act: str | None
    ahead: int | str | None
    wait: Wait | None
    calls: int
    reason: dict[str, Any] | None
    hold: Hold | None
    restore_until: str | None
    slip: Literal["none", "pending", "sending", "printed", "not_sent", "unknown"]
    slip_detail: str | None
    wait_s: int
    walk_s: int
    serve_s: int
    issued_at: str
    queued_at: str
    called_at: str | None
    started_at: str | None
    finished_at: str | None
    follow: str | None


class Snapshot(BaseModel):
    """What every reading of live state carries."""

    model_config = ConfigDict(extra="allow")

    journal: str
    seq: int
    now: str


class HallLoads(BaseModel):
    """Every hall, the least busy first: numbers given or not, people waiting, longest wait, counters at work."""

    halls: list[dict[str, Any]]


class DistrictDay(BaseModel):
    """A day of several halls: a row each, and sums by each part of the way down to them, the whole first."""

    day: str
    today: str
    halls: list[dict[str, Any]]
    sums: list[dict[str, Any]]


class RatingOut(BaseModel):
    act: str
    level: int


class SessionOut(BaseModel):
    id: str
    job_no: str
    name: str
    role: str
    counter: int | None


class StationOut(BaseModel):
    station: str
    key: str


class SlipOut(BaseModel):
    id: str
    state: str


class PhotoOut(BaseModel):
    """Where a person's portrait is found, within the hall."""

    photo: str | None


class Done(BaseModel):
    """Said where there is nothing else to say."""

    ok: Literal[True] = True
