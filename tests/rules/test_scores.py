"""Which service act a rating belongs to, and until when."""

import pytest

from server.errors import HallError
from server.rules.scores import LEVELS, check_rating


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"ended_at": None, "until": None, "now": 10**18}, None),
        ({"now": 100}, None),
        ({"now": 101}, "rating_closed"),
        ({"rated": True}, "already_rated"),
        ({"rated": True, "now": 101}, "already_rated"),
        ({"began": False}, "nothing_to_rate"),
    ],
)
def test_an_act_is_rated_once_while_it_lasts_or_soon_after(facts, refusal):
    """During it without limit, afterwards until the end of its time."""
    try:
        met = check_rating(**({"began": True, "ended_at": 50, "until": 100, "rated": False, "now": 60} | facts))
    except HallError as refused:
        met = refused.code

    assert refusal == met


def test_there_are_five_levels():
    """5 is best."""
    assert (5, 4, 3, 2, 1) == LEVELS
