"""Keypads at the far end of real wires: asked and thanked by the real adapters, pulled out in mid-frame, disturbed, on one bus."""

import asyncio

import pytest

from server.config import DeviceConfig, KeypadFrame

COMMON = {
    "head": "FE 01", "length": 8, "address_at": 2, "key_at": 3, "keys": {"31": 5, "32": 4, "33": 3, "34": 2, "35": 1},
    "tail": "0D 0A", "ask": "FE 01 {address} 10 {check}", "thanks": "FE 01 {address} 11 {check}",
}  # fmt: skip
CHECKSUMS = ["none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc"]
RATINGS = "POST /api/counters/{}/ratings"


def keypad(counter, *, frame=None):
    """An entry for an emulated keypad on the one bus there is."""
    return DeviceConfig(
        name=f"keypad-{counter}", station="counter-3", kind="keypad/emulated", port="/dev/ttyUSB1", counter=counter,
        address=counter, keypad_frame=frame,
    )  # fmt: skip


async def presses(hall, key, counter=3):
    """A key, or a fault, of a keypad."""
    await hall.says("station:counter-3", kind="input", journalled=False, device=f"keypad-{counter}", key=key)


async def asks(hall, act, counter=3):
    """The hall asks for a rating."""
    await hall.says(f"counter:{counter}", kind="rating.asked", counter=counter, act=act, number="A019", service="x", until="…")


def health(hall, counter=3):
    """How the hall was told the keypad is, in order."""
    return [body["state"] for path, body in hall.heard if path.endswith(f"/devices/keypad-{counter}") and "state" in body]


def shown(hall, counter=3):
    """What the keypad showed, in order."""
    return [body["detail"]["left"] for path, body in hall.heard if path.endswith(f"/devices/keypad-{counter}/picture")]


async def up(hall, *counters):
    """Every keypad's cable was found."""
    await hall.until(lambda: all("ok" in health(hall, counter)[-1:] for counter in counters))


def test_a_keypad_is_asked_rates_and_is_thanked(racked):
    """By the frames that the site wrote down, over a real port; the level goes to the act that was asked about."""

    async def story():
        async with racked(keypad(3, frame=KeypadFrame.model_validate(COMMON | {"checksum": "sum8"})), virtual=False) as hall:
            await up(hall, 3)
            await asks(hall, "act-9")
            await hall.until(lambda: "请您评价" in shown(hall))
            await presses(hall, "5")
            await hall.until(lambda: "谢谢评价" in shown(hall))
            return hall.told(RATINGS.format(3))

    assert [{"act": "act-9", "level": 5}] == asyncio.run(story())


def test_keypads_on_one_bus_answer_for_their_own_counter(racked):
    """Each hears only prompts of its address, and is heard under it; two at once do not disturb each other."""
    frame = KeypadFrame.model_validate(COMMON | {"checksum": "crc16_arc"})

    async def story():
        async with racked(keypad(3, frame=frame), keypad(4, frame=frame), virtual=False) as hall:
            await up(hall, 3, 4)
            await asks(hall, "act-4", 4)
            await hall.until(lambda: "请您评价" in shown(hall, 4))
            await presses(hall, "2", 3)
            await presses(hall, "4", 4)
            await hall.until(lambda: hall.told(RATINGS.format(4)) != [])
            return hall.told(RATINGS.format(3)), hall.told(RATINGS.format(4)), "请您评价" in shown(hall, 3)

    assert ([], [{"act": "act-4", "level": 4}], False) == asyncio.run(story())


@pytest.mark.parametrize("checksum", CHECKSUMS)
def test_pulled_out_in_mid_frame_it_rates_nothing_and_goes_on_when_it_is_back(racked, checksum):
    """Half a frame before the loss and a whole one after it are one rating; it is asked again, for it remembers nothing."""
    frame = KeypadFrame.model_validate(COMMON | {"checksum": checksum})

    async def story():
        async with racked(keypad(3, frame=frame), virtual=False) as hall:
            await up(hall, 3)
            await asks(hall, "act-9")
            await hall.until(lambda: "请您评价" in shown(hall))
            await presses(hall, "cut")
            await presses(hall, "1")
            await hall.until(lambda: health(hall)[-1] == "lost")
            await presses(hall, "plug")
            await up(hall, 3)
            await hall.until(lambda: shown(hall)[-1] == "请您评价")
            await presses(hall, "noise")
            await presses(hall, "5")
            await hall.until(lambda: hall.told(RATINGS.format(3)) != [])
            return hall.told(RATINGS.format(3))

    assert [{"act": "act-9", "level": 5}] == asyncio.run(story())


def test_a_key_that_nobody_described_is_counted_and_logged(racked, caplog):
    """And rates nothing."""

    async def story():
        async with racked(keypad(3, frame=KeypadFrame.model_validate(COMMON | {"checksum": "xor"})), virtual=False) as hall:
            await up(hall, 3)
            await asks(hall, "act-9")
            await presses(hall, "unknown")
            await presses(hall, "3")
            await hall.until(lambda: hall.told(RATINGS.format(3)) != [])
            return hall.told(RATINGS.format(3))

    assert [{"act": "act-9", "level": 3}] == asyncio.run(story())
    assert "keypad-3: 1 keys that nobody described, fe 01 03" in caplog.text
