"""Moving: a guide sends on whom no counter has called yet."""

import pytest

from server.queries.guide import card
from server.verbs.serving import move, transfer

S = 1_000_000


def moves(hall, number, *, by=None, verb=move, **facts):
    """An act: the guide moves a waiting ticket."""
    return lambda: hall.does(verb, ticket_id=hall.id(number), by=by or hall.guide, **facts)


def can(hall, number, *, by):
    """What the guide desk shows as possible for `by`: act → None, or the refusal's name."""
    shown = hall.sees(card, number=number, by=by, locale="zh-CN")["can"]
    return {act: why and why["error"] for act, why in shown.items()}


@pytest.fixture
def a001(hall):
    """Somebody who took the wrong number, three minutes ago."""
    number = hall.issues("biz-setup")
    hall.passes(minutes=3)
    return number


def test_a_waiting_ticket_is_moved_to_another_service(hall, a001):
    """With its number, its time of queueing and its class; told like any transfer, from no counter."""
    before = hall.ticket(a001)
    (told,) = hall.tells(moves(hall, a001, to_service="food-permit"))
    ticket = hall.ticket(a001)

    assert ("ticket.transferred", "s03", (f"ticket:{ticket.id}", "board:f1")) == (told.kind, told.actor, told.topics)
    assert {
        "number": "A001",
        "service": "food-permit",
        "from_service": "biz-setup",
        "from_counter": None,
        "to_counter": None,
        "areas": ["f1"],
        "place": "kept",
    } == told.facts
    assert ("waiting", "food-permit", before.line_at) == (ticket.state, ticket.service, ticket.line_at)


def test_each_service_keeps_its_own_wait(hall, a001):
    """The waiting stage ends and another begins; the ticket's wait is the sum."""
    hall.does(move, ticket_id=hall.id(a001), to_service="food-permit", by=hall.guide)
    hall.passes(minutes=1)
    first, second = hall.stages(a001)

    assert ("biz-setup", "move", "food-permit", None) == (first.service, first.ended_by, second.service, second.ended_at)
    assert first.ended_at == second.began_at
    assert 240 == hall.wire(a001)["wait_s"]


def test_a_waiting_ticket_is_moved_to_one_counter(hall, a001):
    """Both counters concerned hear of it: the one it now waits for, and the one it waited for."""
    hall.does(move, ticket_id=hall.id(a001), to_counter=4, by=hall.guide)
    (told,) = hall.tells(moves(hall, a001, to_counter=5))

    assert (f"ticket:{hall.id(a001)}", "counter:4", "counter:5", "board:f1") == told.topics
    assert ("biz-setup", 5) == (hall.ticket(a001).service, hall.ticket(a001).bound)


def test_a_bound_ticket_is_set_free(hall, a001):
    """Moved to its own service it waits for any counter again."""
    hall.does(move, ticket_id=hall.id(a001), to_counter=4, by=hall.guide)
    hall.does(move, ticket_id=hall.id(a001), to_service="biz-setup", by=hall.guide)

    assert a001 == hall.counter(3).opens().calls_next()


@pytest.mark.parametrize(("place", "order"), [("kept", ["A001", "A002"]), ("last", ["A002", "A001"])])
def test_the_guide_says_where_it_waits(hall, a001, place, order):
    """In the place it had, or behind all who wait there."""
    hall.issues("food-permit")
    hall.does(move, ticket_id=hall.id(a001), to_service="food-permit", place=place, by=hall.guide)

    assert order == hall.counter(3).opens().serves(2)


def test_the_guide_sends_somebody_to_the_front(hall):
    """Just before the first who waits there."""
    hall.issues("food-permit")
    hall.issues("biz-setup")
    hall.does(move, ticket_id=hall.id("A002"), to_service="food-permit", place="first", by=hall.guide)

    assert ["A002", "A001"] == hall.counter(3).opens().serves(2)


def test_moving_is_for_guides_and_up(hall, a001):
    """A clerk calls whom the line gives; stations and their pads move nobody."""
    assert "not_your_ticket" == hall.refusal(moves(hall, a001, to_service="food-permit", by=hall.staff("s05")))
    assert "not_your_ticket" == hall.refusal(moves(hall, a001, to_service="food-permit", by=hall.pad(3)))
    assert ["ticket.transferred"] == hall.kinds(moves(hall, a001, to_service="food-permit", by=hall.leader))


def test_one_way_to_send_on(hall, a001):
    """`transfer` of a waiting ticket is a move, for the guide as for the refusal of the clerk."""
    told = hall.kinds(moves(hall, a001, verb=transfer, to_service="food-permit"))

    assert ["ticket.transferred"] == told
    assert "not_your_ticket" == hall.refusal(moves(hall, a001, verb=transfer, to_service="consult", by=hall.staff("s05")))


def test_only_who_waits_is_moved(hall, a001):
    """One that a counter has is the counter's to send on; one that is done with stays so."""
    hall.counter(3).opens().calls_next()
    called = hall.refusal(moves(hall, a001, to_service="food-permit"))
    hall.issues("biz-setup")
    hall.cancels("A002")

    assert ("not_waiting", "not_waiting") == (called, hall.refusal(moves(hall, "A002", to_service="food-permit")))
    assert "not_your_ticket" == hall.refusal(moves(hall, a001, verb=transfer, to_service="food-permit"))
    assert "no_such_ticket" == hall.refusal(moves(hall, "Z999", to_service="food-permit"))


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"to_service": "nothing"}, "no_such_service"),
        ({"to_counter": 99}, "no_such_counter"),
        ({"to_counter": 11}, "not_served_there"),
        ({}, "malformed"),
    ],
)
def test_nobody_is_moved_to_where_nobody_serves_them(hall, a001, facts, refusal):
    """The place named must be there, and take this service."""
    assert refusal == hall.refusal(moves(hall, a001, **facts))


def test_no_counter_undoes_a_move(hall):
    """Nor what the counter did before: the ticket has moved on."""
    hall.issues("biz-setup")
    desk = hall.counter(3).opens()
    desk.calls_next()
    desk.transfers(to_service="food-permit")
    hall.does(move, ticket_id=hall.id("A001"), to_service="biz-setup", by=hall.guide)

    assert "moved_on" == hall.refusal(desk.undoes)


def test_the_guide_desk_shows_what_may_be_done_with_who_waits(hall, a001):
    """All but bringing back what was not passed."""
    assert {"prioritise": None, "move": None, "cancel": None, "restore": "not_no_show", "reprint": None} == can(
        hall, a001, by=hall.guide
    )


def test_the_guide_desk_leaves_a_ticket_to_the_counter_that_has_it(hall, a001):
    """A duty leader may send it on, a guide may not."""
    hall.counter(3).opens().calls_next()

    assert ("not_your_ticket", None) == (can(hall, a001, by=hall.guide)["move"], can(hall, a001, by=hall.leader)["move"])
    assert "not_waiting" == can(hall, a001, by=hall.guide)["cancel"]


def test_the_guide_desk_brings_back_who_was_passed(hall, a001):
    """While the hall's rule allows it."""
    hall.counter(3).opens().calls_in_vain()
    in_time = can(hall, a001, by=hall.guide)["restore"]
    hall.passes(minutes=31)

    assert (None, "restore_expired") == (in_time, can(hall, a001, by=hall.guide)["restore"])
