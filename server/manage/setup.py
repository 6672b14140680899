"""The set-up pages: everything the manager may change, in one generic editor; what is changed holds at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from server.errors import NoSuchPage
from server.language import Translator, translator
from server.manage import nouns
from server.manage.forms import blank
from server.opening import local_now
from server.public_days import calendar_year, runs
from server.queries import lobby
from server.queries.photos import photo_of
from server.web.deps import Caller, card_of, staff_of
from server.web.halls import hall_of
from server.web.limits import limit_of
from server.web.pages import base_of, locale_of, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.manage.forms import Field
    from server.manage.nouns import Page
    from server.store import Read

router = APIRouter(include_in_schema=False)

BETWEEN = " · "
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@router.get("/manage/setup")
async def overview(request: Request) -> Response:
    """What can be set up, and how much of each there is."""
    caller = await changer(request)
    if caller is None:
        return sign_in(request)
    return await shown(request, caller, "manage/setup.html", page=None)


@router.get("/manage/setup/{slug}")
async def noun(
    request: Request,
    slug: str,
    key: Annotated[str | None, Query(alias="id", max_length=64)] = None,
    new: Annotated[str | None, Query(max_length=8)] = None,
) -> Response:
    """The list of a noun; the form of one thing, of a new one, or of a noun of which there is one."""
    caller = await changer(request)
    if caller is None:
        return sign_in(request)
    page = nouns.page_called(slug)
    if page is None:
        raise NoSuchPage
    setup = _setup(request)
    if slug == "quota":
        return await shown(request, caller, "manage/setup_quota.html", page=page)
    if page.many and key is None and new is None:
        return await shown(request, caller, "manage/setup_list.html", page=page)
    doc = setup[page.noun]
    if page.many:
        known = {str(one[page.key]): one for one in doc}
        doc = page.new_one(setup) if new is not None else known.get(str(key))
    if doc is None:
        return RedirectResponse(f"{base_of(request)}/manage/setup/{slug}", status_code=303)
    made = page.many and new is not None
    more: dict[str, Any] = {}
    if page.noun == "staff" and not made:
        more = await _portrait(request, str(key))
    if page.slug == "calendar":
        more = {"calendar": await hall_of(request).store.read(in_force)}
    key = "" if made else key or ""
    return await shown(request, caller, "manage/setup_form.html", page=page, doc=doc, key=key, new=made, **more)


def in_force(rx: Read) -> list[dict[str, Any]]:
    """The public holidays of this year and the next as they hold, as runs of days, and whether the hall listed them itself."""
    first, calendar = local_now(rx).year, rx.hall.setup.calendar
    own = {one.year for one in calendar.year}
    found = (calendar_year(calendar, year) for year in (first, first + 1))
    return [
        {"doc": one.model_dump(mode="json"), "own": one.year in own, "off": runs(one.holidays), "worked": one.makeup_workdays}
        for one in found
    ]


async def changer(request: Request) -> Caller | None:
    """The signed-in manager or admin; None for anybody else."""
    caller = await staff_of(request)
    return caller if caller is not None and caller.by.at_least("manager") else None


def sign_in(request: Request) -> Response:
    """Lead to the sign-in and back, with what was asked."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{base_of(request)}/sign-in?next={quote(path, safe='')}", status_code=303)


async def shown(request: Request, caller: Caller, template: str, *, page: Page | None, **more: Any) -> Response:
    """A page of the set-up, with what all of them know."""
    locale = locale_of(request)
    store = hall_of(request).store
    hall, today = await store.read(lambda rx: (lobby.hall(rx, locale=locale), local_now(rx).date()))
    me = await card_of(request, caller, locale=locale)
    setup = _setup(request)
    options = choices(setup, locale=locale)
    say = translator(locale)
    return render(
        request,
        template,
        locale=locale,
        hall=hall,
        me=me,
        page=page,
        sections=nouns.sections(),
        setup=setup,
        options=options,
        today=today.isoformat(),
        blank=lambda field: blank(field.fields),
        said=lambda field, value: said(field, value, options=options, locale=locale),
        weekday=lambda day: say.gettext(WEEKDAYS[date.fromisoformat(day).weekday()]),
        served_by={service: list(counters) for service, counters in store.hall.counters_for.items()},
        given={
            "journal": hall["journal"],
            "seq": hall["seq"],
            "now": hall["now"],
            "zone": hall["timezone"],
            "speed": hall["speed"] or 1,
            "today": today.isoformat(),
            "nouns": {one.noun: say.gettext(one.title) for one in reversed(nouns.PAGES)},
            "labels": {place: say.gettext(label) for place, label in nouns.field_labels()},
        },
        **more,
    )


def choices(setup: Mapping[str, Any], *, locale: str) -> dict[str, list[tuple[Any, str]]]:
    """For each noun that something may point to: every key, and what it is called."""

    def call(names: Mapping[str, str]) -> str:
        return names.get(locale) or names.get(setup["default_locale"]) or next(iter(names.values()), "")

    return {
        "area": [(one["id"], call(one["name"])) for one in setup["area"]],
        "group": [(one["id"], f"{one['prefix']} {call(one['name'])}") for one in setup["group"]],
        "service": [(one["id"], call(one["name"])) for one in setup["service"]],
        "counter": [(one["number"], f"{one['number']} {call(one['name'])}") for one in setup["counter"]],
        "staff": [(one["id"], f"{call(one['name'])} {one['job_no']}") for one in setup["staff"]],
        "priority": [(one["id"], call(one["label"])) for one in setup["priority"]],
        "booking": [(one["id"], call(one["name"])) for one in setup["booking"]["kind"]],
        "session": [(one["id"], f"{one['open'][:5]}–{one['close'][:5]}") for one in setup["hall"]["hours"]["sessions"]],
    }


def said(field: Field, value: Any, *, options: Mapping[str, list[tuple[Any, str]]], locale: str) -> str:
    """A value of a field as a list shows it."""
    say = translator(locale)
    if value is None or value in ("", [], {}):
        return say.gettext("All") if field.kind == "references" and field.nullable and value is None else ""
    if field.kind == "names":
        return value if isinstance(value, str) else str(value.get(locale) or next(iter(value.values()), ""))
    if field.kind == "flag":
        return say.gettext("Yes") if value else ""
    if field.kind == "moment":
        return str(value)[:16].replace("T", " ")
    if field.kind in ("number", "decimal"):
        return f"{value:g} {say.gettext(field.unit)}".rstrip()
    several = value if isinstance(value, list) else [value]
    return BETWEEN.join(_called(field, one, options=options, say=say) for one in several)


def _called(field: Field, value: Any, *, options: Mapping[str, list[tuple[Any, str]]], say: Translator) -> str:
    """What is chosen or pointed to, by its name; a group by its letter."""
    if field.options:
        return say.gettext(dict(field.options)[value])
    named = str(dict(options.get(field.refers, [])).get(value, value))
    return named.partition(" ")[0] if field.refers == "group" else named


async def _portrait(request: Request, staff: str) -> dict[str, Any]:
    """What the field of a person's portrait shows."""
    photo = await hall_of(request).store.read(photo_of, staff)
    return {"photo": photo, "photo_bytes": limit_of("/photo")}


def _setup(request: Request) -> dict[str, Any]:
    """The set-up as it now is, in JSON."""
    setup: dict[str, Any] = hall_of(request).store.hall.setup.model_dump(mode="json")
    return setup
