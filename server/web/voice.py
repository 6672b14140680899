"""The hall's voice over HTTP: a call as sound, the chime before it, and whether a screen may sound at all."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server import errors as e
from server.voice.chain import Voice
from server.voice.sentences import Sentence
from server.web.acts import reply
from server.web.deps import Caller, May
from server.web.errors import refusals
from server.web.halls import OpenHall, hall_of
from server.web.shapes import Done, Key, SoundIn
from server.web.stations import tell

if TYPE_CHECKING:
    from collections.abc import Callable

router = APIRouter(tags=["voice"])

Listener = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True, prefer="hall_screen"))]
Own = Annotated[Caller, Depends(May(staff="admin", stations=True, own="station"))]
Number = Annotated[str, Query(pattern=r"^[A-HJ-NPR-Z][0-9]{2,9}$", description="as on the slip, for example A007")]
Window = Annotated[int, Query(ge=1, le=999, description="counter number as painted on the wall")]
Locale = Annotated[Key, Query(description="one of the hall's languages")]

KEPT_S = 600  # how long a browser keeps a sound: a set-up that changed is heard at the next call but a few
SOUND: dict[int | str, dict[str, Any]] = {
    200: {"content": {"audio/wav": {}}},
    204: {"description": "nobody here can say it: only the chime remains"},
}
STATES = {"running": ("ok", None), "waiting": ("degraded", "waits for a touch"), "off": ("ok", "silent by choice")}


@router.get("/voice", responses={**SOUND, **refusals(e.NoSuchCounter, e.NoSuchLanguage)}, response_class=Response)
async def voice(request: Request, caller: Listener, number: Number, counter: Window, locale: Locale) -> Response:
    """A call in one language as sound, by the first provider that has it; 204 when none has."""
    hall = hall_of(request)
    known = hall.store.hall
    if counter not in known.counters:
        raise e.NoSuchCounter(counter=counter)
    if locale not in known.setup.locales:
        raise e.NoSuchLanguage(locale=locale)
    speaker: Voice = request.app.state.voice
    text = known.say(known.setup.calling.voice, locale)
    spoken = await asyncio.to_thread(
        speaker.wav, Sentence(text=text, number=number, counter=counter, locale=locale, yao=speaker.yao)
    )
    if spoken is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    provider, content = spoken
    return _sound(content, headers={"Provider": provider})


@router.get("/voice/chime", responses={**SOUND, **refusals()}, response_class=Response)
async def chime(request: Request, caller: Listener) -> Response:
    """The two bells before every call, as sound."""
    speaker: Voice = request.app.state.voice
    return _sound(await asyncio.to_thread(speaker.chime))


@router.put("/stations/{station}/sound", response_model=Done, responses=refusals(e.NoSuchStation))
async def sound(request: Request, station: Key, body: SoundIn, caller: Own) -> Response:
    """Whether a screen sounds: it does, waits for a touch that its browser wants, or is silent by choice."""
    hall = hall_of(request)
    if station not in hall.store.hall.stations:
        raise e.NoSuchStation(station=station)
    state, detail = STATES[body.state]
    known = hall.devices.screen(station)
    before = (known.state, known.detail)
    hall.devices.report(known, state=state, kind=known.kind, detail=detail, since=None)
    if before != (state, detail):
        tell(request, known, type="health")
    return reply({"ok": True})


def preparing(speaker: Voice) -> Callable[[OpenHall], None]:
    """What makes a hall's phrases ahead of time: its windows' now, a number's as soon as it is issued."""

    def begin(hall: OpenHall) -> None:
        if not speaker.prepares:
            return
        known = hall.store.hall
        speaker.prepare_counters(_texts(hall), counters=known.counters, locales=_spoken(hall, speaker))

        def hear(text: str) -> bool:
            if '"ticket.issued"' in text:
                number = json.loads(text).get("number")
                speaker.prepare_number(_texts(hall), number=str(number), locales=_spoken(hall, speaker))
            elif '"setup.changed"' in text:
                found = hall.store.hall
                speaker.prepare_counters(_texts(hall), counters=found.counters, locales=_spoken(hall, speaker))
            return True

        listener = hall.hub.subscribe(("hall",), cursor=hall.hub.seen, write=hear)
        listener.idle = True  # it takes everything there and then

    return begin


def _texts(hall: OpenHall) -> dict[str, str]:
    known = hall.store.hall
    return {locale: known.say(known.setup.calling.voice, locale) for locale in known.setup.locales}


def _spoken(hall: OpenHall, speaker: Voice) -> list[str]:
    """The languages of this hall's calls: those of `[voice] order` that it offers, else all it offers."""
    offered = hall.store.hall.setup.locales
    return [locale for locale in speaker.config.order if locale in offered] or list(offered)


def _sound(content: bytes, *, headers: dict[str, str] | None = None) -> Response:
    kept = {"Cache-Control": f"private, max-age={KEPT_S}", "ETag": f'"{sha256(content).hexdigest()[:16]}"'}
    return Response(content, media_type="audio/wav", headers=kept | (headers or {}) | {"X-Content-Type-Options": "nosniff"})
