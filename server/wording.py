"""A refusal in the hall's words: the one shape of every error, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.clock import instant
from server.language import translator

if TYPE_CHECKING:
    from server.config.index import HallIndex
    from server.errors import HallError


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
