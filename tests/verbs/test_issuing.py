"""Taking a number, giving it back, giving it another class."""

from datetime import date

import pytest

from server.rules.people import By


def test_a_number_is_taken_and_waits(hall):
    """The first of its letter, in the area where its service is served, without a counter."""
    number = hall.issues("biz-setup")
    ticket = hall.wire(number)

    assert {
        "number": "A001",
        "service": "biz-setup",
        "group": "A",
        "state": "waiting",
        "priority": "normal",
        "channel": "kiosk",
        "locale": "zh-CN",
        "area": "f1",
        "counter": None,
        "counters": [2, 3, 4, 5, 6, 8],
        "act": None,
        "ahead": 0,
        "wait": None,
        "calls": 0,
        "reason": None,
        "hold": None,
        "restore_until": None,
        "slip": "none",
        "slip_detail": None,
        "issued_at": "2026-11-23T01:00:00.000000Z",
        "queued_at": "2026-11-23T01:00:00.000000Z",
        "called_at": None,
        "follow": "/t/link-1",
    }.items() <= (ticket | {"counters": [n for n in ticket["counters"] if n != 7]}).items()


def test_issuing_tells_one_event(hall):
    """To the holder alone: no screen, no counter, and the link in no topic and no fact."""
    (told,) = hall.tells(hall.issues, "biz-setup", priority="special", reason="pregnant", locale="en", channel="desk")
    ticket = hall.ticket("A001")

    assert ("ticket.issued", "s03", (f"ticket:{ticket.id}",)) == (told.kind, told.actor, told.topics)
    assert {
        "number": "A001",
        "service": "biz-setup",
        "priority": "special",
        "channel": "desk",
        "area": "f1",
        "reason": "pregnant",
    } == told.facts
    assert (1, "en", "pregnant") == (ticket.order, ticket.locale, ticket.priority_reason)


def test_numbers_count_by_letter(hall):
    """The group's letter, or the class's own; each counts for itself, whatever the service."""
    taken = [
        hall.issues("biz-setup"),
        hall.issues("food-permit"),
        hall.issues("payment"),
        hall.issues("biz-setup", priority="green"),
        hall.issues("payment", priority="green"),
        hall.issues("biz-setup", priority="booked"),
        hall.issues("biz-setup", priority="elder"),
    ]

    assert ["A001", "A002", "D001", "L001", "L002", "Y001", "A003"] == taken


def test_the_thousandth_number_grows(hall):
    """A999 is followed by A1000, and none is met twice."""
    numbers = hall.issues_many(1001)

    assert ["A001", "A999", "A1000", "A1001"] == [numbers[i] for i in (0, 998, 999, 1000)]
    assert 1001 == len(set(numbers))


def test_a_restart_neither_repeats_nor_loses_a_number(hall):
    """The count is kept with the ticket."""
    hall.issues()
    hall.shuts_down()
    hall.starts_up()

    assert ["A002", 2] == [hall.issues(), hall.ticket("A002").order]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"service": "nothing"}, "no_such_service"),
        ({"priority": "vip"}, "no_such_priority"),
        ({"area": "f9"}, "no_such_area"),
        ({"slip_at": "kiosk-9"}, "no_such_station"),
        ({"locale": "fr"}, "malformed"),
        ({"priority": "green", "by": By(kind="station", id="kiosk-1")}, "priority_not_yours"),
        ({"priority": "booked", "by": By(kind="staff", id="s05", role="clerk")}, "priority_not_yours"),
        ({"priority": "green", "by": By(kind="applicant", id="applicant")}, "priority_not_yours"),
    ],
)
def test_issuing_is_refused(hall, facts, refusal):
    """What is named must be there, and the class must be the asker's to take; no number is lost."""
    assert refusal == hall.refusal(hall.issues, **facts)
    assert "A001" == hall.issues()


@pytest.mark.parametrize("who", ["guide", "leader", "manager"])
def test_guides_and_up_give_any_class(hall, who):
    """The kiosk gives what may be claimed there."""
    assert "L001" == hall.issues(priority="green", by=getattr(hall, who))
    assert "A001" == hall.issues(priority="elder", by=hall.kiosk)


def test_a_ticket_waits_in_the_area_of_its_station(hall):
    """Or in the first area that has a counter for its service."""
    hall.issues("biz-setup", area="f3")
    hall.issues("biz-setup")

    assert ["f3", "f1"] == [hall.ticket(number).area for number in ("A001", "A002")]


def test_the_first_area_is_that_of_the_halls_own_order(new_hall, sample):
    """Not that of whichever counter is listed first."""
    upstairs_first = tuple(sorted(sample.counter, key=lambda c: c.area, reverse=True))
    hall = new_hall(counter=upstairs_first)
    hall.issues("biz-setup")

    assert "f1" == hall.ticket("A001").area


# ------------------------------------------------------------------ hours and quotas


@pytest.mark.parametrize(
    ("day", "hour", "minute", "refusal"),
    [
        (23, 8, 14, "hall_closed"),
        (23, 8, 15, None),
        (23, 11, 15, "hall_closed"),
        (23, 13, 15, None),
        (23, 16, 45, "hall_closed"),
        (28, 9, 30, "hall_closed"),
    ],
)
def test_a_hall_gives_numbers_in_its_hours_only(new_hall, *, day, hour, minute, refusal):
    """The sample hall: from 8:15 and 13:15, until 11:15 and 16:45, on weekdays."""
    hall = new_hall(always_open=False)
    hall.comes(day=date(2026, 11, day), hour=hour, minute=minute)

    assert refusal == (hall.refusal(hall.issues) if refusal else hall.issues() and None)
    assert (refusal is None) == hall.services()["biz-setup"]["open"] == hall.lobby()["open"]


def test_a_closed_hall_says_when_it_opens(new_hall):
    """To the applicant at the door, and on the kiosk alike."""
    hall = new_hall(always_open=False)
    hall.comes(hour=12)
    refused = hall.refused(hall.issues)

    assert {"opens_at": "2026-11-23T05:15:00.000000Z"} == refused.facts
    assert "2026-11-23T05:15:00.000000Z" == hall.services()["biz-setup"]["opens_at"] == hall.lobby()["opens_at"]


def test_a_service_of_tuesdays_and_thursdays_is_closed_on_monday(new_hall):
    """It says when it is offered next."""
    hall = new_hall(always_open=False)
    refused = hall.refused(hall.issues, "foreign-joint")

    assert ("service_closed", "2026-11-24T00:15:00.000000Z") == (refused.code, refused.facts["opens_at"])
    hall.comes(day=date(2026, 11, 24), hour=9)
    assert "A001" == hall.issues("foreign-joint")


def test_on_weekend_duty_only_what_its_counters_serve_is_offered(new_hall, sample):
    """Saturday morning, counters 2 and 11: permits and payments, no enquiries."""
    duty = tuple(d.model_copy(update={"enabled": True}) for d in sample.hall.weekend_duty)
    hall = new_hall(always_open=False, hall={"weekend_duty": duty})
    hall.comes(day=date(2026, 11, 28), hour=9)

    assert ["A001", "D001"] == [hall.issues("biz-setup"), hall.issues("payment")]
    assert "service_closed" == hall.refusal(hall.issues, "consult")


def test_a_service_without_a_counter_in_use_gives_no_numbers(hall):
    """While the duty leader has its only counter out of use nobody is sent to wait; a closed one still opens today."""
    till = hall.counter(11, by=hall.leader)
    till.is_not_in_use()

    assert "service_closed" == hall.refusal(hall.issues, "payment")
    assert "service_closed" == hall.services()["payment"]["why"]["error"]

    till.closes()

    assert "D001" == hall.issues("payment")
    assert hall.services()["payment"]["open"]


def test_a_quota_is_of_one_session(new_hall):
    """Eight in the morning, ten more in the afternoon; a refused ninth is not counted."""
    hall = new_hall(always_open=False, quotas=True)
    hall.issues_many(8, "outdoor-ad")
    refused = hall.refused(hall.issues, "outdoor-ad")
    shown = hall.services()["outdoor-ad"]

    assert ("quota_reached", 8, "am", "2026-11-23T05:15:00.000000Z") == (
        refused.code,
        refused.facts["quota"],
        refused.facts["session"],
        refused.facts["opens_at"],
    )
    assert (False, "quota_reached", refused.facts["opens_at"]) == (shown["open"], shown["why"]["error"], shown["opens_at"])
    hall.comes(hour=14)
    assert [f"A{n:03}" for n in range(9, 19)] == hall.issues_many(10, "outdoor-ad")
    assert "quota_reached" == hall.refusal(hall.issues, "outdoor-ad")


def test_a_full_service_of_some_weekdays_opens_again_on_one_of_them(new_hall):
    """Thursday afternoon's last number taken: next Tuesday, not tomorrow."""
    hall = new_hall(always_open=False, quotas=True)
    hall.comes(day=date(2026, 11, 26), hour=14)
    hall.issues_many(6, "foreign-joint")

    assert "2026-12-01T00:15:00.000000Z" == hall.refused(hall.issues, "foreign-joint").facts["opens_at"]


def test_a_quota_holds_at_any_hour_in_an_always_open_hall(new_hall):
    """The morning session counts before noon, also at midnight."""
    hall = new_hall(quotas=True)
    hall.comes(hour=5)
    hall.issues_many(8, "outdoor-ad")

    assert "quota_reached" == hall.refusal(hall.issues, "outdoor-ad")
    hall.comes(hour=12)
    assert "A009" == hall.issues("outdoor-ad")


# ------------------------------------------------------------------ giving it back


def test_a_guide_cancels_a_waiting_ticket(hall):
    """It is told to the holder; the desk's line is shorter by one."""
    hall.issues()
    (told,) = hall.tells(hall.cancels, "A001")
    ticket = hall.ticket("A001")

    assert ("ticket.cancelled", "s03", (f"ticket:{ticket.id}",)) == (told.kind, told.actor, told.topics)
    assert {"number": "A001", "service": "biz-setup"} == told.facts
    assert ("cancelled", None) == (ticket.state, hall.counter(3).opens().calls_next())
    assert hall.stages("A001")[-1].ended_by == "cancel"


def test_the_holder_cancels_by_the_link(hall):
    """Recorded as the applicant's own act."""
    hall.issues()
    (told,) = hall.tells(hall.cancels_by_link, "A001")

    assert ("ticket.cancelled", "applicant") == (told.kind, told.actor)


def test_cancelling_twice_is_one_cancellation(hall):
    """A repeated PUT records nothing."""
    hall.issues()
    hall.cancels("A001")

    assert [] == hall.kinds(hall.cancels, "A001")
    assert [] == hall.kinds(hall.cancels_by_link, "A001")


def test_cancelling_is_refused(hall):
    """To a clerk, of a ticket that is called, of none at all, of yesterday's link."""
    hall.issues_many(2)
    hall.counter(3).opens().calls_next()
    link = hall.ticket("A002")

    assert "not_your_ticket" == hall.refusal(hall.cancels, "A002", by=hall.staff("s05"))
    assert "not_waiting" == hall.refusal(hall.cancels, "A001")
    assert "not_waiting" == hall.refusal(hall.cancels_by_link, "A001")
    assert "no_such_ticket" == hall.refusal(hall.cancels, "Z999")
    hall.comes(day=date(2026, 11, 24), hour=9)
    hall.ticks()
    assert "no_such_link" == hall.refusal(lambda: hall.cancels_by_link(link.id))
    assert "no_such_ticket" == hall.refusal(lambda: hall.cancels(link.id))


# ------------------------------------------------------------------ another class


def test_a_guide_gives_a_waiting_ticket_another_class(hall):
    """Number and time of queueing stay; its place moves forward by the head start; the reason is kept."""
    hall.issues()
    before = hall.ticket("A001")
    (told,) = hall.tells(hall.prioritises, "A001", "elder", reason="72 years old")
    after = hall.ticket("A001")

    assert ("ticket.prioritised", "s03") == (told.kind, told.actor)
    assert {"number": "A001", "service": "biz-setup", "priority": "elder", "reason": "72 years old"} == told.facts
    assert (before.queued_at, before.line_at - 1800 * 10**9) == (after.queued_at, after.line_at)
    assert ("elder", "72 years old", None, "waiting") == (after.priority, after.priority_reason, after.moved, after.state)


def test_giving_the_same_class_again_records_nothing(hall):
    """A repeated PUT."""
    hall.issues(priority="elder")

    assert [] == hall.kinds(hall.prioritises, "A001", "elder")


def test_a_class_can_be_taken_away_again(hall):
    """The place goes back to where an ordinary ticket would be."""
    hall.issues()
    before = hall.ticket("A001").line_at
    hall.prioritises("A001", "green")
    hall.prioritises("A001", "normal")

    assert before == hall.ticket("A001").line_at


def test_prioritising_is_refused(hall):
    """To a clerk, past waiting, to a class that is none, of a ticket that is none."""
    hall.issues_many(2)
    hall.counter(3).opens().calls_next()

    assert "not_waiting" == hall.refusal(hall.prioritises, "A001")
    assert "not_allowed" == hall.refusal(hall.prioritises, "A002", by=hall.staff("s05"))
    assert "no_such_priority" == hall.refusal(hall.prioritises, "A002", "vip")
    assert "no_such_ticket" == hall.refusal(hall.prioritises, "Z999")
