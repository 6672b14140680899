"""The devices page: how they are and how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from server.language import translator
from server.queries import lobby
from server.web.deps import card_of, staff_of
from server.web.devices import is_paper_out
from server.web.district import page_of
from server.web.halls import hall_of
from server.web.pages import base_of, locale_of, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

router = APIRouter(include_in_schema=False)

PAD_KEYS = (
    ("next", "Call next"), ("recall", "Call again"), ("rate", "Ask to rate"), ("pause", "Pause"),
    ("1", "1"), ("2", "2"), ("3", "3"), ("transfer", "Transfer"),
    ("4", "4"), ("5", "5"), ("6", "6"), ("no_show", "Not here"),
    ("7", "7"), ("8", "8"), ("9", "9"), ("hold", "Put aside"),
    ("clear", "Clear"), ("0", "0"), ("restore", "Take back"), ("confirm", "OK"),
)  # fmt: skip
"""The keys of a caller pad, four in a row: what the device hears, and what is printed on the cap."""

HEX_ROWS = 12


@router.get("/manage/devices")
async def devices(request: Request) -> Response:
    """Every device: its health, what it last did, and in the demo its keys."""
    demo = bool(request.app.state.demo)
    caller = await staff_of(request)
    if not demo and caller is None:
        return sign_in(request)
    store = hall_of(request).store
    locale = locale_of(request)
    hall = await store.read(lobby.hall, locale=locale)
    reads = caller is not None and (caller.by.at_least("manager") or caller.by.role == "supervisor")
    me = await card_of(request, caller, locale=locale) if caller is not None and reads else None
    listed = [shown(device, locale=locale) for device in hall_of(request).devices.listed()]
    levels = sorted(store.hall.setup.rating.levels, key=lambda level: -level.value)
    return render(
        request,
        "manage/devices.html",
        locale=locale,
        hall=hall,
        me=me,
        district=page_of(request, caller) if caller is not None else None,
        demo=demo or (reads and request.app.state.keys_work),
        devices=listed,
        printers=[device for device in listed if device["family"] == "printer"],
        held=[device for device in listed if device["family"] in ("scanner", "idcard")],
        speakers=[device for device in listed if device["family"] == "speaker"],
        signs=[device for device in listed if device["family"] == "sign"],
        sets=counter_sets(listed),
        levels=[{"value": level.value, "name": store.hall.say(level.name, locale)} for level in levels],
        pad_keys=PAD_KEYS,
    )


def sign_in(request: Request) -> Response:
    """Lead to the sign-in and back."""
    return RedirectResponse(f"{base_of(request)}/sign-in?next={quote(request.url.path, safe='')}", status_code=303)


def shown(device: Mapping[str, Any], *, locale: str) -> dict[str, Any]:
    """A device as the page shows it; what a rack leaves out is absent, never a fault."""
    pictures = list(device.get("pictures") or [])
    newest = max(pictures, key=lambda picture: int(picture["id"]), default=None)
    said = device.get("detail")
    look = {**details(newest), **(said if isinstance(said, dict) else {})}
    words = said if isinstance(said, str) else look.get("text") if isinstance(said, dict) else None
    return {
        **device,
        "family": device["kind"].partition("/")[0],
        "words": translator(locale).gettext(words) if words else "",
        "last_words": translator(locale).gettext(_words_of(device.get("last_error"))),
        "newest": newest,
        "text": look.get("text", ""),
        "lcd": (look.get("lcd_left", look.get("left", "")), look.get("lcd_right", look.get("right", ""))),
        "slow": bool(look.get("slow")),
        "bytes": look.get("bytes"),
        "hex": look["hex"] if isinstance(look.get("hex"), str) else "",
        "paper_out": is_paper_out(device),
        "slips": [slip(picture) for picture in pictures] if device["kind"].startswith("printer/") else [],
    }


def _words_of(last_error: Mapping[str, Any] | None) -> str:
    """A device's last error in its own words, "?" where it gave none; a catalogue answers an empty text with its own head."""
    said = (last_error or {}).get("detail")
    return said if isinstance(said, str) and said else "?"


def slip(picture: Mapping[str, Any]) -> dict[str, Any]:
    """One slip as it came out: its picture, how many bytes drew it, and the first of them with their meanings."""
    known = details(picture)
    commands = known.get("hex") or known.get("commands") or []
    rows = (
        [] if isinstance(commands, str) else [(r["bytes"], r["meaning"]) if isinstance(r, dict) else tuple(r) for r in commands]
    )
    return {**picture, "bytes": known.get("bytes"), "outcome": known.get("outcome") or "printed", "rows": rows[:HEX_ROWS]}


def details(picture: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a rack says of a picture beside the picture itself."""
    return (picture.get("detail") or {}) if picture else {}


def counter_sets(devices: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gather the keypad and the caller pad of each counter."""
    sets: dict[int | None, dict[str, Any]] = {}
    for device in devices:
        place = {"keypad": "keypad", "caller": "pad", "pad": "pad"}.get(device["family"])
        if place is not None:
            sets.setdefault(device["counter"], {"counter": device["counter"], "keypad": None, "pad": None})[place] = device
    return sorted(sets.values(), key=lambda one: one["counter"] or 0)
