"""Signs over the windows: frames as captured from real cards, and what they say."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices import dots
from devices.checksums import crc16_arc, crc16_modbus
from devices.errors import Garbled, Rejected
from devices.signs import modbus_led485, onbon_bx
from devices.signs.lines import ASCII_WORDS, Texts, line_for
from devices.signs.onbon_bx import Area

START = "A5A5A5A5A5A5A5A5 0100 0080 000000 00 00 00 FE 02"
CAPTURED = {
    "TEMPER:21℃": (
        12,
        (
            f"{START} 3500 A306 02 0000 00 01 2C00 00 0000 0C00 4000 0C00 01 0A 01 0200 00 00 00 01 01 01 00 17 02 11000000"
            "5C464F303030 54454D5045523A3231A1E6 82DA 5A"
        ),
    ),
    "HUM:66%RH": (
        24,
        (
            f"{START} 3300 A306 02 0000 00 01 2A00 00 0000 1800 4000 0C00 01 0A 01 0200 00 00 00 01 01 01 00 17 02 0F000000"
            "5C464F303030 48554D3A3636255248 367A 5A"
        ),
    ),
}
texts = st.text(st.characters(codec="gbk", exclude_characters="\\\r\n", exclude_categories=["Cc", "Cs"]), max_size=30)


@pytest.mark.parametrize("text", CAPTURED)
def test_captured_frames_are_rebuilt_byte_for_byte(text):
    """Two frames that a working BX card was seen to receive."""
    y, captured = CAPTURED[text]

    built = onbon_bx.show(Area(text=text, y=y, width=64, height=12), address=1, reply=False)

    assert bytes.fromhex(captured) == built


@pytest.mark.parametrize("text", CAPTURED)
def test_captured_frames_are_read(text):
    """What stands in a captured frame is the text and the place it was made of."""
    y, captured = CAPTURED[text]

    (frame,) = onbon_bx.Reader().feed(bytes.fromhex(captured))

    assert Area(text=text, y=y, width=64, height=12) == onbon_bx.read_area(frame)


def test_characters_that_hold_a_mark_are_escaped():
    """处 is B4 A6 and 触 B4 A5 in GBK: neither A5 nor 5A stands bare between the first byte and the last."""
    frame = onbon_bx.show(Area(text="办事处触单力", width=144, height=16), address=0x5AA5, reply=True)

    inner = frame.lstrip(b"\xa5")[:-1]
    (read,) = onbon_bx.Reader().feed(frame)
    assert (0xA5 in inner, 0x5A in inner) == (False, False)
    assert (0x5AA5, "办事处触单力") == (read.address, onbon_bx.read_area(read).text)


@given(texts, st.integers(0, 0xFFFF), st.sampled_from([None, 1, 2, 3]))
def test_a_card_reads_what_was_sent(text, address, colour):
    """Any text of the card's encoding comes back whole."""
    area = Area(text=text, width=144, height=16, colour=colour)

    (frame,) = onbon_bx.Reader().feed(onbon_bx.show(area, address=address, reply=False))

    assert area == onbon_bx.read_area(frame)


@given(
    st.lists(st.tuples(st.binary(max_size=20).map(lambda noise: noise + b"\x5a"), st.integers(1, 9)), max_size=8),
    st.integers(1, 40),
)
def test_frames_are_found_in_noise(parts, size):
    """Every good frame after noise is read, none is invented."""
    stream = b"".join(
        noise + onbon_bx.show(Area(text=f"A{n:03}", width=144, height=16), address=n, reply=False) for noise, n in parts
    )
    reader = onbon_bx.Reader()

    frames = [frame for at in range(0, len(stream), size) for frame in reader.feed(stream[at : at + size])]

    assert [n for _, n in parts] == [frame.address for frame in frames]


def test_a_flipped_bit_is_garbled():
    """The CRC tells."""
    frame = bytearray(onbon_bx.show(Area(text="A019", width=144, height=16), address=1, reply=False))
    frame[40] ^= 0x10
    reader = onbon_bx.Reader()

    assert ([], 1) == (reader.feed(bytes(frame)), reader.garbled)


def test_the_two_checksums_have_their_published_check_values():
    """For the digits 1 to 9 they are BB3D and 4B37; the Modbus specification's own example is 02 07 → 41 12."""
    assert (0xBB3D, 0x4B37) == (crc16_arc(b"123456789"), crc16_modbus(b"123456789"))
    assert b"\x41\x12" == crc16_modbus(b"\x02\x07").to_bytes(2, "little")


def test_modbus_frames_are_those_of_an_independent_master():
    """Show 100 on display 1; 1001 to all."""
    assert bytes.fromhex("01 06 00 00 00 64 88 21") == modbus_led485.show_value(100, address=1)
    assert bytes.fromhex("00 06 00 00 03 E9 49 65") == modbus_led485.show_value(1001, address=modbus_led485.BROADCAST)


def test_a_number_display_lights_letters_and_digits():
    """Right-aligned, two characters a register; what has no seven segments stays dark."""
    frames = [modbus_led485.show_text(text, address=1) for text in ("A019", "B3", "Z019")]

    assert ["A019", "  B3", " 019"] == [modbus_led485.obey(frame)[0] for frame in frames]


def test_a_display_confirms_or_refuses():
    """The first six bytes come back; bit 7 of the function means refused."""
    sent = modbus_led485.show_value(7, address=1)
    refusal = bytes.fromhex("01 86 04")
    modbus_led485.check_reply(sent, sent=sent)

    with pytest.raises(Rejected):
        modbus_led485.check_reply(refusal + crc16_modbus(refusal).to_bytes(2, "little"), sent=sent)
    with pytest.raises(Garbled):
        modbus_led485.check_reply(sent[:-1] + b"\x00", sent=sent)


def said(**state):
    """The line for a counter in some state."""
    facts = {"counter": 3, "state": "open", "number": None, "ticket_state": None, "columns": 18}
    return line_for(**(facts | state)).text


def test_a_line_too_long_for_the_sign_is_said_shorter():
    """Four digits and a two-digit window do not fit nine characters; nothing is cut off."""
    assert "请A019号到3号窗口" == said(number="A019", ticket_state="called")
    assert "A1019号到12号窗口" == said(number="A1019", ticket_state="called", counter=12)
    assert "请A1019" == said(number="A1019", ticket_state="called", counter=12, columns=8)


def test_a_sign_may_have_words_of_its_own():
    """Before the hall's, and shortened like them; a bar without Chinese says nothing in Chinese."""
    assert "A019 请进" == said(number="A019", ticket_state="called", own={"call": "{number} 请进"})
    assert "稍等" == said(state="paused", own={"paused": "稍等"})
    bar = {"own": ASCII_WORDS, "columns": 16}
    course = [
        said(number="A019", ticket_state="called", **bar),
        said(number="A1019", ticket_state="called", counter=12, **(bar | {"columns": 8})),
        said(number="A019", ticket_state="serving", **bar),
        said(**bar),
        said(state="paused", **bar),
        said(state="closed", **bar),
    ]

    assert ["A019 -> 3", "A1019", "A019", "", "PAUSED", "CLOSED"] == course


def test_words_with_a_mark_nobody_knows_are_shown_as_they_are():
    """A typing error in the hall's set-up darkens no sign."""
    assert "请A019到{window}" == said(number="A019", ticket_state="called", texts=Texts(call="请{number}到{window}"))


def test_the_matrix_has_one_pixel_a_dot_in_two_colours():
    """16×144 dots, lit or unlit; the page scales and masks it."""
    picture = Image.open(io.BytesIO(dots.matrix("请A019号到3号窗口", width_dots=144, height_dots=16)))

    assert ((144, 16), {(0xFF, 0x34, 0x20), (0x26, 0x08, 0x06)}) == (picture.size, {colour for _, colour in picture.getcolors()})
