"""The only place of this package that reads a clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251 (the clock of this package, which must not import the server's)


def running_s() -> float:
    """Seconds on a clock that only goes forward."""
    return time.monotonic()
