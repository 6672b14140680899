"""Faults staged between a printer and its cable: nothing is lost, and no slip comes out twice."""

import asyncio
import contextlib
import socket

import pytest

from devices import port_line
from devices.emulators.wires import TcpWire, Wires
from devices.printers import job, serial_cable, socket_cable
from devices.printers.answers import Answers
from devices.printers.cables import SerialCable, SocketCable, cable_for
from devices.printers.driver import EscPosPrinter
from devices.printers.emulated import EmulatedPrinter
from devices.printers.machine import Machine

PATIENCE_S = 5


@contextlib.asynccontextmanager
async def emulated(kind="tcp", *, mode="text", width_mm=80, ack=True):
    """An emulated printer behind a real wire, opened."""
    wires = Wires()
    wire = wires.tcp("p") if kind == "tcp" else wires.pty("/dev/ttyUSB0")
    one = EmulatedPrinter(
        "p", wire=wire, baud=115_200, width_mm=width_mm, mode=mode, encoding="gb18030", ack=ack, changed=lambda: None
    )
    await one.open()
    try:
        yield one
    finally:
        await one.close()
        wires.close()


def driver(port, *, ack=True, mode="text"):
    """What the rack makes of a port."""
    return EscPosPrinter(
        "p", cable=cable_for(port, baud=9600), width_mm=80, mode=mode, encoding="gb18030", ack=ack, changed=lambda: None
    )


async def until(happened):
    """Wait until something in this loop has happened."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110 (machines have no event for each of their movements)
            await asyncio.sleep(0.01)


@pytest.fixture
def hurried(monkeypatch):
    """Waits as in a hall, only shorter."""
    monkeypatch.setattr(job, "BARRIER_TIMEOUT_S", 0.6)
    monkeypatch.setattr(job, "ANSWER_TIMEOUT_S", 0.6)
    monkeypatch.setattr(socket_cable, "STALL_TIMEOUT_S", 0.3)
    monkeypatch.setattr(socket_cable, "CONNECT_TIMEOUT_S", 0.3)
    monkeypatch.setattr(serial_cable, "CONNECT_TIMEOUT_S", 0.5)
    monkeypatch.setattr(port_line, "RETRY_MAX_S", 0.2)


@pytest.mark.parametrize("kind", ["tcp", "pty"])
@pytest.mark.parametrize("mode", ["text", "raster"])
def test_an_emulated_printer_prints_what_a_real_one_would(slip, ready, kind, mode):
    """Over a real socket and a real serial port; it counts what came out, by number."""

    async def story():
        async with emulated(kind, mode=mode) as one:
            outcomes = [await one.print(slip(number=number), before_first_byte=ready) for number in ("A001", "A002")]
            return [outcome.result for outcome in outcomes], list(one.machine.printed), len(one.pictures())

    assert (["printed", "printed"], ["A001", "A002"], 2) == asyncio.run(story())


@pytest.mark.parametrize(
    ("key", "detail", "back"),
    [("paper-out", "out of paper", "paper-in"), ("cover-open", "cover open", "cover-close"), ("offline", "offline", "online")],
)
def test_a_printer_that_cannot_print_is_sent_nothing(slip, ready, key, detail, back):
    """It is asked first; put right, it prints the slip once."""

    async def story():
        async with emulated() as one:
            one.press(key)
            first = await one.print(slip(), before_first_byte=ready)
            condition = one.health().condition
            one.press(back)
            second = await one.print(slip(), before_first_byte=ready)
            return first, condition, second.result, list(one.machine.printed)

    first, condition, second, printed = asyncio.run(story())

    assert ("not_sent", detail, "degraded") == (first.result, first.detail, condition)
    assert ("printed", ["A027"]) == (second, printed)


def test_paper_that_runs_low_is_said_and_the_slip_printed(slip, ready):
    """Before the job, and in the answer after it."""

    async def story():
        async with emulated() as one:

            async def low():
                one.machine.press("paper-low")

            outcome = await one.print(slip(), before_first_byte=low)
            again = await one.print(slip(number="A028"), before_first_byte=ready)
            return outcome, again, one.health()

    outcome, again, health = asyncio.run(story())

    assert ("printed", "printed", "paper runs low") == (outcome.result, again.result, again.detail)
    assert ("paper runs low", "degraded") == (outcome.detail, health.condition)


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_a_slip_held_without_paper_comes_out_once_after_the_refill(slip, ready, hurried, kind):
    """Its outcome is unknown and stays so; the answer that comes late is not taken for that of the next slip."""

    async def story():
        async with emulated(kind) as one:

            async def paper_ends():
                one.machine.press("paper-out")

            first = await one.print(slip(number="A001"), before_first_byte=paper_ends)
            refused = await one.print(slip(number="A002"), before_first_byte=ready)
            held = list(one.machine.printed)
            one.press("paper-in")
            second = await one.print(slip(number="A002"), before_first_byte=ready)
            return [first.result, refused.result, second.result], held, list(one.machine.printed)

    assert (["unknown", "not_sent", "printed"], [], ["A001", "A002"]) == asyncio.run(story())


def test_a_late_answer_confirms_nothing_of_the_next_slip(slip, hurried):
    """Refilled just as the next job begins: its own answer decides, so paper that ends again leaves it unknown."""

    async def story():
        async with emulated("pty") as one:

            async def paper_ends():
                one.machine.press("paper-out")

            first = await one.print(slip(number="A001"), before_first_byte=paper_ends)
            one.press("paper-in")  # A001 comes out now; what the printer says of it arrives during the next job
            second = await one.print(slip(number="A002"), before_first_byte=paper_ends)
            return first.result, second.result, list(one.machine.printed)

    assert ("unknown", "unknown", ["A001"]) == asyncio.run(story())


@pytest.mark.parametrize("kind", ["tcp", "pty"])
@pytest.mark.parametrize("mode", ["text", "raster"])
def test_a_cable_cut_in_the_middle_of_a_slip(slip, ready, hurried, kind, mode):
    """Unknown, never sent again; half a slip is no slip. Plugged in again, the next one is whole."""

    async def story():
        async with emulated(kind, mode=mode) as one:
            one.press("drop")
            first = await one.print(slip(number="A001"), before_first_byte=ready)
            one.press("unplug")
            one.press("heal")
            one.press("plug")
            await until(lambda: one.machine.on)
            outcome = await one.print(slip(number="A002"), before_first_byte=ready)
            return first.result, outcome.result, list(one.machine.printed)

    assert ("unknown", "printed", ["A002"]) == asyncio.run(story())


@pytest.mark.parametrize("kind", ["tcp", "pty"])
def test_a_printer_that_accepts_and_never_reads(slip, ready, hurried, kind):
    """Hanging before the job nothing is sent; healed, the questions of then are answered and confuse nobody."""

    async def story():
        async with emulated(kind) as one:
            one.press("hang")
            first = await one.print(slip(number="A001"), before_first_byte=ready)
            condition = one.health().condition
            one.press("heal")
            second = await one.print(slip(number="A001"), before_first_byte=ready)
            return first.result, condition, second.result, list(one.machine.printed)

    assert ("not_sent", "lost", "printed", ["A001"]) == asyncio.run(story())


@pytest.mark.parametrize("mode", ["text", "raster"])
def test_a_printer_that_stops_reading_in_the_middle(slip, ready, hurried, mode):
    """The bytes lie in buffers: unknown. When it reads on it prints the slip, once."""

    async def story():
        async with emulated(mode=mode) as one:

            async def hang():
                one.wire.hang()

            first = await one.print(slip(number="A001"), before_first_byte=hang)
            one.press("heal")
            await until(lambda: one.machine.printed)
            second = await one.print(slip(number="A002"), before_first_byte=ready)
            return first.result, second.result, list(one.machine.printed)

    assert ("unknown", "printed", ["A001", "A002"]) == asyncio.run(story())


def test_a_slow_printer_is_waited_for(slip, ready, hurried, monkeypatch):
    """As long as it answers that nothing is wrong it prints slowly."""
    monkeypatch.setattr(job, "BARRIER_WAITS", 20)

    async def story():
        async with emulated() as one:
            one.wire.bytes_per_s = 1_500.0
            return (await one.print(slip(), before_first_byte=ready)).result, list(one.machine.printed)

    assert ("printed", ["A027"]) == asyncio.run(story())


def test_an_address_where_nobody_answers(slip, ready, hurried):
    """Packets that vanish: a full accept queue does the same as a black hole. Nothing was sent."""

    async def story():
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            port = deaf.getsockname()[1]
            waiting = []
            for _ in range(4):  # the queue is full; who knocks now hears nothing
                one = socket.socket()
                one.settimeout(0)
                one.connect_ex(("127.0.0.1", port))
                waiting.append(one)
            device = driver(f"socket://127.0.0.1:{port}")
            outcome = await device.print(slip(), before_first_byte=ready)
            for one in waiting:
                one.close()
            return outcome, device.health()

    outcome, health = asyncio.run(story())

    assert ("not_sent", "lost") == (outcome.result, health.condition)
    assert "nobody answers" in outcome.detail


@pytest.mark.parametrize("ack", [True, False])
def test_a_printer_that_hung_up_before_the_first_byte_was_sent_nothing(slip, ack, hurried):
    """A write to a closed connection seems to succeed: so its end is looked at first."""
    left = asyncio.Event()

    async def story():
        machine = Machine(width_dots=576, encoding="gb18030", changed=lambda: None)
        writers = []

        async def serve(reader, writer):
            writers.append(writer)
            while data := await reader.read(4096):
                machine.feed(data, reply=writer.write)
            writer.close()

        async def hang_up():
            await until(lambda: writers)
            writers[-1].close()
            await writers[-1].wait_closed()
            left.set()
            await asyncio.sleep(0.05)  # until its last word is here

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        device = driver(f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}", ack=ack)
        outcome = await device.print(slip(), before_first_byte=hang_up)
        server.close()
        return outcome.result, list(machine.printed)

    assert ("not_sent", []) == asyncio.run(story())


def test_what_an_unconfirming_printer_never_took_is_not_said_to_be_printed(slip, ready, hurried):
    """With `ack = false` the bytes must at least have reached the other end."""

    async def story():
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(1)
            device = driver(f"socket://127.0.0.1:{deaf.getsockname()[1]}", ack=False, mode="raster")
            return await device.print(slip(), before_first_byte=ready)

    outcome = asyncio.run(story())

    assert "unknown" == outcome.result
    assert "takes no more bytes" in outcome.detail


def test_a_printer_with_an_address_of_the_new_kind(slip, ready):
    """IPv6, in brackets."""

    async def story():
        wire = TcpWire(host="::1")
        machine = Machine(width_dots=576, encoding="gb18030", changed=lambda: None)
        wire.attach(machine)
        await wire.open()
        port = wire.port.rpartition(":")[2]
        outcome = await driver(f"socket://[::1]:{port}").print(slip(), before_first_byte=ready)
        wire.close()
        return outcome.result, len(machine.printed)

    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")

    assert ("printed", 1) == asyncio.run(story())


def test_the_place_of_a_printer_is_said_as_it_is_written():
    """In health and logs."""
    assert ["[fd00::9]:9100", "10.0.0.9:9101"] == [
        SocketCable("socket://[fd00::9]").place,
        SocketCable("socket://10.0.0.9:9101").place,
    ]


def test_a_plain_file_keeps_whole_slips(slip, ready, tmp_path):
    """It never answers, so it is not asked; slips are added at its end."""
    path = tmp_path / "slips.bin"

    async def story():
        device = driver(f"file://{path}")
        first = await device.print(slip(number="A001"), before_first_byte=ready)
        second = await driver(str(path)).print(slip(number="A002"), before_first_byte=ready)
        await device.look()
        return first.result, second.result, device.health().condition

    assert ("printed", "printed", "ok") == asyncio.run(story())
    data = path.read_bytes()
    assert data.index(b"A001") < data.index(b"A002")
    assert 2 == data.count(b"\x1dV\x00")


def test_a_missing_device_file_is_not_made(slip, ready, tmp_path):
    """A printer switched off has no /dev/usb/lp0; a file in its place would swallow slips for ever."""
    path = tmp_path / "lp0"

    outcome = asyncio.run(driver(str(path)).print(slip(), before_first_byte=ready))

    assert ("not_sent", False) == (outcome.result, path.exists())


@pytest.mark.parametrize("ack", [True, False])
def test_a_full_disk_takes_nothing(slip, ready, ack):
    """/dev/full refuses the first byte already."""
    outcome = asyncio.run(driver("/dev/full", ack=ack).print(slip(), before_first_byte=ready))

    assert "not_sent" == outcome.result
    assert "No space left" in outcome.detail


def test_half_a_slip_in_a_file_is_taken_back(slip, ready, tmp_path):
    """A disk that is full in the middle leaves the file as it was, and the slip to be sent again."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "slips.bin"
    path.write_bytes(b"before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def story():
        device = driver(f"file://{path}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))  # Python ignores the signal; the write fails
        try:
            full = await device.print(slip(), before_first_byte=ready)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        content = path.read_bytes()
        return full.result, content, (await device.print(slip(), before_first_byte=ready)).result

    assert ("not_sent", b"before", "printed") == asyncio.run(story())


def test_automatic_status_is_never_taken_for_an_answer():
    """Three of its four bytes look like the answer to GS r; cut anywhere, and between other answers."""
    answers, heard = Answers(), []
    for byte in b"\x18\x00\x0f\x00\x11\x13\x1a\x10\x00\x03\x00":
        answers.feed(bytes((byte,)))
        heard.append((answers.take_status(), answers.take_passed()))

    assert [(0x1A, None)] == [one for one in heard if one != (None, None)]
    answers.feed(b"\x10\x00\x00\x00\x03")
    assert 0x03 == answers.take_passed()


def test_a_printer_that_tells_its_state_by_itself_confirms_nothing_by_it(slip, hurried):
    """Paper ends under way, and the printer says so unasked: the slip it holds is not printed."""

    async def story():
        async with emulated() as one:
            cable = SocketCable(one.wire.port)

            async def chatty():
                one.machine.feed(b"\x1da\x0f", reply=one.wire.send)
                one.machine.press("paper-low")
                one.machine.press("paper-out")

            await cable.close()
            outcome = await one.print(slip(), before_first_byte=chatty)
            one.press("paper-in")
            return outcome.result, list(one.machine.printed)

    assert ("unknown", ["A027"]) == asyncio.run(story())


def test_a_slip_that_cannot_be_drawn_is_said_so_and_the_next_one_printed(slip, ready):
    """A link too long for any code; the printer itself is in order."""

    async def story():
        async with emulated() as one:
            first = await one.print(slip(follow_url="http://hall/" + "x" * 8_000), before_first_byte=ready)
            return first, one.health().condition, (await one.print(slip(), before_first_byte=ready)).result

    first, condition, second = asyncio.run(story())

    assert ("not_sent", "ok", "printed") == (first.result, condition, second)
    assert "cannot be drawn" in first.detail


def test_a_serial_port_lost_between_jobs_was_sent_nothing(slip, ready, hurried):
    """The line knows that it is gone."""

    async def story():
        async with emulated("pty") as one:
            assert isinstance(one._cable, SerialCable)
            one.press("unplug")
            return (await one.print(slip(), before_first_byte=ready)).result

    assert "not_sent" == asyncio.run(story())
