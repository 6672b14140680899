"""A POST repeated with its Idempotency-Key gets the same answer, and nothing happens twice."""

from datetime import date

import pytest

from server.errors import HallClosed
from server.rules.people import By
from server.verbs.issuing import issue

KIOSK = By(kind="station", id="kiosk-1")


@pytest.fixture
def take():
    """Takes a number; each time with a link of its own."""
    links = iter(f"own-{n}" for n in range(99))
    return lambda tx: {"number": issue(tx, service="biz-setup", by=KIOSK, follow=next(links)).number}


def test_the_same_key_and_body_again_get_the_same_answer(hall, take):
    """One ticket, however often it is asked for."""
    answers = [hall.once(take) for _ in range(3)]

    assert [({"number": "A001"}, False), ({"number": "A001"}, True), ({"number": "A001"}, True)] == answers
    assert ["ticket.issued"] == hall.journal.kinds()


def test_the_same_key_with_another_body_is_refused(hall, take):
    """It was used for another request."""
    hall.once(take)

    assert "key_reused" == hall.refusal(hall.once, take, digest="body-2")


@pytest.mark.parametrize("other", [{"caller": "s06"}, {"key": "key-2"}])
def test_a_key_is_one_callers(hall, take, other):
    """Another caller's, or another key, is another act."""
    hall.once(take)

    assert ({"number": "A002"}, False) == hall.once(take, **other)


def test_a_key_is_one_days(hall, take):
    """Tomorrow it begins anew."""
    hall.once(take)
    hall.comes(day=date(2026, 11, 24), hour=9)

    assert ({"number": "A001"}, False) == hall.once(take)


def test_without_a_key_every_request_is_an_act(hall, take):
    """As often as it is sent."""
    assert [{"number": "A001"}, {"number": "A002"}] == [hall.once(take, key=None)[0] for _ in range(2)]


def test_a_refusal_is_not_kept(hall, take):
    """The same request succeeds once the hall allows it."""

    def refuse(tx):
        take(tx)
        raise HallClosed(opens_at=None)

    assert "hall_closed" == hall.refusal(hall.once, refuse)
    assert ({"number": "A001"}, False) == hall.once(take)


def test_emptiness_is_not_kept(hall, take):
    """Nobody waited; a moment later somebody does."""
    assert (None, False) == hall.once(lambda _: None)
    assert ({"number": "A001"}, False) == hall.once(take)


def test_the_answer_outlives_a_restart(hall, take):
    """It lies where the ticket lies."""
    hall.once(take)
    hall.shuts_down()
    hall.starts_up()

    assert ({"number": "A001"}, True) == hall.once(take)


def test_two_at_the_same_instant_are_one(hall, take):
    """The second finds the answer of the first, in the same batch."""
    from server.verbs.repeating import once

    facts = {"key": "key-1", "caller": "s05", "digest": "body-1", "act": take}
    answers = hall.does_together((once, facts), (once, facts))

    assert [({"number": "A001"}, False), ({"number": "A001"}, True)] == answers
