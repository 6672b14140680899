"""The kinds of rating keypads."""

from devices.keypads.codes import spec_of
from devices.keypads.emulated import EmulatedKeypad
from devices.keypads.machine import Keypad as Machine
from devices.keypads.prompts import prompts_of
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
        return [*found, f"device {config.name}: address is at most 255"]
    try:
        spec_of(config.keypad_frame)
        prompts_of(config.keypad_frame, address=config.address)
    except ValueError as problem:
        found.append(f"device {config.name}: keypad_frame: {problem}")
    return found


def _keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    return _on(config.port, config, shared)


def _on(port: str, config: DeviceConfig, shared: Shared) -> SerialKeypad:
    line = shared.lines.at(port, baud=config.baud)
    line.watch(shared.changed)
    prompts = prompts_of(config.keypad_frame, address=config.address)
    return SerialKeypad(config.name, line=line, spec=spec_of(config.keypad_frame), prompts=prompts, address=config.address)


def _emulated_keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    wire = shared.wires.pty(config.port)
    prompts = prompts_of(config.keypad_frame, address=config.address)
    spec = spec_of(config.keypad_frame)
    machine = Machine(spec=spec, prompts=prompts, address=config.address, changed=shared.changed)
    return EmulatedKeypad(_on(wire.port, config, shared), machine=machine, wire=wire, changed=shared.changed)


def _virtual_keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    address = config.address & 0xFF
    prompts = prompts_of(config.keypad_frame, address=address)
    spec = spec_of(config.keypad_frame)
    return VirtualKeypad(config.name, spec=spec, prompts=prompts, address=address, changed=shared.changed)


KINDS: dict[str, Factory] = {
    "keypad/serial": _keypad,
    "keypad/emulated": _emulated_keypad,
    "keypad/virtual": _virtual_keypad,
}
