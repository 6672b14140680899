"""The socket: rights and origin at the handshake, then everything of its topics, in order, once each."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from server.clock import instant
from server.errors import BadRequest, HallError, NoSuchArea, NoSuchCounter, NoSuchLink, NoSuchStation, NotAllowed
from server.rules.people import SUPERVISOR
from server.standing import desk_of, ticket_by_follow
from server.web.deps import Caller, check_origin, staff_of, station_of
from server.web.errors import status_of
from server.web.halls import hall_of
from server.wording import refusal

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

    from server.hub import Hub
    from server.store import Store

SEND_S = 5.0  # a send blocked for longer ends the socket
FAREWELL_S = 1.0  # what a client has to take the goodbye of a server that stops
TOPICS_AT_MOST = 64

router = APIRouter()


@lru_cache(maxsize=256)
def framed(text: str) -> bytes:
    """A message as it goes over the wire, made once however many hear it."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which can also be cut: closing waits for a buffer that a frozen client never empties."""

    async def run_asgi(self) -> None:
        self.scope["abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]
        self.scope["write"] = self.write_at_once  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()

    def write_at_once(self, text: str) -> bool:
        """A message without waiting; False where that cannot be: it is closing, or its client has not read what it has."""
        if not (self.handshake_complete and self.writable.is_set()) or self.close_sent or self.transport.is_closing():
            return False
        self.transport.write(framed(text))
        return True

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # with a refusal: nothing that belongs in the log

    def shutdown(self) -> None:
        super().shutdown()
        self.loop.call_later(FAREWELL_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Follow topics from `since` on; see the contract, chapter Live."""
    try:
        check_origin(socket)
        topics = await _topics(socket)
        journal, since = _position(socket)
    except HallError as error:
        await refuse(socket, error)
        return
    hub: Hub = hall_of(socket).hub
    cursor = await hub.admit(journal_id=journal, since=since)
    try:
        await socket.accept()
        if cursor is None:
            await _send(socket, json.dumps({"kind": "resync"}))
            await socket.close()
            return
        await _send(socket, await _hello(hall_of(socket).store, cursor))
    except (WebSocketDisconnect, TimeoutError):
        return  # it has gone while it came
    subscriber = hub.subscribe(topics, cursor=cursor, write=socket.scope.get("write"))
    try:
        async with asyncio.TaskGroup() as group:
            hearing = group.create_task(_hear(socket))
            telling = group.create_task(_tell(socket, hub, subscriber))
            hearing.add_done_callback(lambda _: telling.cancel())
            telling.add_done_callback(lambda _: hearing.cancel())
    finally:
        hub.unsubscribe(subscriber)


async def _tell(socket: WebSocket, hub: Hub, subscriber: Any) -> None:
    try:
        async for text in hub.messages(subscriber):
            await _send(socket, text)
    except (WebSocketDisconnect, RuntimeError):
        return  # it has gone
    except HallError:
        return  # the database is away: the client comes back with its seq
    except TimeoutError:
        abort = socket.scope.get("abort")
        if abort is not None:
            abort()


async def _send(socket: WebSocket, text: str) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(text)


async def _hear(socket: WebSocket) -> None:
    """Read and ignore what a client sends; without this its pongs are not heard and it is closed."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _hello(store: Store, cursor: int) -> str:
    journal, now = await store.read(lambda rx: (rx.head.journal, rx.now))
    return json.dumps({"kind": "hello", "journal": journal, "seq": cursor, "now": instant(now)})


async def refuse(socket: WebSocket, error: HallError) -> None:
    """Before the handshake: the status and shape of any refusal, where the server can say it."""
    hall = hall_of(socket).store.hall
    shape = refusal(error, hall=hall, locale=hall.setup.default_locale)
    if "websocket.http.response" not in socket.scope.get("extensions", {}):
        await socket.close(code=1008)
        return
    body = json.dumps(shape, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    status = 403 if status_of(error) in (401, 403) else status_of(error)
    await socket.send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await socket.send({"type": "websocket.http.response.body", "body": body, "more_body": False})


def _position(socket: WebSocket) -> tuple[str | None, int | None]:
    since = socket.query_params.get("since")
    if since is None:
        return None, None
    if not since.isascii() or not since.isdigit() or len(since) > 18:  # noqa: PLR2004 (digits of a 64-bit number)
        raise BadRequest(problem="since: a number is needed")
    return socket.query_params.get("journal"), int(since)


async def _topics(socket: WebSocket) -> list[str]:
    """The topics asked for, a follow link translated to its ticket; each is allowed or the whole is refused."""
    asked = [topic for topic in socket.query_params.get("topics", "").split(",") if topic]
    if not asked or len(asked) > TOPICS_AT_MOST:
        raise BadRequest(problem=f"topics: between 1 and {TOPICS_AT_MOST} are needed")
    callers = [caller for caller in (await staff_of(socket), await _station(socket, asked)) if caller]
    return [await _allowed(socket, topic, callers) for topic in asked]


async def _station(socket: WebSocket, asked: list[str]) -> Caller | None:
    """The station this machine is; one on a trusted network that gives no name is the one its topics speak of."""
    kind, _, name = asked[0].partition(":")
    prefer = {"counter": f"counter-{name}", "station": name}.get(kind, "hall_screen")
    try:
        return await station_of(socket, prefer)
    except HallError as error:
        if isinstance(error, NoSuchStation):
            raise
        return None


async def _allowed(socket: WebSocket, topic: str, callers: list[Caller]) -> str:
    """
    The topic as the journal names it.

    Raises:
        HallError: there is no such topic, or it is not for these callers.
    """
    kind, _, name = topic.partition(":")
    translate = {
        "ticket": _ticket_topic,
        "hall": _hall_topic,
        "board": _board_topic,
        "counter": _counter_topic,
        "station": _station_topic,
    }
    if kind not in translate:
        raise BadRequest(problem=f"topics: there is no topic {topic[:64]!r}")
    if not await translate[kind](socket, name, callers):
        raise NotAllowed
    return topic if kind != "ticket" else f"ticket:{await _ticket_id(socket, name)}"


async def _ticket_topic(socket: WebSocket, follow: str, _callers: list[Caller]) -> bool:
    return bool(await _ticket_id(socket, follow))


async def _ticket_id(socket: WebSocket, follow: str) -> str:
    """A follow link is translated here, or the journal would hold the secret."""
    ticket = await hall_of(socket).store.read(ticket_by_follow, follow)
    if ticket is None:
        raise NoSuchLink
    return str(ticket.id)


async def _hall_topic(socket: WebSocket, name: str, callers: list[Caller]) -> bool:
    if name:
        raise BadRequest(problem="topics: hall has no parts")
    return socket.app.state.demo or any(caller.kind == "staff" for caller in callers)


async def _board_topic(socket: WebSocket, area: str, callers: list[Caller]) -> bool:
    if area not in hall_of(socket).store.hall.areas:
        raise NoSuchArea(area=area[:64])
    return bool(callers)


async def _counter_topic(socket: WebSocket, name: str, callers: list[Caller]) -> bool:
    store: Store = hall_of(socket).store
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 6 else 0  # noqa: PLR2004 (digits)
    if number not in store.hall.counters or str(number) != name:
        raise NoSuchCounter(counter=name[:64])
    clerk = (await store.read(desk_of, number)).clerk
    return any(_at_counter(socket, caller, number, clerk=clerk) for caller in callers)


async def _station_topic(socket: WebSocket, name: str, callers: list[Caller]) -> bool:
    if name not in hall_of(socket).store.hall.stations:
        raise NoSuchStation(station=name[:64])
    return any(caller.id == name if caller.kind == "station" else caller.role == "admin" for caller in callers)


def _at_counter(socket: WebSocket, caller: Caller, number: int, *, clerk: str | None) -> bool:
    """A counter's own stations, racks with a device of it, its clerk (or who may become it), duty leaders, readers."""
    if caller.kind == "staff":
        return clerk in (caller.id, None) or caller.by.at_least("duty_leader") or caller.role == SUPERVISOR
    named = {device.counter for device in hall_of(socket).device_configs if device.station == caller.id}
    return caller.counter == number or number in named
