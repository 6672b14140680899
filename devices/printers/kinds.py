"""The kinds of ticket printers."""

from functools import partial
from urllib.parse import urlsplit

from devices.ports import TicketPrinter
from devices.printers.cables import cable_for, is_serial
from devices.printers.driver import EscPosPrinter, mode_for
from devices.printers.emulated import EmulatedPrinter
from devices.printers.virtual import VirtualPrinter
from devices.shared import Factory, Shared
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    found = []
    if config.kind == "printer/escpos":
        found += [f"device {config.name}: {config.kind} needs port"] if not config.port else _wrong_address(config)
    if config.kind == "printer/emulated" and config.protocol not in ("", "escpos"):
        found.append(f"device {config.name}: protocol is escpos, not {config.protocol!r}")
    return found


def _wrong_address(config: DeviceConfig) -> list[str]:
    if config.port.startswith("socket://"):
        wrong = f"device {config.name}: port {config.port!r} is not socket://host or socket://host:1…65535"
        try:
            parts = urlsplit(config.port)
            right = bool(parts.hostname) and parts.port != 0
        except ValueError:
            right = False
        return [] if right else [wrong]
    if config.port.startswith("file://") and not urlsplit(config.port).path.strip("/"):
        return [f"device {config.name}: port {config.port!r} is not file:///path"]
    return []


def _escpos(config: DeviceConfig, shared: Shared) -> TicketPrinter:
    return EscPosPrinter(
        config.name,
        cable=cable_for(config.port, baud=config.baud),
        width_mm=config.width_mm,
        mode=mode_for(config.port, wanted=config.mode),
        encoding=config.encoding,
        ack=config.ack,
        changed=shared.changed,
    )


def _emulated(config: DeviceConfig, shared: Shared) -> TicketPrinter:
    return EmulatedPrinter(
        config.name,
        wire=shared.wires.pty(config.port) if is_serial(config.port) else shared.wires.tcp(config.name),
        baud=config.baud,
        width_mm=config.width_mm,
        mode=mode_for(config.port, wanted=config.mode),
        encoding=config.encoding,
        ack=config.ack,
        changed=shared.changed,
        diary=partial(shared.diary.write, config.name),
    )


def _virtual(config: DeviceConfig, shared: Shared) -> TicketPrinter:
    return VirtualPrinter(
        config.name,
        width_mm=config.width_mm,
        mode=mode_for(config.port, wanted=config.mode),
        encoding=config.encoding,
        ack=config.ack,
        changed=shared.changed,
    )


KINDS: dict[str, Factory] = {"printer/escpos": _escpos, "printer/emulated": _emulated, "printer/virtual": _virtual}
