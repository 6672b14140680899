"""Numbers as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.numbers import number


@pytest.mark.parametrize(
    ("count", "printed"), [(1, "A001"), (42, "A042"), (999, "A999"), (1000, "A1000"), (9999, "A9999"), (10000, "A10000")]
)
def test_a_number_has_three_digits_and_grows_when_they_do_not_suffice(count, printed):
    """A999 is followed by A1000, never by A000."""
    assert printed == number("A", count)


def test_a_hall_may_want_more_digits():
    """`ticket.digits`."""
    assert "L0007" == number("L", 7, digits=4)


@pytest.mark.parametrize("count", [0, -1])
def test_nobody_is_number_zero(count):
    """Counts begin at 1."""
    with pytest.raises(ValueError, match="begin at 1"):
        number("A", count)


@given(st.sets(st.integers(min_value=1, max_value=20_000), min_size=2, max_size=50), st.integers(min_value=2, max_value=6))
def test_no_two_counts_print_alike(counts, digits):
    """However far it grows."""
    assert len(counts) == len({number("B", count, digits=digits) for count in counts})
