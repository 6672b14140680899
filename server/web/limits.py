"""How large a request may be: counted as it comes, refused in the one shape before anything is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 64 * 1024
MORE_BYTES = {  # by the end of the address
    "/picture": 1024 * 1024,  # what a virtual device looks like
    "/photo": 5 * 1024 * 1024,  # a person, as a telephone takes pictures
    "/id-cards": 512 * 1024,  # a bridge sends the photo along, whether asked or not
    "/setup/changes": 512 * 1024,  # a whole hall at once
}


class Limited:
    """The application, reading no more of a request than `limit_of` its address allows; then 413, whatever else was wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = limit_of(scope["path"])
        said = _length(scope)
        read = 0

        async def counted() -> Message:
            nonlocal read
            if said > limit:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


def limit_of(path: str) -> int:
    """Bytes a request to this address may bring."""
    return next((more for end, more in MORE_BYTES.items() if path.endswith(end)), BODY_BYTES)


def _length(scope: Scope) -> int:
    """What the client says it will send; 0 where it does not say."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0
