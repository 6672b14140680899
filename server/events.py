"""
Every event of the hall, as it stands in the journal and on the wire.

An event is flat: `kind`, `seq`, `at` come from the journal, the rest are the fields here. None holds personal data.
`on_board` says whether the lobby screens hear of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

Reason = dict[str, Any]  # {"rule", "priority", "head_start_s", "waited_s", "moved", "passed_over"}, see contract "Who is next"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened; `kind` is its name on the wire."""

    kind: ClassVar[str]
    on_board: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketEvent(Event):
    """Something that happened to one ticket."""

    number: str  # as printed, e.g. "A007"
    service: str  # service id, e.g. "biz-setup"


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketIssued(TicketEvent):
    """`ticket.issued` — a number was taken and waits."""

    kind: ClassVar[str] = "ticket.issued"
    priority: str
    channel: str  # kiosk, desk, phone, booking, replay
    area: str
    reason: str | None  # why staff gave this class


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketCancelled(TicketEvent):
    """`ticket.cancelled` — the applicant gave the number back, or staff did for them."""

    kind: ClassVar[str] = "ticket.cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketPrioritised(TicketEvent):
    """`ticket.prioritised` — staff gave a waiting ticket another class."""

    kind: ClassVar[str] = "ticket.prioritised"
    priority: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketCalled(TicketEvent):
    """`ticket.called` — a number is announced; screens flash it, the counter's sign shows it."""

    kind: ClassVar[str] = "ticket.called"
    on_board: ClassVar[bool] = True
    counter: int  # as painted on the wall
    areas: tuple[str, ...]  # where it is shown and spoken
    priority: str
    calls: int  # 1 for the first call
    locale: str  # the applicant's language: a voice says the call in it too
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRecalled(TicketEvent):
    """`ticket.recalled` — the number is announced again."""

    kind: ClassVar[str] = "ticket.recalled"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    priority: str
    calls: int
    locale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketNoShow(TicketEvent):
    """`ticket.no_show` — nobody came; the number may be restored until `restore_until`."""

    kind: ClassVar[str] = "ticket.no_show"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    restore_until: str | None  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRestored(TicketEvent):
    """`ticket.restored` — a passed number waits again."""

    kind: ClassVar[str] = "ticket.restored"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStarted(TicketEvent):
    """`service.started` — the applicant is at the counter."""

    kind: ClassVar[str] = "service.started"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    act: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketHeld(TicketEvent):
    """`ticket.held` — put aside: no_papers, with_papers or next_step."""

    kind: ClassVar[str] = "ticket.held"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketResumed(TicketEvent):
    """`ticket.resumed` — a held ticket is called to the counter that took it back."""

    kind: ClassVar[str] = "ticket.resumed"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    priority: str
    calls: int
    locale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketTransferred(TicketEvent):
    """`ticket.transferred` — waits again, with the same number, for `service` or at `to_counter`."""

    kind: ClassVar[str] = "ticket.transferred"
    on_board: ClassVar[bool] = True
    from_service: str
    from_counter: int | None
    to_counter: int | None
    areas: tuple[str, ...]
    place: str  # kept, last, first


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceFinished(TicketEvent):
    """`service.finished` — the service act is done; `by` is "day_end" when the night ended it."""

    kind: ClassVar[str] = "service.finished"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    act: str
    next: str | None  # the service it was sent on to
    by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingAsked(TicketEvent):
    """`rating.asked` — the applicant may rate service act `act` at the counter until `until`."""

    kind: ClassVar[str] = "rating.asked"
    counter: int
    act: str
    until: str  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRated(TicketEvent):
    """`service.rated` — level 5 (best) to 1 for one service act."""

    kind: ClassVar[str] = "service.rated"
    counter: int
    act: str
    level: int
    channel: str  # keypad, tablet, phone


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketUndone(TicketEvent):
    """`ticket.undone` — the counter took its last act back; screens and voices drop an undone call."""

    kind: ClassVar[str] = "ticket.undone"
    on_board: ClassVar[bool] = True
    counter: int
    areas: tuple[str, ...]
    undid: str  # kind of the event that no longer holds
    undid_seq: int
    state: str  # the ticket's state now


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketExpired(TicketEvent):
    """`ticket.expired` — the day ended before the ticket did."""

    kind: ClassVar[str] = "ticket.expired"
    was: str  # the state the day's end found


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterEvent(Event):
    """Something that happened to a counter."""

    on_board: ClassVar[bool] = True
    counter: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterOpened(CounterEvent):
    """`counter.opened` — a clerk sits there and calls."""

    kind: ClassVar[str] = "counter.opened"
    clerk: str  # staff id


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterPaused(CounterEvent):
    """`counter.paused` — back soon."""

    kind: ClassVar[str] = "counter.paused"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CounterClosed(CounterEvent):
    """`counter.closed` — nobody sits there; `state` is closed or not_in_use, `by` "day_end" when the night closed it."""

    kind: ClassVar[str] = "counter.closed"
    state: str
    by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpAsked(CounterEvent):
    """`counter.help_asked` — the clerk asks the duty leader to come."""

    kind: ClassVar[str] = "counter.help_asked"
    on_board: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpGiven(CounterEvent):
    """`counter.help_given` — somebody came."""

    kind: ClassVar[str] = "counter.help_given"
    on_board: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyChanged(Event):
    """`duty.changed` — another leader is on duty."""

    kind: ClassVar[str] = "duty.changed"
    on_board: ClassVar[bool] = True
    staff: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipEvent(Event):
    """Something that happened to a slip of paper."""

    slip: str
    ticket: str  # ticket id
    number: str
    station: str
    detail: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipQueued(SlipEvent):
    """`slip.queued` — the station's rack is to print it."""

    kind: ClassVar[str] = "slip.queued"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipSending(SlipEvent):
    """`slip.sending` — one rack has taken it; its first byte follows."""

    kind: ClassVar[str] = "slip.sending"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipPrinted(SlipEvent):
    """`slip.printed` — the printer says it is out."""

    kind: ClassVar[str] = "slip.printed"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipNotSent(SlipEvent):
    """`slip.not_sent` — nothing reached the printer; it may be tried again."""

    kind: ClassVar[str] = "slip.not_sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipUnknown(SlipEvent):
    """`slip.unknown` — it may or may not be on paper; only a person reprints it."""

    kind: ClassVar[str] = "slip.unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class HallSetUp(Event):
    """`hall.set_up` — the hall was first set up from config.toml."""

    kind: ClassVar[str] = "hall.set_up"
    hall: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupChanged(Event):
    """`setup.changed` — the manager changed the hall; every page takes a fresh picture."""

    kind: ClassVar[str] = "setup.changed"
    on_board: ClassVar[bool] = True
    changes: tuple[dict[str, Any], ...]  # {"noun", "id", "gone"} each


@dataclass(frozen=True, kw_only=True, slots=True)
class DayEnded(Event):
    """`day.ended` — the business day is over: what was left expired, what was in service is finished."""

    kind: ClassVar[str] = "day.ended"
    on_board: ClassVar[bool] = True
    day: str
    expired: int
    finished: int
