"""What the hall says to people, in the reader's language: the one shape of every refusal, and why a counter pauses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from server.clock import instant
from server.language import SHIPPED, translator

if TYPE_CHECKING:
    from server.config.index import HallIndex
    from server.errors import HallError

PAUSES = (
    "Away for a moment", "Meal", "Meeting", "Work behind the counter", "Device out of order", "Handing over", "Training",
    "Other reason",
)  # fmt: skip
"""Why a counter pauses; at most nine, so that each has a key."""

AT_THE_PAD = "Caller pad"
"""What a caller pad gives as its reason."""


def refusal(error: HallError, *, hall: HallIndex, locale: str) -> dict[str, Any]:
    """
    {"error", "detail", "facts"}, and "again_at" (UTC) where time alone will help.

    In `detail` services and priority classes are called by their names; `facts` keep their keys.
    """
    said = dict(error.facts)
    if (service := hall.services.get(str(said.get("service")))) is not None:
        said["service"] = hall.say(service.name, locale)
    if (priority := hall.priorities.get(str(said.get("priority")))) is not None:
        said["priority"] = hall.say(priority.label, locale)
    shape = {"error": error.code, "detail": translator(locale).gettext(error.plain) % said, "facts": error.facts}
    return shape | ({"again_at": instant(error.again_at_us)} if error.again_at_us is not None else {})


def pause_reason(reason: str | None, *, locale: str) -> str | None:
    """Why a counter pauses: a usual reason in the reader's language, whichever it was given in; any other as it was given."""
    usual = _usual().get(reason or "")
    return translator(locale).gettext(usual) if usual else reason


@cache
def _usual() -> dict[str, str]:
    """Every way of saying a usual reason → its message."""
    return {translator(locale).gettext(one): one for one in (*PAUSES, AT_THE_PAD) for locale in SHIPPED}
