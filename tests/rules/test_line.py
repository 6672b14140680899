"""Who is next: one place each, the smaller first."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from server.rules.line import before, behind, capped, next_in_line, queue_place, reason

MINUTE = 60_000_000  # µs


@dataclass(frozen=True)
class Waits:
    """A place."""

    line_at: int
    order: int


places = st.builds(Waits, line_at=st.integers(), order=st.integers(min_value=1))


def test_nobody_is_next_when_nobody_waits():
    """Emptiness is a value."""
    assert next_in_line([]) is None


@given(st.lists(places, min_size=1, unique_by=lambda t: t.order))
def test_the_smallest_place_is_next_and_ties_go_by_who_came_first(line):
    """Whatever the order of the rows."""
    following = next_in_line(line)

    assert min((t.line_at, t.order) for t in line) == (following.line_at, following.order)
    assert following == next_in_line(reversed(line))


def test_a_head_start_moves_a_place_forward_by_its_minutes():
    """An elder stands with those who came half an hour earlier; the time of queueing stays what it was."""
    elder = queue_place(100 * MINUTE, head_start_s=30 * 60)

    assert queue_place(70 * MINUTE, head_start_s=0).line_at == elder.line_at
    assert 100 * MINUTE == elder.queued_at
    assert elder.moved is None


@given(st.integers(min_value=0, max_value=2**50), st.integers(min_value=0, max_value=86_400))
def test_there_is_room_between_two_stamps(queued_at, head_start_s):
    """Just before and just behind one ticket is still behind and before its neighbours of one microsecond."""
    mine = queue_place(queued_at, head_start_s=head_start_s)
    earlier = queue_place(queued_at - 1, head_start_s=head_start_s)
    later = queue_place(queued_at + 1, head_start_s=head_start_s)
    anchor = Waits(line_at=mine.line_at, order=1)

    assert (
        earlier.line_at < before(anchor, queued_at=9).line_at < mine.line_at < behind(anchor, queued_at=9).line_at < later.line_at
    )


def test_a_moved_ticket_says_how_it_was_moved():
    """For the reason of its call."""
    anchor = Waits(line_at=5, order=1)

    assert ("first", "restored") == (before(anchor, queued_at=0).moved, behind(anchor, queued_at=0).moved)


def test_a_count_is_told_as_far_as_it_was_counted():
    """An honest "200+": 201 would be chance."""
    assert [0, 200, "200+", "20+"] == [capped(0, to=200), capped(200, to=200), capped(201, to=200), capped(999, to=20)]


def test_the_reason_of_a_call_is_whole():
    """Every fact that the contract names."""
    told = reason(rule="line", priority="elder", head_start_s=1800, waited_s=340, moved=None, passed_over=21)

    assert {
        "rule": "line",
        "priority": "elder",
        "head_start_s": 1800,
        "waited_s": 340,
        "moved": None,
        "passed_over": "20+",
    } == told
