"""The only place of this package that reads a clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


def running_s() -> float:
    """Seconds on a clock that only goes forward."""
    return time.monotonic()
