"""The hall's rules around the queue: appointments, ratings, complaints, what is kept of people."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, Field

from server.config.part import Part


def _plain(names: dict[str, str]) -> dict[str, str]:
    """
    The texts as they are: shown, spoken and printed by every kind of device, they hold neither markup nor control characters.

    Raises:
        ValueError: one does.
    """
    for locale, text in names.items():
        if any(char in "<>" or category(char) == "Cc" for char in text):
            raise ValueError(f"the text in {locale} must not contain < or > or control characters")
    return names


def _said(value: Any) -> Any:
    """
    One text, as it is, or plain texts by language.

    Raises:
        ValueError: it is neither, or one of the texts is not plain.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair):
        return _plain(value)
    raise ValueError("a text is needed, or one for each language")


Names = Annotated[dict[str, str], AfterValidator(_plain)]  # locale → text
Words = Annotated[str | dict[str, str], BeforeValidator(_said)]  # as Names, or one text that is said in every language
ID = r"^[a-z0-9][a-z0-9_-]*$"


class BookingKind(Part):
    id: str = Field(pattern=ID, description="key of the kind of booking")
    name: Names = Field(description="name on the page")
    capacity_per_slot: int | None = Field(None, ge=1, description="bookings a slot")
    capacity_per_day: int | None = Field(None, ge=1, description="bookings a day")
    same_day_finish: bool = Field(False, description="finished the same day")
    counter: int | None = Field(None, description="fixed counter")
    skip_queue: bool = Field(False, description="does not wait in line")
    needs_precheck: bool = Field(False, description="checked at the desk first")


class Booking(Part):
    open_24h: bool = Field(True, description="booking page open day and night")
    advance_days_min: int = Field(0, ge=0, description="earliest day ahead")
    advance_workdays_max: int = Field(5, ge=0, description="latest working day ahead")
    slot_minutes: int = Field(30, ge=5, description="length of a slot")
    per_person_per_day: int = Field(1, ge=1, description="bookings a person and day")
    cancel_minutes_before: int = Field(120, ge=0, description="cancel at the latest")
    checkin_early_minutes: int = Field(15, ge=0, description="check in at the earliest")
    checkin_late_minutes: int = Field(15, ge=0, description="later: a normal ticket")
    no_show_limit: int = Field(3, ge=1, description="missed bookings before a pause")
    no_show_window_days: int = Field(90, ge=1, description="days in which they count")
    suspend_days: int = Field(30, ge=0, description="days of the pause")
    max_share_of_capacity: float = Field(0.5, gt=0, le=1, description="share of capacity bookings may take")
    fields: tuple[str, ...] = Field((), description="what is asked for")
    id_number_required: bool = Field(False, description="whether an identity number is asked for")
    kind: tuple[BookingKind, ...] = Field((), description="kinds of booking")
    slots: dict[str, tuple[time, ...]] = Field({}, description="slots by session id")


class RatingLevel(Part):
    value: int = Field(ge=1, le=5, description="5 best … 1 worst")
    id: str = Field(pattern=ID, description="key of the level")
    name: Names = Field(description="word on the button")


class Rating(Part):
    levels: tuple[RatingLevel, ...] = Field(min_length=5, max_length=5, description="the five levels of the standard")
    bad_at_or_below: int = Field(2, ge=1, le=5, description="levels that count as bad")
    once_per_service_act: bool = Field(True, description="one rating a service act")
    followup_once: bool = Field(True, description="one later rating is allowed")
    late_rating_workdays: int = Field(5, ge=0, description="working days to rate over the follow link")
    window_minutes: int = Field(5, ge=1, description="minutes to rate at the counter")
    screen_seconds: int = Field(30, ge=5, description="seconds the tablet asks")
    bad_first_contact_workdays: int = Field(1, ge=0, description="working days to the first contact after a bad one")
    bad_fix_workdays: int = Field(5, ge=0, description="working days to mend it")
    real_name_callback_rate: float = Field(1.0, ge=0, le=1, description="share of bad ones called back")
    bad_reasons: tuple[str, ...] = Field((), description="reasons offered")


class Complaint(Part):
    simple_due: str = Field(description="when a simple complaint is answered")
    complex_due_days: int = Field(ge=0, description="days for a complex one")
    opinion_reply_days: int = Field(ge=0, description="days to reply to an opinion")
    opinion_improve_days: int = Field(ge=0, description="days to improve")
    petition_reply_days: int = Field(ge=0, description="days to reply to a petition")
    leader_reply_days: int = Field(ge=0, description="days for the leader's reply")
    box_opened: str = Field(description="how often the box is opened")


class Privacy(Part):
    display_name_mask: bool = Field(True, description="names are masked")
    id_number_store: Literal["none", "hash_last4"] = Field("hash_last4", description="how identity numbers are kept")
    phone_mask: str = Field("138****0000", description="example of the mask")
    purge_identity_after_days: int = Field(30, ge=1, description="days after which identities are removed")
    audit_log_keep_days: int = Field(
        190, ge=180, description="days the journal stays in the database at least; older months may go into the archive"
    )
