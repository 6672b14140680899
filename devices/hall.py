"""The hall as a device sees it: HTTP and one WebSocket. Nothing else here knows the server."""

import asyncio
import base64
import json
import logging
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from devices.callers.acts import Act, Desk, Verb
from devices.ports import Health, Outcome, Picture, Slip
from devices.signs.lines import DEFAULT_TEXTS, Texts

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
RETRY_MIN_S, RETRY_MAX_S = 0.2, 10.0
SILENCE_S = 15.0  # a beat comes every 5 s; without one for so long the socket is dead
_TRIES = 3
_HOLD_REASON, _PAUSE_REASON = "no_papers", "呼叫器"
_DETAIL_CHARS = 500


class Unreachable(Exception):
    """The server does not answer."""


class Refused(Exception):
    """The hall refused, with a code and a sentence a clerk can act on."""

    def __init__(self, code: str, *, detail: str, status: int) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.status = code, detail, status


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A station's slips still to print, and after how many seconds one is too old for it."""

    slips: tuple[Slip, ...]
    stale_after_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """How the hall wants its calls said in an area."""

    area: str
    own: str  # the hall's own language
    offered: tuple[str, ...]
    order: tuple[str, ...]  # languages of every call; empty: its own, then the applicant's
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SignState:
    """What a window's sign is about, and the service act that may be rated there."""

    state: str
    number: str | None = None
    ticket_state: str | None = None
    texts: Texts = DEFAULT_TEXTS
    act: str | None = None
    asked: str | None = None  # the number it is asked about


class HallClient:
    """One station's way to the server. Use as `async with`."""

    def __init__(self, server_url: str, *, station: str, key: str | None = None) -> None:
        self.station = station
        self._headers = {"Station": station} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._url = server_url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=TIMEOUT_S, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def pending(self) -> Pending:
        """The slips this station has still to print."""
        body = await self._send("GET", f"/api/stations/{self.station}/slips", params={"state": "pending"})
        return Pending(slips=tuple(_slip(each) for each in body["slips"]), stale_after_s=body["stale_after_s"])

    async def report(self, slip: str, *, outcome: str, rack: str, detail: str | None = None) -> None:
        """
        Say how far a slip is; `sending` is refused (`slip_taken`) when another rack has it.

        `rack` is a word by which the printer's dealing knows itself: what was said and not answered may be said again.
        """
        body = {"outcome": outcome, "detail": _words(detail), "rack": rack}
        await self._send("PUT", f"/api/stations/{self.station}/slips/{slip}", body=body)

    async def finished(self, slip: str, outcome: Outcome, *, rack: str) -> None:
        """Say how a slip ended."""
        await self.report(slip, outcome=outcome.result, detail=outcome.detail, rack=rack)

    async def health(self, device: str, health: Health, *, kind: str) -> None:
        """Say how a device is."""
        since = health.since.isoformat() if health.since else None
        body = {"kind": kind, "state": health.condition, "detail": _words(health.detail), "since": since}
        await self._send("PUT", f"/api/stations/{self.station}/devices/{device}", body=body)

    async def picture(self, device: str, picture: Picture) -> None:
        """Show what a virtual device looks like now."""
        body = {
            "type": "image/png",
            "data": base64.b64encode(picture.png).decode("ascii"),
            "label": picture.label,
            "detail": picture.detail,
        }
        await self._send("PUT", f"/api/stations/{self.station}/devices/{device}/picture", body=body)

    async def sign(self, counter: int) -> SignState:
        """How a counter stands, for its sign and its keypad."""
        body = await self._send("GET", f"/api/counters/{counter}/sign")
        ticket, rating = body.get("ticket") or {}, body.get("rating") or {}
        return SignState(
            state=body["state"],
            number=ticket.get("number"),
            ticket_state=ticket.get("state"),
            texts=_texts(body.get("texts") or {}),
            act=rating.get("act"),
            asked=rating.get("number"),
        )

    async def desk(self, counter: int) -> Desk:
        """How a counter stands, for its pad."""
        body = await self._send("GET", f"/api/counters/{counter}")
        ticket = body.get("ticket") or {}
        return Desk(
            state=body["state"],
            ticket=ticket.get("id"),
            number=ticket.get("number"),
            ticket_state=ticket.get("state"),
            waiting=tuple(each["number"] for each in body.get("waiting", ())),
            waiting_count=body.get("waiting_count", 0),
            held=tuple(each["id"] for each in body.get("held", ())),
            no_show=tuple(each["id"] for each in body.get("no_show", ())),
        )

    async def spoken(self, area: str | None) -> Spoken:
        """How calls are said in an area; without one, in the station's own or the first."""
        body = await self._send("GET", "/api/board", params={"area": area} if area else None)
        offered = tuple(body["voice"])
        return Spoken(
            area=body["area"]["id"],
            own=offered[0],
            offered=offered,
            order=tuple(body.get("order", ())),
            times=body["announce_times"],
        )

    async def voice(self, number: str, *, counter: int, locale: str) -> bytes | None:
        """A call in one language as sound; None where nobody can say it."""
        sound: bytes | None = await self._send(
            "GET", "/api/voice", params={"number": number, "counter": counter, "locale": locale}
        )
        return sound

    async def chime(self) -> bytes:
        """What sounds before every call."""
        sound: bytes = await self._send("GET", "/api/voice/chime")
        return sound

    async def rate(self, counter: int, *, act: str, level: int) -> None:
        """Give a level to the service act that was asked about."""
        await self._send("POST", f"/api/counters/{counter}/ratings", body={"act": act, "level": level})

    async def scanned(self, code: str) -> None:
        """Say what a scanner read; the station's page is told what it is, or that it is nothing."""
        await self._send("POST", f"/api/stations/{self.station}/scans", body={"text": code})

    async def card_read(self, card: dict[str, Any]) -> None:
        """Hand on what a reader's bridge says of a card."""
        await self._send("POST", f"/api/stations/{self.station}/id-cards", body=card)

    async def do(self, act: Act, *, counter: int) -> bool:
        """Do what a pad asks at its counter; False when there was nobody to call."""
        method, path, body = _route(act, counter)
        return await self._send(method, path, body=body) is not None

    async def events(self, *, topics: Iterable[str]) -> AsyncIterator[dict[str, Any]]:
        """
        What happens on `topics`, for ever: each event once, in order, across losses of the connection.

        Beats are kept back. Besides the server's messages come `hello` after each connection, `resync` when what was missed
        is lost (fetch again what matters) and `{"kind": "lost"}` whenever the connection ends.
        """
        journal, seq, pause_s = None, None, RETRY_MIN_S
        while True:
            since: dict[str, Any] = {} if seq is None else {"journal": journal, "since": seq}
            query = urlencode({"topics": ",".join(topics), "station": self.station, **since})
            try:
                async with connect(
                    f"{self._url.replace('http', 'ws', 1)}/live?{query}",
                    additional_headers=self._headers,
                    open_timeout=TIMEOUT_S,
                    proxy=None,
                ) as socket:
                    async for message in _messages(socket):
                        if message["kind"] == "hello":
                            pause_s = RETRY_MIN_S
                            journal, seq = message["journal"], message["seq"]
                        elif message["kind"] == "resync":
                            journal = seq = None
                        seq = message.get("seq", seq)
                        if message["kind"] != "beat":
                            yield message
            except InvalidHandshake as refusal:
                log.warning("%s is refused a live connection: %s", self.station, refusal)
            except (OSError, WebSocketException, ValueError) as problem:
                log.info("%s: live connection: %r", self.station, problem)
            yield {"kind": "lost"}
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, RETRY_MAX_S)

    async def _send(self, method: str, path: str, *, body: dict[str, Any] | None = None, params: Any = None) -> Any:
        """The answer's JSON or sound, None for 204; a lost connection or a 5xx is tried again, a POST with the same key."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        problem = ""
        for tries_left in reversed(range(_TRIES)):
            try:
                answer = await self._http.request(method, path, json=body, params=params, headers=headers)
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return _opened(answer)
                problem = f"{answer.status_code} for {method} {path}"
            except httpx.TransportError as lost:
                problem = str(lost) or type(lost).__name__
            if tries_left:
                await asyncio.sleep(RETRY_MIN_S)
        raise Unreachable(f"{self._url}: {problem}")


async def _messages(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    while True:
        async with asyncio.timeout(SILENCE_S):
            message = json.loads(await socket.recv())
        yield message


def _opened(answer: httpx.Response) -> Any:
    if answer.is_success:
        if answer.headers.get("content-type", "").startswith("audio/"):
            return answer.content
        return answer.json() if answer.content else None
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    code = str(body.get("error", f"http_{answer.status_code}"))
    raise Refused(code, detail=str(body.get("detail", "")), status=answer.status_code)


def _route(act: Act, counter: int) -> tuple[str, str, dict[str, Any] | None]:
    here, ticket = f"/api/counters/{counter}", f"/api/tickets/{act.ticket}"
    routes: dict[Verb, tuple[str, str, dict[str, Any] | None]] = {
        "call_next": ("POST", f"{here}/calls", {}),
        "call": ("POST", f"{here}/calls", {"number": act.number}),
        "recall": ("POST", f"{here}/recalls", {}),
        "ask_rating": ("POST", f"{here}/rating-requests", {}),
        "undo": ("POST", f"{here}/undo", {}),
        "pause": ("PUT", f"{here}/state", {"state": "paused", "reason": _PAUSE_REASON}),
        "open": ("PUT", f"{here}/state", {"state": "open"}),
        "start": ("PUT", f"{ticket}/service", None),
        "finish": ("PUT", f"{ticket}/completion", {}),
        "no_show": ("PUT", f"{ticket}/no-show", None),
        "hold": ("PUT", f"{ticket}/hold", {"reason": _HOLD_REASON}),
        "restore": ("DELETE", f"{ticket}/no-show", None),
        "resume": ("DELETE", f"{ticket}/hold?counter={counter}", None),
        "transfer": ("POST", f"{ticket}/transfers", {"to_counter": act.counter, "place": "kept"}),
    }
    return routes[act.verb]


def _words(text: str | None) -> str | None:
    """A device's own words as the hall takes them: printable, and not without end."""
    return None if text is None else "".join(letter if letter.isprintable() else " " for letter in text)[:_DETAIL_CHARS]


def _texts(said: dict[str, str]) -> Texts:
    return Texts(
        call=said.get("counter_call", DEFAULT_TEXTS.call),
        serving=said.get("counter_serving", DEFAULT_TEXTS.serving),
        idle=said.get("counter_idle", DEFAULT_TEXTS.idle),
        paused=said.get("counter_pause", DEFAULT_TEXTS.paused),
    )


def _slip(body: dict[str, Any]) -> Slip:
    wait = body["wait"]
    return Slip(
        id=body["id"],
        ticket=body["ticket"],
        number=body["number"],
        service=body["service"],
        hall=body["hall"],
        area=body["area"] or "",
        floor=body["floor"],
        counters=tuple(body["counters"]),
        ahead=body["ahead"],
        wait_min=None if wait is None else (wait["low_min"], wait["high_min"]),
        taken_at=datetime.fromisoformat(body["taken_at"]),
        valid_day=date.fromisoformat(body["valid_day"]),
        priority_label=body["priority_label"],
        follow_url=body["follow_url"] or "",
        reminders=tuple(body["reminders"]),
        reprint=body["reprint"],
        locale=body["locale"],
        queued_at=datetime.fromisoformat(body["queued_at"]),
    )
