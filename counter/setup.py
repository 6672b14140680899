"""What the window's pages need of the hall's set-up: names, usual next steps, how long a rating is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.store import Read


def words(rx: Read, *, locale: str) -> dict[str, Any]:
    """
    Answer names by id, in `locale`: `{"services": [{id, name, group, kind, minutes, next_steps}], "classes": {id: name}}`.

    Services in the order of the set-up; the class `normal` has no name, because nothing is said about it.
    """
    hall = rx.hall
    return {
        "services": [
            {
                "id": service.id,
                "name": hall.say(service.name, locale),
                "group": service.group,
                "kind": service.kind,
                "minutes": service.expected_minutes,
                "next_steps": list(service.next_steps),
            }
            for service in hall.setup.service
        ],
        "classes": {one.id: hall.say(one.label, locale) for one in hall.setup.priority if one.id != "normal"},
    }


def rating_window_s(rx: Read) -> int:
    """Answer how long after it was asked for a rating may be given at the counter."""
    return rx.hall.setup.rating.window_minutes * 60
