"""From a request to a verb and back: one write, an answer made inside it, the idempotency key honoured."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import JSONResponse, Response

from server.verbs.repeating import once
from server.web.halls import hall_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.store import Write
    from server.web.deps import Caller

KeyHeader = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="the same key and body again return the same answer"),
    StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$"),
]


async def key_header(key: KeyHeader = None) -> None:
    """Documents and checks the Idempotency-Key of a POST."""


KEYED = Depends(key_header)


def repeated(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI description of a route that makes something: what the same key answers the second time."""
    return {200: {"model": model, "description": "the answer kept for this Idempotency-Key"}}


async def act(
    request: Request,
    caller: Caller,
    do: Callable[[Write], dict[str, Any] | None],
    *,
    body: BaseModel | None = None,
    status: int = 200,
) -> Response:
    """
    Run `do` as one act and answer what it answers: `status` the first time, 200 when the key was used before, 204 for None.

    Only a POST has a key.
    """
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    store = hall_of(request).store
    digest = _digest(request, body) if key else ""
    answer, repeated = await store.write(once, key=key, caller=caller.key, digest=digest, act=do)
    if answer is None:
        return Response(status_code=204)
    return reply(answer, status=200 if repeated else status)


def reply(content: dict[str, Any], *, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})


def _digest(request: Request, body: BaseModel | None) -> str:
    """What makes two requests the same: method, path and the parsed body, so that white space and key order do not matter."""
    parsed = body.model_dump(mode="json") if body is not None else {}
    said = json.dumps([request.method, request.url.path, parsed], sort_keys=True, ensure_ascii=False)
    return sha256(said.encode()).hexdigest()
