"""The kinds of caller pads."""

from devices.callers.codes import KEY_GAP_S
from devices.callers.emulated import EmulatedPad
from devices.callers.machine import Pad
from devices.callers.serial import SerialPad
from devices.callers.virtual import VirtualPad
from devices.ports import CallerPad
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


def _pad(config: DeviceConfig, shared: Shared) -> CallerPad:
    return _on(config.port, config, shared)


def _on(port: str, config: DeviceConfig, shared: Shared) -> SerialPad:
    line = shared.lines.at(port, baud=config.baud, gap_s=KEY_GAP_S)
    line.watch(shared.changed)
    return SerialPad(config.name, line=line, address=config.address, encoding=config.encoding, ack=config.ack)


def _emulated_pad(config: DeviceConfig, shared: Shared) -> CallerPad:
    wire = shared.wires.pty(config.port)
    machine = Pad(address=config.address, encoding=config.encoding, changed=shared.changed)
    return EmulatedPad(_on(wire.port, config, shared), machine=machine, wire=wire, changed=shared.changed)


def _virtual_pad(config: DeviceConfig, shared: Shared) -> CallerPad:
    return VirtualPad(config.name, address=config.address & 0xFF, encoding=config.encoding, changed=shared.changed)


KINDS: dict[str, Factory] = {"caller/serial": _pad, "caller/emulated": _emulated_pad, "caller/virtual": _virtual_pad}
