"""Portraits of the staff: sent by the manager, shown on the cards."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from server import errors as e
from server.queries import photos as read
from server.verbs import photos
from server.web.acts import act
from server.web.deps import Caller, May
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import Key, PhotoOut

router = APIRouter(prefix="/staff", tags=["set-up"])

Manager = Annotated[Caller, Depends(May(staff="manager"))]
Viewer = Annotated[Caller, Depends(May(staff="clerk", supervisor=True, stations=True))]

BINARY = {"schema": {"type": "string", "format": "binary"}}
SENT = {"requestBody": {"required": True, "content": dict.fromkeys(("image/jpeg", "image/png", "image/webp"), BINARY)}}
FOR_EVER = "private, max-age=31536000, immutable"  # another portrait has another address


@router.get(
    "/{staff}/photo",
    responses={
        200: {"content": {"image/jpeg": BINARY}},
        304: {"description": "the caller has it"},
        **refusals(e.NoSuchStaff, e.NoSuchPhoto),
    },
    response_class=Response,
)
async def photo(request: Request, staff: Key, caller: Viewer, v: Annotated[str | None, Query(max_length=64)] = None) -> Response:
    """The portrait on a clerk card, a JPEG of 480 × 640; `v` is its version, as the card's address has it."""
    found = await hall_of(request).store.read(read.photo, staff=staff)
    current = v is not None and read.address(staff, found.sha) == read.address(staff, v)
    headers = {
        "ETag": f'"{found.sha}"',
        "Cache-Control": FOR_EVER if current else "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.jpeg, media_type="image/jpeg", headers=headers)


@router.put(
    "/{staff}/photo",
    openapi_extra=SENT,
    response_model=PhotoOut,
    responses=refusals(e.NoSuchStaff, e.NoPicture, e.PictureSize),
)
async def set_photo(request: Request, staff: Key, caller: Manager) -> Response:
    """Give a person a portrait: a JPEG, PNG or WebP of at most 5 MB; answers where it is found."""
    if staff not in hall_of(request).store.hall.staff:
        raise e.NoSuchStaff(staff=staff)
    from server.web.portraits import portrait  # noqa: PLC0415 (Pillow is some MB, and photos are rare)

    jpeg = await asyncio.to_thread(portrait, await request.body())

    def do(tx: Any) -> dict[str, Any]:
        return {"photo": read.address(staff, photos.set_photo(tx, staff=staff, jpeg=jpeg, by=caller.by))}

    return await act(request, caller, do)


@router.delete("/{staff}/photo", response_model=PhotoOut, responses=refusals(e.NoSuchStaff))
async def remove_photo(request: Request, staff: Key, caller: Manager) -> Response:
    """Take a person's portrait away."""

    def do(tx: Any) -> dict[str, Any]:
        photos.remove_photo(tx, staff=staff, by=caller.by)
        return {"photo": None}

    return await act(request, caller, do)
