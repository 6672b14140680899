"""The kinds of window signs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from devices.emulators.wires import PtyWire, TcpWire
from devices.ports import Sign
from devices.shared import Factory, Shared
from devices.signs import lines
from devices.signs.bus import Bus
from devices.signs.driver import Driver
from devices.signs.drivers import AlphaDriver, BxDriver, ModbusDriver, RawDriver
from devices.signs.emulated import EmulatedSign
from devices.signs.machines import AlphaBar, BxCard, Look, NumberDisplay, RawSign, SignMachine
from devices.signs.serial import SerialSign
from devices.signs.slot import Slot
from devices.signs.virtual import VirtualSign
from server.config import DeviceConfig, SignFrame

MakeMachine = Callable[..., SignMachine]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Protocol:
    """What a sign of a kind is spoken to with, what stands in for it, and what its entry may say."""

    driver: Callable[[DeviceConfig], Driver]
    machine: Callable[[DeviceConfig], MakeMachine]
    address_most: int
    framing: str = "8N1"
    flashes: bool = False


def _frame(config: DeviceConfig) -> SignFrame:
    if config.frame is None:
        raise ValueError(f"device {config.name}: {config.kind} needs frame")
    return config.frame


PROTOCOLS: Mapping[str, _Protocol] = {
    "onbon-bx": _Protocol(
        driver=lambda config: BxDriver(
            address=config.address,
            width_dots=config.dots_width,
            height_dots=config.dots_height,
            unit=config.unit,
            encoding=config.encoding,
            ack=config.ack,
        ),
        machine=lambda _: BxCard,
        address_most=0xFFFF,
    ),
    "modbus-led485": _Protocol(
        driver=lambda config: ModbusDriver(address=config.address, ack=config.ack),
        machine=lambda _: NumberDisplay,
        address_most=247,
    ),
    "alpha": _Protocol(
        driver=lambda config: AlphaDriver(address=config.address, check=config.check),
        machine=lambda _: AlphaBar,
        address_most=0xFF,
        framing="7E1",
        flashes=True,
    ),
    "raw": _Protocol(
        driver=lambda config: RawDriver(address=config.address, spec=_frame(config), encoding=config.encoding),
        machine=lambda config: partial(RawSign, spec=_frame(config)),
        address_most=0xFFFF,
    ),
}
_COLUMN_DOTS = 8  # half a character of a 16-dot font
_DEFAULT = "onbon-bx"  # what a virtual sign speaks when its entry says nothing


def problems(config: DeviceConfig) -> list[str]:
    """What is wrong with an entry of these kinds, each as one sentence."""
    here = f"device {config.name}:"
    found = [] if config.counter is not None else [f"{here} {config.kind} needs counter"]
    if not config.kind.endswith("/virtual") and not config.port:
        found.append(f"{here} {config.kind} needs port")
    spoken = protocol_of(config)
    if spoken not in PROTOCOLS:
        return [*found, f"{here} protocol {spoken!r} is none of a sign; known are {', '.join(PROTOCOLS)}"]
    most = PROTOCOLS[spoken].address_most
    if spoken == "raw":
        if config.frame is None:
            found.append(f"{here} {config.kind} needs frame")
        else:
            most = 256**config.frame.address_bytes - 1 if config.frame.address_bytes else most
    elif config.frame is not None and not config.kind.endswith("/virtual"):
        found.append(f"{here} frame belongs to sign/raw alone")
    if config.address > most:
        found.append(f"{here} address is at most {most}")
    return found + [
        f"{here} texts.{what} = {text!r}: {why}" for what, text in config.texts.items() if (why := _wrong(text, spoken))
    ]


def _wrong(text: str, spoken: str) -> str:
    """Why a sign cannot say these words; empty when it can."""
    left = text.replace("{number}", "").replace("{counter}", "")
    if "{" in left or "}" in left or not text.isprintable():
        return "one line, in which {number} and {counter} alone stand for something"
    return "sign/alpha has ASCII letters alone" if spoken == "alpha" and not text.isascii() else ""


def protocol_of(config: DeviceConfig) -> str:
    """What the sign of an entry speaks."""
    second = config.kind.partition("/")[2]
    return config.protocol or _DEFAULT if second in ("virtual", "emulated") else second


def words_of(config: DeviceConfig) -> Mapping[str, str]:
    """The sign's own words in the place of the hall's, by what they say."""
    usual = lines.ASCII_WORDS if protocol_of(config) == "alpha" else {}
    return {**usual, **{str(what): text for what, text in config.texts.items()}}


def columns_of(config: DeviceConfig) -> int:
    """How many Latin characters there is room for."""
    columns = config.dots_width * 16 // config.dots_height // _COLUMN_DOTS
    return min(columns, config.frame.text_bytes or columns) if config.frame is not None else columns


def framing_of(config: DeviceConfig) -> str:
    """Data bits, parity and stop bits of its port; of an unknown protocol, which is a problem of its own, the usual ones."""
    spoken = PROTOCOLS.get(protocol_of(config))
    return config.framing or (spoken.framing if spoken else "8N1")


def _serial(config: DeviceConfig, shared: Shared) -> SerialSign:
    return _on_bus(config.port, config=config, shared=shared)


def _on_bus(port: str, *, config: DeviceConfig, shared: Shared) -> SerialSign:
    protocol = PROTOCOLS[protocol_of(config)]
    line = shared.lines.at(port, baud=config.baud, framing=framing_of(config))
    line.watch(shared.changed)
    slot = Slot(
        config.name,
        driver=protocol.driver(config),
        resend_s=config.resend_s,
        flash_s=config.flash_s if protocol.flashes else 0,
        changed=shared.changed,
    )
    return SerialSign(slot, bus=shared.lines.worker(line, Bus), gap_s=config.gap_ms / 1000)


def _virtual(config: DeviceConfig, shared: Shared) -> Sign:
    driver = PROTOCOLS[protocol_of(config)].driver(config)
    return VirtualSign(config.name, driver=driver, machine=_machine(config, shared), changed=shared.changed)


def _emulated(config: DeviceConfig, shared: Shared) -> Sign:
    wire: PtyWire | TcpWire = shared.wires.tcp(config.port) if "://" in config.port else shared.wires.pty(config.port)
    plain = config.model_copy(update={"framing": "8N1"})  # a pseudo-terminal has no parity and refuses to be set to any
    adapter = partial(_on_bus, config=plain, shared=shared)
    return EmulatedSign(config.name, wire=wire, machine=_machine(config, shared, diary=True), adapter=adapter)


def _machine(config: DeviceConfig, shared: Shared, *, diary: bool = False) -> SignMachine:
    look = Look(width_dots=config.dots_width, height_dots=config.dots_height, encoding=config.encoding)
    make = PROTOCOLS[protocol_of(config)].machine(config)

    def shown(text: str) -> None:
        if diary:
            shared.diary.write(config.name, shown=text)
        shared.changed()

    return make(address=config.address, look=look, shown=shown)


KINDS: dict[str, Factory] = {
    **{f"sign/{protocol}": _serial for protocol in PROTOCOLS},
    "sign/virtual": _virtual,
    "sign/emulated": _emulated,
}
