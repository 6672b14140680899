"""The hall as first set up: hours, services, counters, people, texts. From then on the database is the truth."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from server.config.hours import Calendar, Day, Hours, WeekendDuty
from server.config.part import Part
from server.config.practice import ID, Booking, Complaint, Names, Privacy, Rating, Words

Screen = Literal["hall", "kiosk", "led", "mobile"]


class Hall(Part):
    id: str = Field(pattern=ID, description="the hall's key in every table")
    name: Names = Field(description="name on every page and slip")
    short_name: Names = Field({}, description="name where there is little room")
    slogan: Names = Field({}, description="the hall's motto")
    address: Names = Field({}, description="postal address")
    timezone: str = Field("Asia/Shanghai", description="IANA zone of hall time")
    day_start: time = Field(time(4), description="hall time at which the business day ends and the next begins")
    always_open: bool = Field(False, description="hours, calendar and weekdays are ignored (demo and replays)")
    area_m2: int | None = Field(None, ge=1, description="floor space")
    consult_phone: str = Field("", description="phone for enquiries")
    complaint_phone: str = Field("", description="phone for complaints")
    supervision_phone: str = Field("", description="phone of the supervision hotline")
    complaint_email: str = Field("", description="address for complaints")
    org_path: tuple[str, ...] = Field((), description="city, district, street, community this hall belongs to")
    hours: Hours = Field(description="weekly hours")
    weekend_duty: tuple[WeekendDuty, ...] = Field((), description="days with few counters outside the weekly hours")

    @field_validator("timezone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"there is no time zone {zone!r}") from unknown
        return zone


class Tickets(Part):
    reset: Literal["daily"] = Field("daily", description="when numbers start again")
    digits: int = Field(3, ge=2, le=6, description="digits of a number, growing when they do not suffice")
    one_open_ticket_per_person_per_service: bool = Field(True, description="in force once a person is known")
    identity: Literal["none", "optional", "required"] = Field("optional", description="whether an identity is asked for")
    valid_day_only: bool = Field(True, description="a number is void after its day")
    show: tuple[str, ...] = Field((), description="what the slip shows, in the order of the layout")
    reminders: tuple[Names, ...] = Field((), description="lines at the foot of the slip")


class NoShow(Part):
    policy: Literal["void", "keep_times", "restore_within_minutes"] = Field(description="what becomes of a passed number")
    minutes: int = Field(30, ge=1, description="minutes within which a passed number may be restored")
    restore_times: int = Field(1, ge=0, description="how often a number may be restored")
    position: Literal["after_next_n", "last"] = Field("after_next_n", description="where a restored number waits")
    n: int = Field(3, ge=0, description="restored just behind so many waiting numbers of its service")


class CallTexts(Part):
    counter_call: Names = Field(description="window sign while calling")
    counter_idle: Names = Field(description="window sign with nobody called")
    counter_serving: Names = Field(description="window sign while serving")
    counter_pause: Names = Field(description="window sign while paused")


class Calling(Part):
    max_calls: int = Field(3, ge=1, le=9, description="calls of one turn: a recall after it and a no-show before it are refused")
    recall_min_interval_seconds: int = Field(8, ge=0, description="seconds between two calls of one number")
    no_show: NoShow = Field(description="the rule for passed numbers")
    start_timeout_seconds: int = Field(120, ge=1, description="called but nobody came: the clock turns late")
    hold_max_minutes: int = Field(30, ge=1, description="held longer than this is shown as late")
    target_wait_minutes: int = Field(15, ge=1, description="the wait the hall promises")
    warn_waiting_per_queue: int = Field(15, ge=1, description="people waiting for a service before the manager is warned")
    near_call_ahead: int = Field(3, ge=0, description="people ahead at which a phone is reminded")
    announce_times: int = Field(2, ge=1, le=3, description="how often the voice says a call")
    undo_seconds: int = Field(10, ge=0, le=60, description="seconds in which a clerk may undo the last act")
    voice: Names = Field(description="spoken text of a call")
    screen: CallTexts = Field(description="texts of the window signs")


class Priority(Part):
    id: str = Field(pattern=ID, description="key of the class")
    label: Names = Field(description="name on slip and desk")
    head_start_min: float = Field(0, ge=0, le=1440, description="minutes by which its tickets move forward in line")
    prefix: str | None = Field(None, pattern=r"^[A-HJ-NPR-Z]$", description="own number prefix, before the group's")
    self_claim: bool = Field(False, description="a kiosk may give this class; the rest need staff")
    min_age: int | None = Field(None, ge=0, description="age from which it is due")
    who: tuple[str, ...] = Field((), description="groups of people it is for")


class Area(Part):
    id: str = Field(pattern=ID, description="key of the waiting area")
    floor: int = Field(description="floor it is on")
    name: Names = Field(description="name on slip, screen and call")


class Group(Part):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$", description="key of the service group")
    prefix: str = Field(pattern=r"^[A-HJ-NPR-Z]$", description="letter of its numbers; never I, O or Q")
    name: Names = Field(description="name on the kiosk")


class Fee(Part):
    amount_fen: int = Field(ge=0, description="fee in fen")
    unit: str = Field(description="per what")
    basis: str = Field("", description="legal basis of the fee")
    note: Names = Field({}, description="what is shown")


class Material(Part):
    name: Words = Field(description="what to bring")
    required: bool = Field(True, description="whether it must be there")
    main: bool = Field(False, description="main document: without it the papers are returned")
    original: int = Field(0, ge=0, description="originals")
    copies: int = Field(0, ge=0, description="copies")


class Service(Part):
    id: str = Field(pattern=ID, description="key of the service")
    group: str = Field(description="its group")
    department: str = Field("", description="department that answers for it")
    participants: tuple[str, ...] = Field((), description="further departments of a joint case")
    name: Names = Field(description="name on every page")
    kind: Literal["instant", "promised", "joint", "escalated", "none"] = Field("none", description="kind of case")
    expected_minutes: int = Field(10, ge=1, description="usual minutes of serving")
    limit_minutes: int | None = Field(None, ge=1, description="limit of an instant case")
    statutory_days: int | None = Field(None, ge=0, description="legal limit in working days")
    promised_days: int | None = Field(None, ge=0, description="promised limit in working days")
    internal_days: int | None = Field(None, ge=0, description="internal control line in working days")
    internal_override: bool = Field(False, description="the internal line is set by hand")
    escalate_days: int | None = Field(None, ge=0, description="days to send an escalated case up")
    days: tuple[Day, ...] = Field((), description="weekdays it is offered; empty: all")
    enabled: bool = Field(True, description="whether numbers are given for it")
    off_from: date | None = Field(None, description="first day of a time without it")
    off_until: date | None = Field(None, description="last day of that time; without it: until further notice")
    basis: tuple[str, ...] = Field((), description="legal bases")
    fee: Fee | None = Field(None, description="its fee")
    materials: tuple[Material, ...] = Field((), description="what to bring")
    identity: Literal["none", "optional", "required"] | None = Field(None, description="overrides ticket.identity")
    online_able: bool = Field(False, description="can be done online")
    bookable: tuple[str, ...] = Field((), description="kinds of booking it takes")
    session_quota: dict[str, int] = Field({}, description="numbers a session, by session id; absent: no limit")
    next_steps: tuple[str, ...] = Field((), description="services usually next, in the order of the buttons")


class OpenWhen(Part):
    waiting_at_least: int = Field(ge=1, description="people waiting at which a tidal counter should open")


class Counter(Part):
    number: int = Field(ge=1, le=999, description="number painted on the wall")
    area: str = Field(description="area it stands in")
    type: Literal[
        "comprehensive", "dedicated", "consulting", "fee", "issuing", "green_channel", "self_service", "duty_leader"
    ] = Field(description="kind of counter")
    name: Names = Field(description="name on its sign")
    services: tuple[str, ...] = Field((), description="services it serves")
    groups: tuple[str, ...] = Field((), description="groups it serves, every service of them")
    priority_only: tuple[str, ...] = Field((), description="only these priority classes; empty: all")
    clerk: str | None = Field(None, description="who usually sits there; no limit")
    badges: tuple[Words, ...] = Field((), description="badges on the sign")
    open_when: OpenWhen | None = Field(None, description="a tidal counter: when to open it")


Role = Literal["clerk", "guide", "duty_leader", "manager", "admin", "supervisor"]


class Staff(Part):
    id: str = Field(pattern=ID, description="key of the person")
    job_no: str = Field(pattern=r"^[A-Za-z0-9]+$", description="job number, used to sign in")
    role: Role = Field(description="what the person may do")
    name: Names = Field(description="name on the clerk card")
    post: Words = Field("", description="post on the clerk card")
    star: int = Field(0, ge=0, le=5, description="stars on the clerk card")
    skills: tuple[str, ...] | None = Field(None, description="groups the person can serve; absent: all")
    substitute: str | None = Field(None, description="who stands in")


class Notice(Part):
    id: str = Field(pattern=ID, description="key of the notice")
    level: Literal["info", "urgent"] = Field("info", description="urgent ones come first")
    screens: tuple[Screen, ...] = Field(description="where it is shown")
    valid_from: datetime | None = Field(None, description="hall time it begins")
    valid_to: datetime | None = Field(None, description="hall time it ends")
    text: Names = Field(description="the notice")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to.replace(tzinfo=None) <= self.valid_from.replace(tzinfo=None):
            raise ValueError("a notice must end after it begins")
        return self


class Gone(Part):
    id: str = Field(pattern=r"^(service|staff):[a-z0-9][a-z0-9_-]*$", description="kind and key of what is no more")
    name: Names = Field(description="how it was called: reports of earlier days still say it")
    job_no: str = Field("", description="job number of a person who has left")


class Station(Part):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="name of the machine")
    type: Literal["kiosk", "hall_screen", "counter", "rack"] = Field(description="what it shows or drives")
    area: str | None = Field(None, description="area it stands in")
    counter: int | None = Field(None, description="the counter of a counter set")
    mode: Literal["normal", "large_text"] = Field("normal", description="how a kiosk begins")
    voice: Literal["off", "results", "prompts"] = Field("results", description="what a kiosk says aloud")


class Display(Part):
    list_rows: int = Field(6, ge=3, le=6, description="calls in the list beside the newest one; fewer stand larger")
    waiting: bool = Field(True, description="whether screens show how many wait for each service")
    notices: bool = Field(True, description="whether notices run along the foot")
    duty_leader: bool = Field(True, description="whether the duty leader is named")


class DemoLoad(Part):
    tickets_per_day: int = Field(ge=1, description="tickets of a simulated day")
    hour_weights: dict[str, float] = Field(description="share of arrivals by hour, h08 …")
    service_weights: dict[str, float] = Field(description="share of arrivals by service")
    service_time_cv: float = Field(ge=0, description="spread of serving times")
    no_show_rate: float = Field(ge=0, le=1, description="share that does not come")
    priority_rate: float = Field(ge=0, le=1, description="share with a priority")
    booked_rate: float = Field(ge=0, le=1, description="share with a booking")
    rating_rate: float = Field(ge=0, le=1, description="share that rates")


class HallSetup(Part):
    """The whole hall. Its cross references are checked in `server.config.load`."""

    hall: Hall
    default_locale: str = Field("zh-CN", description="language where none is asked for")
    locales: tuple[str, ...] = Field(("zh-CN",), description="languages offered")
    calendar: Calendar = Field(Calendar(), description="public holidays, make-up workdays, busy days")
    ticket: Tickets = Field(Tickets(), description="numbers and slips")
    calling: Calling
    priority: tuple[Priority, ...] = Field(min_length=1)
    area: tuple[Area, ...] = Field(min_length=1)
    group: tuple[Group, ...] = Field(min_length=1)
    service: tuple[Service, ...] = Field(min_length=1)
    counter: tuple[Counter, ...] = Field(min_length=1)
    staff: tuple[Staff, ...] = ()
    booking: Booking = Field(Booking(), description="appointments")
    rating: Rating
    complaint: Complaint | None = None
    privacy: Privacy = Field(Privacy(), description="what is kept of people")
    display: Display = Field(Display(), description="layout of the lobby screens")
    notice: tuple[Notice, ...] = ()
    station: tuple[Station, ...] = ()
    gone: tuple[Gone, ...] = ()
    demo_load: DemoLoad | None = None
