"""A POST repeated with its Idempotency-Key gets the same answer, and nothing happens twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from server.errors import KeyReused
from server.tables import KeptAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.store import Write

_answers = KeptAnswer.__table__  # type: ignore[attr-defined]
_kept = select(_answers).where(
    _answers.c.hall == bindparam("hall"),
    _answers.c.caller == bindparam("caller"),
    _answers.c.day == bindparam("day"),
    _answers.c.key == bindparam("key"),
)
_keep = insert(_answers)


def once(
    tx: Write, *, key: str | None, caller: str, digest: str, act: Callable[[Write], dict[str, Any] | None]
) -> tuple[dict[str, Any] | None, bool]:
    """
    (answer of `act`, False), or (the answer kept for this key, True).

    Kept per hall, caller and business day, in the act's own savepoint; refusals and empty answers are not kept.

    Raises:
        KeyReused: the key was used for another request.
    """
    if key is None:
        return act(tx), False
    kept = tx.one(_kept, hall=tx.hall.id, caller=caller, day=tx.day, key=key)
    if kept is not None:
        if kept.digest != digest:
            raise KeyReused
        answer: dict[str, Any] = json.loads(kept.answer)
        return answer, True
    answer_now = act(tx)
    if answer_now is not None:
        row = {"hall": tx.hall.id, "caller": caller, "day": tx.day, "key": key, "digest": digest}
        tx.run(_keep, **row, answer=json.dumps(answer_now, ensure_ascii=False))
    return answer_now, False
