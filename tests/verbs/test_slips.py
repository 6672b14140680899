"""Slips of paper: ordered, taken by one rack, done with."""

import pytest
from sqlalchemy import update

from server.clock import real_us
from server.standing import SLIP_STALE_AFTER_S
from server.tables import Slip
from server.verbs.slips import slips_sending


@pytest.fixture
def number(hall):
    """A001, its slip ordered at kiosk-1."""
    return hall.issues(slip_at="kiosk-1")


def test_a_slip_is_ordered_with_the_number(hall):
    """Told to the station whose rack prints it, and to the holder."""
    issued, queued = hall.tells(hall.issues, slip_at="kiosk-1")
    (slip,) = hall.slips("A001")

    assert ("ticket.issued", "slip.queued") == (issued.kind, queued.kind)
    assert (f"ticket:{slip.ticket}", "station:kiosk-1") == queued.topics
    assert {
        "slip": slip.id,
        "ticket": slip.ticket,
        "number": "A001",
        "station": "kiosk-1",
        "detail": None,
    } == queued.facts
    assert ("pending", "pending", 0) == (slip.state, hall.ticket("A001").slip, slip.reprint)


def test_what_stands_on_a_slip_is_fixed_when_it_is_ordered(hall):
    """Two were ahead then, whoever is called before it is printed."""
    hall.issues_many(2)
    hall.issues(slip_at="kiosk-1")
    hall.counter(3).opens().serves(2)
    (slip,) = hall.to_print()

    assert ("A003", 2, "2026-11-23T09:00:00+08:00", "2026-11-23", None, "http://hall.example/t/link-3", False) == (
        slip["number"],
        slip["ahead"],
        slip["taken_at"],
        slip["valid_day"],
        slip["priority_label"],
        slip["follow_url"],
        slip["reprint"],
    )


def test_a_class_stands_on_the_slip(hall):
    """In the applicant's language."""
    hall.issues(priority="elder", locale="en", slip_at="kiosk-1")
    (slip,) = hall.to_print()

    assert ("Senior priority", "Business registration", "en") == (slip["priority_label"], slip["service"], slip["locale"])


@pytest.mark.parametrize("outcome", ["printed", "not_sent", "unknown"])
def test_a_slip_is_taken_before_its_first_byte_and_then_has_an_outcome(hall, number, outcome):
    """Each is told."""
    (sending,) = hall.tells(hall.slip_is, "sending", number=number)
    (done,) = hall.tells(hall.slip_is, outcome, number=number, detail="paper out")

    assert ("slip.sending", f"slip.{outcome}", "kiosk-1") == (sending.kind, done.kind, done.actor)
    assert (outcome, outcome, "paper out", "paper out") == (
        hall.slips(number)[0].state,
        hall.ticket(number).slip,
        hall.ticket(number).slip_detail,
        done.facts["detail"],
    )


def test_a_second_rack_is_refused(hall, number):
    """The slip is taken."""
    hall.slip_is("sending", number=number)

    assert "slip_taken" == hall.refusal(hall.slip_is, "sending", number=number)
    assert [] == hall.to_print()


@pytest.mark.parametrize("outcome", ["printed", "unknown"])
def test_a_slip_done_with_is_not_printed_again(hall, number, outcome):
    """It may be on paper; only a person reprints it. Saying the same twice records nothing."""
    hall.slip_is("sending", number=number)
    hall.slip_is(outcome, number=number)

    assert [] == hall.to_print()
    assert "slip_taken" == hall.refusal(hall.slip_is, "sending", number=number)
    assert "slip_taken" == hall.refusal(hall.slip_is, "not_sent", number=number)
    assert [] == hall.kinds(hall.slip_is, outcome, number=number)


def test_a_slip_that_never_left_is_tried_again(hall, number):
    """Until it is too old to be worth it."""
    hall.slip_is("sending", number=number)
    hall.slip_is("not_sent", number=number, detail="no answer")

    assert [number] == [slip["number"] for slip in hall.to_print()]
    assert "sending" == hall.slip_is("sending", number=number)
    hall.slip_is("not_sent", number=number)
    hall.passes(seconds=SLIP_STALE_AFTER_S + 1)
    assert [] == hall.to_print()


def test_an_outcome_without_a_beginning_is_refused(hall, number):
    """Nobody can have printed what nobody took; "could not even begin" may be said."""
    assert "slip_taken" == hall.refusal(hall.slip_is, "printed", number=number)
    assert "not_sent" == hall.slip_is("not_sent", number=number)


def test_a_slip_belongs_to_its_station(hall, number):
    """Another's rack does not find it."""
    assert "no_such_slip" == hall.refusal(hall.slip_is, "sending", number=number, station="kiosk-2")
    assert [] == hall.to_print("kiosk-2")
    assert "no_such_station" == hall.refusal(hall.to_print, "kiosk-9")


@pytest.mark.parametrize(("real_s", "state"), [(59, "sending"), (61, "unknown")])
def test_without_an_outcome_for_a_minute_a_slip_is_unknown(hall, number, real_s, state):
    """Of real time: a replayed hour of the hall does not count."""
    hall.slip_is("sending", number=number)
    hall.passes(hours=1)
    taken_at = real_us() - real_s * 1_000_000
    hall.does(lambda tx: tx.run(update(Slip.__table__).values(sending_real_at=taken_at)))
    due = hall.sees(slips_sending)
    hall.forgets_overdue_slips()

    assert (state == "unknown", state) == (due, hall.ticket(number).slip)
    assert ("slip.unknown" if due else "slip.sending") == hall.journal.kinds()[-1]


def test_a_guide_reprints(hall, number):
    """Marked 补打; the ticket tells of its newest slip."""
    hall.slip_is("sending", number=number)
    hall.slip_is("printed", number=number)
    hall.passes(seconds=1)
    (told,) = hall.tells(hall.reprints, number, station="kiosk-2")

    assert ("slip.queued", "s03", "kiosk-2") == (told.kind, told.actor, told.facts["station"])
    assert [(number, True)] == [(slip["number"], slip["reprint"]) for slip in hall.to_print("kiosk-2")]
    assert "pending" == hall.ticket(number).slip


def test_reprinting_is_refused(hall, number):
    """To a clerk or a kiosk, at no station, of no ticket."""
    assert "not_allowed" == hall.refusal(hall.reprints, number, by=hall.staff("s05"))
    assert "not_allowed" == hall.refusal(hall.reprints, number, by=hall.kiosk)
    assert "no_such_station" == hall.refusal(hall.reprints, number, station="kiosk-9")
    assert "no_such_ticket" == hall.refusal(hall.reprints, "Z999")


def test_whoever_took_a_slip_may_say_so_again(hall, number):
    """The answer got lost on the way; nobody else may say how it ended, nor free it."""
    hall.slip_is("sending", number=number, rack="r1")

    assert [] == hall.kinds(hall.slip_is, "sending", number=number, rack="r1")
    assert ["slip_taken"] * 3 == [
        hall.refusal(hall.slip_is, outcome, number=number, rack="r2") for outcome in ("sending", "not_sent", "printed")
    ]
    assert "printed" == hall.slip_is("printed", number=number, rack="r1")


def test_its_rack_may_say_late_that_a_slip_was_not_sent(hall, number):
    """The network was away for more than a minute; what is certain is believed, and the slip is to be printed again."""
    hall.slip_is("sending", number=number, rack="r1")
    hall.does(lambda tx: tx.run(update(Slip.__table__).values(sending_real_at=1)))
    hall.forgets_overdue_slips()

    assert "slip_taken" == hall.refusal(hall.slip_is, "not_sent", number=number, rack="r2")
    assert ["slip.not_sent"] == hall.kinds(hall.slip_is, "not_sent", number=number, rack="r1")
    assert [number] == [slip["number"] for slip in hall.to_print("kiosk-1")]


def test_its_rack_may_say_late_that_a_slip_was_printed(hall, number):
    """The server was away for more than a minute; another rack knows nothing of it, and printed it stays."""
    hall.slip_is("sending", number=number, rack="r1")
    hall.does(lambda tx: tx.run(update(Slip.__table__).values(sending_real_at=1)))
    hall.forgets_overdue_slips()

    assert "slip_taken" == hall.refusal(hall.slip_is, "printed", number=number, rack="r2")
    assert ["slip.printed"] == hall.kinds(hall.slip_is, "printed", number=number, rack="r1")
    assert "slip_taken" == hall.refusal(hall.slip_is, "unknown", number=number, rack="r1")


def test_a_slip_that_was_not_sent_goes_to_the_neighbour(hall, number):
    """It has one station at a time: the old one's rack is refused. The event says where from and why."""
    hall.slip_is("not_sent", number=number, detail="out of paper")
    (queued,) = hall.tells(hall.hands_on, number, to="kiosk-2")

    assert ("slip.queued", "kiosk-2", "kiosk-1: out of paper") == (queued.kind, queued.facts["station"], queued.facts["detail"])
    assert "station:kiosk-2" in queued.topics
    assert ([], [number]) == (hall.to_print(), [slip["number"] for slip in hall.to_print("kiosk-2")])
    assert "no_such_slip" == hall.refusal(hall.slip_is, "sending", number=number)
    assert "pending" == hall.ticket(number).slip


def test_a_slip_is_handed_on_once(hall, number):
    """Two printers without paper do not pass it to and fro."""
    hall.slip_is("not_sent", number=number)
    hall.hands_on(number, to="kiosk-2")
    hall.slip_is("not_sent", number=number, station="kiosk-2")

    assert [] == hall.kinds(hall.hands_on, number, station="kiosk-2", to="kiosk-1")
    assert [number] == [slip["number"] for slip in hall.to_print("kiosk-2")]


def test_a_slip_that_a_rack_has_stays_where_it_is(hall, number):
    """It may be on paper already; nor does it go where there is no station."""
    assert "no_such_station" == hall.refusal(hall.hands_on, number, to="kiosk-9")
    hall.slip_is("sending", number=number)

    assert "slip_taken" == hall.refusal(hall.hands_on, number, to="kiosk-2")
    hall.slip_is("unknown", number=number)
    assert "slip_taken" == hall.refusal(hall.hands_on, number, to="kiosk-2")


def test_a_printer_that_prints_again_takes_what_is_stranded(hall, number):
    """What was tried and is still worth printing; nothing a rack may be about to take."""
    second = hall.issues(slip_at="kiosk-1")
    hall.slip_is("not_sent", number=number)

    assert 1 == hall.takes_over(to="kiosk-2")
    assert [[second], [number]] == [[slip["number"] for slip in hall.to_print(station)] for station in ("kiosk-1", "kiosk-2")]
    hall.slip_is("not_sent", number=second)
    hall.passes(seconds=SLIP_STALE_AFTER_S + 1)
    assert 0 == hall.takes_over(to="kiosk-2")
