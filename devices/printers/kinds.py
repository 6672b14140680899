"""The kinds of ticket printers."""

from devices.ports import TicketPrinter
from devices.printers.cables import cable_for
from devices.printers.driver import EscPosPrinter, mode_for
from devices.printers.virtual import VirtualPrinter
from devices.shared import Factory, Shared
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    return [] if config.port or config.kind.endswith("/virtual") else [f"device {config.name}: {config.kind} needs port"]


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


def _virtual_printer(config: DeviceConfig, shared: Shared) -> TicketPrinter:
    return VirtualPrinter(
        config.name,
        width_mm=config.width_mm,
        mode=mode_for(config.port, wanted=config.mode),
        encoding=config.encoding,
        ack=config.ack,
        changed=shared.changed,
    )


KINDS: dict[str, Factory] = {"printer/escpos": _escpos, "printer/virtual": _virtual_printer}
