"""The kinds of scanners."""

from devices.ports import Scanner
from devices.scanners.emulated import EmulatedScanner
from devices.scanners.machine import Scanner as Machine
from devices.scanners.serial import SerialScanner
from devices.scanners.virtual import VirtualScanner
from devices.shared import Factory, Shared
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    if config.kind.endswith("/virtual") or config.port:
        return []
    return [f"device {config.name}: {config.kind} needs port; a scanner that types like a keyboard needs no entry"]


def _scanner(config: DeviceConfig, shared: Shared) -> Scanner:
    return _on(config.port, config, shared)


def _on(port: str, config: DeviceConfig, shared: Shared) -> SerialScanner:
    line = shared.lines.at(port, baud=config.baud)
    line.watch(shared.changed)
    return SerialScanner(config.name, line=line)


def _emulated_scanner(config: DeviceConfig, shared: Shared) -> Scanner:
    wire = shared.wires.pty(config.port)
    return EmulatedScanner(_on(wire.port, config, shared), machine=Machine(), wire=wire, changed=shared.changed)


def _virtual_scanner(config: DeviceConfig, shared: Shared) -> Scanner:
    return VirtualScanner(config.name, changed=shared.changed)


KINDS: dict[str, Factory] = {
    "scanner/serial": _scanner,
    "scanner/emulated": _emulated_scanner,
    "scanner/virtual": _virtual_scanner,
}
