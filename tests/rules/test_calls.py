"""When a call may be repeated, given up, taken back, brought back."""

from dataclasses import dataclass

import pytest

from server.errors import HallError
from server.rules import calls

S = 1_000_000
NOW = 1_000 * S


@dataclass
class Ticket:
    """Called a moment ago."""

    number: str = "A001"
    calls: int = 1
    last_call_at: int | None = NOW
    restores: int = 0
    restore_until: int | None = None


def why(rule, *args, **facts):
    """The refusal's name, or None."""
    try:
        rule(*args, **facts)
    except HallError as refused:
        return refused.code


@pytest.mark.parametrize(
    ("after_s", "refusal"), [(0, "recalled_too_soon"), (7.999999, "recalled_too_soon"), (8, None), (9, None)]
)
def test_a_recall_waits_for_the_interval(after_s, refusal):
    """Eight seconds, to the microsecond."""
    assert refusal == why(calls.check_recall, Ticket(), now=NOW + round(after_s * S), max_calls=3, interval_s=8)


def test_a_recall_that_came_too_soon_says_when_it_may_be():
    """The desk counts down to it."""
    with pytest.raises(HallError, match="again in 8 s") as refused:
        calls.check_recall(Ticket(), now=NOW + 1, max_calls=3, interval_s=8)

    assert NOW + 8 * S == refused.value.again_at_us


@pytest.mark.parametrize(("called", "refusal"), [(1, None), (2, None), (3, "recall_limit"), (4, "recall_limit")])
def test_a_ticket_is_called_so_often_and_no_more(called, refusal):
    """The first call counts."""
    assert refusal == why(calls.check_recall, Ticket(calls=called), now=NOW + 60 * S, max_calls=3, interval_s=8)


@pytest.mark.parametrize(("called", "refusal"), [(1, "too_few_calls"), (2, "too_few_calls"), (3, None)])
def test_nobody_is_passed_before_the_last_call(called, refusal):
    """Three calls, then 过号."""
    assert refusal == why(calls.check_no_show, Ticket(calls=called), max_calls=3)


@pytest.mark.parametrize(
    ("policy", "times", "until"),
    [
        ("restore_within_minutes", 1, NOW + 1800 * S),
        ("restore_within_minutes", 0, None),
        ("keep_times", 1, None),
        ("void", 1, None),
    ],
)
def test_how_long_a_passed_number_may_come_back_is_the_halls_policy(policy, times, until):
    """Minutes, no limit of time, or not at all."""
    assert until == calls.restore_until(now=NOW, policy=policy, minutes=30, times=times)


@pytest.mark.parametrize(
    ("policy", "restores", "until", "refusal"),
    [
        ("restore_within_minutes", 0, NOW, None),
        ("restore_within_minutes", 0, NOW - 1, "restore_expired"),
        ("restore_within_minutes", 1, NOW, "restore_limit"),
        ("keep_times", 0, None, None),
        ("keep_times", 1, None, "restore_limit"),
        ("void", 0, None, "restore_limit"),
    ],
)
def test_a_passed_number_comes_back_by_the_halls_policy(policy, restores, until, refusal):
    """Within its time, as often as allowed; never where passing voids it."""
    ticket = Ticket(restores=restores, restore_until=until)

    assert refusal == why(calls.check_restore, ticket, now=NOW, policy=policy, times=1)


@pytest.mark.parametrize(("after_us", "refusal"), [(0, None), (10 * S, None), (10 * S + 1, "undo_too_late")])
def test_an_act_is_taken_back_within_ten_seconds(after_us, refusal):
    """To the microsecond."""
    assert refusal == why(calls.check_undo, at=NOW, now=NOW + after_us, within_s=10)
