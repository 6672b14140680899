"""Which service act a rating belongs to, and until when it may be given. Times in microseconds of hall time."""

from __future__ import annotations

from server.errors import AlreadyRated, NothingToRate, RatingClosed

LEVELS = (5, 4, 3, 2, 1)  # very satisfied … very dissatisfied


def check_rating(*, began: bool, ended_at: int | None, until: int | None, rated: bool, now: int) -> None:
    """
    Whether an act may be rated now: during it, or until `until` after it.

    Raises:
        NothingToRate: the act never took place.
        AlreadyRated: it has its rating.
        RatingClosed: it ended too long ago.
    """
    if not began:
        raise NothingToRate
    if rated:
        raise AlreadyRated
    if ended_at is not None and until is not None and now > until:
        raise RatingClosed
