"""Emulated wires: plugged, pulled, hanging, slow, cut; the real cables at this end see what they would see of hardware."""

import asyncio

import pytest

from devices.emulators.wires import TcpWire, Wires
from devices.errors import NotConnected
from devices.printers.cables import SerialCable, SocketCable


class Echo:
    """Says everything back, and keeps what it heard and when it had power."""

    def __init__(self):
        self.heard, self.powered = bytearray(), []
        self.news = asyncio.Event()

    def feed(self, data, *, reply):
        self.heard += data
        reply(data)
        self.news.set()

    def power(self, *, on):
        self.powered.append(on)

    async def until(self, count):
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def wires():
    """The serial wires of one rack."""
    wires = Wires()
    yield wires
    wires.close()


async def send_until_lost(cable, data):
    """Send again and again until the cable says that it is gone."""
    with pytest.raises(NotConnected):
        await _for_ever(cable, data)


async def _for_ever(cable, data):
    while True:
        await cable.send(data)
        await asyncio.sleep(0.005)  # the loss is noticed by the port's own thread


async def answer(cable, data):
    """What comes back for `data`, as long as it is."""
    await cable.send(data)
    heard = b""
    while len(heard) < len(data) and (more := await cable.receive(timeout_s=2)):
        heard += more
    return heard


def test_a_serial_wire_is_lost_and_found_again(wires):
    """The same name leads to a new terminal, and the adapter finds it."""

    async def story():
        machine, wire = Echo(), wires.pty("/dev/ttyUSB0")
        wire.attach(machine)
        await wire.open()
        cable = SerialCable(wire.port, baud=9600)
        await cable.connect()
        first = await answer(cable, b"one")
        wire.unplug()
        await send_until_lost(cable, b"lost")
        wire.plug()
        await cable.connect()
        second = await answer(cable, b"two")
        await cable.close()
        return first, second, machine.powered

    assert (b"one", b"two", [True, False, True]) == asyncio.run(story())


def test_devices_that_name_one_port_are_on_one_wire(wires):
    """A bus: all hear everything."""
    assert wires.pty("/dev/ttyUSB0") is wires.pty("/dev/ttyUSB0") is not wires.pty("/dev/ttyUSB1")


def test_a_hanging_wire_takes_nothing_and_goes_on(wires):
    """What was sent meanwhile is read after the healing: it waited in the buffers."""

    async def story():
        machine, wire = Echo(), wires.pty("bus")
        wire.attach(machine)
        await wire.open()
        cable = SerialCable(wire.port, baud=9600)
        await cable.connect()
        wire.hang()
        await cable.send(b"held")
        silent = await cable.receive(timeout_s=0.1)
        wire.heal()
        async with asyncio.timeout(5):
            late = await cable.receive(timeout_s=5)
        await cable.close()
        return silent, late

    assert (b"", b"held") == asyncio.run(story())


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_a_wire_is_cut_in_the_middle(wires, kind):
    """So many bytes get through, the rest is lost, and whoever sends hears of it."""

    async def story():
        machine = Echo()
        wire = TcpWire() if kind == "tcp" else wires.pty("bus")
        wire.attach(machine)
        await wire.open()
        cable = SocketCable(wire.port) if kind == "tcp" else SerialCable(wire.port, baud=9600)
        await cable.connect()
        wire.cut_after = 5
        await send_until_lost(cable, b"0123456789")
        wire.unplug()
        await cable.close()
        return bytes(machine.heard)

    assert b"01234" == asyncio.run(story())


def test_a_slow_wire_takes_its_time(wires):
    """A hundred bytes at a thousand a second are no quicker than a tenth of a second."""

    async def story():
        machine, wire = Echo(), wires.pty("bus")
        wire.attach(machine)
        await wire.open()
        wire.bytes_per_s = 1000
        cable = SerialCable(wire.port, baud=9600)
        await cable.connect()
        began = asyncio.get_running_loop().time()
        await cable.send(bytes(100))
        await machine.until(100)
        await cable.close()
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(story()) > 0.07


def test_a_network_wire_serves_one_at_a_time_and_refuses_while_unplugged():
    """As printers on port 9100 do: the second waits for its turn."""

    async def story():
        machine, wire = Echo(), TcpWire()
        wire.attach(machine)
        await wire.open()
        first, second = SocketCable(wire.port), SocketCable(wire.port)
        await first.connect()
        await second.connect()
        said = await answer(first, b"first")
        await second.send(b"second")
        waiting = await second.receive(timeout_s=0.1)
        await first.disconnect()
        turn = await second.receive(timeout_s=5)
        await second.disconnect()
        wire.unplug()
        with pytest.raises(NotConnected):
            await first.connect()
        await wire.open()
        await first.connect()
        again = await answer(first, b"again")
        await first.disconnect()
        wire.unplug()
        return said, waiting, turn, again

    assert (b"first", b"", b"second", b"again") == asyncio.run(story())
