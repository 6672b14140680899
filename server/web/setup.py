"""The manager's set-up: read whole, changed in one act, live at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from server import errors as e
from server.queries.frame import framed
from server.verbs.changing import Change, change_setup
from server.web.acts import KEYED, act, reply
from server.web.deps import Caller, May
from server.web.errors import refusals
from server.web.halls import hall_of
from server.web.shapes import Body, Key, Snapshot

router = APIRouter(prefix="/setup", tags=["set-up"])

Manager = Annotated[Caller, Depends(May(staff="manager"))]


class ChangeIn(Body):
    """One thing becomes `doc`, or goes when `doc` is null. `id` is empty for a single part, such as `calling`."""

    noun: Key
    id: Annotated[str, Field(max_length=64)] = ""
    doc: Any = None


class ChangesIn(Body):
    """Changes that hold together or not at all."""

    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=100)]


@router.get("", response_model=Snapshot, responses=refusals())
async def whole(request: Request, caller: Manager) -> Response:
    """The whole set-up, as in config.toml."""
    snapshot = await hall_of(request).store.read(lambda rx: framed(rx, setup=rx.hall.setup.model_dump(mode="json")))
    return reply(snapshot)


@router.post(
    "/changes",
    dependencies=[KEYED],
    response_model=Snapshot,
    responses=refusals(e.SetupInvalid, e.WouldStrand, e.KeyReused),
)
async def change(request: Request, body: ChangesIn, caller: Manager) -> Response:
    """Change the set-up; the answer is the whole as it now is."""

    def do(tx: Any) -> dict[str, Any]:
        changes = [Change(noun=c.noun, id=c.id, doc=c.doc) for c in body.changes]
        after = change_setup(tx, changes=changes, by=caller.by)
        return framed(tx, setup=after.model_dump(mode="json"))

    return await act(request, caller, do, body=body)
