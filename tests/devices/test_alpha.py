"""Alpha / BetaBrite bars: frames as an independent library makes them, and what a bar shows of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.signs import alpha
from devices.signs.alpha import Text

texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60)
FILL = 0x26  # the position that library calls fill


def test_frames_are_those_of_an_independent_library():
    """A priority text with its sum, and file A without."""
    call = "00 00 00 00 00 01 5A 30 30 02 41 30 1B 26 62" + b"A001 -> 3".hex() + "03" + b"02C9".hex() + "04"
    hello = "00 00 00 00 00 01 5A 30 30 02 41 41 1B 26 62 48 45 4C 4C 4F 04"

    assert bytes.fromhex(call) == alpha.frame(Text(address=0, text="A001 -> 3", position=FILL), check=True)
    assert bytes.fromhex(hello) == alpha.frame(Text(address=0, text="HELLO", label="A", position=FILL), check=False)


@pytest.mark.parametrize(("text", "label", "mode"), [("A001 -> 3", "0", "b"), ("CLOSED", "A", "b"), ("B1200 -> 12", "0", "c")])
def test_alphasignpy_makes_the_same_bytes(text, label, mode):
    """All but its own pauses (FF), which are no part of the frame."""
    judge = pytest.importorskip("alphasign", reason="alphasignpy is not installed: pip install alphasignpy")

    mode_of = {"b": judge.DisplayMode.HOLD, "c": judge.DisplayMode.FLASH}
    packet = judge.Packet(type_code=b"Z", address="00")
    packet.add(judge.WriteText(text, label=label, position=judge.DisplayPosition.FILL, mode=mode_of[mode]))

    assert packet.to_bytes().replace(b"\xff", b"") == alpha.frame(
        Text(address=0, text=text, label=label, mode=mode, position=FILL), check=True
    )


@given(texts, st.integers(0, 255), st.booleans(), st.sampled_from(["0", "A"]), st.sampled_from(["b", "c"]))
def test_a_bar_reads_what_was_sent(text, address, check, label, mode):
    """Any ASCII text, in one piece or in two."""
    sent = Text(address=address, text=text, label=label, mode=mode)
    frame, reader = alpha.frame(sent, check=check), alpha.Reader()

    assert [sent] == [*reader.feed(alpha.pieces(frame)[0]), *reader.feed(alpha.pieces(frame)[1])]


def test_a_wrong_sum_is_garbled():
    """What noise does to the frame's own marks no sum can tell; the parity bit of 7E1 is there for that."""
    frame, reader = bytearray(alpha.frame(Text(address=1, text="A001"), check=True)), alpha.Reader()
    frame[frame.index(b"1", 14)] ^= 0x01

    assert ([], 1) == (reader.feed(bytes(frame)), reader.garbled)


def test_chinese_has_no_place_there():
    """It becomes question marks, never bytes that a bar takes for commands."""
    (read,) = alpha.Reader().feed(alpha.frame(Text(address=1, text="窗口3\x1b"), check=True))

    assert "??3?" == read.text


def test_an_empty_priority_text_gives_way():
    """Nothing stands behind its label."""
    assert b"\x02A0\x04" == alpha.frame(Text(address=1, text=""), check=False)[-4:]
