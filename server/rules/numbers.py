"""Numbers as printed: a letter and a count."""

from __future__ import annotations


def number(prefix: str, count: int, *, digits: int = 3) -> str:
    """
    "A007" for the seventh number of the day under prefix A; it grows past 999 to "A1000".

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError("counts begin at 1")
    return f"{prefix}{count:0{digits}d}"
