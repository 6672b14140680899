"""A Modbus server that others wrote, at the far end of the cable of our number displays."""

import asyncio
import logging
import os
import tty

import pytest

from devices import registry
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.port_line import Lines
from devices.ports import SignLine
from devices.shared import Shared
from devices.signs import modbus_led485
from server.config import DeviceConfig

pymodbus = pytest.importorskip("pymodbus.simulator", reason="pymodbus is not installed: pip install pymodbus")


class Bridge:
    """Joins the wire of our adapter to a terminal that the server opens."""

    def __init__(self, wire):
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.port = os.ttyname(self._theirs)
        asyncio.get_running_loop().add_reader(self._ours, lambda: wire.send(os.read(self._ours, 4096)))
        wire.attach(self)

    def feed(self, data, *, reply):  # noqa: ARG002
        os.write(self._ours, data)

    def power(self, *, on):
        pass

    def close(self):
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)


def test_pymodbus_takes_the_number_and_its_answer_is_understood():
    """The segments reach its registers; its echo makes the sign well, its exceptions (no such register, no such unit) degraded."""
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    from pymodbus.server import ModbusSerialServer

    written = []

    async def keep(_function, _start, address, _count, _registers, values):
        if values is not None:
            written.append((address, list(values)))

    async def story():
        lines, wires, stirred = Lines(), Wires(), asyncio.Event()
        wire = wires.pty("bus")
        bridge = Bridge(wire)
        await wire.open()
        devices = [
            pymodbus.SimDevice(1, [pymodbus.SimData(0, count=256, datatype=pymodbus.DataType.REGISTERS)], action=keep),
            pymodbus.SimDevice(2, [pymodbus.SimData(0, count=4, datatype=pymodbus.DataType.REGISTERS)]),  # no segments
        ]
        server = ModbusSerialServer(devices, port=bridge.port, baudrate=9600)
        await server.serve_forever(background=True)
        shared = Shared(lines=lines, wires=wires, diary=Diary(None), changed=stirred.set)
        signs = [
            registry.make(
                DeviceConfig(name=f"s{address}", station="s", kind="sign/modbus-led485", port=wire.port, address=address), shared
            )
            for address in (1, 2, 3)
        ]
        for sign in signs:
            await sign.open()
            await sign.show(SignLine(text="", number="A019"))
        async with asyncio.timeout(15):
            while ["ok", "degraded", "degraded"] != [sign.health().condition for sign in signs] or not written:
                stirred.clear()
                await stirred.wait()
        details = [sign.health().detail for sign in signs]
        for sign in signs:
            await sign.close()
        await server.shutdown()
        bridge.close()
        wires.close()
        return details

    details = asyncio.run(story())
    (address, registers) = written[0]

    assert [None, "exception 2", "exception 4"] == details
    assert modbus_led485.SEGMENTS_REGISTER == address
    assert [0x773F, 0x066F] == registers
