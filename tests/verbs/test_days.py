"""The day's end: what is left expires, what is in service is finished, counters close."""

from datetime import date

import pytest

from server.clock import to_us

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def evening(hall):
    """A001 waits, A002 is called, A003 in service, A004 held, A005 passed, A006 done."""
    numbers = hall.issues_many(6)
    hall.issues("payment")
    desks = {n: hall.counter(n).opens() for n in (2, 3, 4, 5)}
    desks[2].calls("A006")
    desks[2].starts()
    desks[2].finishes()
    desks[2].calls("A002")
    desks[3].calls("A003")
    desks[3].starts()
    desks[4].calls("A004")
    desks[4].holds("with_papers")
    desks[5].calls("A005")
    for _ in range(2):
        hall.passes(seconds=8)
        desks[5].recalls()
    desks[5].passes()
    desks[4].pauses()
    hall.cancels("D001")
    return [hall.ticket(number).id for number in numbers]


def test_the_day_ends_at_four(hall, evening):
    """Every ticket comes to its end, whatever it was doing."""
    hall.comes(day=TUESDAY, hour=3, minute=59)
    hall.ticks()
    before = [hall.ticket(ticket).state for ticket in evening]
    hall.comes(day=TUESDAY, hour=4)
    hall.ticks()

    assert ["waiting", "called", "serving", "held", "no_show", "finished"] == before
    assert ["expired", "expired", "finished", "expired", "expired", "finished"] == [hall.ticket(t).state for t in evening]


def test_the_night_tells_what_it_did(hall, evening):
    """Ticket by ticket, counter by counter, then the sum; all by the night's own name."""
    hall.comes(day=TUESDAY, hour=4)
    told = hall.tells(hall.ticks)
    expired = [entry for entry in told if entry.kind == "ticket.expired"]
    (finished,) = [entry for entry in told if entry.kind == "service.finished"]
    closed = [entry for entry in told if entry.kind == "counter.closed"]

    assert {"day_end"} == {entry.actor for entry in told}
    assert [("A001", "waiting"), ("A002", "called"), ("A004", "held"), ("A005", "no_show")] == [
        (entry.facts["number"], entry.facts["was"]) for entry in expired
    ]
    assert ("A003", 3, None, "day_end") == tuple(finished.facts[name] for name in ("number", "counter", "next", "by"))
    assert [(2, "closed", "day_end"), (3, "closed", "day_end"), (4, "closed", "day_end"), (5, "closed", "day_end")] == [
        (entry.facts["counter"], entry.facts["state"], entry.facts["by"]) for entry in closed
    ]
    assert ("day.ended", {"day": "2026-11-23", "expired": 4, "finished": 1}) == (told[-1].kind, told[-1].facts)
    assert 10 == len(told)


def test_nobody_is_asked_to_rate_at_four_in_the_morning(hall, evening):
    """The act ended, but nobody is there; the phone may still."""
    hall.comes(day=TUESDAY, hour=4)

    assert "rating.asked" not in hall.kinds(hall.ticks)
    assert 5 == hall.rates_by_link(evening[2], 5)


def test_counters_are_closed_and_free(hall, evening):
    """No clerk, no ticket, nothing to undo, nothing asked."""
    hall.comes(day=TUESDAY, hour=4)
    hall.ticks()

    assert {("closed", None, None, None, None, None)} == {
        (d.state, d.reason, d.clerk, d.ticket, d.undo, d.asked_act) for d in (hall.counter(n).desk for n in (2, 3, 4, 5))
    }


def test_what_the_night_finished_is_kept_out_of_averages(hall, evening):
    """Nobody was served for 19 hours."""
    hall.comes(day=TUESDAY, hour=3, minute=59)
    hall.counter(5).opens()
    before = hall.counter(3).sheet["tally"]
    hall.comes(day=TUESDAY, hour=4)
    hall.ticks()
    serving = hall.stages(evening[2])[-1]

    assert "day_end" == serving.ended_by
    assert 0 == before["finished"] == hall.counter(3).sheet["tally"]["finished"]


def test_a_hall_switched_off_at_night_catches_up_before_its_first_request(hall, evening):
    """Whatever the first request is, and after however many nights; a day nobody came has no end of its own."""
    hall.shuts_down()
    hall.comes(day=date(2026, 11, 27), hour=8)
    hall.starts_up()
    told = hall.tells(hall.issues)

    assert ["day.ended", "ticket.issued"] == [entry.kind for entry in told[-2:]]
    assert ["2026-11-23"] == [entry.facts["day"] for entry in told if entry.kind == "day.ended"]
    assert "A001" == told[-1].facts["number"]
    assert hall.journal.broken_at is None


def test_a_refused_request_ends_the_day_all_the_same(hall, evening):
    """The night's work is not the request's."""
    hall.comes(day=TUESDAY, hour=9)
    since = hall.journal.seq
    with pytest.raises(Exception, match="not open"):
        hall.counter(3).calls_next()

    assert "day.ended" == hall.journal.kinds(since=since)[-1]
    assert [] == hall.kinds(hall.ticks)


def test_stamps_go_on_increasing_over_the_days_end(hall, evening):
    """The first act of the day comes after the night's last."""
    hall.comes(day=TUESDAY, hour=9)
    told = hall.tells(hall.issues)

    assert told[-2].at < told[-1].at


def test_numbers_begin_again_and_order_goes_on(hall, evening):
    """A001 of today is another ticket."""
    hall.comes(day=TUESDAY, hour=9)
    number = hall.issues()

    assert ("A001", 8, "2026-11-24") == (number, hall.ticket(number).order, hall.ticket(number).day)


def test_yesterdays_numbers_are_void(hall, evening):
    """No act finds them."""
    hall.comes(day=TUESDAY, hour=9)
    hall.ticks()
    desk = hall.counter(3).opens()
    acts = [desk.starts, desk.passes, desk.restores, desk.finishes, hall.cancels, hall.prioritises, hall.reprints, hall.restores]

    for ticket in evening:
        assert {"no_such_ticket"} == {hall.refusal(act, ticket) for act in acts}
        assert "no_such_ticket" == hall.refusal(desk.resumes, ticket)
        assert "no_such_ticket" == hall.refusal(desk.transfers, ticket, to_service="payment")
    assert "no_such_ticket" == hall.refusal(desk.calls, "A001")
    assert desk.calls_next() is None


def test_midnight_changes_nothing(hall):
    """Who took a number at half past eleven is called at half past twelve, and the count goes on."""
    hall.comes(hour=23, minute=30)
    first = hall.issues()
    desk = hall.counter(3).opens()
    hall.comes(day=TUESDAY, hour=0, minute=30)

    assert (["A001", "A002"], "A001") == ([first, hall.issues()], desk.calls_next())


def test_an_hour_of_the_day_may_be_the_halls_own(new_hall):
    """`day_start`."""
    from datetime import time

    hall = new_hall(hall={"day_start": time(0)})
    hall.issues()
    hall.comes(day=TUESDAY, hour=0)

    assert ["ticket.expired", "day.ended", "ticket.issued"] == hall.kinds(hall.issues)


# ------------------------------------------------------------------ clocks that jump


def test_a_clock_that_jumps_back_repeats_nothing(hall):
    """The hall's now is never before its newest stamp: numbers, order and journal go on."""
    hall.issues()
    hall.passes(hours=2)
    hall.issues()
    later = hall.ticket("A002").issued_at
    hall.comes(hour=9)
    hall.issues()
    told = hall.journal.entries()

    assert later + 1 == hall.ticket("A003").issued_at
    assert ["A001", "A002", "A003"] == hall.counter(3).opens().serves(3)
    assert sorted(entry.at for entry in told) == [entry.at for entry in told]


def test_a_clock_that_jumps_back_over_the_days_end_does_not_reopen_the_day(hall):
    """Yesterday stays ended; numbers of today stay taken."""
    hall.comes(day=TUESDAY, hour=9)
    hall.issues()
    hall.comes(day=date(2026, 11, 23), hour=9)

    assert ("A002", "2026-11-24") == (hall.issues(), hall.ticket("A002").day)
    assert "day.ended" not in hall.journal.kinds()


def test_a_clock_that_jumps_back_survives_a_restart(hall):
    """The newest stamp is kept with the hall."""
    hall.comes(hour=15)
    hall.issues()
    stamp = hall.ticket("A001").issued_at
    hall.shuts_down()
    hall.comes(hour=9)
    hall.starts_up()

    assert stamp + 1 == hall.ticket(hall.issues()).issued_at


def test_acts_of_one_instant_have_stamps_of_their_own(hall):
    """Strictly increasing, though the clock stands still."""
    hall.issues_many(50)
    stamps = [ticket.issued_at for ticket in hall.tickets()]

    assert list(range(to_us(hall.time), to_us(hall.time) + 50)) == stamps
