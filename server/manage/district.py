"""The page of those who watch over a district: its halls in a day's figures, and how busy they are now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from server.manage.today import days_around, sign_in
from server.queries import lobby
from server.queries.reports import REQUIRED_SHARE
from server.web.deps import card_of, staff_of
from server.web.district import PATH, SUPERVISORS, loads, page_of, the_day
from server.web.halls import hall_of
from server.web.pages import locale_of, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

router = APIRouter(include_in_schema=False)


@router.get("/manage/district")
async def district(request: Request, day: Annotated[date | None, Query()] = None) -> Response:
    """A business day of the halls that this supervisor reads, a row each and by district, street, community."""
    caller = await staff_of(request)
    if caller is None or not SUPERVISORS.allows(caller, request):
        return sign_in(request)
    locale = locale_of(request)
    hall = await hall_of(request).store.read(lobby.hall, locale=locale)
    found = await the_day(request, day=day, locale=locale)
    now = {one["id"]: one for one in await loads(request, locale=locale)} if found["day"] == found["today"] else {}
    return render(
        request,
        "manage/district.html",
        locale=locale,
        hall=hall,
        me=await card_of(request, caller, locale=locale),
        district=page_of(request, caller),
        found=found,
        now=now,
        together=together([now[row["id"]] for row in found["halls"] if row["id"] in now]),
        tree=tree(found["sums"]),
        required=REQUIRED_SHARE,
        **days_around(found["day"], today=found["today"], zone=hall["timezone"]),
    )


def together(halls: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How busy the halls are in one line; None where nothing is known of now."""
    if not halls:
        return None
    return {
        "waiting": sum(one["waiting"] for one in halls),
        "longest_wait_s": max(one["longest_wait_s"] for one in halls),
        "counters": sum(one["counters"]["open"] for one in halls),
        "open": sum(one["open"] for one in halls),
        "all": len(halls),
    }


def tree(sums: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    The sums as they stand below each other, each with its `name` and `depth`.

    The whole comes first and has for its name the way down that all halls share, which then has no rows of its own.
    """
    every = sums[0]["halls"]
    shared = max((one["path"] for one in sums if one["halls"] == every), key=len)
    return [
        {**one, "name": one["path"][-1] if one["path"] else PATH.join(shared), "depth": max(0, len(one["path"]) - len(shared))}
        for one in sums
        if not one["path"] or one["halls"] < every
    ]
