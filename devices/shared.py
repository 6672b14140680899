"""What the devices of one rack share, and what the factory of a kind is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.port_line import Lines
from server.config import DeviceConfig


@dataclass(frozen=True, slots=True)
class Shared:
    """What a factory needs besides its configuration."""

    lines: Lines
    wires: Wires
    diary: Diary  # of what emulated devices do
    changed: Callable[[], None]  # to be called whenever the device's health or look changes


Factory = Callable[[DeviceConfig, Shared], Any]
