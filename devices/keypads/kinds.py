"""The kinds of rating keypads."""

from devices.keypads.codes import PLAIN
from devices.keypads.serial import SerialKeypad
from devices.keypads.virtual import VirtualKeypad
from devices.ports import Keypad
from devices.shared import Factory, Shared
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    found = [] if config.counter is not None else [f"device {config.name}: {config.kind} needs counter"]
    if not config.kind.endswith("/virtual") and not config.port:
        found.append(f"device {config.name}: {config.kind} needs port")
    if config.address > 255:
        found.append(f"device {config.name}: address is at most 255")
    return found


def _keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    line = shared.lines.at(config.port, baud=config.baud)
    line.watch(shared.changed)
    return SerialKeypad(config.name, line=line, spec=PLAIN, address=config.address)


def _virtual_keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    return VirtualKeypad(config.name, spec=PLAIN, address=config.address & 0xFF, changed=shared.changed)


KINDS: dict[str, Factory] = {"keypad/serial": _keypad, "keypad/virtual": _virtual_keypad}
