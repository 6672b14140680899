"""How a print job ends: printed, not sent, or unknown; over real sockets and a printer that answers as one does."""

import asyncio
import os
import socket
import tty

import pytest

from devices.errors import DeviceError
from devices.hall import Refused
from devices.printers import job
from devices.printers.cables import FileCable, SocketCable, cable_for
from devices.printers.driver import EscPosPrinter, mode_for
from devices.printers.escpos import encode
from devices.printers.machine import Machine


def machine():
    """A printer with paper, plugged in."""
    return Machine(width_dots=576, encoding="gb18030", changed=lambda: None)


def printer(port, *, ack=True, mode="text"):
    """What the rack makes of a port."""
    return EscPosPrinter(
        "p", cable=cable_for(port, baud=9600), width_mm=80, mode=mode, encoding="gb18030", ack=ack, changed=lambda: None
    )


async def made(data):
    """A job that is ready."""
    return data


def test_a_slip_is_printed_when_the_barrier_comes_back(printer_on_tcp, slip, ready):
    """GS r is answered in print order: its answer means paper."""

    async def story():
        device = machine()
        async with printer_on_tcp(device) as port:
            return await printer(port, mode="raster").print(slip(), before_first_byte=ready), len(device.slips)

    outcome, slips = asyncio.run(story())

    assert ("printed", None, 1) == (outcome.result, outcome.detail, slips)


def test_without_paper_nothing_is_sent(printer_on_tcp, slip, ready):
    """The printer is asked first; it gets no byte of the slip and has nothing to print later."""

    async def story():
        device = machine()
        device.press("paper-out")
        async with printer_on_tcp(device) as port:
            outcome = await printer(port).print(slip(), before_first_byte=ready)
        device.press("paper-in")
        return outcome, len(device.slips)

    outcome, slips = asyncio.run(story())

    assert ("not_sent", "out of paper", 0) == (outcome.result, outcome.detail, slips)


def test_paper_that_ends_under_way_leaves_the_outcome_unknown(printer_on_tcp, slip, monkeypatch):
    """The printer holds the job and prints it after the refill: sending it again would make two."""
    monkeypatch.setattr(job, "BARRIER_TIMEOUT_S", 0.2)

    async def story():
        device = machine()

        async def paper_ends():
            device.press("paper-out")

        async with printer_on_tcp(device) as port:
            outcome = await printer(port).print(slip(), before_first_byte=paper_ends)
        before = len(device.slips)
        device.press("paper-in")
        return outcome, before, len(device.slips)

    outcome, before, after = asyncio.run(story())

    assert ("unknown", 0, 1) == (outcome.result, before, after)
    assert "out of paper" in outcome.detail


def test_a_cable_pulled_under_way_leaves_the_outcome_unknown(printer_on_tcp, slip):
    """Some bytes went; nobody knows what became of them."""

    async def story():
        device = machine()

        async def pull():
            device.power(on=False)

        async with printer_on_tcp(device) as port:
            return await printer(port).print(slip(), before_first_byte=pull)

    assert "unknown" == asyncio.run(story()).result


def test_nobody_at_the_other_end_means_not_sent(slip, ready):
    """A refused connection is safe to try again, and shows in health."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = f"socket://127.0.0.1:{nobody.getsockname()[1]}"

    async def story():
        device = printer(port)
        return await device.print(slip(), before_first_byte=ready), device.health().condition

    outcome, condition = asyncio.run(story())

    assert ("not_sent", "lost") == (outcome.result, condition)


def test_a_printer_that_never_answers_needs_to_be_said_so(slip, ready, monkeypatch):
    """With `ack` on, silence is an absent printer; with `ack` off, handing over everything is all that can be known."""
    monkeypatch.setattr(job, "ANSWER_TIMEOUT_S", 0.1)
    received = bytearray()

    async def deaf(reader, writer):
        while data := await reader.read(4096):
            received.extend(data)
        writer.close()

    async def story():
        server = await asyncio.start_server(deaf, "127.0.0.1", 0)
        port = f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        silent = await printer(port).print(slip(), before_first_byte=ready)
        trusted = await printer(port, ack=False).print(slip(), before_first_byte=ready)
        server.close()
        return silent, trusted

    silent, trusted = asyncio.run(story())

    assert ("not_sent", "printed") == (silent.result, trusted.result)
    assert b"A027" in received


def test_a_refusal_before_the_first_byte_sends_nothing(printer_on_tcp, slip):
    """When the hall says that another rack has the slip, the printer gets only the questions about its state."""

    async def refuse():
        raise Refused("slip_taken", detail="", status=409)

    async def story():
        device = machine()
        async with printer_on_tcp(device) as port:
            with pytest.raises(Refused):
                await printer(port).print(slip(), before_first_byte=refuse)
            return await printer(port).print(slip(number="A028"), before_first_byte=lambda: asyncio.sleep(0)), len(device.slips)

    outcome, slips = asyncio.run(story())

    assert ("printed", 1) == (outcome.result, slips)


def test_a_device_file_that_is_not_there_means_not_connected(tmp_path):
    """A printer switched off has no /dev/usb/lp0."""

    async def story():
        await FileCable(str(tmp_path / "lp0")).connect()

    with pytest.raises(DeviceError):
        asyncio.run(story())


def test_a_device_file_takes_all_bytes_and_gives_the_answers(slip, ready):
    """/dev/usb/lp0 is a character device that can be read; a pseudo-terminal stands in for it."""
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    tty.setraw(theirs)
    device = machine()

    async def story():
        loop = asyncio.get_running_loop()

        def arrived():
            device.feed(os.read(ours, 4096), reply=lambda data: os.write(ours, data) and None)

        loop.add_reader(ours, arrived)
        cable = FileCable(os.ttyname(theirs))
        outcome = await job.run(cable, made(b"\x1b@A027\n\x1bd\x06\x1dV\x00"), ack=True, before_first_byte=ready)
        loop.remove_reader(ours)
        return outcome

    outcome = asyncio.run(story())
    os.close(ours)
    os.close(theirs)

    assert ("printed", 1) == (outcome.result, len(device.slips))


def test_only_the_last_eight_slips_are_kept(printer_on_tcp, slip, ready):
    """The devices page shows what was printed lately."""

    async def story():
        device = machine()
        async with printer_on_tcp(device) as port:
            one = printer(port)
            for count in range(1, 10):
                wanted = slip(number=f"A00{count}")
                device.expect(wanted.number, encode(wanted, width_dots=576, mode="text"))
                await one.print(wanted, before_first_byte=ready)
        return [picture.label for picture in device.slips]

    assert [f"A00{count}" for count in range(2, 10)] == asyncio.run(story())


def test_the_port_decides_the_cable_and_the_manner():
    """Pictures over USB and network; text over serial ports, where a picture would take half a minute."""
    assert isinstance(cable_for("socket://10.0.0.9:9100", baud=9600), SocketCable)
    assert ["raster", "raster", "text", "raster"] == [
        mode_for("/dev/usb/lp0", wanted=None),
        mode_for("socket://10.0.0.9:9100", wanted=None),
        mode_for("/dev/ttyUSB0", wanted=None),
        mode_for("/dev/ttyUSB0", wanted="raster"),
    ]
