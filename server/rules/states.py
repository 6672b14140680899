"""The ticket's life as one table. What is not in it is refused, with the refusal of the verb that was tried."""

from __future__ import annotations

from server.errors import (
    Conflict,
    HallError,
    NotCalled,
    NotHeld,
    NotNoShow,
    NotServing,
    NotWaiting,
)

WAITING, CALLED, SERVING, HELD, NO_SHOW = "waiting", "called", "serving", "held", "no_show"
FINISHED, CANCELLED, EXPIRED = "finished", "cancelled", "expired"
OPEN = (WAITING, CALLED, SERVING, HELD, NO_SHOW)  # a ticket that may still be served today

TABLE: dict[tuple[str, str], str] = {
    (WAITING, "cancel"): CANCELLED,
    (WAITING, "prioritise"): WAITING,
    (WAITING, "move"): WAITING,
    (WAITING, "call"): CALLED,
    (CALLED, "recall"): CALLED,
    (CALLED, "no_show"): NO_SHOW,
    (NO_SHOW, "restore"): WAITING,
    (CALLED, "start"): SERVING,
    (CALLED, "hold"): HELD,
    (SERVING, "hold"): HELD,
    (HELD, "resume"): CALLED,
    (CALLED, "transfer"): WAITING,
    (SERVING, "transfer"): WAITING,
    (HELD, "transfer"): WAITING,
    (SERVING, "finish"): FINISHED,
    (WAITING, "expire"): EXPIRED,
    (CALLED, "expire"): EXPIRED,
    (HELD, "expire"): EXPIRED,
    (NO_SHOW, "expire"): EXPIRED,
    (SERVING, "expire"): FINISHED,
}

REFUSALS: dict[str, type[HallError]] = {
    "cancel": NotWaiting,
    "prioritise": NotWaiting,
    "move": NotWaiting,
    "call": NotWaiting,
    "recall": NotCalled,
    "no_show": NotCalled,
    "restore": NotNoShow,
    "start": NotCalled,
    "hold": NotServing,
    "resume": NotHeld,
    "transfer": NotServing,
    "finish": NotServing,
    "expire": Conflict,
}


def after(state: str, verb: str, *, number: str) -> str:
    """
    The state that `verb` leads to.

    Raises:
        HallError: the refusal of `verb`, when a ticket in `state` does not allow it.
    """
    to = TABLE.get((state, verb))
    if to is None:
        raise REFUSALS[verb](number=number, state=state)
    return to
