"""Which kinds there are, and what stands in for them."""

import pytest

from devices import registry
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.port_line import Lines
from devices.ports import CallerPad, CardReader, Drawn, Keypad, Scanner, Sign, Speaker, TicketPrinter
from server.config import DeviceConfig

PORTS = {
    "printer": TicketPrinter,
    "sign": Sign,
    "keypad": Keypad,
    "caller": CallerPad,
    "scanner": Scanner,
    "idcard": CardReader,
    "speaker": Speaker,
}


def made(kind, **changes):
    """A device of a kind, not opened."""
    frame = {"head": "A5", "tail": "0D"} if kind == "sign/raw" else None
    config = DeviceConfig(name="d", station="s", kind=kind, port="loop://", counter=3, frame=frame, **changes)
    wires = Wires()
    try:
        return registry.make(config, registry.Shared(lines=Lines(), wires=wires, diary=Diary(None), changed=lambda: None))
    finally:
        wires.close()


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_kind_can_do_what_its_name_says(kind):
    """printer/… prints, sign/… shows; only those without hardware can be looked at."""
    device = made(kind)

    assert isinstance(device, PORTS[kind.partition("/")[0]])
    assert (kind.partition("/")[2] in registry.MADE_HERE) == isinstance(device, Drawn)


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_kind_has_a_twin_that_can_do_the_same(kind):
    """The demo replaces every device by one made of memory."""
    twin = registry.virtual_twin(kind)

    assert isinstance(made(twin), (PORTS[kind.partition("/")[0]]))


def test_an_unknown_kind_is_told_what_there_is():
    """A typing error in config.toml is found by reading the message."""
    with pytest.raises(registry.UnknownKind, match=r"printer/escpso.*printer/emulated, printer/escpos, printer/virtual"):
        made("printer/escpso")


def test_two_keypads_on_one_address_are_a_clash():
    """A level pressed at one counter must not rate the other; signs on one bus need addresses of their own, too."""

    def device(name, kind, **changes):
        return DeviceConfig(name=name, station="s", kind=kind, port="/dev/ttyUSB1", counter=1, **changes)

    bus = [device("keypad-2", "keypad/serial", address=2), device("keypad-3", "keypad/serial", address=3)]

    assert [] == registry.clashes(bus)
    assert ["devices keypad-3 and keypad-4 share /dev/ttyUSB1 and address 3"] == registry.clashes(
        [*bus, device("keypad-4", "keypad/serial", address=3)]
    )
    assert [] == registry.clashes([*bus, device("twin", "keypad/virtual", address=3)])


def test_what_an_entry_lacks_is_said():
    """For `jiaohao check`: a sign needs a counter and a port, a virtual one no port, a printer no counter."""

    def problems(kind, **changes):
        return registry.problems(DeviceConfig(name="d", station="s", kind=kind, **changes))

    assert ["device d: sign/onbon-bx needs counter", "device d: sign/onbon-bx needs port"] == problems("sign/onbon-bx")
    assert [] == problems("sign/virtual", counter=1)
    assert [] == problems("printer/escpos", port="/dev/usb/lp0")
    assert [] == problems("printer/escpos", port="socket://10.0.0.9:9100") == problems("printer/escpos", port="COM3")
    wrong = problems("printer/escpos", port="ttyUSB0") + problems("printer/escpos", port="sockt://10.0.0.9")
    assert 2 == len([said for said in wrong if "known are /dev/usb/lp0" in said])
    assert ["device d: address is at most 255"] == problems("keypad/serial", port="/dev/ttyS0", counter=1, address=300)
