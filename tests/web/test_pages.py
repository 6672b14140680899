"""What all pages share: hall time, numbers, ways on, and the code a phone reads."""

from __future__ import annotations

import re

import pytest

from kiosk.qr import QUIET_MODULES, svg
from server.language import translator
from server.web.pages import hall_date, hall_time, mss, split_number
from server.web.start import local_path

ZONE = "Asia/Shanghai"


def test_a_moment_is_said_as_the_hall_s_clock_shows_it() -> None:
    """Times are UTC inside, hall time on the page; late in the day that is another date."""
    late = "2026-11-22T16:05:00.000000Z"

    assert hall_time(late, ZONE) == "00:05"
    assert hall_date(late, ZONE, say=translator("zh-CN")) == "11月23日 星期一"
    assert hall_date(late, ZONE, say=translator("en")) == "Monday 23 November"


def test_a_time_without_its_zone_is_refused() -> None:
    """A naive time could be anybody's."""
    with pytest.raises(ValueError, match="without its zone"):
        hall_time("2026-11-22T16:05:00", ZONE)


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (41, "0:41"), (984, "16:24"), (3600, "1:00:00"), (-3, "0:00")])
def test_a_duration_is_said_in_minutes_and_seconds(seconds: float, said: str) -> None:
    """m:ss, with hours only from an hour on; nothing lasts less than nothing."""
    assert said == mss(seconds)


@pytest.mark.parametrize(("number", "parts"), [("A027", ("A", "027")), ("A1023", ("A", "1023")), ("027", ("", "027"))])
def test_a_number_is_a_letter_and_its_digits(number: str, parts: tuple[str, str]) -> None:
    """The letter is set in Regular, the digits in Bold."""
    assert parts == split_number(number)


@pytest.mark.parametrize(
    "asked", [None, "", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\t/x", "x"]
)
def test_signing_in_never_leads_elsewhere(asked: str | None) -> None:
    """Only a path of this very origin is followed after signing in."""
    assert local_path(asked, fallback="/") == "/"


def test_signing_in_leads_to_where_one_wanted_to_go() -> None:
    """The page that asked for it, with its query."""
    assert local_path("/counter/3?lang=en", fallback="/") == "/counter/3?lang=en"


def test_a_code_has_its_quiet_zone() -> None:
    """Four modules of white on every side, so that any phone finds the code."""
    picture = svg("http://192.168.10.20:8000/t/9f3c0a7be1d24c55a0b6c1d2e3f40516")
    side = int(re.search(r'viewBox="0 0 (\d+) ', picture)[1])  # type: ignore[index]
    runs = [(int(x), int(y), int(n)) for x, y, n in re.findall(r"M(\d+) (\d+)h(\d+)v1h", picture)]

    assert min(x for x, _, _ in runs) == QUIET_MODULES == min(y for _, y, _ in runs)
    assert max(x + n for x, _, n in runs) == side - QUIET_MODULES == max(y for _, y, _ in runs) + 1


def test_a_code_on_the_kiosk_is_coarse_enough() -> None:
    """An address of a hall's network fits a code of at most 46 modules: six pixels each in 276."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg("http://192.168.100.200:8000/t/" + "x" * 32))[1])  # type: ignore[index]

    assert side * 6 <= 276
