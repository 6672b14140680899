"""Which device belongs to which kind in config.toml; explicit, so that a reader sees all there is."""

import re
from collections.abc import Iterable

from devices.callers import kinds as callers
from devices.idcards import kinds as idcards
from devices.keypads import kinds as keypads
from devices.ports import CallerPad, CardReader, Keypad, Scanner, Sign, Speaker, TicketPrinter
from devices.printers import kinds as printers
from devices.scanners import kinds as scanners
from devices.shared import Factory, Shared
from devices.signs import kinds as signs
from devices.speakers import kinds as speakers
from server.config import DeviceConfig

AnyDevice = TicketPrinter | Sign | Keypad | CallerPad | Scanner | CardReader | Speaker

FAMILIES = {
    "printer": printers,
    "sign": signs,
    "keypad": keypads,
    "caller": callers,
    "scanner": scanners,
    "idcard": idcards,
    "speaker": speakers,
}
KINDS: dict[str, Factory] = {kind: factory for family in FAMILIES.values() for kind, factory in family.KINDS.items()}
SCHEMES = ("socket", "rfc2217", "file", "loop")
PORTS = "known are /dev/usb/lp0, /dev/ttyUSB0, COM3, socket://host:port, rfc2217://host:port and file:///path"
MADE_HERE = ("virtual", "emulated")  # kinds without hardware


class UnknownKind(ValueError):
    """There is no device of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"unknown device kind {kind!r}; known are {', '.join(sorted(KINDS))}")


def make(config: DeviceConfig, shared: Shared) -> AnyDevice:
    """The device a `[[device]]` entry describes, not yet opened. Raises UnknownKind."""
    factory = KINDS.get(config.kind)
    if factory is None:
        raise UnknownKind(config.kind)
    device: AnyDevice = factory(config, shared)
    return device


def virtual_twin(kind: str) -> str:
    """The kind that stands in for this one where there is no hardware. Raises UnknownKind."""
    if kind not in KINDS:
        raise UnknownKind(kind)
    return f"{kind.partition('/')[0]}/virtual"


def emulated_twin(config: DeviceConfig) -> DeviceConfig:
    """
    The entry whose device drives an emulator over a real wire in the place of hardware; on one port they share the wire.

    Raises UnknownKind.
    """
    if config.kind not in KINDS:
        raise UnknownKind(config.kind)
    family, _, protocol = config.kind.partition("/")
    if protocol in MADE_HERE:
        return config
    return config.model_copy(update={"kind": f"{family}/emulated", "protocol": protocol})


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry, each as one sentence; for `jiaohao check`."""
    if config.kind not in KINDS:
        return [str(UnknownKind(config.kind))]
    found: list[str] = FAMILIES[config.kind.partition("/")[0]].problems(config)
    if config.port and not config.kind.startswith("speaker/") and not is_port(config.port):
        found.append(f"device {config.name}: port {config.port!r} is none: {PORTS}")
    return found


def is_port(port: str) -> bool:
    """Whether the words can name a cable at all; whether it is there shows in the device's health."""
    scheme, with_scheme, rest = port.partition("://")
    if with_scheme:
        return scheme in SCHEMES and (bool(rest) or scheme == "loop")
    return port.startswith("/") or re.fullmatch(r"COM\d+", port) is not None


def clashes(devices: Iterable[DeviceConfig]) -> list[str]:
    """Devices that would hear or be told each other's words, each pair as one sentence; for `jiaohao check`."""
    found, owners, speeds = [], dict[tuple[str, str, int], str](), dict[str, tuple[str, str]]()
    for config in devices:
        if config.kind.endswith("/virtual") or not config.port:
            continue
        kind = config.kind.partition("/")[0]
        if kind == "speaker":  # each machine calls its card by the same names
            kind = f"speaker {config.station}"
        place = (kind, config.port, 0 if kind == "printer" else config.address)
        if place in owners:
            found.append(f"devices {owners[place]} and {config.name} share {config.port} and address {config.address}")
        owners[place] = config.name
        speed = f"{config.baud} baud {signs.framing_of(config) if kind == 'sign' else config.framing or '8N1'}"
        if kind != "printer" and speeds.setdefault(config.port, (config.name, speed))[1] != speed:
            other, its = speeds[config.port]
            found.append(f"devices {other} and {config.name} share {config.port} at two speeds: {its} and {speed}")
    return found
