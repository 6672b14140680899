"""Buses of signs as the rack drives them, on emulated wires: the newest line wins, and no sign is in the way of another."""

import asyncio
import contextlib
import itertools

import pytest

from devices import registry
from devices.checksums import crc16_modbus
from devices.clock import running_s
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.port_line import Lines
from devices.ports import SignLine
from devices.shared import Shared
from devices.signs import alpha, onbon_bx
from devices.signs.bus import Bus
from devices.signs.drivers import RawDriver
from devices.signs.machines import BxCard, Look
from devices.signs.slot import Slot
from server.config import DeviceConfig
from server.config.machine import SignFrame

PATIENCE_S = 15.0
RAW = {"head": "A5 5A", "length_bytes": 1, "length_of": ["text"], "checksum": "sum8", "tail": "0D"}
PORT = "/dev/ttyUSB0"


class Hall:
    """A rack's worth of emulated signs."""

    def __init__(self, diary=None):
        self.lines, self.wires, self._stirred = Lines(), Wires(), asyncio.Event()
        self.shared = Shared(lines=self.lines, wires=self.wires, diary=Diary(diary), changed=self._stirred.set)
        self.open = []

    async def sign(self, kind="onbon-bx", *, address=1, port=PORT, **changes):
        """A sign of a kind, its adapter at work."""
        config = DeviceConfig(
            name=f"sign-{address}", station="s", kind=f"sign/{kind}", port=port, counter=1, address=address,
            frame=RAW if kind == "raw" else None, **changes,
        )  # fmt: skip
        sign = registry.make(registry.emulated_twin(config), self.shared)
        await sign.open()
        self.open.append(sign)
        return sign

    async def until(self, happened):
        """Wait until it has, looking whenever a sign stirred."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                self._stirred.clear()
                await self._stirred.wait()

    async def closes(self):
        for sign in self.open:
            await sign.close()
        self.wires.close()


@contextlib.asynccontextmanager
async def hung(**how):
    """Signs, and their wires gone in the end."""
    hall = Hall(**how)
    try:
        yield hall
    finally:
        await hall.closes()


class Recorder:
    """Hears a wire and says what it is told to."""

    def __init__(self, answer=lambda _: b""):
        self.heard, self.at_s, self._answer = [], [], answer

    def feed(self, data, *, reply):
        self.heard.append(data)
        self.at_s.append(running_s())
        if said := self._answer(data):
            reply(said)

    def power(self, *, on):
        pass


CALL = SignLine(text="请A019号到3号窗口", number="A019")
IDLE = SignLine(text="热情为您服务")


@pytest.mark.parametrize("port", [PORT, "socket://10.0.0.9:5005"])
@pytest.mark.parametrize(
    ("kind", "line", "shown"),
    [
        ("onbon-bx", CALL, "请A019号到3号窗口"),
        ("modbus-led485", CALL, "A019"),
        ("alpha", SignLine(text="A019 -> 3", number="A019"), "A019 -> 3"),
        ("raw", CALL, "请A019号到3号窗口"),
    ],
)
def test_a_line_goes_over_the_wire_and_is_lit(tmp_path, kind, line, shown, port):
    """Each protocol, on a serial cable and on the network; the diary says what was lit."""

    async def story():
        async with hung(diary=tmp_path / "diary") as hall:
            sign = await hall.sign(kind, port=port)
            await sign.show(line)
            await hall.until(lambda: sign.machine.text == shown and sign.health().condition == "ok")
            return sign.pictures()[0]

    picture = asyncio.run(story())

    assert (shown, [shown]) == (picture.detail["text"], picture.detail["history"])
    assert f'"shown": "{shown}"' in (tmp_path / "diary").read_text(encoding="utf-8")


def test_the_newest_line_wins():
    """A burst of lines: the last one is lit, those in between need not be, and nothing old comes back."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign()
            for number in range(50):
                await sign.show(SignLine(text=f"A{number:03}"))
            await hall.until(lambda: sign.machine.text == "A049")
            await sign.show(IDLE)
            await hall.until(lambda: sign.machine.text == IDLE.text)
            return list(sign.machine.history)

    history = asyncio.run(story())

    assert (history[-2:], history) == (["A049", IDLE.text], sorted(history))
    assert len(history) <= 3


def test_a_sign_that_lost_its_power_is_told_again():
    """Without an answer it is lost; switched on again it shows what it should, also what was called meanwhile."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign(resend_s=1)
            await sign.show(IDLE)
            await hall.until(lambda: sign.machine.text == IDLE.text)
            sign.press("power-off")
            await hall.until(lambda: sign.health().condition == "lost")
            lost = sign.health().detail, sign.machine.text
            await sign.show(CALL)
            sign.press("power-on")
            await hall.until(lambda: sign.machine.text == CALL.text and sign.health().condition == "ok")
            return lost

    assert ("no answer", "") == asyncio.run(story())


@pytest.mark.parametrize("kind", ["alpha", "raw"])
def test_a_sign_without_answers_is_told_again_now_and_then(kind):
    """Nobody can know that it was dark."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign(kind, resend_s=1)
            await sign.show(SignLine(text="A019"))
            await hall.until(lambda: sign.machine.text == "A019")
            sign.press("power-off")
            sign.press("power-on")
            dark = sign.machine.text
            await hall.until(lambda: sign.machine.text == "A019")
            return dark, sign.health().condition

    assert ("", "ok") == asyncio.run(story())


@pytest.mark.parametrize("kind", ["onbon-bx", "modbus-led485"])
def test_a_dead_address_does_not_hold_up_the_others(kind):
    """Three of four signs have no power; the fourth is told each of ten lines, and each at once."""

    async def story():
        async with hung() as hall:
            dead = [await hall.sign(kind, address=address, baud=57600) for address in (1, 2, 3)]
            alive = await hall.sign(kind, address=4, baud=57600)
            for sign in dead:
                sign.press("power-off")
                await sign.show(CALL)
            await alive.show(CALL)
            await hall.until(lambda: all(sign.health().condition == "lost" for sign in dead))
            slowest = 0.0
            for number in range(10):
                began = running_s()
                for sign in [*dead, alive]:
                    await sign.show(SignLine(text=f"B{number:03}", number=f"B{number:03}"))
                await hall.until(lambda number=number: alive.machine.text == f"B{number:03}")
                slowest = max(slowest, running_s() - began)
            return slowest, {sign.health().detail for sign in dead}, alive.health().condition

    slowest, details, alive = asyncio.run(story())

    assert ({"no answer"}, "ok") == (details, alive)
    assert slowest < 3.0  # three frames told blindly, and at the worst one look after each dead sign


def test_a_cable_pulled_in_the_middle_of_a_frame():
    """Half a frame shows nothing; plugged in again all signs on the wire are told what holds now."""

    async def story():
        async with hung() as hall:
            one, two = await hall.sign(address=1), await hall.sign(address=2)
            for sign in (one, two):
                await sign.show(IDLE)
            await hall.until(lambda: one.machine.text == two.machine.text == IDLE.text)
            hall.wires.pty(PORT).cut_after = 40
            await one.show(CALL)
            await hall.until(lambda: one.health().condition == two.health().condition == "lost")
            dark = one.machine.text, two.machine.text
            one.press("plug")
            await hall.until(lambda: (one.machine.text, two.machine.text) == (CALL.text, IDLE.text))
            await hall.until(lambda: one.health().condition == two.health().condition == "ok")
            return dark

    assert ("", "") == asyncio.run(story())


def test_a_frame_spoilt_on_the_way_is_told_again():
    """A card that answers has not answered it; the next try is the same line."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign()
            sign.press("garble")
            await sign.show(CALL)
            await hall.until(lambda: sign.machine.text == CALL.text)
            return sign.health().condition

    assert "ok" == asyncio.run(story())


def test_what_is_shown_already_is_not_sent_again():
    """Events that change nothing leave the bus to others."""

    async def story():
        async with hung() as hall:
            recorder = Recorder()
            sign = await hall.sign("raw")
            hall.wires.pty(PORT).attach(recorder)
            for line in (CALL, CALL, IDLE):
                await sign.show(line)
                await hall.until(lambda line=line: sign.machine.text == line.text)
            return b"".join(recorder.heard).count(b"\xa5\x5a")

    assert 2 == asyncio.run(story())


def test_frames_keep_their_distance():
    """The bytes' own time at the line's speed and the gap behind them, however fast the cable takes them."""

    async def story():
        async with hung() as hall:
            recorder = Recorder()
            signs = [await hall.sign("raw", address=address, gap_ms=120) for address in (1, 2, 3)]
            hall.wires.pty(PORT).attach(recorder)
            for sign in signs:
                await sign.show(CALL)
            await hall.until(lambda: all(sign.machine.text for sign in signs))
            return recorder.at_s, len(recorder.heard[0]) * 10 / 9600

    at_s, length_s = asyncio.run(story())

    assert 3 == len(at_s)
    assert all(
        later - earlier > length_s + 0.12 - 0.03 for earlier, later in itertools.pairwise(at_s)
    )  # the port's own read of 20 ms


def test_news_goes_before_repetitions_and_a_silent_sign_is_asked_less_and_less():
    """Without any clock but the one given."""
    slot = Slot("s", driver=RawDriver(address=1, spec=SignFrame(**RAW), encoding="gbk"), resend_s=30)
    slot.want(CALL, now_s=0)
    before = slot.pressing(0)
    slot.begin(now_s=0)
    slot.answered()
    after = slot.pressing(29), slot.due_s, slot.pressing(61)
    looked_after = []
    for _ in range(8):
        slot.begin(now_s=100)
        slot.missed(now_s=100)
        looked_after.append(slot.due_s - 100)

    assert (True, (False, 30, True)) == (before, after)
    assert [30, 1, 2, 4, 8, 16, 30, 30] == looked_after
    assert (False, True) == (slot.awaited(129), slot.awaited(130))


def test_a_sign_that_refuses_is_degraded():
    """It is there, and says that it will not."""

    def refuses(data):
        refusal = bytes((data[0], data[1] | 0x80, 0x02))
        return refusal + crc16_modbus(refusal).to_bytes(2, "little")

    async def story():
        async with hung() as hall:
            sign = await hall.sign("modbus-led485")
            sign.press("power-off")
            hall.wires.pty(PORT).attach(Recorder(refuses))
            await sign.show(CALL)
            await hall.until(lambda: sign.health().condition == "degraded")
            return sign.health().detail

    assert "exception 2" == asyncio.run(story())


def test_a_call_flashes_and_then_stands():
    """An Alpha bar flashes by itself; a repetition within five seconds does not flash again."""

    async def story():
        async with hung() as hall:
            recorder, reader = Recorder(), alpha.Reader()
            sign = await hall.sign("alpha", flash_s=1)
            hall.wires.pty(PORT).attach(recorder)
            call = SignLine(text="A019 -> 3", number="A019", flash=True)
            await sign.show(call)
            await hall.until(lambda: sign.machine.text == "A019 -> 3")
            await sign.show(call)
            modes = []
            async with asyncio.timeout(PATIENCE_S):
                while len(modes) < 2:
                    while recorder.heard:
                        modes += [text.mode for text in reader.feed(recorder.heard.pop(0))]
                    await asyncio.sleep(0.02)
            return modes

    assert [alpha.FLASH, alpha.HOLD] == asyncio.run(story())


def test_a_sign_on_the_network_that_refuses_or_swallows_everything():
    """Refused it is lost with the reason; a black hole takes bytes and answers none; both are found again."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign(port="socket://10.0.0.9:5005", resend_s=1)
            wire = hall.wires.tcp("socket://10.0.0.9:5005")
            await sign.show(IDLE)
            await hall.until(lambda: sign.health().condition == "ok" and sign.machine.text)
            sign.press("unplug")
            await hall.until(lambda: "refused" in (sign.health().detail or ""))
            sign.press("plug")
            await hall.until(lambda: sign.machine.text == IDLE.text and sign.health().condition == "ok")
            wire.hang()
            await sign.show(CALL)
            await hall.until(lambda: sign.health().condition == "lost")
            swallowed = sign.health().detail
            wire.heal()
            await hall.until(lambda: sign.machine.text == CALL.text and sign.health().condition == "ok")
            return swallowed

    assert "no answer" == asyncio.run(story())


def test_a_connection_that_died_unnoticed_is_made_anew():
    """A converter that lost its memory of the first connection answers on the second."""
    machine = BxCard(address=1, look=Look(width_dots=144, height_dots=16, encoding="gb18030"), shown=lambda _: None)
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(4096):
                if len(connections) > 1:
                    machine.feed(data, reply=writer.write)
        writer.close()

    async def story():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with hung() as hall:
            port = server.sockets[0].getsockname()[1]
            config = DeviceConfig(
                name="s", station="s", kind="sign/onbon-bx", port=f"socket://127.0.0.1:{port}", counter=1, baud=115200, resend_s=1
            )
            sign = registry.make(config, hall.shared)
            hall.open.append(sign)
            await sign.open()
            await sign.show(CALL)
            await hall.until(lambda: sign.health().detail == "no answer")
            await hall.until(lambda: sign.health().condition == "ok" and machine.text == CALL.text)
        server.close()
        return len(connections)

    assert 2 == asyncio.run(story())


def test_a_rack_that_starts_again_tells_what_holds():
    """Closed and opened, the sign is told the line that is wanted then."""

    async def story():
        async with hung() as hall:
            sign = await hall.sign()
            await sign.show(CALL)
            await hall.until(lambda: sign.machine.text == CALL.text)
            await sign.close()
            await sign.open()
            await sign.show(IDLE)
            await hall.until(lambda: sign.machine.text == IDLE.text)

    asyncio.run(story())


def test_a_frame_that_cannot_be_made_is_that_sign_s_trouble_alone():
    """It is degraded, and says why; the next sign on the bus is told."""

    class Broken:
        def pieces(self, line):
            raise OverflowError(line.text)

        def reply(self, sent):  # noqa: ARG002
            return None

    async def story():
        async with hung() as hall:
            sign = await hall.sign()
            bus = hall.lines.worker(hall.lines.at(hall.wires.pty(PORT).port, baud=9600), Bus)
            slot = Slot("broken", driver=Broken(), resend_s=9, changed=hall.shared.changed)
            bus.join(slot, gap_s=0)
            bus.show(slot, IDLE)
            await sign.show(CALL)
            await hall.until(lambda: sign.machine.text == CALL.text and slot.health().condition == "degraded")
            return slot.health().detail

    assert "OverflowError: 热情为您服务" == asyncio.run(story())


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [("", CALL.text), ("onbon-bx", CALL.text), ("modbus-led485", "A019"), ("alpha", "A019"), ("raw", CALL.text)],
)
def test_a_virtual_sign_is_the_same_machine_in_memory(protocol, expected):
    """The text on the picture has been through the codec; unplugged it is dark, plugged in again it is told again."""
    frame = RAW if protocol == "raw" else None
    config = DeviceConfig(name="s", station="s", kind="sign/virtual", protocol=protocol, counter=1, frame=frame)
    line = SignLine(text="A019", number="A019") if protocol == "alpha" else CALL

    async def story():
        async with hung() as hall:
            sign, shown = registry.make(config, hall.shared), []
            await sign.show(line)
            for key in ("", "unplug", "plug"):
                sign.press(key)
                shown.append((sign.pictures()[0].detail["text"], sign.health().condition))
            return shown

    assert [(expected, "ok"), ("", "lost"), (expected, "ok")] == asyncio.run(story())


def test_one_port_has_one_speed():
    """Two entries that give one port two speeds, or two framings, are told before anything is opened."""

    def sign(name, *, address, kind="sign/onbon-bx", **changes):
        return DeviceConfig(name=name, station="s", kind=kind, port=PORT, counter=1, address=address, **changes)

    said = registry.clashes([sign("one", address=1, baud=57600), sign("two", address=2, baud=9600)])
    mixed = registry.clashes([sign("one", address=1), sign("two", address=2, kind="sign/alpha")])

    assert ["devices one and two share /dev/ttyUSB0 at two speeds: 57600 baud 8N1 and 9600 baud 8N1"] == said
    assert ["devices one and two share /dev/ttyUSB0 at two speeds: 9600 baud 8N1 and 9600 baud 7E1"] == mixed


@pytest.mark.parametrize("unit", ["dots", "bytes"])
def test_the_width_is_told_in_the_unit_of_the_card(unit):
    """144 dots are 18 bytes."""

    async def story():
        async with hung() as hall:
            recorder = Recorder()
            sign = await hall.sign(unit=unit, ack=False)
            hall.wires.pty(PORT).attach(recorder)
            await sign.show(CALL)
            await hall.until(lambda: sign.machine.text == CALL.text)
            (frame,) = onbon_bx.Reader().feed(b"".join(recorder.heard))
            return onbon_bx.read_area(frame).width

    assert {"dots": 144, "bytes": 18}[unit] == asyncio.run(story())
