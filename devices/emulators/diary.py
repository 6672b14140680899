"""What emulated devices did, in a file that others can read: a line of JSON an act, written when it happens."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices.clock import utc_now

Write = Callable[..., None]  # what a device did, as keys and values


def unwritten(**_what: Any) -> None:
    """For devices whose acts nobody follows."""


class Diary:
    """Slips that came out, lines that were shown, announcements that were heard. Without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def write(self, device: str, **what: Any) -> None:
        """One line: `{"at": UTC, "device": …, …}`; it is whole on disk or not there."""
        if self._path is None:
            return
        line = json.dumps({"at": utc_now().isoformat(), "device": device, **what}, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
