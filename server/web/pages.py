"""What every page shares: templates, static files, languages, hall time, and the headers that keep a page to itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from server.language import Translator, choose, translator
from server.web.halls import hall_of

if TYPE_CHECKING:
    from os import PathLike

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

HOUSE = Path(__file__).parents[2]
SURFACES = {
    "kiosk": HOUSE / "kiosk",
    "counter": HOUSE / "counter",
    "display": HOUSE / "display",
    "manage": HOUSE / "server" / "manage",
}
SHARED = HOUSE / "server"
OF_THE_HALL = frozenset({"kiosk", "display"})  # machines: the next visitor begins afresh
LANGUAGE_COOKIE = "jiaohao_lang"
LANGUAGE_NAMES = {"zh-CN": ("简", "简体中文"), "zh-Hant": ("繁", "繁體中文"), "en": ("EN", "English")}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_SCRIPT_MESSAGE = re.compile(r"""(?<![\w.])_\(\s*("(?:[^"\\]|\\.)*")""")
_NUMBER = re.compile(r"^(\D*)(.*)$")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def render(request: Request, template: str, *, locale: str | None = None, status: int = 200, **data: object) -> HTMLResponse:
    """
    Answer `template` ("kiosk/home.html", or "start.html" for a shared one) filled with `data`.

    Every template knows besides: `locale`, `locales`, `surface`, `language_url(code)`, and `base`: the path before every
    address of this hall.
    """
    chosen = locale or locale_of(request)
    surface = template.partition("/")[0] if "/" in template else "shared"
    page = environment(chosen).get_template(template)
    text = page.render(
        locale=chosen,
        locales=locales_of(request),
        base=base_of(request),
        surface=surface,
        language_url=lambda code: _with_language(request, code),
        **data,
    )
    answer = HTMLResponse(text, status_code=status, headers={**HEADERS, "Content-Language": chosen})
    if "lang" in request.query_params and surface not in OF_THE_HALL:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, path="/", httponly=True, samesite="strict")  # until the browser is closed
    return answer


def locale_of(request: Request, *, personal: bool = True, default: str | None = None) -> str:
    """
    Answer the language of this visit: `?lang=`, else for a person's own browser what was chosen before or what it prefers.

    A machine of the hall (`personal=False`) follows neither the language its browser was installed in nor the last visitor's.
    """
    accept = request.headers.get("accept-language") if personal else None
    before = request.cookies.get(LANGUAGE_COOKIE) if personal else None
    hall = default or str(hall_of(request).store.hall.setup.default_locale)
    return choose(locales_of(request), asked=request.query_params.get("lang", before), accept=accept, default=hall)


def locales_of(request: Request) -> tuple[str, ...]:
    """Answer the languages this hall speaks, its own first."""
    return tuple(hall_of(request).store.hall.setup.locales)


def base_of(request: Request) -> str:
    """Answer the path before every address of this hall: empty for the default hall, `/h/<hall>` for another."""
    return str(getattr(request.state, "base", request.scope.get("root_path", "")))


def mount_static(app: Starlette) -> None:
    """Serve /static/shared/ and the folder of each surface, with validators: a browser asks, and rarely has to fetch."""
    for name, folder in {"shared": SHARED, **SURFACES}.items():
        app.mount(f"/static/{name}", _Validated(directory=folder / "static", check_dir=False), name=f"static-{name}")


class _Validated(StaticFiles):
    """Files that may be kept, but are asked about before each use: a page never mixes two versions."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@cache
def environment(locale: str) -> Environment:
    """Answer the template environment of one language."""
    env = Environment(
        loader=ChoiceLoader(
            [
                PrefixLoader({name: FileSystemLoader(folder / "templates") for name, folder in SURFACES.items()}),
                FileSystemLoader(SHARED / "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    say = translator(locale)
    env.install_gettext_callables(say.gettext, _no_plurals, newstyle=True)  # type: ignore[attr-defined]
    env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    env.filters.update(
        hall_time=hall_time,
        hall_date=lambda when, zone: hall_date(when, zone, say=say),
        mss=mss,
        split_number=split_number,
    )
    env.globals.update(
        script_words=lambda surface: script_words(surface, say=say),
        language_name=lambda code: LANGUAGE_NAMES.get(code, (code, code)),
    )
    return env


def hall_time(when: str | datetime, zone: str) -> str:
    """Say a moment as the hall's wall clock shows it: "10:26"."""
    return _in_hall(when, zone).strftime("%H:%M")


def hall_date(when: str | datetime, zone: str, *, say: Translator) -> str:
    """Say a moment's day in the hall, as the language writes it: "Monday 23 November"."""
    day = _in_hall(when, zone)
    return say(
        "%(weekday)s %(day)s %(month)s",
        weekday=say(_WEEKDAYS[day.weekday()]),
        day=day.day,
        month=say(_MONTHS[day.month - 1]),
    )


def mss(seconds: float) -> str:
    """Say a duration in seconds as m:ss, or h:mm:ss from an hour on."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, left = divmod(minutes, 60)
    return f"{hours}:{left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def split_number(number: str) -> tuple[str, str]:
    """Split "A027" into its letter and its digits."""
    parts = _NUMBER.match(number)
    return (parts[1], parts[2]) if parts else ("", number)


def script_words(surface: str, *, say: Translator) -> dict[str, str]:
    """Answer what the scripts of `surface` and the shared ones say: each `_("…")` in them, translated."""
    return {message: said for message in script_messages(surface) if (said := say.gettext(message)) != message}


@cache
def script_messages(surface: str) -> tuple[str, ...]:
    """Find every message in the scripts of `surface` and in the shared ones."""
    folders = [SHARED / "static"] + ([SURFACES[surface] / "static"] if surface in SURFACES else [])
    scripts = [script for folder in folders for script in sorted(folder.glob("**/*.js"))]
    return tuple(sorted({message for script in scripts for message in messages_in_script(script)}))


def messages_in_script(script: PathLike[str]) -> list[str]:
    """Find the messages of one script, in order."""
    source = Path(script).read_text(encoding="utf-8")
    return [re.sub(r"\\(.)", r"\1", quoted[1:-1]) for quoted in _SCRIPT_MESSAGE.findall(source)]


def _in_hall(when: str | datetime, zone: str) -> datetime:
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    if moment.tzinfo is None:
        msg = f"a time without its zone: {when}"
        raise ValueError(msg)
    return moment.astimezone(UTC).astimezone(ZoneInfo(zone))


def _with_language(request: Request, code: str) -> str:
    query: dict[str, Any] = dict(request.query_params)
    query["lang"] = code
    return f"?{urlencode(query)}"


def _no_plurals(one: str, many: str, n: int) -> str:
    return one if n == 1 else many
