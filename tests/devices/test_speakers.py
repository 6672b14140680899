"""Loudspeakers: one announcement at a time, none lost, none when it is too late; the card may be pulled at any moment."""

import asyncio
import io
import os
import shutil
import wave
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from devices.dealings.announcing import Announcing
from devices.errors import NotConnected
from devices.hall import HallClient
from devices.ports import Clip
from devices.speakers.alsa import Aplay, CardSpeaker, seconds
from devices.speakers.calls import LATE_S, OVERTAKEN_MOST, Away, Call, Calls, heard, languages
from devices.speakers.sound_card import CardOfMemory
from server.config import DeviceConfig

pytestmark = pytest.mark.anyio

PATIENCE_S = 10.0
NOW = datetime(2026, 11, 23, 2, 26, tzinfo=UTC)


@pytest.fixture
def anyio_backend():
    """The loop of the racks."""
    return "asyncio"


def sound(seconds_, *, rate=8_000):
    """A WAV file that lasts so long."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(bytes(2 * round(seconds_ * rate)))
    return file.getvalue()


def call(seq, *, again=False, behind_s=0.0, number=None, locale="zh-CN"):
    return Call(seq=seq, number=number or f"A{seq:03}", counter=3, locale=locale, again=again, behind_s=behind_s, heard_s=0.0)


def order(calls):
    """The numbers in the order in which they will be said."""
    return [each.number for each in calls.waiting]


# ------------------------------------------------------------------ which is next


def test_calls_are_said_in_their_order():
    """The order of the journal."""
    calls = Calls()
    for seq in (1, 2, 3):
        calls.add(call(seq))

    assert ["A001", "A002", "A003"] == order(calls)


def test_a_recall_goes_behind_first_calls_but_not_for_ever():
    """Whoever was called before waits a little; after three others it is said."""
    calls = Calls()
    calls.add(call(1, again=True))
    calls.add(call(2, again=True))
    for seq in range(3, 3 + OVERTAKEN_MOST):
        calls.add(call(seq))

    assert ["A003", "A004", "A005", "A001", "A002"] == order(calls)
    calls.add(call(9))
    assert ["A003", "A004", "A005", "A001", "A002", "A009"] == order(calls)


def test_an_undone_call_leaves_the_queue():
    """The others stay."""
    calls = Calls()
    for seq in (1, 2, 3):
        calls.add(call(seq))
    calls.drop(2)

    assert ["A001", "A003"] == order(calls)


def test_what_is_too_old_is_passed_over():
    """Sixty seconds, by the hall's time until it was heard and since then by what was away."""
    calls = Calls()
    for each in (call(1), call(2, behind_s=LATE_S - 20), call(3, behind_s=0)):
        calls.add(each)
    chosen, late = calls.take(now_s=30.0)

    assert ("A001", []) == (chosen.number, late)
    chosen, late = calls.take(now_s=30.0)
    assert ("A003", ["A002"]) == (chosen.number, [each.number for each in late])
    assert (None, []) == calls.take(now_s=30.0)


def test_only_what_is_away_makes_a_call_late():
    """Its turn behind others does not; a card that is lost does, until it is back."""
    away = Away()
    behind_others = away.seconds(now_s=500.0)
    away.goes(now_s=500.0)
    away.goes(now_s=520.0)
    lost = away.seconds(now_s=550.0)
    away.stops(now_s=560.0)

    assert (0.0, 50.0, 60.0) == (behind_others, lost, away.seconds(now_s=9_000.0))


def test_how_old_a_call_is_goes_by_the_hall_s_own_time():
    """What happened while the connection was lost is as old as the hall says; what is heard live is new."""
    message = {"kind": "ticket.called", "seq": 5, "at": NOW.isoformat(), "number": "A001", "counter": 3, "locale": "en"}

    assert 40.0 == heard(message, hall_now=NOW + timedelta(seconds=40), now_s=7.0).behind_s
    assert 0.0 == heard(message, hall_now=NOW - timedelta(hours=1), now_s=7.0).behind_s


@pytest.mark.parametrize(
    ("locale", "fixed", "spoken"),
    [
        ("zh-CN", [], ["zh-CN"]),
        ("en", [], ["zh-CN", "en"]),
        ("zh-Hant", [], ["zh-CN"]),
        ("fr", [], ["zh-CN"]),
        ("zh-CN", ["en", "zh-CN"], ["en", "zh-CN"]),
    ],
)
def test_in_which_languages_a_call_is_said(locale, fixed, spoken):
    """The hall's order; without one its own, then the applicant's if that sounds otherwise."""
    assert spoken == languages(call(1, locale=locale), own="zh-CN", order=fixed, offered=["zh-CN", "zh-Hant", "en"])


# ------------------------------------------------------------------ the sound card


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("#!/bin/sh\ncat > $0.heard\n", None),
        (
            "#!/bin/sh\ncat > /dev/null\necho 'aplay: main:831: audio open error: No such device' >&2\nexit 1\n",
            "audio open error",
        ),
        ("#!/bin/sh\nexit 3\n", "ended with 3"),
        (None, "No such file"),
    ],
    ids=["plays", "no card", "dies", "not installed"],
)
async def test_how_a_sound_went_is_the_speaker_s_health(tmp_path, program, said):
    """What the player said is kept word for word."""
    path = tmp_path / "aplay"
    if program:
        path.write_text(program)
        path.chmod(0o755)
    changes = []
    speaker = CardSpeaker("hall", player=Aplay("hw:0", program=str(path)), changed=lambda: changes.append(1))
    await speaker.open()

    assert ("lost" if said else "ok") == speaker.health().condition
    assert (said or "") in (speaker.health().detail or "")
    assert [1] == changes
    if said is None:
        await speaker.play(Clip(wav=sound(0.1)))
        assert sound(0.1) == (tmp_path / "aplay.heard").read_bytes()


async def test_a_sound_that_is_cut_off_leaves_no_process(tmp_path):
    """An undone call is silent at once, and nothing goes on in the background."""
    path, begun = tmp_path / "aplay", tmp_path / "begun"
    path.write_text(f"#!/bin/sh\necho $$ > {begun}.new; mv {begun}.new {begun}\nexec sleep 60\n")
    path.chmod(0o755)
    playing = asyncio.create_task(Aplay("hw:0", program=str(path)).play(Clip(wav=sound(0.1))))
    async with asyncio.timeout(PATIENCE_S):
        while not begun.exists():  # noqa: ASYNC110 (a process tells by a file)
            await asyncio.sleep(0.01)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing

    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


@pytest.mark.skipif(shutil.which("aplay") is None, reason="alsa-utils is not installed")
async def test_aplay_itself_takes_what_it_is_given():
    """ALSA's null card plays a sound; a card that is not there is named."""
    await Aplay("null").play(Clip(wav=sound(0.1)))
    with pytest.raises(NotConnected, match=r"(?i)no such|cannot|open error"):
        await Aplay("hw:77").play(Clip(wav=sound(0.1)))


def test_what_is_no_sound_is_not_played():
    """The player is not even begun."""
    with pytest.raises(NotConnected, match="that is no sound"):
        seconds(b"RIFF....")


async def test_a_card_of_memory_keeps_what_it_played():
    """Number, window, language, how long, and whether it was whole; its picture says so."""
    speaker = CardOfMemory("hall", changed=lambda: None)
    await speaker.play(Clip(wav=sound(0.05), number="A001", counter=3, locale="zh-CN"))
    speaker.press("slow")
    await speaker.play(Clip(wav=sound(0.05), number="A002", counter=4, locale="en"))
    first, second = speaker.card.played

    assert ("A001", 3, "zh-CN", True) == (first.number, first.counter, first.locale, first.whole)
    assert 0.05 <= first.seconds < second.seconds
    assert 0.1 <= second.seconds
    assert first.ended <= second.began
    assert speaker.pictures()[0].png.startswith(b"\x89PNG")
    assert 2 == speaker.pictures()[0].detail["played"]


# ------------------------------------------------------------------ the dealing with the hall


class Room:
    """A loudspeaker in an area, at a hall that answers; what the hall is told of calls goes in by `calls`."""

    def __init__(self, hall, client, *, area="f1"):
        self.hall, self.seq = hall, 100
        self.speaker = CardOfMemory("hall", changed=self._changed)
        self.dealing = Announcing(self.speaker, hall=client, area=area, retry_s=0.05)
        self._news = asyncio.Event()
        self.dealing.hear({"kind": "hello", "journal": "J", "seq": 100, "now": NOW.isoformat()})

    def _changed(self):
        self.dealing.stirred()
        self._news.set()

    def calls(self, number, *, kind="ticket.called", counter=3, areas=("f1",), at=NOW, locale="zh-CN"):
        self.seq += 1
        message = {
            "kind": kind,
            "seq": self.seq,
            "at": at.isoformat(),
            "number": number,
            "counter": counter,
            "areas": list(areas),
        }
        self.dealing.hear({**message, "locale": locale})
        return self.seq

    def said(self):
        """Every piece but the chimes: number, language, whole or not."""
        return [(p.number, p.locale, p.whole) for p in self.speaker.card.played if p.locale]

    async def until(self, happened):
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def room(a_hall, serving):
    """Opens rooms at one hall; the dealing runs until the test is over."""
    hall, running = a_hall(), []
    async with serving(hall) as url, HallClient(url, station="rack") as client:

        def opens(**how):
            one = Room(hall, client, **how)
            running.append(asyncio.create_task(one.dealing.run()))
            return one

        yield opens
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_call_is_chimed_and_said_twice(room):
    """As often as the hall's `announce_times`, in its own language."""
    one = room()
    one.calls("A001")
    await one.until(lambda: len(one.said()) == 2)

    assert [("A001", "", True), ("A001", "zh-CN", True), ("A001", "zh-CN", True)] == [
        (p.number, p.locale, p.whole) for p in one.speaker.card.played
    ]


async def test_one_announcement_at_a_time(room):
    """Three calls within a moment: none begins before the other has ended, in their order, none lost."""
    one = room()
    for number in ("A001", "A002", "A003"):
        one.calls(number)
    await one.until(lambda: len(one.said()) == 6)
    played = list(one.speaker.card.played)

    assert ["A001"] * 3 + ["A002"] * 3 + ["A003"] * 3 == [p.number for p in played]
    assert all(before.ended <= after.began for before, after in pairwise(played))


async def test_both_languages_in_the_hall_s_order(room):
    """English first, if the hall wants it so."""
    one = room()
    one.hall.order = ["en", "zh-CN"]
    one.calls("A001")
    await one.until(lambda: len(one.said()) == 4)

    assert ["en", "zh-CN"] * 2 == [locale for _, locale, _ in one.said()]


async def test_where_nobody_can_say_it_the_chime_sounds(room):
    """204: the call is chimed, and the next goes on."""
    one = room()
    one.hall.mute = {"A001"}
    one.calls("A001")
    one.calls("A002")
    await one.until(lambda: len(one.said()) == 2)

    assert ["A001", "A002"] == [p.number for p in one.speaker.card.played if not p.locale]
    assert {"A002"} == {number for number, _, _ in one.said()}


async def test_another_area_s_calls_stay_there(room):
    """And a call of two areas is said in both."""
    one = room()
    one.calls("B001", areas=["f3"])
    one.calls("A001", areas=["f1", "f3"])
    await one.until(lambda: len(one.said()) == 2)

    assert {"A001"} == {number for number, _, _ in one.said()}


async def test_a_plug_pulled_in_the_middle_loses_nothing(room):
    """Said again from its chime when the card is back; the next waits for its turn."""
    one = room()
    one.hall.lasts_s = 0.5
    one.calls("A001")
    one.calls("A002")
    await one.until(lambda: one.speaker.card.sounding is not None and one.speaker.card.sounding.locale)
    one.hall.lasts_s = 0.02
    one.speaker.press("unplug")
    assert "lost" == one.speaker.health().condition
    one.speaker.press("plug")
    await one.until(lambda: ("A002", "zh-CN", True) in one.said())

    whole = [number for number, _, whole in one.said() if whole]
    assert ["A001", "A001", "A002"] == whole[:3]
    assert "ok" == one.speaker.health().condition


async def test_an_undone_call_is_silent_at_once(room):
    """The one that sounds is cut off, the one that waits is dropped."""
    one = room()
    one.hall.lasts_s = 30.0
    first, second = one.calls("A001"), one.calls("A002")
    one.calls("A003")
    await one.until(lambda: one.speaker.card.sounding is not None and one.speaker.card.sounding.locale)
    one.hall.lasts_s = 0.02
    for seq in (second, first):
        one.dealing.hear({"kind": "ticket.undone", "undid": "ticket.called", "undid_seq": seq, "areas": ["f1"]})
    await one.until(lambda: ("A003", "zh-CN", True) in one.said())

    assert [("A001", "", True), ("A001", "zh-CN", False)] == [
        (p.number, p.locale, p.whole) for p in one.speaker.card.played if p.number != "A003"
    ]


async def test_calls_of_a_server_that_was_away_are_said_unless_too_old(room):
    """After a reconnect the backlog comes: what is older than a minute sends nobody off any more."""
    one = room()
    one.dealing.hear({"kind": "hello", "journal": "J", "seq": 100, "now": (NOW + timedelta(seconds=90)).isoformat()})
    one.calls("A001", at=NOW)
    one.calls("A002", at=NOW + timedelta(seconds=80))
    await one.until(lambda: len(one.said()) == 2)

    assert {"A002"} == {number for number, _, _ in one.said()}


async def test_a_server_that_does_not_answer_is_waited_for(room):
    """The sound of a call that was heard is fetched when it is back."""
    one = room()
    one.hall.drop_next, one.hall.drops = "GET /api/voice", 4
    one.calls("A001")
    await one.until(lambda: len(one.said()) == 2)

    assert 0 == one.hall.drops


async def test_without_an_area_it_is_the_hall_s_first(room):
    """The hall is asked once, before the connection."""
    one = room(area=None)

    assert "board:f1" == await one.dealing.topic()


async def test_a_rack_speaks_what_the_hall_calls(racked):
    """From the socket to the sound card: the devices page sees what was played."""
    async with racked(DeviceConfig(name="loud", station="kiosk-1", kind="speaker/alsa", port="default")) as hall:
        await hall.says("board:f1", kind="ticket.called", number="A007", counter=2, areas=["f1"], locale="zh-CN")
        shown = "PUT /api/stations/kiosk-1/devices/loud/picture"
        await hall.until(lambda: any("A007 → 2  zh-CN" in body["detail"]["text"] for body in hall.told(shown)))

        assert "ok" == hall.told("PUT /api/stations/kiosk-1/devices/loud")[-1]["state"]
