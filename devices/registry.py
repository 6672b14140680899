"""Which device belongs to which kind in config.toml; explicit, so that a reader sees all there is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devices.callers.codes import KEY_GAP_S
from devices.callers.serial import SerialPad
from devices.callers.virtual import VirtualPad
from devices.keypads.codes import PLAIN
from devices.keypads.serial import SerialKeypad
from devices.keypads.virtual import VirtualKeypad
from devices.port_line import Lines
from devices.ports import CallerPad, Keypad, Sign, SignLine, TicketPrinter
from devices.printers.cables import cable_for
from devices.printers.driver import EscPosPrinter, mode_for
from devices.printers.virtual import VirtualPrinter
from devices.signs import modbus_led485, onbon_bx
from devices.signs.serial import FRAME_GAP_S, SerialSign
from devices.signs.virtual import VirtualSign
from server.config import DeviceConfig

AnyDevice = TicketPrinter | Sign | Keypad | CallerPad


@dataclass(frozen=True, slots=True)
class Shared:
    """What a factory needs besides its configuration."""

    lines: Lines
    changed: Callable[[], None]  # to be called whenever the device's health or look changes


Factory = Callable[[DeviceConfig, Shared], AnyDevice]


class UnknownKind(ValueError):
    """There is no device of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"unknown device kind {kind!r}; known are {', '.join(sorted(KINDS))}")


def make(config: DeviceConfig, shared: Shared) -> AnyDevice:
    """The device a `[[device]]` entry describes, not yet opened. Raises UnknownKind."""
    factory = KINDS.get(config.kind)
    if factory is None:
        raise UnknownKind(config.kind)
    return factory(config, shared)


def virtual_twin(kind: str) -> str:
    """The kind that stands in for this one where there is no hardware. Raises UnknownKind."""
    if kind not in KINDS:
        raise UnknownKind(kind)
    return f"{kind.partition('/')[0]}/virtual"


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry, each as one sentence; for `jiaohao check`."""
    if config.kind not in KINDS:
        return [str(UnknownKind(config.kind))]
    found = []
    if not config.kind.startswith("printer/") and config.counter is None:
        found.append(f"device {config.name}: {config.kind} needs counter")
    if not config.kind.endswith("/virtual") and not config.port:
        found.append(f"device {config.name}: {config.kind} needs port")
    if not config.kind.startswith(("printer/", "sign/onbon")) and config.address > 255:
        found.append(f"device {config.name}: address is at most 255")
    return found


def clashes(devices: Iterable[DeviceConfig]) -> list[str]:
    """Devices that would hear or be told each other's words, each pair as one sentence; for `jiaohao check`."""
    found, owners = [], dict[tuple[str, str, int], str]()
    for config in devices:
        if config.kind.endswith("/virtual") or not config.port:
            continue
        kind = config.kind.partition("/")[0]
        place = (kind, config.port, 0 if kind == "printer" else config.address)
        if place in owners:
            found.append(f"devices {owners[place]} and {config.name} share {config.port} and address {config.address}")
        owners[place] = config.name
    return found


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


def _bx_frame(config: DeviceConfig) -> Callable[[SignLine], bytes]:
    def frame_of(line: SignLine) -> bytes:
        area = onbon_bx.Area(text=line.text, width=config.dots_width, height=config.dots_height, colour=1)
        return onbon_bx.show(area, address=config.address, reply=config.ack, encoding=config.encoding)

    return frame_of


def _bx_sign(config: DeviceConfig, shared: Shared) -> Sign:
    line = shared.lines.at(config.port, baud=config.baud, gap_s=FRAME_GAP_S)
    line.watch(shared.changed)
    return SerialSign(config.name, line=line, frame_of=_bx_frame(config))


def _modbus_sign(config: DeviceConfig, shared: Shared) -> Sign:
    def frame_of(line: SignLine) -> bytes:
        return modbus_led485.show_text(line.number, address=config.address)

    line = shared.lines.at(config.port, baud=config.baud, gap_s=FRAME_GAP_S)
    line.watch(shared.changed)
    return SerialSign(config.name, line=line, frame_of=frame_of)


def _virtual_sign(config: DeviceConfig, shared: Shared) -> Sign:
    return VirtualSign(
        config.name,
        frame_of=_bx_frame(config),
        width_dots=config.dots_width,
        height_dots=config.dots_height,
        encoding=config.encoding,
        changed=shared.changed,
    )


def _keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    line = shared.lines.at(config.port, baud=config.baud)
    line.watch(shared.changed)
    return SerialKeypad(config.name, line=line, spec=PLAIN, address=config.address)


def _virtual_keypad(config: DeviceConfig, shared: Shared) -> Keypad:
    return VirtualKeypad(config.name, spec=PLAIN, address=config.address & 0xFF, changed=shared.changed)


def _pad(config: DeviceConfig, shared: Shared) -> CallerPad:
    line = shared.lines.at(config.port, baud=config.baud, gap_s=KEY_GAP_S)
    line.watch(shared.changed)
    return SerialPad(config.name, line=line, address=config.address, encoding=config.encoding, ack=config.ack)


def _virtual_pad(config: DeviceConfig, shared: Shared) -> CallerPad:
    return VirtualPad(config.name, address=config.address & 0xFF, encoding=config.encoding, changed=shared.changed)


KINDS: dict[str, Factory] = {
    "printer/escpos": _escpos,
    "printer/virtual": _virtual_printer,
    "sign/onbon-bx": _bx_sign,
    "sign/modbus-led485": _modbus_sign,
    "sign/virtual": _virtual_sign,
    "keypad/serial": _keypad,
    "keypad/virtual": _virtual_keypad,
    "caller/serial": _pad,
    "caller/virtual": _virtual_pad,
}
