"""
Identity cards of the People's Republic: whether a number can be one, and from which classes its holder may choose; pure.

Check digit and date of birth by python-stdnum. Its table of regions is not asked: it lacks the residence permits of people from
Hong Kong, Macau and Taiwan (81, 82, 83), those of foreigners (9) and counties that are no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from server.errors import BadIdNumber

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

OLDEST_YEARS = 130
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_PERMIT = re.compile(r"[A-Z]{3}[0-9]{12}")  # a foreigner's permanent residence before 2023; has no date with a century


class DueByAge(Protocol):
    """A priority class."""

    @property
    def id(self) -> str: ...

    @property
    def self_claim(self) -> bool: ...

    @property
    def min_age(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Person:
    """What is made of a card: nothing else leaves the request."""

    name: str  # masked as the hall wants it
    last4: str | None  # None where the hall keeps nothing of numbers
    classes: tuple[str, ...]  # that this person may choose at a kiosk by age


def birth_date(number: str, *, today: date) -> date | None:
    """
    The date of birth in a card's number; None in an old foreigner's permit, which has none to rely on.

    Raises:
        BadIdNumber: no card has this number. The refusal says what is wrong, never the number.
    """
    from stdnum.cn import ric  # noqa: PLC0415 (its table of regions is memory that a hall without a reader does not need)
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    number = number.strip().upper()
    if _OLD_PERMIT.fullmatch(number):
        return None
    if not _NUMBER.fullmatch(number):
        raise BadIdNumber(problem="form")
    if ric.calc_check_digit(number) != number[-1]:
        raise BadIdNumber(problem="check_digit")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        raise BadIdNumber(problem="birth_date") from None
    if not 0 <= age_on(today, born) <= OLDEST_YEARS:
        raise BadIdNumber(problem="birth_date")
    return born


def age_on(day: date, born: date) -> int:
    """Whole years on a day; negative before birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def masked(name: str) -> str:
    """The first letter of a name, as 张*."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


def classes_of_age(priorities: Iterable[DueByAge], age: int) -> tuple[str, ...]:
    """The classes that a kiosk may give and that are due from an age that was reached."""
    return tuple(p.id for p in priorities if p.self_claim and p.min_age is not None and age >= p.min_age)
