"""A rating belongs to the service act that was asked about, never to who stands there next."""

from datetime import date

import pytest


@pytest.fixture
def desk(hall):
    """Counter 3, where A001 was served and A002 waits."""
    hall.issues_many(2)
    desk = hall.counter(3).opens()
    desk.serves_next(seconds=60)
    return desk


def test_a_key_at_the_window_rates_the_act_that_was_asked_about(hall, desk):
    """Though the next one has been called meanwhile."""
    act = hall.ticket("A001").act
    desk.calls_next()
    desk.starts()
    (told,) = hall.tells(desk.rates, 2, act=act, reasons=["等候时间长"], comment="long")
    (rating,) = hall.ratings()

    assert ("service.rated", "counter-3") == (told.kind, told.actor)
    assert (f"ticket:{hall.ticket('A001').id}", "counter:3") == told.topics
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "act": act,
        "level": 2,
        "channel": "keypad",
    } == told.facts
    assert (act, "biz-setup", 3, "s05", 2, '["等候时间长"]', "long", "keypad") == (
        rating.act,
        rating.service,
        rating.counter,
        rating.clerk,
        rating.level,
        rating.reasons,
        rating.comment,
        rating.channel,
    )
    assert 1 == desk.sheet["tally"]["ratings"]


def test_no_rating_is_given_by_default(hall, desk):
    """Who presses nothing has said nothing."""
    hall.passes(minutes=30)

    assert [] == hall.ratings()


@pytest.mark.parametrize(("seconds", "refusal"), [(299, None), (301, "rating_closed")])
def test_the_window_is_five_minutes(hall, desk, seconds, refusal):
    """From the end of the act."""
    hall.passes(seconds=seconds)

    assert refusal == (hall.refusal(desk.rates) if refusal else desk.rates() and None)


def test_an_act_may_be_rated_while_it_lasts(hall, desk):
    """However long, once the clerk's key has asked; it is not asked about a second time."""
    desk.calls_next()
    desk.starts()
    assert "A002" == desk.asks_rating()
    act = desk.sheet["rating"]["act"]
    hall.passes(hours=2)

    assert (act, 4) == (hall.ticket("A002").act, desk.rates(4))
    assert ["service.finished"] == hall.kinds(desk.finishes)


def test_rating_is_refused(hall, desk):
    """Twice; another counter's act; none; nowhere."""
    act = hall.ticket("A001").act

    assert "nothing_to_rate" == hall.refusal(hall.counter(4).rates, act=act)
    assert "no_such_act" == hall.refusal(desk.rates, act="nothing")
    assert "no_such_counter" == hall.refusal(hall.counter(99).rates, act=act)
    desk.rates(5)
    assert "already_rated" == hall.refusal(desk.rates, 1, act=act)
    assert "already_rated" == hall.refusal(hall.rates_by_link, "A001", 1)
    assert [5] == [rating.level for rating in hall.ratings()]


# ------------------------------------------------------------------ asking


def test_the_clerks_key_asks_about_the_act_in_progress(hall, desk):
    """Else about the last one, while its time lasts."""
    first = hall.ticket("A001").act
    (told,) = hall.tells(desk.asks_rating)
    assert ("rating.asked", "s05", first) == (told.kind, told.actor, told.facts["act"])
    desk.calls_next()
    assert "A001" == desk.asks_rating()
    desk.starts()

    assert "A002" == desk.asks_rating()
    assert hall.ticket("A002").act == desk.sign["rating"]["act"]


def test_asking_again_promises_no_more_time_than_there_is(hall, desk):
    """`until` is when the rating will be refused."""
    until = desk.sheet["rating"]["until"]
    hall.passes(minutes=4)
    (told,) = hall.tells(desk.asks_rating)

    assert [until] * 3 == [told.facts["until"], desk.sheet["rating"]["until"], desk.sign["rating"]["until"]]
    hall.passes(seconds=61)
    assert "rating_closed" == hall.refusal(desk.rates)


def test_asking_is_refused(hall, desk):
    """With nothing to ask about, rated already, too late, at a shut counter, by someone else."""
    assert "counter_not_open" == hall.refusal(hall.counter(4).asks_rating)
    assert "nothing_to_rate" == hall.refusal(hall.counter(4).opens().asks_rating)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.staff("s06")).asks_rating)
    assert "no_such_counter" == hall.refusal(hall.counter(99).asks_rating)
    hall.passes(minutes=6)
    assert "nothing_to_rate" == hall.refusal(desk.asks_rating)
    desk.serves_next()
    desk.rates()
    assert "nothing_to_rate" == hall.refusal(desk.asks_rating)


def test_a_rated_act_is_no_longer_asked_about(hall, desk):
    """Desk, sign and tablet fall silent."""
    desk.rates(5)

    assert [None, None] == [desk.sheet["rating"], desk.sign["rating"]]
    assert "nothing_to_rate" == desk.can("ask_rating")


# ------------------------------------------------------------------ by the link


def test_the_holder_rates_from_the_phone(hall, desk):
    """As the applicant; told to the counter as well."""
    (told,) = hall.tells(hall.rates_by_link, "A001", 3)

    assert ("service.rated", "applicant", "phone", 3) == (told.kind, told.actor, told.facts["channel"], told.facts["level"])


@pytest.mark.parametrize(("day", "hour", "refusal"), [(24, 9, None), (30, 23, None), (31, 0, "rating_closed")])
def test_the_phone_has_five_working_days(hall, desk, day, hour, refusal):
    """Monday's act until the next Monday's midnight, hall time."""
    ticket = hall.ticket("A001")
    hall.comes(day=date(2026, 11, day) if day < 31 else date(2026, 12, 1), hour=hour)
    hall.ticks()

    def rate():
        hall.rates_by_link(ticket.id, 4)

    assert refusal == (hall.refusal(rate) if refusal else rate())


def test_rating_by_link_is_refused(hall, desk):
    """With a link that leads nowhere, for an act of someone else."""
    desk.serves_next()

    assert "no_such_link" == hall.refusal(hall.rates_by_link, "A001", follow="nowhere")
    assert "no_such_act" == hall.refusal(hall.rates_by_link, "A001", act=hall.ticket("A002").act)
    assert "no_such_act" == hall.refusal(hall.rates_by_link, "A001", act="nothing")


def test_each_act_of_a_ticket_has_its_own_rating(hall, desk):
    """Sent on, it is served twice and rated twice."""
    desk.serves_next(next="payment")
    first = hall.ticket("A002").act
    desk.rates(5, act=first)
    fee = hall.counter(11).opens()
    fee.serves_next()
    fee.rates(3)

    assert [("biz-setup", 3, 5), ("payment", 11, 3)] == [(r.service, r.counter, r.level) for r in hall.ratings()]
    assert "already_rated" == hall.refusal(hall.rates_by_link, "A002", act=first)
