"""Who may do what, by rank."""

import pytest

from server.rules.people import APPLICANT, HALL, RANKS, By


@pytest.mark.parametrize("role", RANKS)
def test_each_rank_may_what_the_ones_below_may(role):
    """Clerk, guide, duty leader, manager, admin."""
    someone = By(kind="staff", id="s01", role=role)

    assert list(RANKS[: RANKS.index(role) + 1]) == [rank for rank in RANKS if someone.at_least(rank)]


@pytest.mark.parametrize(
    "by", [By(kind="staff", id="x", role="supervisor"), By(kind="station", id="kiosk-1", role="admin"), APPLICANT, HALL]
)
def test_a_supervisor_a_station_an_applicant_and_the_night_have_no_rank(by):
    """They act, if at all, by what they are."""
    assert not any(by.at_least(rank) for rank in RANKS)
