"""Rating keypads: any maker's frame from a description, and only whole frames count."""

import asyncio
import os
import random
import tty

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.debounce import Debounce
from devices.keypads.codes import PLAIN, FrameSpec, Reader, frame_of, press
from devices.keypads.serial import SerialKeypad
from devices.keypads.virtual import VirtualKeypad
from devices.port_line import PortLine

SPECS = [
    PLAIN,
    FrameSpec(head=b"\xfe", length=4, key_at=1, keys={0x31: 5, 0x32: 4, 0x33: 3, 0x34: 1}, checksum="crc16_modbus"),
    FrameSpec(
        head=b"\x02", length=6, addr_at=1, command_at=2, command=0x50, key_at=3,
        keys={1: 5, 2: 4, 3: 3, 4: 2, 5: 1}, checksum="xor", tail=b"\x03",
    ),
    FrameSpec(head=b"\x7e\x7e", length=5, key_at=2, keys={4: 5, 1: 4, 2: 3, 3: 2}, checksum="crc16_arc"),
    FrameSpec(head=b"\xaa", length=4, addr_at=1, key_at=2, keys={1: 5}, checksum="neg_sum8"),
    FrameSpec(head=b"K", length=3, key_at=1, keys={0x35: 5}, tail=b"\r"),
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_every_described_key_becomes_its_level(spec):
    """Makers number their keys differently; the level is what the description says."""
    stream = b"".join(press(level, address=7, spec=spec) for level in spec.keys.values())

    scores = Reader(spec).feed(stream)

    assert list(spec.keys.values()) == [score.level for score in scores]
    assert {7 if spec.addr_at is not None else 0} == {score.address for score in scores}


def test_the_projects_own_frame():
    """AA 55, address, key, low byte of their sum."""
    assert bytes.fromhex("AA 55 03 05 08") == press(5, address=3, spec=PLAIN)


def test_an_unknown_key_is_counted_and_rates_nothing():
    """A frame may be whole and yet mean nothing here."""
    reader = Reader(PLAIN)

    assert ([], 1, 0) == (reader.feed(frame_of(9, address=1, spec=PLAIN)), reader.unknown_keys, reader.garbled)


def test_after_a_bad_frame_the_reader_looks_one_byte_on():
    """A head inside a damaged frame may be the head of a good one."""
    reader = Reader(PLAIN)

    scores = reader.feed(bytes.fromhex("AA 55 AA 55 01 04 05"))

    assert ([4], 1) == ([score.level for score in scores], reader.garbled)


@given(st.lists(st.integers(1, 5), max_size=20), st.integers(1, 7), st.binary(max_size=6))
def test_presses_are_read_however_the_bytes_are_cut(levels, size, noise):
    """Serial ports deliver in pieces; noise without a head does no harm."""
    quiet = noise.replace(b"\xaa", b"")
    stream = b"".join(quiet + press(level, address=1, spec=PLAIN) for level in levels)
    reader = Reader(PLAIN)

    scores = [score for at in range(0, len(stream), size) for score in reader.feed(stream[at : at + size])]

    assert levels == [score.level for score in scores]


def test_a_noisy_cable_loses_only_what_was_damaged():
    """2,000 frames, one in ten with a flipped bit, noise between: every good one is read, none is invented."""
    dice, spec, reader = random.Random(905), SPECS[2], Reader(SPECS[2])
    sent, stream = [], b""
    for _ in range(2_000):
        level = dice.randint(1, 5)
        frame = bytearray(press(level, address=1, spec=spec))
        if dice.random() < 0.1:
            frame[dice.randrange(len(frame))] ^= 1 << dice.randrange(8)
        else:
            sent.append(level)
        if dice.random() < 0.2:
            stream += bytes(dice.choice([0x00, 0x11, 0xFF]) for _ in range(dice.randint(1, 4)))
        stream += bytes(frame)

    read = [score.level for score in reader.feed(stream)] if len(stream) <= 4_096 else [
        score.level for at in range(0, len(stream), 512) for score in reader.feed(stream[at : at + 512])
    ]  # fmt: skip

    assert sent == read


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(data):
    """Whatever is plugged into the port."""
    for spec in SPECS:
        assert all(1 <= score.level <= 5 for score in Reader(spec).feed(data))


def test_an_impossible_description_is_refused():
    """A key outside its frame is a mistake in config.toml, found when it is read."""
    with pytest.raises(ValueError, match="shorter"):
        FrameSpec(head=b"\xaa\x55", length=3, key_at=3, keys={1: 1})
    with pytest.raises(ValueError, match="1 to 5"):
        FrameSpec(head=b"\xaa", length=3, key_at=1, keys={1: 6})


def test_a_chattering_key_counts_once():
    """Less than 300 ms apart is one press; another key is another press."""
    debounce = Debounce()

    assert [True, False, True, True] == [
        debounce.passes(5, at_s=10.0),
        debounce.passes(5, at_s=10.2),
        debounce.passes(4, at_s=10.25),
        debounce.passes(5, at_s=10.31),
    ]


def test_a_keypad_on_a_cable_and_its_twin_give_the_same_score():
    """One codec serves both; a press of another address on the same bus is not ours."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)

    async def story():
        line = PortLine(os.ttyname(theirs))
        real = SerialKeypad("k", line=line, spec=PLAIN, address=3)
        twin = VirtualKeypad("k", spec=PLAIN, address=3, changed=lambda: None)
        await real.open()
        await line.connected()
        os.write(ours, press(1, address=4, spec=PLAIN) + press(5, address=3, spec=PLAIN))
        twin.press("5")
        async with asyncio.timeout(5):
            scores = [await anext(aiter(real.scores())), await anext(aiter(twin.scores()))]
        await real.close()
        return scores

    real, twin = asyncio.run(story())
    os.close(ours)
    os.close(theirs)

    assert real == twin
