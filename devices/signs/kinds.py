"""The kinds of window signs."""

from collections.abc import Callable

from devices.ports import Sign, SignLine
from devices.shared import Factory, Shared
from devices.signs import modbus_led485, onbon_bx
from devices.signs.serial import FRAME_GAP_S, SerialSign
from devices.signs.virtual import VirtualSign
from server.config import DeviceConfig


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    found = [] if config.counter is not None else [f"device {config.name}: {config.kind} needs counter"]
    if not config.kind.endswith("/virtual") and not config.port:
        found.append(f"device {config.name}: {config.kind} needs port")
    if config.kind == "sign/modbus-led485" and config.address > 255:
        found.append(f"device {config.name}: address is at most 255")
    return found


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


KINDS: dict[str, Factory] = {
    "sign/onbon-bx": _bx_sign,
    "sign/modbus-led485": _modbus_sign,
    "sign/virtual": _virtual_sign,
}
