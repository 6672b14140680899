"""Scanners and card readers: codes however they come, one answer to any amount of noise, nothing of a card kept."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import registry
from devices.scanners.codes import CODE_BYTES, Reader, sent
from server.config import DeviceConfig

SCANNER = DeviceConfig(name="scanner-1", station="kiosk-1", kind="scanner/serial", port="/dev/ttyUSB9")
CARDS = DeviceConfig(name="id-1", station="kiosk-1", kind="idcard/push", fields={"id": "IDNum", "name": "partyName"})
SCANS, READ = "POST /api/stations/kiosk-1/scans", "POST /api/stations/kiosk-1/id-cards"
LINK = "http://192.168.10.20:8000/t/9f3cA8Kd72mQp1xZ"


@given(
    st.lists(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6, max_size=80), max_size=8),
    st.integers(1, 50),
)
def test_codes_are_read_however_the_bytes_are_cut(codes, size):
    """CR, LF and both end a code."""
    ends, reader = (b"\r", b"\n", b"\r\n"), Reader()
    stream = b"".join(code.encode() + ends[n % 3] for n, code in enumerate(codes))

    assert codes == [code for at in range(0, len(stream), size) for code in reader.feed(stream[at : at + size])]


@pytest.mark.parametrize("noise", [b"\xa5", b"x", b"\x00"])
def test_a_megabyte_without_an_end_is_one_unreadable_code(noise):
    """No more than one code's worth of it is ever kept, and the next code is read."""
    reader = Reader()
    for _ in range(1_000):
        assert [] == reader.feed(noise * 1_000)
        assert len(reader._line) <= CODE_BYTES

    assert ["", LINK] == reader.feed(b"\r" + sent(LINK))


@given(st.binary(max_size=2_000))
def test_no_bytes_break_a_reader(data):
    """What is no code is none."""
    for code in Reader().feed(data):
        assert code.isascii()
        assert code.isprintable()


def test_noise_that_ends_codes_again_and_again_is_one_answer():
    """A megabyte of random bytes holds thousands of line ends."""
    codes = Reader().feed(random.Random(905).randbytes(1_000_000))

    assert [""] == codes


async def presses(hall, key, device="scanner-1"):
    """A code before the scanner, or a fault."""
    await hall.says("station:kiosk-1", kind="input", journalled=False, device=device, key=key)


def health(hall):
    """How the hall was told the scanner is."""
    return [body["state"] for path, body in hall.heard if path.endswith("/devices/scanner-1") and "state" in body]


def emulated(config):
    """The entry with an emulator at the far end of its wire."""
    return registry.emulated_twin(config)


@pytest.mark.parametrize("kind", ["virtual", "emulated"])
def test_a_code_is_handed_to_the_hall_once(racked, kind):
    """A code that lies before the window is read again and again."""
    twin = SCANNER.model_copy(update={"kind": f"scanner/{kind}"})

    async def story():
        async with racked(twin, virtual=False) as hall:
            await hall.until(lambda: health(hall)[-1:] == ["ok"])
            for code in (LINK, LINK, "Q9f3cA8Kd72mQp1xZ"):
                await presses(hall, code)
            await hall.until(lambda: len(hall.told(SCANS)) == 2)
            return hall.told(SCANS)

    assert [{"text": LINK}, {"text": "Q9f3cA8Kd72mQp1xZ"}] == asyncio.run(story())


def test_pulled_out_in_mid_code_it_tells_nothing_and_goes_on_when_it_is_back(racked):
    """Half a code before the loss and noise after it are no code; a refusal of the hall stops nothing."""

    async def story():
        async with racked(emulated(SCANNER), virtual=False) as hall:
            hall.refusals[SCANS] = "no_such_code"
            await hall.until(lambda: health(hall)[-1:] == ["ok"])
            await presses(hall, "cut")
            await presses(hall, LINK)
            await hall.until(lambda: health(hall)[-1] == "lost")
            await presses(hall, "plug")
            await hall.until(lambda: health(hall)[-1] == "ok")
            await presses(hall, "Qfirst-after-it")
            await hall.until(lambda: len(hall.told(SCANS)) == 1)
            await presses(hall, "noise")
            await presses(hall, "Qspoilt-by-noise")
            await presses(hall, "Qsecond-after-it")
            await hall.until(lambda: {"text": "Qsecond-after-it"} in hall.told(SCANS))
            return [body["text"] for body in hall.told(SCANS)]

    told = asyncio.run(story())

    assert (["Qfirst-after-it", "Qsecond-after-it"], 1) == ([told[0], told[-1]], told.count(""))
    assert LINK not in told


def test_a_flood_is_one_answer(racked):
    """A megabyte from a scanner: the hall hears of one unreadable code, then of the next code."""
    twin = SCANNER.model_copy(update={"kind": "scanner/virtual"})

    async def story():
        async with racked(twin, virtual=False) as hall:
            await presses(hall, "flood")
            await presses(hall, LINK)
            await hall.until(lambda: {"text": LINK} in hall.told(SCANS))
            return hall.told(SCANS)

    assert [{"text": ""}, {"text": LINK}] == asyncio.run(story())


def test_a_card_goes_to_the_hall_in_its_bridge_s_words(racked, caplog):
    """The twin reads sample cards; the number stands in no log."""
    caplog.set_level("DEBUG", logger="devices")

    async def story():
        async with racked(CARDS) as hall:
            await presses(hall, "elder", "id-1")
            await hall.until(lambda: hall.told(READ) != [])
            return hall.told(READ)

    assert [{"IDNum": "11010519491231002X", "partyName": "张样本", "birthday": "19491231"}] == asyncio.run(story())
    assert "19491231" not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("devices"))


def test_what_a_card_reader_s_fields_and_a_scanner_s_port_lack_is_said():
    """One clear sentence each."""
    twice = CARDS.model_copy(update={"fields": {"id": "name"}})

    assert [
        "device scanner-1: scanner/serial needs port; a scanner that types like a keyboard needs no entry"
    ] == registry.problems(SCANNER.model_copy(update={"port": ""}))
    assert [[], 1] == [registry.problems(CARDS), len(registry.problems(twice))]
