"""The rack: a client of the hall that owns devices, and lets none of them stop the others."""

import asyncio
import base64
import io

import pytest
from PIL import Image

from devices import rack, registry
from devices.dealings.calling import DEAF_S
from devices.dealings.showing import Showing
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.hall import HallClient
from devices.port_line import Lines
from devices.shared import Shared
from server.config import DeviceConfig

PRINTER = DeviceConfig(name="printer-1", station="kiosk-1", kind="printer/escpos", port="/dev/usb/lp0")
SIGN = DeviceConfig(name="sign-3", station="counter-3", kind="sign/onbon-bx", port="/dev/ttyUSB0", counter=3)
KEYPAD = DeviceConfig(name="keypad-3", station="counter-3", kind="keypad/serial", port="/dev/ttyUSB1", counter=3)
PAD = DeviceConfig(name="pad-3", station="counter-3", kind="caller/serial", port="/dev/ttyUSB2", counter=3)
SLIPS = "PUT /api/stations/kiosk-1/slips/s1"


def pictures(hall, device):
    """Every look of a device that the hall was shown, in order."""
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


def test_a_slip_that_waited_too_long_for_paper_is_not_printed(racked, facts):
    """Nobody waits any more for a slip of two minutes ago; the one that comes after the refill is printed."""

    async def story():
        async with racked(PRINTER) as hall:
            await hall.says("station:kiosk-1", kind="input", journalled=False, device="printer-1", key="paper-out")
            hall.slips, hall.stale_after_s = [facts()], 0
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: len(hall.told(SLIPS)) == 1)
            hall.slips.append(facts(id="s2", number="A028"))
            await hall.says("station:kiosk-1", kind="input", journalled=False, device="printer-1", key="paper-in")
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 1)
            return pictures(hall, "printer-1"), hall.told(SLIPS)

    drawn, told = asyncio.run(story())

    assert (["A028"], ["not_sent"]) == ([picture["label"] for picture in drawn], [body["outcome"] for body in told])


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


def test_a_slip_whose_taking_was_not_answered_is_given_back(racked, facts):
    """Whether the hall heard `sending` is not known, but nothing was sent: it says so, and prints when it is answered."""

    async def story():
        async with racked(PRINTER) as hall:
            hall.slips, hall.drop_next = [facts()], SLIPS
            hall.drops = 3
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: "printed" in [body["outcome"] for body in hall.told(SLIPS)])
            return [body["outcome"] for body in hall.told(SLIPS)], pictures(hall, "printer-1")

    told, drawn = asyncio.run(story())

    assert ["sending", "sending", "sending", "not_sent", "sending", "printed"] == told
    assert 1 >= len(drawn)


def test_each_station_has_its_own_key(a_hall, serving):
    """One rack holds the cables of many stations; each speaks with its own key."""

    async def story():
        hall, stop = a_hall(), asyncio.Event()
        async with serving(hall) as url:
            keys = {"kiosk-1": "k1", "counter-3": "k3"}
            running = asyncio.create_task(rack.run([PRINTER, SIGN], server_url=url, key=keys, virtual=True, stop=stop))
            await hall.until(lambda: len(hall.sockets) == 2)
            stop.set()
            await running
        return {socket.headers["station"]: socket.headers["authorization"] for socket in hall.visitors}

    assert {"kiosk-1": "Bearer k1", "counter-3": "Bearer k3"} == asyncio.run(story())


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
                await hall.until(lambda text=text: any(picture["detail"]["text"] == text for picture in pictures(hall, "sign-3")))
            return pictures(hall, "sign-3")[-1]

    last = asyncio.run(story())

    assert "本窗口今日不开放" == last["detail"]["text"]
    assert (144, 16) == Image.open(io.BytesIO(base64.b64decode(last["data"]))).size


def test_a_level_goes_to_the_act_last_asked_about(racked):
    """With nothing asked the key is ignored; after `rating.asked` it is posted with that act."""

    async def story():
        async with racked(KEYPAD) as hall:
            await hall.says("station:counter-3", kind="input", journalled=False, device="keypad-3", key="4")
            await hall.until(lambda: any(picture["detail"]["hex"] for picture in pictures(hall, "keypad-3")))
            await hall.says("counter:3", kind="rating.asked", counter=3, act="act-9", number="A019", service="x", until="…")
            await hall.until(lambda: any(picture["detail"]["left"] == "请您评价" for picture in pictures(hall, "keypad-3")))
            await hall.says("station:counter-3", kind="input", journalled=False, device="keypad-3", key="5")
            await hall.until(lambda: hall.told("POST /api/counters/3/ratings") != [])
            return hall.told("POST /api/counters/3/ratings")

    assert [{"act": "act-9", "level": 5}] == asyncio.run(story())


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
                await hall.until(lambda: any(picture["detail"]["left"] == "019" for picture in pictures(hall, "pad-3")))
                route = "service" if state == "called" else "completion"
                await asyncio.sleep(DEAF_S + 0.2)  # a hand that presses again has seen what it did
                await hall.says("station:counter-3", kind="input", journalled=False, device="pad-3", key="confirm")
                await hall.until(lambda route=route: hall.told(f"PUT /api/tickets/t9/{route}") != [])
            return [path for path, _ in hall.heard if path.startswith(("POST", "PUT /api/tickets"))], pictures(hall, "pad-3")[-1]

    acts, look = asyncio.run(story())

    assert ["POST /api/counters/3/calls", "PUT /api/tickets/t9/service", "PUT /api/tickets/t9/completion"] == acts
    assert ("019", "等 26") == (look["detail"]["left"], look["detail"]["right"])


def health(hall, device):
    """Every state of a device that the hall was told, in order."""
    return [body["state"] for path, body in hall.heard if path.endswith(f"/devices/{device}") and path.startswith("PUT")]


def test_a_device_whose_code_fails_says_so_and_the_others_go_on(racked, facts):
    """A slip without a number is a mistake of the server's; the printer's health tells of it, and it prints the next one."""

    async def story():
        async with racked(PRINTER, PRINTER.model_copy(update={"name": "printer-2", "station": "kiosk-2"})) as hall:
            hall.slips = [{"id": "s0"}]
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s0", ticket="t0", number="")
            await hall.until(lambda: "degraded" in health(hall, "printer-1"))
            hall.slips = [facts()]
            await hall.until(lambda: "printed" in [body["outcome"] for body in hall.told(SLIPS)])
            return health(hall, "printer-1")[-1], "degraded" in health(hall, "printer-2")

    assert ("ok", False) == asyncio.run(story())


def test_a_cable_that_is_not_there_stops_nobody_else(racked, tmp_path):
    """A sign on a missing port is away; the virtual one beside it shows."""
    missing = SIGN.model_copy(update={"port": str(tmp_path / "ttyUSB7")})
    twin = SIGN.model_copy(update={"name": "sign-4", "kind": "sign/virtual", "counter": 4})

    async def story():
        async with racked(missing, twin, virtual=False) as hall:
            hall.signs[4] = {"state": "paused", "ticket": None, "rating": None}
            await hall.says("counter:4", kind="counter.paused", counter=4, reason="x")
            await hall.until(lambda: any(picture["detail"]["text"] == "暂停服务" for picture in pictures(hall, "sign-4")))
            return health(hall, "sign-3")[-1]

    assert "lost" == asyncio.run(story())


def test_an_unplugged_device_shows_in_health_at_once(racked):
    """The devices page need not wait for the next report."""

    async def story():
        async with racked(SIGN) as hall:
            for key, condition in (("unplug", "lost"), ("plug", "ok")):
                await hall.says("station:counter-3", kind="input", journalled=False, device="sign-3", key=key)
                await hall.until(lambda condition=condition: health(hall, "sign-3")[-1:] == [condition])
            return health(hall, "sign-3")[-2:]

    assert ["lost", "ok"] == asyncio.run(story())


def test_after_each_connection_the_hall_is_shown_everything_again(racked, facts):
    """A server that was started anew has seen no picture and knows of no slip."""

    async def story():
        async with racked(PRINTER) as hall:
            hall.slips = [facts()]
            await hall.says("station:kiosk-1", kind="slip.queued", slip="s1", ticket="t1", number="A027")
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 1)
            hall.slips = [facts(id="s2", number="A028")]
            await hall.sockets[0][0].close()
            await hall.until(lambda: len(pictures(hall, "printer-1")) == 3)
            return [picture["label"] for picture in pictures(hall, "printer-1")]

    assert ["A027", "A027", "A028"] == sorted(asyncio.run(story()))


def test_an_emulated_sign_shows_loses_its_power_and_comes_back(racked):
    """Over its wire; its keys are pressed from a page, its health and look are told like any other's."""
    health = "PUT /api/stations/counter-3/devices/sign-3"
    sign = SIGN.model_copy(update={"resend_s": 1})

    def told(hall):
        return [(body["state"], body["detail"]) for body in hall.told(health)]

    async def story():
        async with racked(sign, emulated=True) as hall:
            hall.signs[3] = {"state": "open", "ticket": {"number": "A019", "state": "called"}, "rating": None}
            await hall.says("counter:3", kind="ticket.called", counter=3, number="A019")
            await hall.until(lambda: any(p["detail"]["text"] == "请A019号到3号窗口" for p in pictures(hall, "sign-3")))
            await hall.says("station:counter-3", kind="input", journalled=False, device="sign-3", key="power-off")
            await hall.until(lambda: ("lost", "no answer") in told(hall))
            dark = pictures(hall, "sign-3")[-1]["detail"]["text"]
            await hall.says("station:counter-3", kind="input", journalled=False, device="sign-3", key="power-on")
            await hall.until(lambda: pictures(hall, "sign-3")[-1]["detail"]["text"] == "请A019号到3号窗口")
            await hall.until(lambda: told(hall)[-1] == ("ok", None))
            return dark

    assert "" == asyncio.run(story())


def test_a_bar_without_chinese_says_it_in_its_own_words(racked):
    """A call, nobody called, and the words the entry has for closed."""
    bar = SIGN.model_copy(update={"kind": "sign/alpha", "texts": {"closed": "BACK AT 13:30"}})
    course = {
        "A019 -> 3": ("open", {"number": "A019", "state": "called"}),
        "PAUSED": ("paused", None),
        "BACK AT 13:30": ("closed", None),
        "": ("open", None),
    }

    async def story():
        async with racked(bar, emulated=True) as hall:
            for text, (state, ticket) in course.items():
                hall.signs[3] = {"state": state, "ticket": ticket, "rating": None}
                await hall.says("counter:3", kind="ticket.called", counter=3, number="A019")
                await hall.until(
                    lambda text=text: bool(all_of := pictures(hall, "sign-3")) and all_of[-1]["detail"]["text"] == text
                )
            return pictures(hall, "sign-3")[-1]["detail"]["history"]

    assert list(course) == asyncio.run(story())[-4:]


def test_a_sign_without_its_server_goes_idle_after_a_while(a_hall, serving):
    """The last state stays for a while; then it would be a lie."""

    async def story():
        hall, changed = a_hall(), asyncio.Event()
        hall.signs[3] = {"state": "open", "ticket": {"number": "A019", "state": "called"}, "rating": None}
        twin = SIGN.model_copy(update={"kind": "sign/virtual"})
        sign = registry.make(twin, Shared(lines=Lines(), wires=Wires(), diary=Diary(None), changed=changed.set))
        shown = []
        async with serving(hall) as url, HallClient(url, station="counter-3") as client:
            showing = Showing(sign, hall=client, counter=3, columns=18, lost_s=0.05)
            running = asyncio.create_task(showing.run())
            for kind in ("hello", "lost"):
                showing.hear({"kind": kind})
                async with asyncio.timeout(5):
                    await changed.wait()
                changed.clear()
                shown.append(sign.pictures()[0].detail["text"])
            running.cancel()
        return shown

    assert ["请A019号到3号窗口", "热情为您服务"] == asyncio.run(story())


def test_an_entry_that_cannot_be_is_refused_before_anything_is_opened():
    """`jiaohao up` ends with one clear sentence."""

    async def story(device):
        await rack.run([PRINTER, device], server_url="http://127.0.0.1:1", stop=asyncio.Event())

    with pytest.raises(ValueError, match="unknown device kind 'sign/neon'"):
        asyncio.run(story(SIGN.model_copy(update={"kind": "sign/neon"})))
    with pytest.raises(ValueError, match="device sign-3: sign/onbon-bx needs counter"):
        asyncio.run(story(SIGN.model_copy(update={"counter": None})))
