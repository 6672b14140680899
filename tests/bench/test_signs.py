"""From a clerk's key to the lit sign over the window, through a real server, a real rack and an emulated card; and a bus of sixteen."""

import asyncio
import json
import sys
import time
from datetime import datetime

import pytest
import turns
from programs import HERE, entries

from devices import registry
from devices.clock import utc_now
from devices.emulators.diary import Diary
from devices.emulators.wires import Wires
from devices.port_line import Lines
from devices.ports import SignLine
from devices.shared import Shared

CALLS, SIGNS, SECONDS = 40, 16, 20
PATIENCE_S, LOOK_S = 20, 0.002
PAUSE_S = 0.4  # until the sign says that nobody is called, and the bus is silent: a clerk does not call sooner
BITS_A_BYTE = 10


@pytest.fixture
def beside(monkeypatch):
    """The modules of this folder that programs import, for this process too."""
    monkeypatch.syspath_prepend(str(HERE))
    yield
    for name in ("wire", "sign_list"):
        sys.modules.pop(name, None)


def test_a_call_reaches_its_sign(program, beside, tmp_path, measured, password):
    """One clerk calls; until the sign over that window is lit, beside a request that does nothing."""
    import sign_list
    import wire

    diary = tmp_path / "diary"
    there = entries(tmp_path, *(sign.model_dump(mode="json") for sign in sign_list.signs(3)))
    server = program("served", tmp_path / "hall.sqlite3", 3, "--devices", there)
    program("racked", server.url, there, diary)

    async def lit(number):
        """When a sign said it, by the clock that both processes share."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for line in diary.read_text(encoding="utf-8").splitlines() if diary.exists() else ():
                    if f"请{number}号" in (said := json.loads(line))["shown"]:
                        return datetime.fromisoformat(said["at"])
                await asyncio.sleep(LOOK_S)

    async def one(kiosk, clerk):
        await kiosk.does("POST", "/api/tickets", {"service": "biz-setup"})
        began = utc_now()
        ticket = await clerk.does("POST", "/api/counters/1/calls", {})
        ms = ((await lit(ticket["number"])) - began).total_seconds() * 1000
        await clerk.does("PUT", f"/api/tickets/{ticket['id']}/service")
        await clerk.does("PUT", f"/api/tickets/{ticket['id']}/completion")
        await asyncio.sleep(PAUSE_S)
        return ms

    async def story():
        kiosk, clerk = await wire.http(server.url, station="kiosk-1"), await wire.http(server.url)
        await clerk.signs_in("C1", password)
        await clerk.does("PUT", "/api/counters/1/state", {"state": "open"})
        await one(kiosk, clerk)  # the rack is there
        calls, nothing = [], []
        for _ in range(CALLS):
            calls.append(await one(kiosk, clerk))
            began = time.perf_counter()
            await clerk.does("POST", "/bench/first")
            nothing.append((time.perf_counter() - began) * 1000)
        for client in (kiosk, clerk):
            client.transport.abort()
        return calls, nothing

    calls, nothing = asyncio.run(story())

    ms, tail, floor = turns.at(calls, 0.5), turns.at(calls, 0.95), turns.at(nothing, 0.5)
    against = (
        f"from a call until its sign is lit; p95 {tail:.1f} ms; {ms / floor:.0f} × {floor:.2f} ms a request that does nothing"
    )
    measured("sign.call_to_lit", ms, against, at_most=50, unit=" ms")


class Bus:
    """Sixteen emulated signs on one wire, and how long each line took until it was lit."""

    def __init__(self, configs):
        self._wires, self._stirred, self._lit = Wires(), asyncio.Event(), asyncio.Event()
        shared = Shared(lines=Lines(), wires=self._wires, diary=Diary(None), changed=self._stirred.set)
        self.signs = [registry.make(registry.emulated_twin(config), shared) for config in configs]
        self.waiting, self.took = {}, []

    async def opens(self, *, bytes_per_s):
        for sign in self.signs:
            await sign.open()
            await self.shows(sign, "热情为您服务")
        self._watching = asyncio.create_task(self._watch())
        async with asyncio.timeout(PATIENCE_S):
            while self.waiting:
                self._lit.clear()
                await self._lit.wait()
        self.took.clear()
        self._wires.pty("/dev/ttyUSB0").bytes_per_s = bytes_per_s

    async def closes(self):
        self._watching.cancel()
        for sign in self.signs:
            await sign.close()
        self._wires.close()

    async def shows(self, sign, text):
        await sign.show(SignLine(text=text))
        self.waiting[sign] = (text, time.perf_counter())

    async def _watch(self):
        while True:
            for sign, (text, since) in list(self.waiting.items()):
                if sign.machine.text == text:
                    self.took.append(time.perf_counter() - since)
                    del self.waiting[sign]
                    self._lit.set()
            await self._stirred.wait()
            self._stirred.clear()


@pytest.mark.parametrize("baud", [9600, 57600])
def test_sixteen_signs_on_one_bus_keep_up(beside, measured, baud):
    """A call a second somewhere, each a line for calling, serving and idle; the wire is as slow as it would be."""
    from sign_list import signs

    async def story():
        bus = Bus(signs(SIGNS, baud=baud))
        await bus.opens(bytes_per_s=baud / BITS_A_BYTE)
        for second in range(SECONDS):
            calling, serving, idle = (bus.signs[(second - ago) % SIGNS] for ago in range(3))
            await bus.shows(calling, f"请A{second:03}号到{second % SIGNS + 1}号窗口")
            await bus.shows(serving, f"正在办理 A{second:03}")
            await bus.shows(idle, f"热情为您服务{second}")
            await asyncio.sleep(1)
        health = {sign.health().condition for sign in bus.signs}
        await bus.closes()
        return bus.took, len(bus.waiting), health

    took, late, health = asyncio.run(story())

    p99, p50, worst = (turns.at(took, share) * 1000 for share in (0.99, 0.5, 1.0))
    against = f"p50 {p50:.0f} ms, worst {worst:.0f} ms until a line is lit, {SIGNS} signs at {baud} baud"
    measured(f"sign.bus_{baud}", p99, against, at_most=1000, unit=" ms")
    assert (0, {"ok"}) == (late, health)
