"""Which hall an address belongs to: found before anything else is made of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.websockets import WebSocket

from server.errors import NoSuchHall
from server.web.errors import answer
from server.web.halls import UNDER
from server.web.live import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from server.web.halls import Halls


class WhichHall:
    """The application, with `scope["hall"]` set and the hall's part of the path set aside, as a mounted application has it."""

    def __init__(self, app: ASGIApp, *, halls: Halls) -> None:
        self.app = app
        self.halls = halls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        hall, base = self.halls.of(scope)
        if hall is not None:
            below = {**scope, "hall": hall, "root_path": scope.get("root_path", "") + base}
            await self.app(below, receive, send)
            return
        error = NoSuchHall(hall=base.removeprefix(UNDER)[:64])
        lost = {**scope, "hall": self.halls.first}
        if scope["type"] == "websocket":
            await refuse(WebSocket(lost, receive, send), error)
        else:
            await answer(Request(lost), error)(lost, receive, send)
