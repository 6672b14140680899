"""The pages of those who run the hall: as it is now, one line, a day in figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from server.queries import floor, lobby, reports
from server.web.deps import Caller, card_of, staff_of
from server.web.district import page_of
from server.web.halls import hall_of
from server.web.pages import base_of, locale_of, render
from server.web.reports import READERS, live_hall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

router = APIRouter(include_in_schema=False)

HEAT_MIN = (5, 8, 11, 16, 21)  # minutes from which a cell is one step darker
NICE = (1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 150, 200, 300)  # people between two lines of the curve
LINES = 3
LABELS_AT_MOST = 11
PLOT = (1000.0, 100.0)


@router.get("/manage")
async def live(request: Request) -> Response:
    """The live hall."""
    caller = await reader_of(request)
    if caller is None:
        return sign_in(request)
    locale = locale_of(request)
    store = hall_of(request).store
    hall = await store.read(lobby.hall, locale=locale)
    snapshot = await live_hall(request, locale=locale)
    me = await card_of(request, caller, locale=locale)
    return render(
        request,
        "manage/live.html",
        locale=locale,
        hall=hall,
        me=me,
        district=page_of(request, caller),
        live=snapshot,
        drawing=drawing(snapshot["curve"], zone=hall["timezone"]),
    )


@router.get("/manage/line/{service}")
async def line(request: Request, service: str) -> Response:
    """Those who wait for one service, in the order of the line."""
    caller = await reader_of(request)
    if caller is None:
        return sign_in(request)
    locale = locale_of(request)
    store = hall_of(request).store
    hall = await store.read(lobby.hall, locale=locale)
    me = await card_of(request, caller, locale=locale)
    found = await store.read(floor.line, service=service, locale=locale)
    district = page_of(request, caller)
    return render(request, "manage/live_line.html", locale=locale, hall=hall, me=me, district=district, line=found)


@router.get("/manage/report")
async def report(
    request: Request, day: Annotated[date | None, Query()] = None, by: Annotated[reports.By, Query()] = "service"
) -> Response:
    """A business day by service, counter or clerk, on screen and on paper."""
    caller = await reader_of(request)
    if caller is None:
        return sign_in(request)
    locale = locale_of(request)
    store = hall_of(request).store
    hall = await store.read(lobby.hall, locale=locale)
    me = await card_of(request, caller, locale=locale)
    found = await store.read(reports.day, day=day.isoformat() if day else None, by=by, locale=locale)
    return render(
        request,
        "manage/report.html",
        locale=locale,
        hall=hall,
        me=me,
        district=page_of(request, caller),
        report=found,
        **days_around(found["day"], today=found["today"], zone=hall["timezone"]),
        shade=shade,
    )


async def reader_of(request: Request) -> Caller | None:
    """The signed-in manager, admin or supervisor; None for anybody else."""
    caller = await staff_of(request)
    return caller if caller is not None and READERS.allows(caller, request) else None


def sign_in(request: Request) -> Response:
    """Lead to the sign-in and back, with what was asked."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{base_of(request)}/sign-in?next={quote(path, safe='')}", status_code=303)


def days_around(day: str, *, today: str, zone: str) -> dict[str, Any]:
    """What the choice of a day shows: `noon` of it in hall time, the days `before` and `after` it; none after today."""
    at = date.fromisoformat(day)
    return {
        "noon": datetime(at.year, at.month, at.day, 12, tzinfo=ZoneInfo(zone)),
        "before": (at - timedelta(days=1)).isoformat() if at > date.min else None,
        "after": (at + timedelta(days=1)).isoformat() if day < today else None,
    }


def shade(mean_min: int) -> int:
    """The step of the heat map, 1 to 6, of a mean wait in whole minutes."""
    return 1 + sum(mean_min >= minutes for minutes in HEAT_MIN)


def drawing(curve: Mapping[str, Any], *, zone: str) -> dict[str, Any]:
    """
    The curve in numbers of a picture: across in hundredths of its width, paths in a box of 1000 × 100.

    The scale ends in a round number, with `LINES` lines to it.
    """
    begins, ends = (datetime.fromisoformat(curve[name]) for name in ("from", "until"))
    whole_s = (ends - begins).total_seconds()
    most = max([1, curve["now"], *curve["today"], *curve["before"]])
    step = next((n for n in NICE if n * LINES >= most), -(-most // LINES))
    top = step * LINES

    def across(seconds: float) -> float:
        return round(min(max(seconds / whole_s, 0.0), 1.0) * 100, 2)

    def path(counts: Sequence[int], *more: tuple[float, int]) -> str:
        points = [(across(i * curve["step_s"]), n) for i, n in enumerate(counts)] + list(more)
        return " ".join(f"{x * PLOT[0] / 100:.1f},{PLOT[1] - n / top * PLOT[1]:.1f}" for x, n in points)

    now_at = across((datetime.fromisoformat(curve["at"]) - begins).total_seconds())
    today = path(curve["today"], (now_at, curve["now"]))
    ahead = range(len(curve["today"]) + 2, len(curve["before"]) - 2) or range(len(curve["before"]))
    highest = max(ahead, key=lambda i: curve["before"][i], default=0)  # its name stands where today's curve does not
    return {
        "today": today,
        "area": f"0,{PLOT[1]:.0f} {today} {now_at * PLOT[0] / 100:.1f},{PLOT[1]:.0f}",
        "before": path(curve["before"]),
        "before_at": {"x": across(highest * curve["step_s"]), "y": _down(curve["before"][highest], top)}
        if curve["before"]
        else None,
        "now": {"x": now_at, "y": _down(curve["now"], top)},
        "lines": [{"n": n, "y": _down(n, top)} for n in range(0, top + 1, step)],
        "hours": _hours(begins.astimezone(ZoneInfo(zone)), ends, across=across),
        "breaks": [
            {"x": left, "width": round(right - left, 2)}
            for gap in curve["breaks"]
            for left, right in [
                [across((datetime.fromisoformat(gap[end]) - begins).total_seconds()) for end in ("from", "until")]
            ]
            if right > left
        ],
        "rows": [
            {
                "at": f"{(begins + timedelta(seconds=i * curve['step_s'])).astimezone(ZoneInfo(zone)):%H:%M}",
                "today": curve["today"][i] if i < len(curve["today"]) else None,
                "before": curve["before"][i] if i < len(curve["before"]) else None,
            }
            for i in range(max(len(curve["today"]), len(curve["before"])))
        ],
    }


def _down(n: int, top: int) -> float:
    return round(100 - n / top * 100, 2)


def _hours(begins: datetime, ends: datetime, *, across: Any) -> list[dict[str, Any]]:
    """What stands below the curve: whole hours, as many as can be read."""
    first = begins.replace(minute=0) if begins.minute == 0 else begins.replace(minute=0) + timedelta(hours=1)
    hours = [first + timedelta(hours=i) for i in range(25) if first + timedelta(hours=i) <= ends]
    every = -(-len(hours) // LABELS_AT_MOST)
    return [{"at": f"{hour:%H:%M}", "x": across((hour - begins).total_seconds())} for hour in hours[::every]]
