"""What every test of a device needs: slips to print, a hall to deal with, and a printer at the end of a real socket."""

import asyncio
import contextlib
import io
import json
import socket
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from devices import rack
from devices.clock import utc_now
from devices.ports import Slip
from devices.printers.machine import Machine
from server.config import DeviceConfig

PATIENCE_S = 10.0


def slip_facts(**changes: Any) -> dict[str, Any]:
    """A slip as the hall sends it."""
    facts = {
        "id": "s1", "ticket": "t1", "number": "A027", "service": "企业设立登记", "hall": "春和区政务服务中心",
        "area": "一楼综合服务区", "floor": 1, "counters": [2, 3, 4, 5, 6, 8], "ahead": 6, "wait": {"low_min": 18, "high_min": 30},
        "taken_at": "2026-11-23T10:26:00+08:00", "valid_day": "2026-11-23", "priority_label": None,
        "follow_url": "http://127.0.0.1:8000/t/9f3cA8Kd72mQp1xZ", "reminders": ["请留意屏幕和语音叫号,到号后请到指定窗口。"],
        "reprint": False, "locale": "zh-CN", "queued_at": utc_now().isoformat(),
    }  # fmt: skip
    return facts | changes


@pytest.fixture
def slip() -> Callable[..., Slip]:
    """A slip with some facts changed."""

    def make(**changes: Any) -> Slip:
        facts: dict[str, Any] = {
            "id": "s1", "ticket": "t1", "number": "A027", "service": "企业设立登记", "hall": "春和区政务服务中心",
            "area": "一楼综合服务区", "floor": 1, "counters": (2, 3, 4, 5, 6, 8), "ahead": 6, "wait_min": (18, 30),
            "taken_at": datetime(2026, 11, 23, 10, 26, tzinfo=timezone(timedelta(hours=8))), "valid_day": date(2026, 11, 23),
            "priority_label": None, "follow_url": "http://127.0.0.1:8000/t/9f3cA8Kd72mQp1xZ",
            "reminders": ("请留意屏幕和语音叫号,到号后请到指定窗口。",), "reprint": False, "locale": "zh-CN",
            "queued_at": datetime(2026, 11, 23, 2, 26, tzinfo=UTC),
        }  # fmt: skip
        return Slip(**(facts | changes))

    return make


class Hall:
    """The device routes of the contract, told what to answer; it keeps all it was told, in order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []  # ("METHOD path", body)
        self.keys: list[str] = []  # Idempotency-Key of each POST
        self.slips: list[dict[str, Any]] = []  # of kiosk-1
        self.stale_after_s = 120
        self.taken: set[str] = set()  # slips another rack has
        self.signs: dict[int, dict[str, Any]] = {}
        self.desks: dict[int, dict[str, Any]] = {}
        self.order: list[str] = []  # languages of every call
        self.mute: set[str] = set()  # numbers nobody can say
        self.lasts_s = 0.02  # every sound but the chime
        self.refusals: dict[str, str] = {}  # "METHOD path" → error code
        self.drop_next, self.drops = "", 1  # a "METHOD path" whose answer gets lost so many times, after it was obeyed
        self.visitors: list[WebSocket] = []  # every live connection there was
        self.sockets: list[tuple[WebSocket, set[str]]] = []
        self.since: list[str | None] = []  # what each live connection asked to go on from
        self.seq = 100
        self._changed = asyncio.Event()
        self.app = FastAPI()
        self.app.websocket("/live")(self._live)
        self.app.api_route("/api/{path:path}", methods=["GET", "PUT", "POST", "DELETE"])(self._answer)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened, looking again whenever anything was heard."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                self._changed.clear()
                await self._changed.wait()

    def told(self, what: str) -> list[Any]:
        """The bodies of all requests `METHOD path`, in order."""
        return [body for path, body in self.heard if path == what]

    async def says(self, topic: str, *, kind: str, journalled: bool = True, **fields: Any) -> None:
        """Tell all who follow a topic."""
        message = {"kind": kind, **fields}
        if journalled:
            self.seq += 1
            message |= {"seq": self.seq, "at": utc_now().isoformat()}
        for client, topics in list(self.sockets):
            if topic in topics:
                await client.send_text(json.dumps(message))

    async def _live(self, socket: WebSocket) -> None:
        await socket.accept()
        self.visitors.append(socket)
        topics = set(socket.query_params["topics"].split(","))
        self.since.append(socket.query_params.get("since"))
        now = utc_now().isoformat()
        await socket.send_text(json.dumps({"kind": "hello", "journal": "J", "seq": self.seq, "now": now}))
        self.sockets.append((socket, topics))
        self._changed.set()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the other end left; starlette says so in two ways
            while True:
                await socket.receive_text()
        self.sockets.remove((socket, topics))
        self._changed.set()

    async def _answer(self, request: Request, path: str) -> Response:
        what = f"{request.method} /api/{path}"
        raw = await request.body()
        body = json.loads(raw) if raw else None
        if request.method == "POST":
            key = request.headers["Idempotency-Key"]
            if key in self.keys:
                return JSONResponse({"again": True})
            self.keys.append(key)
        self.heard.append((what, body))
        self._changed.set()
        if what == self.drop_next and self.drops:
            self.drops -= 1
            return LostAnswer()
        if what in self.refusals:
            return JSONResponse({"error": self.refusals[what], "detail": "", "facts": {}}, status_code=409)
        if path.startswith(("board", "voice")):
            return self._spoken(path, number=request.query_params.get("number"))
        return self._state(request.method, path.split("/"), body)

    def _state(self, method: str, path: list[str], body: Any) -> Response:
        match method, path:
            case "GET", ["stations", station, "slips"]:
                slips = self.slips if station == "kiosk-1" else []
                return JSONResponse({"slips": slips, "stale_after_s": self.stale_after_s})
            case "PUT", ["stations", _, "slips", slip]:
                if slip in self.taken:
                    return JSONResponse({"error": "slip_taken", "detail": "", "facts": {}}, status_code=409)
                if body["outcome"] in ("printed", "unknown"):
                    self.slips = [each for each in self.slips if each["id"] != slip]
            case "GET", ["counters", number, "sign"]:
                return JSONResponse(self.signs.get(int(number), {"state": "open", "ticket": None, "rating": None}))
            case "GET", ["counters", number]:
                return JSONResponse(self.desks.get(int(number), {"state": "open", "ticket": None}))
            case "POST", ["counters", number, "calls"] if not self.desks.get(int(number), {}).get("waiting"):
                return Response(status_code=204)
        return JSONResponse({"ok": True})

    def _spoken(self, path: str, *, number: str | None) -> Response:
        if number in self.mute:
            return Response(status_code=204)
        if path == "board":
            voice = dict.fromkeys(("zh-CN", "zh-Hant", "en"), "{number} {counter}")
            return JSONResponse({"area": {"id": "f1"}, "voice": voice, "order": self.order, "announce_times": 2})
        return Response(silence(0.02 if path == "voice/chime" else self.lasts_s), media_type="audio/wav")


def silence(lasts_s: float) -> bytes:
    """A WAV file without a sound in it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8_000, 0, "NONE", ""))
        out.writeframes(bytes(2 * round(lasts_s * 8_000)))
    return file.getvalue()


class LostAnswer(Response):
    """An answer of which only the beginning arrives."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 (ASGI)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise ConnectionAbortedError("the cable was pulled")


@contextlib.asynccontextmanager
async def _serving(hall: Hall, *, port: int = 0) -> AsyncIterator[str]:
    config = uvicorn.Config(hall.app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(PATIENCE_S):
        while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _racked(*devices: DeviceConfig, virtual: bool = True, emulated: bool = False) -> AsyncIterator[Hall]:
    hall, stop = Hall(), asyncio.Event()
    async with _serving(hall) as url:
        running = asyncio.create_task(
            rack.run(devices, server_url=url, virtual=virtual and not emulated, emulated=emulated, stop=stop)
        )
        await hall.until(lambda: len(hall.sockets) == len({device.station for device in devices}))
        try:
            yield hall
        finally:
            stop.set()
            await running


@pytest.fixture
def racked() -> Callable[..., contextlib.AbstractAsyncContextManager[Hall]]:
    """A hall, and a rack of virtual devices, or of emulated ones, already connected to it."""
    return _racked


@pytest.fixture
def serving() -> Callable[..., contextlib.AbstractAsyncContextManager[str]]:
    """Serve a hall; gives its address."""
    return _serving


@pytest.fixture
def a_hall() -> Callable[[], Hall]:
    """A hall to serve."""
    return Hall


@pytest.fixture
def unused_tcp_port_url() -> str:
    """An address where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{nobody.getsockname()[1]}"


@pytest.fixture
def facts() -> Callable[..., dict[str, Any]]:
    """A slip as the hall sends it, with some facts changed."""
    return slip_facts


@contextlib.asynccontextmanager
async def _printer_on_tcp(machine: Machine) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(4096)) and machine.on:
            machine.feed(data, reply=writer.write)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.fixture
def printer_on_tcp() -> Callable[[Machine], contextlib.AbstractAsyncContextManager[str]]:
    """A virtual printer behind a real socket; gives its port for config.toml."""
    return _printer_on_tcp


@pytest.fixture
def ready() -> Callable[[], Awaitable[None]]:
    """A hall that lets every job begin."""

    async def go() -> None:
        return None

    return go
