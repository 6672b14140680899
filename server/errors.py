"""
Why the hall refuses. A class is one refusal: its docstring is the sentence a clerk reads, `code` its name on the wire.

`%(name)s` in a docstring is filled from the facts the error was raised with. Knows no HTTP: the family gives the status.
"""

from __future__ import annotations

from typing import ClassVar


class HallError(Exception):
    """The hall refused."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.again_at_us: int | None = None  # when the same act would be possible, if time alone helps
        super().__init__(self.plain % facts)

    @property
    def plain(self) -> str:
        """The sentence before the facts are filled in: the key of its translations."""
        return " ".join((self.__class__.__doc__ or "").split())

    def again(self, at_us: int) -> HallError:
        """The same refusal, saying from when on it no longer holds."""
        self.again_at_us = at_us
        return self


class Missing(HallError):
    """There is no such thing."""


class Conflict(HallError):
    """The hall, as it stands now, does not allow this."""


class SignedOut(HallError):
    """Sign in first."""


class Forbidden(HallError):
    """This person or station may not do this."""


class Malformed(HallError):
    """The request cannot be understood."""


class Unreadable(Malformed):
    """The request is no JSON."""


class TooLarge(HallError):
    """The request is too large."""


class TooMany(HallError):
    """Too many tries; wait a little."""


class Away(HallError):
    """The database cannot be reached or written; nothing was changed."""


# ------------------------------------------------------------------ missing


class NoSuchService(Missing):
    """There is no service %(service)s."""

    code = "no_such_service"


class NoSuchCounter(Missing):
    """There is no counter %(counter)s."""

    code = "no_such_counter"


class NoSuchTicket(Missing):
    """There is no ticket %(ticket)s today."""

    code = "no_such_ticket"


class NoSuchLink(Missing):
    """This link leads to no ticket."""

    code = "no_such_link"


class NoSuchPriority(Missing):
    """There is no priority class %(priority)s."""

    code = "no_such_priority"


class NoSuchArea(Missing):
    """There is no area %(area)s."""

    code = "no_such_area"


class NoSuchLanguage(Missing):
    """The hall has no language %(locale)s."""

    code = "no_such_language"


class NoSuchStation(Missing):
    """There is no station %(station)s."""

    code = "no_such_station"


class NoSuchDevice(Missing):
    """Station %(station)s has no device %(device)s."""

    code = "no_such_device"


class NoSuchSlip(Missing):
    """Station %(station)s has no slip %(slip)s."""

    code = "no_such_slip"


class NoSuchAct(Missing):
    """There is no service act %(act)s."""

    code = "no_such_act"


class NoSuchStaff(Missing):
    """There is no staff member %(staff)s."""

    code = "no_such_staff"


class NoSuchPhoto(Missing):
    """There is no photo of %(staff)s."""

    code = "no_such_photo"


class NoSuchCode(Missing):
    """This code belongs to no ticket of this hall."""

    code = "no_such_code"


class NothingPresented(Missing):
    """What was scanned at %(station)s is no longer there; please scan it again."""

    code = "nothing_presented"


class NoSuchHall(Missing):
    """There is no hall %(hall)s here."""

    code = "no_such_hall"


class NoSuchPage(Missing):
    """There is nothing at this address."""

    code = "no_such_page"


# ------------------------------------------------------------------ taking a number


class ServiceClosed(Conflict):
    """%(service)s is not offered now."""

    code = "service_closed"


class HallClosed(Conflict):
    """The hall gives no numbers now."""

    code = "hall_closed"


class QuotaReached(Conflict):
    """All %(quota)s numbers of this session are taken."""

    code = "quota_reached"


class NotToday(Conflict):
    """%(number)s is a number of another day."""

    code = "not_today"


class IdentityNotAsked(Conflict):
    """This hall does not ask who people are."""

    code = "identity_not_asked"


class PriorityNotYours(Forbidden):
    """The class %(priority)s is given by staff; please ask at the guide desk."""

    code = "priority_not_yours"


# ------------------------------------------------------------------ a ticket's life


class NotWaiting(Conflict):
    """%(number)s is not waiting."""

    code = "not_waiting"


class NobodyWaiting(Conflict):
    """Nobody is waiting for counter %(counter)s."""

    code = "nobody_waiting"


class NobodyCalled(Conflict):
    """Nobody is called at counter %(counter)s."""

    code = "nobody_called"


class RecalledTooSoon(Conflict):
    """%(number)s was called a moment ago; call again in %(seconds)s s."""

    code = "recalled_too_soon"


class RecallLimit(Conflict):
    """%(number)s has been called %(calls)s times; pass it or start."""

    code = "recall_limit"


class NotCalled(Conflict):
    """%(number)s is not called."""

    code = "not_called"


class TooFewCalls(Conflict):
    """Call %(number)s %(left)s more times before passing it."""

    code = "too_few_calls"


class NotNoShow(Conflict):
    """%(number)s was not passed."""

    code = "not_no_show"


class RestoreExpired(Conflict):
    """%(number)s can no longer be restored; please take a new number."""

    code = "restore_expired"


class RestoreLimit(Conflict):
    """%(number)s has been restored as often as the hall allows."""

    code = "restore_limit"


class NotServing(Conflict):
    """%(number)s is not being served."""

    code = "not_serving"


class NotHeld(Conflict):
    """%(number)s is not on hold."""

    code = "not_held"


class NotServedThere(Conflict):
    """Counter %(counter)s does not serve %(service)s."""

    code = "not_served_there"


class NotServedHere(Forbidden):
    """Counter %(counter)s may not call %(number)s."""

    code = "not_served_here"


class NotYourTicket(Forbidden):
    """%(number)s belongs to another counter."""

    code = "not_your_ticket"


class NothingToUndo(Conflict):
    """There is nothing to undo at counter %(counter)s."""

    code = "nothing_to_undo"


class UndoTooLate(Conflict):
    """More than %(seconds)s seconds have passed; this can no longer be undone."""

    code = "undo_too_late"


class MovedOn(Conflict):
    """%(number)s has moved on since; this can no longer be undone."""

    code = "moved_on"


# ------------------------------------------------------------------ counters


class CounterNotOpen(Conflict):
    """Counter %(counter)s is not open."""

    code = "counter_not_open"


class AlreadyOpen(Conflict):
    """Counter %(counter)s is open."""

    code = "already_open"


class StillServing(Conflict):
    """Finish %(number)s first."""

    code = "still_serving"


class CounterTaken(Conflict):
    """Counter %(counter)s is open for another clerk."""

    code = "counter_taken"


class ClerkElsewhere(Conflict):
    """You have counter %(counter)s open; close it first."""

    code = "clerk_elsewhere"


class WouldStrand(Conflict):
    """This would leave %(names)s without a place; let them finish first."""

    code = "would_strand"


# ------------------------------------------------------------------ ratings, slips


class NothingToRate(Conflict):
    """There is no service to rate here."""

    code = "nothing_to_rate"


class AlreadyRated(Conflict):
    """This service has been rated already; thank you."""

    code = "already_rated"


class RatingClosed(Conflict):
    """The time to rate this service is over."""

    code = "rating_closed"


class SlipTaken(Conflict):
    """This slip is being printed or done with."""

    code = "slip_taken"


# ------------------------------------------------------------------ people and requests


class NotSignedIn(SignedOut):
    """Please sign in."""

    code = "not_signed_in"


class WrongPassword(SignedOut):
    """Job number or password is wrong."""

    code = "wrong_password"


class WrongCode(SignedOut):
    """This enrolment code is wrong, used or too old."""

    code = "wrong_code"


class NotAllowed(Forbidden):
    """You may not do this."""

    code = "not_allowed"


class GuidesOnly(Forbidden):
    """The guide desk is for guides and duty leaders."""

    code = "guides_only"


class ForeignOrigin(Forbidden):
    """This request comes from another site."""

    code = "foreign_origin"


class NotADemo(Forbidden):
    """This is possible in the demo only."""

    code = "not_a_demo"


class LockedOut(TooMany):
    """Too many wrong passwords; try again in %(minutes)s minutes."""

    code = "locked_out"


class BadRequest(Malformed):
    """Something in the request is wrong: %(problem)s."""

    code = "malformed"


class NoJson(Unreadable):
    """The request body is no valid JSON."""

    code = "no_json"


class SetupInvalid(Malformed):
    """The hall cannot be set up like this: %(problem)s."""

    code = "setup_invalid"


class NoPicture(Malformed):
    """The photo is no whole JPEG, PNG or WebP picture."""

    code = "no_picture"


class PictureSize(Malformed):
    """The photo must have at least %(least)s and at most %(megapixels)s million pixels."""

    code = "picture_size"


class BadIdNumber(Malformed):
    """This is not the number of an identity card."""

    code = "bad_id_number"


class KeyReused(Malformed):
    """This Idempotency-Key was used for another request."""

    code = "key_reused"


class BodyTooLarge(TooLarge):
    """The request is larger than %(limit)s bytes."""

    code = "too_large"


class DatabaseAway(Away):
    """The database cannot be written now; nothing was changed. Please try again."""

    code = "database_away"
