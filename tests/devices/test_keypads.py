"""Rating keypads: any maker's frame from a description, and only whole frames count."""

import asyncio
import os
import random
import re
import tty
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import registry
from devices.checksums import checksum
from devices.debounce import Debounce
from devices.keypads.codes import PLAIN, FrameSpec, Reader, frame_of, press, spec_of
from devices.keypads.prompts import Prompts, prompts_of
from devices.keypads.serial import SerialKeypad
from devices.keypads.virtual import VirtualKeypad
from devices.port_line import PortLine
from server.config import ConfigError, DeviceConfig, KeypadFrame, load_text

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

CHECKED = [  # one of each kind of checksum; without one the key codes differ in four bits, or a flip would be another key
    *[spec for spec in SPECS if spec.checksum != "none"],
    FrameSpec(head=b"\xfa\xf5", length=5, key_at=2, keys={0x0F: 5, 0x33: 4, 0x3C: 3, 0x55: 2, 0x66: 1}, tail=b"\x0d\x0a"),
]


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


@pytest.mark.parametrize("spec", CHECKED, ids=lambda spec: spec.checksum)
def test_a_noisy_cable_loses_only_what_was_damaged(spec):
    """2,000 frames, one in ten with a flipped bit, noise between, cut anyhow: every good one is read, none is invented."""
    dice, reader = random.Random(905), Reader(spec)
    sent, stream = [], b""
    for _ in range(2_000):
        level = dice.choice(list(spec.keys.values()))
        frame = bytearray(press(level, address=1, spec=spec))
        if dice.random() < 0.1:
            frame[dice.randrange(len(frame))] ^= 1 << dice.randrange(8)
        else:
            sent.append(level)
        if dice.random() < 0.2:
            stream += bytes(dice.choice([0x00, 0x11, 0xFF]) for _ in range(dice.randint(1, 4)))
        stream += bytes(frame)

    read = []
    while stream:
        size = dice.randint(1, 40)
        read += [score.level for score in reader.feed(stream[:size])]
        stream = stream[size:]

    assert sent == read


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(data):
    """Whatever is plugged into the port."""
    for spec in SPECS:
        assert all(1 <= score.level <= 5 for score in Reader(spec).feed(data))


def test_an_impossible_description_is_refused():
    """A key outside its frame is a mistake in config.toml, found when it is read."""
    with pytest.raises(ValueError, match="key_at is 3"):
        FrameSpec(head=b"\xaa\x55", length=3, key_at=3, keys={1: 1})
    with pytest.raises(ValueError, match="1 to 5"):
        FrameSpec(head=b"\xaa", length=3, key_at=1, keys={1: 6})
    with pytest.raises(ValueError, match="shorter"):
        FrameSpec(head=b"\xaa\x55", length=3, key_at=2, keys={1: 1}, checksum="crc16_arc")


def test_each_checksum_has_its_published_check_value():
    """Of the nine digits that check values are given for; a CRC stands with its low byte first."""
    digits = b"123456789"
    kinds = ("none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc")

    assert ["", "31", "DD", "23", "37 4B", "3D BB"] == [checksum(digits, kind=kind).hex(" ").upper() for kind in kinds]


FRAME = {
    "head": "FE 01", "length": 8, "address_at": 2, "command_at": 3, "command": "50", "key_at": 4, "keys": {"31": 5, "34": 1},
    "checksum": "crc16_modbus", "checksum_from": 2, "tail": "0D",
    "ask": "FE 01 {address} 10 {check} 0D", "clear": "FE 01 {address} 11 {check} 0D",
}  # fmt: skip
ENTRY = DeviceConfig(name="keypad-3", station="s", kind="keypad/serial", port="/dev/ttyUSB1", counter=3, address=3)


def described(**changes):
    """The frame of a site's keypad, with some of it changed."""
    return KeypadFrame.model_validate(FRAME | changes)


def test_a_site_writes_its_keypad_down():
    """Key frames are read by it, prompts are made by it, and what is not written down is the project's own."""
    spec, prompts = spec_of(described()), prompts_of(described(), address=3)
    asked = bytes.fromhex("FE 01 03 10") + checksum(bytes.fromhex("03 10"), kind="crc16_modbus") + b"\r"

    assert [5] == [score.level for score in Reader(spec).feed(press(5, address=3, spec=spec))]
    assert [asked, True] == [prompts.of("ask"), prompts.of("thanks") == prompts.of("rest") != b""]
    assert (PLAIN, b"") == (spec_of(None), prompts_of(None, address=3).of("ask"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"head": ""}, "a head is needed"),
        ({"key_at": 5}, "key_at is 5, but between head and checksum (or tail) lie the positions 2 to 4"),
        ({"address_at": 4}, "address_at and key_at are both 4"),
        ({"command": None}, "command and command_at go together"),
        ({"checksum_from": 7}, "checksum_from is 7, but the checksum stands at 5"),
        ({"length": 4}, "the frame is shorter than what is said to stand in it"),
        ({"keys": {}}, "keys are needed"),
        ({"ask": "FE {adress}"}, "'FE {adress}': bytes in hex are needed, {address} and {check}"),
        ({"clear": "FE {check}"}, "'FE {check}': nothing stands between checksum_from and {check}"),
    ],
)
def test_a_wrong_description_is_one_clear_sentence(changes, said):
    """Said by `jiaohao check` and at the start, with the device's name; nothing is opened."""
    (problem,) = registry.problems(ENTRY.model_copy(update={"keypad_frame": described(**changes)}))

    assert problem.startswith("device keypad-3: keypad_frame: ")
    assert said in problem


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('head = "AG"', "device[1] keypad-3.keypad_frame.head = 'AG'"),
        ('keys = { "1" = 5 }', "keypad_frame.keys"),
        ('keys = { "31" = 6 }', "keypad_frame.keys.31 = 6"),
        ('checksum = "crc32"', "keypad_frame.checksum = 'crc32': Input should be 'none', 'xor'"),
        ("lenght = 5", "keypad_frame.lenght = 5: there is no such key"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(line, said):
    """As any wrong key of config.toml: the place, the value, what it means."""
    base = {"head": 'head = "AA"', "length": "length = 4", "key_at": "key_at = 1", "keys": 'keys = { "31" = 5 }'}
    base[line.partition(" ")[0]] = line
    shipped = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    entry = '[[device]]\nname = "keypad-3"\nstation = "counter-3"\nkind = "keypad/serial"\n[device.keypad_frame]\n'
    rest = re.sub(r"(?m)^\[\[device\]\]\n(?:\w.*\n)*", "", shipped)

    with pytest.raises(ConfigError) as refused:
        load_text(rest + entry + "\n".join(base.values()))

    assert [True] == [said in problem for problem in refused.value.problems]


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
        real = SerialKeypad("k", line=line, spec=PLAIN, prompts=Prompts(), address=3)
        twin = VirtualKeypad("k", spec=PLAIN, prompts=Prompts(), address=3, changed=lambda: None)
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
