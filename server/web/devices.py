"""What the racks say of their devices, kept in memory: health and looks are reported again within seconds of a restart."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.clock import instant, real_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.config import DeviceConfig

PICTURES = 8  # newest looks kept of each device
SILENT_AFTER_US = 45_000_000  # three reports missed
SCREEN, SOUND = "screen/sound", "sound"  # kind and name of a screen's sound; it stands in no config.toml
SPEAKERS = "speaker/"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a virtual device looked like."""

    id: str
    type: str
    content: bytes
    at_us: int
    label: str
    detail: dict[str, Any] | None


@dataclass(slots=True)
class Known:
    """What is known of one device."""

    station: str
    name: str
    kind: str
    counter: int | None
    area: str | None = None
    state: str = "unknown"
    detail: Any = None
    since: str | None = None
    last_error: dict[str, Any] | None = None  # {"detail", "at"}, kept when it is in order again
    heard_us: int = 0
    pictures: deque[Picture] = field(default_factory=lambda: deque(maxlen=PICTURES))


class DeviceBoard:
    """Every device of config.toml, and what was last heard of it."""

    def __init__(self, configured: Iterable[DeviceConfig]) -> None:
        configured = tuple(configured)
        self._known = {(d.station, d.name): Known(d.station, d.name, d.kind, d.counter, d.area) for d in configured}
        self._neighbours = {d.station: d.neighbour for d in configured if d.neighbour}
        self._pictures = 0

    def find(self, station: str, name: str) -> Known | None:
        """The device, if config.toml has it."""
        return self._known.get((station, name))

    def stands_in_for(self, station: str) -> str | None:
        """The station whose printer takes over from this one's: configured, heard of, and able to print."""
        neighbour = next((d for d in self._known.values() if d.name == self._neighbours.get(station)), None)
        return neighbour.station if neighbour is not None and self.may_print(neighbour) else None

    def stood_in_for(self, device: Known) -> list[str]:
        """The stations whose printers this one takes over from."""
        return [station for station, name in self._neighbours.items() if name == device.name]

    def may_print(self, device: Known) -> bool:
        """Whether it is heard of and in order; one never heard of may be switched off, and a slip would wait there in vain."""
        line = self._line(device)
        return line["state"] == "ok" or runs_low(line)

    def screen(self, station: str) -> Known:
        """The sound of a station's screen; known as long as it is heard of, for a screen may be any browser."""
        return self._known.setdefault((station, SOUND), Known(station, SOUND, SCREEN, None))

    def speaks_in(self, area: str, *, first: str) -> bool:
        """Whether a loudspeaker of its own speaks in this area, so that screens are silent; one without an area has the first."""
        return any(d.kind.startswith(SPEAKERS) and (d.area or first) == area for d in self._known.values())

    def report(self, device: Known, *, state: str, kind: str, detail: Any, since: str | None) -> None:
        """A rack's word on its device."""
        if device.state != state:
            device.since = since or instant(real_us())
        first = device.state == "unknown"  # a rack that begins has not asked yet how its devices are
        if state != "ok" and not first and (device.state, device.detail) != (state, detail):
            device.last_error = {"detail": detail, "at": since or instant(real_us())}
        device.state, device.kind, device.detail, device.heard_us = state, kind, detail, real_us()

    def show(self, device: Known, *, type: str, content: bytes, label: str, detail: dict[str, Any] | None) -> Picture:  # noqa: A002 (the media type)
        """
        A new look. One with the same label, such as a slip that is printed now, replaces the older.

        The looks stay in the order in which they were first seen.
        """
        self._pictures += 1
        picture = Picture(str(self._pictures), type, content, real_us(), label, detail)
        for index, old in enumerate(device.pictures):
            if label and old.label == label:
                device.pictures[index] = picture
                return picture
        device.pictures.append(picture)
        return picture

    def listed(self) -> list[dict[str, Any]]:
        """Health and looks of all, newest look first; silence counts as lost."""
        gone = [place for place, device in self._known.items() if place[1] == SOUND and device.kind == SCREEN and _silent(device)]
        for place in gone:
            del self._known[place]
        return [self._line(device) for device in self._known.values()]

    def _line(self, device: Known) -> dict[str, Any]:
        silent = _silent(device)
        return {
            "station": device.station,
            "name": device.name,
            "kind": device.kind,
            "counter": device.counter,
            "state": "lost" if silent else device.state,
            "detail": device.detail,
            "since": instant(device.heard_us) if silent else device.since,
            "last_error": device.last_error,
            "pictures": [
                {
                    "id": p.id,
                    "type": p.type,
                    "at": instant(p.at_us),
                    "label": p.label,
                    "detail": p.detail,
                    "bytes": len(p.content),
                }
                for p in reversed(device.pictures)
            ],
        }


def _silent(device: Known) -> bool:
    return bool(device.heard_us) and real_us() - device.heard_us > SILENT_AFTER_US


def is_paper_out(device: Mapping[str, Any]) -> bool:
    """Whether a printer, as `listed` has it, says that it has no paper."""
    said = device.get("detail")
    if isinstance(said, dict):
        return said.get("paper") is False
    return device["state"] == "degraded" and "out of paper" in (said or "").lower()


def runs_low(device: Mapping[str, Any]) -> bool:
    """Whether a printer, as `listed` has it, says that its paper is nearly at its end."""
    return device["state"] == "degraded" and device.get("detail") == "paper runs low"
