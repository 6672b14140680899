"""The rack: a client of the hall that owns devices, and lets none of them stop the others."""

import asyncio
import base64
import io

from PIL import Image

from server.config import DeviceConfig

PRINTER = DeviceConfig(name="printer-1", station="kiosk-1", kind="printer/escpos", port="/dev/usb/lp0")
SIGN = DeviceConfig(name="sign-3", station="counter-3", kind="sign/onbon-bx", port="/dev/ttyUSB0", counter=3)
KEYPAD = DeviceConfig(name="keypad-3", station="counter-3", kind="keypad/serial", port="/dev/ttyUSB1", counter=3)
PAD = DeviceConfig(name="pad-3", station="counter-3", kind="caller/serial", port="/dev/ttyUSB2", counter=3)
SLIPS = "PUT /api/stations/kiosk-1/slips/s1"


def pictures(hall, device):
    return [body for path, body in hall.heard if path.endswith(f"/devices/{device}/picture")]


def test_a_queued_slip_is_printed_once_and_its_outcome_told(racked, facts):
    """`sending` is said before the first byte, `printed` when the paper is out, and the picture is drawn from the bytes."""

    async def story():
        async with racked(PRINTER) as hall:
            hall.slips = [facts()]
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 1 and len(hall.told(SLIPS)) == 2)
            return hall.told(SLIPS), pictures(hall, "printer-1")[0]

    told, picture = asyncio.run(story())

    assert ["sending", "printed"] == [body["outcome"] for body in told]
    assert ("image/png", "A027") == (picture["type"], picture["label"])
    assert Image.open(io.BytesIO(base64.b64decode(picture["data"]))).width == 576


def test_a_slip_another_rack_has_is_left_alone(racked, facts):
    """`slip_taken` means that not one byte of it goes to our printer."""

    async def story():
        async with racked(PRINTER) as hall:
            hall.slips, hall.taken = [facts(), facts(id="s2", number="A028")], {"s1"}
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 1)
            return pictures(hall, "printer-1")

    assert ["A028"] == [picture["label"] for picture in asyncio.run(story())]


def test_a_stale_slip_is_not_printed_when_the_rack_comes_late(racked, facts):
    """Nobody waits any more for a slip of two minutes ago; the fresh one behind it is printed."""

    async def story():
        async with racked(PRINTER) as hall:
            hall.slips = [facts(queued_at="2026-11-20T00:00:00Z"), facts(id="s2", number="A028")]
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s2", ticket="t2", number="A028")
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 1)
            return pictures(hall, "printer-1"), hall.told(SLIPS)

    drawn, told = asyncio.run(story())

    assert (["A028"], []) == ([picture["label"] for picture in drawn], told)


def test_without_paper_a_slip_is_not_sent_and_printed_after_the_refill(racked, facts):
    """The printer is asked before the first byte; nothing was sent, so it may be sent when there is paper again."""

    async def story():
        async with racked(PRINTER) as hall:
            await hall.says("station:kiosk-1", kind="input", journalled=False, device="printer-1", key="paper-out")
            hall.slips = [facts()]
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: len(hall.told(SLIPS)) == 1)
            await hall.says("station:kiosk-1", kind="input", journalled=False, device="printer-1", key="paper-in")
            await hall.until(lambda: len(hall.told(SLIPS)) == 3)
            return hall.told(SLIPS)

    told = asyncio.run(story())

    assert ["not_sent", "sending", "printed"] == [body["outcome"] for body in told]
    assert told[0]["detail"] == "out of paper"


def test_the_sign_follows_its_counter(racked):
    """Calling, serving, paused and closed, each as the hall says it stands; the picture is decoded from the card's frame."""
    course = {
        "请A019号到3号窗口": ("open", {"number": "A019", "state": "called"}),
        "正在办理 A019": ("open", {"number": "A019", "state": "serving"}),
        "热情为您服务": ("open", None),
        "暂停服务": ("paused", None),
        "本窗口今日不开放": ("closed", None),
    }

    async def story():
        async with racked(SIGN) as hall:
            for text, (state, ticket) in course.items():
                hall.signs[3] = {"state": state, "ticket": ticket, "rating": None}
                await hall.says("counter:3", kind="ticket.called", counter=3, number="A019")
                await hall.until(lambda text=text: any(picture["label"] == text for picture in pictures(hall, "sign-3")))
            return pictures(hall, "sign-3")[-1]

    last = asyncio.run(story())

    assert "本窗口今日不开放" == last["label"]
    assert (144, 16) == Image.open(io.BytesIO(base64.b64decode(last["data"]))).size


def test_a_level_goes_to_the_act_last_asked_about(racked):
    """With nothing asked the key is ignored; after `rating.asked` it is posted with that act."""

    async def story():
        async with racked(KEYPAD) as hall:
            await hall.says("station:counter-3", kind="input", journalled=False, device="keypad-3", key="4")
            await hall.until(lambda: any(picture["detail"]["hex"] for picture in pictures(hall, "keypad-3")))
            await hall.says("counter:3", kind="rating.asked", counter=3, act="act-9", number="A019", service="x", until="…")
            await hall.until(lambda: any(picture["label"] == "请您评价" for picture in pictures(hall, "keypad-3")))
            await hall.says("station:counter-3", kind="input", journalled=False, device="keypad-3", key="5")
            await hall.until(lambda: hall.told("POST /api/counters/3/ratings") != [])
            return hall.told("POST /api/counters/3/ratings")

    assert [{"act": "act-9", "level": 5, "channel": "keypad"}] == asyncio.run(story())


def test_the_pad_calls_starts_and_finishes(racked):
    """顺呼 calls the next; 确定 starts the ticket called, and finishes the one in service."""

    async def story():
        async with racked(PAD) as hall:
            hall.desks[3] = {"state": "open", "ticket": None, "waiting": [{"number": "A019"}], "waiting_count": 26}
            await hall.says("station:counter-3", kind="input", journalled=False, device="pad-3", key="next")
            await hall.until(lambda: hall.told("POST /api/counters/3/calls") != [])
            for state in ("called", "serving"):
                hall.desks[3] = {"state": "open", "ticket": {"id": "t9", "number": "A019", "state": state}, "waiting_count": 26}
                await hall.says("counter:3", kind="desk", journalled=False, counter=3)
                await hall.until(lambda: any(picture["label"] == "019" for picture in pictures(hall, "pad-3")))
                route = "service" if state == "called" else "completion"
                await asyncio.sleep(0.1)  # longer than a key chatters
                await hall.says("station:counter-3", kind="input", journalled=False, device="pad-3", key="confirm")
                await hall.until(lambda route=route: hall.told(f"PUT /api/tickets/t9/{route}") != [])
            return [path for path, _ in hall.heard if path.startswith(("POST", "PUT /api/tickets"))], pictures(hall, "pad-3")[-1]

    acts, look = asyncio.run(story())

    assert ["POST /api/counters/3/calls", "PUT /api/tickets/t9/service", "PUT /api/tickets/t9/completion"] == acts
    assert ("019", "等 26") == (look["detail"]["left"], look["detail"]["right"])
