"""How long a ticket may wait: an honest range or nothing."""

from hypothesis import given
from hypothesis import strategies as st

from server.rules.waits import Pace, wait_range

UNSEEN = Pace(expected_s=600, seen=0, mean_s=0)
SEEN = Pace(expected_s=600, seen=4, mean_s=300)


def test_nothing_is_promised_before_some_acts_were_seen():
    """Expected minutes alone are no honest ground."""
    assert wait_range(ahead={"a": 3}, pace={"a": UNSEEN}, own="a", counters_open=2) is None


def test_nothing_is_promised_with_no_counter_at_work():
    """Nobody would call."""
    assert wait_range(ahead={"a": 3}, pace={"a": SEEN}, own="a", counters_open=0) is None


def test_the_work_ahead_is_shared_by_the_counters():
    """Four ahead at 450 s each, two counters: 15 minutes, told as 9 to 23."""
    assert {"low_min": 9, "high_min": 23} == wait_range(ahead={"a": 4}, pace={"a": SEEN}, own="a", counters_open=2)


def test_few_acts_are_drawn_towards_the_expected_minutes():
    """Four acts weigh as much as the expectation."""
    assert 450 == SEEN.serving_s


def test_nobody_ahead_is_soon():
    """Still with some minutes to spare."""
    assert {"low_min": 0, "high_min": 2} == wait_range(ahead={}, pace={"a": SEEN}, own="a", counters_open=1)


@given(
    ahead=st.dictionaries(st.sampled_from("abc"), st.integers(min_value=0, max_value=200)),
    mean_s=st.floats(min_value=1, max_value=10_000),
    seen=st.integers(min_value=3, max_value=40),
    counters=st.integers(min_value=1, max_value=50),
)
def test_a_range_is_a_range_and_one_more_ahead_never_shortens_it(ahead, mean_s, seen, counters):
    """For any hall."""
    pace = {service: Pace(expected_s=600, seen=seen, mean_s=mean_s) for service in "abc"}
    now = wait_range(ahead=ahead, pace=pace, own="a", counters_open=counters)
    longer = wait_range(ahead=ahead | {"a": ahead.get("a", 0) + 1}, pace=pace, own="a", counters_open=counters)

    assert 0 <= now["low_min"] < now["high_min"]
    assert longer["low_min"] >= now["low_min"]
    assert longer["high_min"] >= now["high_min"]
