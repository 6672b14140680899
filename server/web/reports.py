"""Reports for those who run the hall: as it is now, a day in figures, and the day's register. Reads only."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server.clock import US, real_us, to_us
from server.language import translator
from server.queries import register as registers
from server.queries import reports, today
from server.web.acts import reply
from server.web.deps import Caller, LocaleDep, May
from server.web.devices import is_paper_out, runs_low
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import Snapshot
from server.web.shared_look import SharedLook
from server.web.sheets import CSV_TYPE, XLSX_TYPE, Sheet, as_csv, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.language import Translator

router = APIRouter(prefix="/reports", tags=["reports"])

READERS = May(staff="manager", supervisor=True)
Reader = Annotated[Caller, Depends(READERS)]
By = Annotated[reports.By, Query(description="what a row is")]
Day = Annotated[date | None, Query(description="business day; absent: today")]
Shape = Annotated[Literal["json", "csv", "xlsx"], Query(alias="format", description="an answer, or a file to keep")]

FILES: dict[int | str, dict[str, Any]] = {200: {"content": {CSV_TYPE.partition(";")[0]: {}, XLSX_TYPE: {}}}}


@router.get("/live", response_model=Snapshot, responses=refusals())
async def live(request: Request, caller: Reader, locale: LocaleDep) -> Response:
    """The hall now: lines, counters, the day's curve, devices, and what needs somebody to act; one look a second for all."""
    looks: dict[str, SharedLook[bytes]] = hall_of(request).looks

    async def look() -> bytes:
        return bytes(reply(await live_hall(request, locale=locale)).body)

    content = await looks.setdefault(locale, SharedLook()).see(look)
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/day", response_model=Snapshot, responses={**FILES, **refusals()})
async def day(
    request: Request, caller: Reader, locale: LocaleDep, *, day: Day = None, by: By = "service", shape: Shape = "json"
) -> Response:
    """A business day by service, counter or clerk: waits, walks, services, holds, no-shows, ratings; by half hours too."""
    found = await hall_of(request).store.read(reports.day, day=_iso(day), by=by, locale=locale)
    if shape == "json":
        return reply(found)
    return await as_file(_table(found, locale=locale), shape=shape, name=f"report-{found['day']}-{by}")


@router.get("/register", response_model=Snapshot, responses={**FILES, **refusals()})
async def register(request: Request, caller: Reader, locale: LocaleDep, day: Day = None, shape: Shape = "json") -> Response:
    """Every ticket of a business day, a row each, without personal data."""
    found = await hall_of(request).store.read(registers.register, day=_iso(day), locale=locale)
    if shape == "json":
        return reply(found)
    return await as_file(_lines(found, locale=locale), shape=shape, name=f"register-{found['day']}")


async def live_hall(request: Request, *, locale: str) -> dict[str, Any]:
    """The live snapshot with the devices, which only the web knows of; printers that do not print need somebody to act."""
    found = await hall_of(request).store.read(today.live, locale=locale)
    say = translator(locale)
    listed = [_device(device, say) for device in hall_of(request).devices.listed()]
    ill = [device for device in listed if device["state"] != "ok"]
    idle = [device for device in ill if device["family"] == "printer"]
    alerts = [
        {
            "id": f"printer:{device['station']}/{device['name']}",
            "kind": "printer",
            "level": "warn",
            "title": device["title"],
            "detail": device["detail"],
            "href": "/manage/devices",
            "since": None,
        }
        for device in idle
    ]
    mute = [device for device in ill if device["family"] == "screen"]
    alerts += [
        {
            "id": f"sound:{device['station']}",
            "kind": "sound",
            "level": "warn",
            "title": say("Screen %(name)s is silent", name=device["station"]),
            "detail": say("Its browser plays no sound until somebody touches the screen."),
            "href": "/manage/devices",
            "since": None,
        }
        for device in mute
    ]
    late = sum(alert["level"] == "late" for alert in found["alerts"])
    found["alerts"][late:late] = alerts
    found["devices"] = {"total": len(listed), "ok": len(listed) - len(ill), "ill": [d for d in ill if d not in idle + mute]}
    return dict(found)


def _device(device: Mapping[str, Any], say: Translator) -> dict[str, Any]:
    """A device in words: what it is, how it is and since when."""
    family = str(device["kind"]).partition("/")[0]
    names = {
        "printer": say("Printer %(name)s", name=device["name"]),
        "sign": say("Sign of counter %(n)s", n=device["counter"]),
        "keypad": say("Rating keypad of counter %(n)s", n=device["counter"]),
        "screen": say("Sound of screen %(name)s", name=device["station"]),
        "speaker": say("Loudspeaker %(name)s", name=device["name"]),
        "caller": say("Caller pad of counter %(n)s", n=device["counter"]),
    }
    states = {"lost": say("cut off"), "degraded": say("in trouble"), "unknown": say("not heard of yet"), "ok": say("in order")}
    name = names.get(family, str(device["name"]))
    out = family == "printer" and is_paper_out(device)
    low = family == "printer" and runs_low(device)
    how = say("out of paper") if out else say("paper runs low") if low else states.get(device["state"], device["state"])
    since = device["since"]
    lasted = (real_us() - to_us(datetime.fromisoformat(since))) // (60 * US) if since else None
    words = device["detail"] if isinstance(device["detail"], str) and not (out or low) else ""
    told = [say("for %(n)s min", n=max(1, lasted))] if lasted is not None else []
    return {
        "station": device["station"],
        "name": device["name"],
        "family": family,
        "state": "degraded" if out else device["state"],
        "title": say("%(device)s: %(state)s", device=name, state=how),
        "detail": say(", ").join([device["station"], *told, *([translator(say.locale).gettext(words)] if words else [])]),
    }


# ------------------------------------------------------------------ files


async def as_file(sheet: Sheet, *, shape: str, name: str) -> Response:
    """A sheet as a file to keep."""
    content = await asyncio.to_thread(as_csv if shape == "csv" else as_xlsx, sheet)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}.{shape}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=CSV_TYPE if shape == "csv" else XLSX_TYPE, headers=headers)


def _table(found: Mapping[str, Any], *, locale: str) -> Sheet:
    """The day's table; durations in seconds."""
    say = translator(locale)
    first = {"service": [say("Service")], "counter": [say("Counter"), say("Name")], "clerk": [say("Job number"), say("Name")]}
    heads = [
        *first[found["by"]],
        say("Services finished"),
        say("Calls from the line"),
        say("Mean wait (s)"),
        say("Median wait (s)"),
        say("Nine in ten waited at most (s)"),
        say("Called within %(n)s min", n=found["target_s"] // 60),
        say("Mean walk (s)"),
        say("Mean service (s)"),
        say("Mean hold (s)"),
        say("Ended after closing"),
        say("After closing (s)"),
        say("Did not come"),
        say("Mean rating"),
        say("Ratings"),
    ]
    columns = ("finished", "waits", "wait_mean_s", "wait_median_s", "wait_p90_s", "within_target", "walk_mean_s", "serve_mean_s",
               "hold_mean_s", "after_close", "after_close_s", "no_shows", "rating_mean", "ratings")  # fmt: skip
    alone = found["by"] == "service"
    rows = [[*([row["name"]] if alone else [row["key"], row["name"]]), *(row[c] for c in columns)] for row in found["rows"]]
    whole = [*([say("All")] if alone else [say("All"), ""]), *(found["total"][c] for c in columns)]
    return Sheet(title=found["day"], heads=heads, rows=[*rows, whole], zone=found["timezone"])


def _lines(found: Mapping[str, Any], *, locale: str) -> Sheet:
    """The register."""
    say = translator(locale)
    heads = [
        say("Number"), say("Service"), say("Priority class"), say("Taken where"), say("Taken"), say("Called"), say("Started"),
        say("Finished"), say("Counter"), say("Job number"), say("Outcome"), say("Waited (s)"), say("Walked (s)"),
        say("Served (s)"), say("Held (s)"), say("Rating level"),
    ]  # fmt: skip
    columns = ("counter", "clerk", "state_name", "wait_s", "walk_s", "serve_s", "hold_s", "rating")
    rows = [
        [
            row["number"],
            row["service_name"],
            row["priority_name"],
            row["channel_name"],
            *(_time(row[c]) for c in ("taken_at", "called_at", "started_at", "finished_at")),
            *(row[c] for c in columns),
        ]
        for row in found["rows"]
    ]
    return Sheet(title=found["day"], heads=heads, rows=rows, zone=found["timezone"])


def _time(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
