"""Caller pads: frames, and what a clerk means by the keys."""

import asyncio
import os
import tty

from hypothesis import given
from hypothesis import strategies as st

from devices.callers import codes
from devices.callers.acts import Act, Desk, Entry, face, press, refusal
from devices.callers.codes import Frame, Reader
from devices.callers.machine import Pad
from devices.callers.serial import SerialPad
from devices.port_line import PortLine
from devices.ports import PadKey, PadText

FREE = Desk(state="open", waiting=("A019", "B019", "A020"), waiting_count=26)
CALLED = Desk(state="open", ticket="t9", number="A019", ticket_state="called", waiting_count=26)
SERVING = Desk(state="open", ticket="t9", number="A019", ticket_state="serving", waiting_count=26)


def keyed(desk, *keys):
    """What the last of some keys does, and the entry after it."""
    entry, meant = Entry(), None
    for key in keys:
        entry, meant = press(PadKey(key=key), entry=entry, desk=desk)
    return entry, meant


def test_the_frame_of_a_key():
    """FF 68, the length twice, 68, address, function, key, low byte of the sum, 16."""
    assert bytes.fromhex("FF 68 03 03 68 03 01 41 45 16") == codes.press("next", address=3)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=40)), max_size=10), st.integers(1, 30))
def test_frames_are_read_however_they_are_cut(parts, size):
    """What was sent comes back, in order."""
    frames = [Frame(*part) for part in parts]
    stream, reader = b"".join(map(codes.encode, frames)), Reader()

    read = [frame for at in range(0, len(stream), size) for frame in reader.feed(stream[at : at + size])]

    assert frames == read


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(data):
    """A good frame after any noise that is itself no beginning is read."""
    reader = Reader()
    reader.feed(data)

    frames = reader.feed(bytes(300) + codes.press("recall", address=1))

    assert PadKey(key="recall") == codes.key_of(frames[-1])


def test_a_damaged_frame_is_counted_and_passed_over():
    """The good one behind it is read."""
    damaged = bytearray(codes.press("next", address=1))
    damaged[7] ^= 1
    reader = Reader()

    frames = reader.feed(bytes(damaged) + codes.press("pause", address=1))

    assert (["pause"], 1) == ([codes.key_of(frame).key for frame in frames], reader.garbled)


def test_the_display_line_comes_back_from_its_bytes():
    """Left and right are pushed to the edges of sixteen columns."""
    (frame,) = Reader().feed(codes.show(PadText(left="019", right="等 26"), address=3))

    assert PadText(left="019", right="等 26") == codes.text_of(frame)


def test_the_next_key_calls_the_next():
    """顺呼 alone."""
    assert Act(verb="call_next") == keyed(FREE, "next")[1]


def test_digits_choose_a_ticket():
    """选呼: the ticket whose number ends in them; a number nobody has is said so."""
    assert Act(verb="call", number="A020") == keyed(FREE, 0, 2, 0, "next")[1]
    assert Act(verb="call", number="A020") == keyed(FREE, 2, 0, "next")[1]
    assert "没有 77" == keyed(FREE, 7, 7, "next")[1]


def test_two_tickets_with_the_same_digits_are_offered_one_after_the_other():
    """The pad shows the first in line; 顺呼 goes to the next, 确定 takes the one shown."""
    entry, meant = keyed(FREE, 1, 9, "next")

    assert (None, "A019?") == (meant, face(FREE, entry=entry).left)
    assert Act(verb="call", number="A019") == keyed(FREE, 1, 9, "next", "confirm")[1]
    assert Act(verb="call", number="B019") == keyed(FREE, 1, 9, "next", "next", "confirm")[1]


def test_confirm_goes_on_with_the_ticket_at_the_desk():
    """Called: start. In service: finish. Nobody: say so."""
    assert Act(verb="start", ticket="t9") == keyed(CALLED, "confirm")[1]
    assert Act(verb="finish", ticket="t9") == keyed(SERVING, "confirm")[1]
    assert "没有叫号" == keyed(FREE, "confirm")[1]


def test_the_number_codes_stand_for_keys_a_small_pad_has_not():
    """6 过号, 0 挂起, 3 回呼, each before 确定."""
    passed = Desk(state="open", no_show=("t1", "t2"))

    assert Act(verb="no_show", ticket="t9") == keyed(CALLED, 6, "confirm")[1]
    assert Act(verb="hold", ticket="t9") == keyed(SERVING, 0, "confirm")[1]
    assert Act(verb="restore", ticket="t2") == keyed(passed, 3, "confirm")[1]
    assert "无此代码 8" == keyed(CALLED, 8, "confirm")[1]


def test_the_last_act_is_taken_back():
    """A key of its own, or 9 确定."""
    assert Act(verb="undo") == keyed(FREE, "undo")[1] == keyed(FREE, 9, "confirm")[1]


def test_a_machine_shows_what_it_is_told_and_heeds_no_other_address():
    """Two pads on one bus hear everything."""
    changes = []
    pad = Pad(address=3, encoding="gb18030", changed=lambda: changes.append(1))
    pad.power(on=True)
    for address, left in ((3, "019"), (4, "020")):
        pad.feed(codes.show(PadText(left=left, right="等 26"), address=address), reply=lambda _: None)

    assert (PadText(left="019", right="等 26"), [1]) == (pad.text, changes)


def test_transfer_needs_a_window():
    """The digits before 转移 are the window's number."""
    assert Act(verb="transfer", ticket="t9", counter=12) == keyed(SERVING, 1, 2, "transfer")[1]
    assert "先按窗口号" == keyed(SERVING, "transfer")[1]


def test_pause_is_a_switch():
    """Pressed while paused it opens again."""
    assert ["pause", "open"] == [keyed(Desk(state=state), "pause")[1].verb for state in ("open", "paused")]


def test_restoring_takes_back_what_was_held_when_nobody_was_passed():
    """回呼 first means a passed number, then one put aside."""
    assert Act(verb="resume", ticket="t5") == keyed(Desk(state="open", held=("t5",)), "restore")[1]
    assert "没有过号" == keyed(FREE, "restore")[1]


def test_the_display_at_rest():
    """The digits at the desk and how many wait; what is being typed; paused."""
    assert PadText(left="019", right="等 26") == face(SERVING, entry=Entry())
    assert PadText(left="12_", right="等 26") == face(SERVING, entry=Entry(typed="12"))
    assert PadText(left="暂停", right="等 0") == face(Desk(state="paused"), entry=Entry())


def test_every_refusal_has_its_few_characters():
    """An unknown code is said in general words."""
    assert ["有号未办结", "未能办到"] == [refusal("still_serving"), refusal("something_new")]


def test_a_pad_hears_its_press_echoed():
    """The echo is the acknowledgement; a press for another address is neither echoed nor obeyed."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)

    async def story():
        echoes, loop = asyncio.Queue(), asyncio.get_running_loop()
        loop.add_reader(ours, lambda: echoes.put_nowait(os.read(ours, 4096)))
        line = PortLine(os.ttyname(theirs))
        pad = SerialPad("p", line=line, address=3, encoding="gb18030", ack=True)
        await pad.open()
        await line.connected()
        os.write(ours, codes.press("pause", address=4) + codes.press("next", address=3))
        async with asyncio.timeout(5):
            key, echo = await anext(aiter(pad.keys())), await echoes.get()
        await pad.close()
        loop.remove_reader(ours)
        return key, echo

    key, echo = asyncio.run(story())
    os.close(ours)
    os.close(theirs)

    assert (PadKey(key="next"), codes.press("next", address=3)) == (key, echo)
