"""From a number taken to paper: a real server, real racks, real cables, and emulated printers that count what came out."""

import asyncio
import contextlib
import re
import uuid
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import uvicorn

from devices import rack
from devices.dealings import printing
from devices.emulators.wires import TcpWire
from devices.printers import job
from devices.printers.machine import Machine
from server.app import create_app
from server.clock import SystemClock
from server.config import DeviceConfig, load_text
from server.database import open_store

ROOT = Path(__file__).parents[2]
PATIENCE_S = 40


class Lobby:
    """A hall with kiosks; printers stand on TCP ports of their own."""

    def __init__(self, folder, **neighbours):
        text = (ROOT / "config.toml").read_text(encoding="utf-8").replace("always_open = false", "always_open = true")
        text = re.sub(r"^session_quota = .*\n", "", text, flags=re.MULTILINE)
        self._config, self._folder, self._neighbours = load_text(text), folder, neighbours
        self.machines, self.wires, self.devices = {}, {}, []
        self._racks, self.port, self._serving = [], 0, None

    async def __aenter__(self):
        for count in (1, 2):
            name = f"printer-{count}"
            self.wires[name], self.machines[name] = TcpWire(), Machine(width_dots=576, encoding="gb18030", changed=lambda: None)
            self.wires[name].attach(self.machines[name])
            await self.wires[name].open()
            self.devices.append(
                DeviceConfig(
                    name=name, station=f"kiosk-{count}", kind="printer/escpos", port=self.wires[name].port, mode="text",
                    neighbour=self._neighbours.get(name.replace("-", "_"), ""),
                )
            )  # fmt: skip
        await self.starts()
        return self

    async def __aexit__(self, *_):
        for stop, running in self._racks:
            stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        await self.stops()
        for wire in self.wires.values():
            wire.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def starts(self):
        """The server, on the database as it was left, at the address it had."""
        store = open_store(self._folder / "hall.sqlite3", setup=self._config.hall, clock=SystemClock())
        trusting = self._config.server.model_copy(update={"trusted_networks": (ip_network("127.0.0.0/8"),)})
        app = create_app(store=store, server_config=trusting, devices=self.devices)
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="critical", timeout_graceful_shutdown=1)
        )
        self._serving = asyncio.create_task(self._server.serve())
        async with asyncio.timeout(PATIENCE_S):
            while not self._server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stops(self):
        """The server is away."""
        self._server.should_exit = True
        await self._serving

    def racks(self, *names):
        """Another rack, with these printers; how it is stopped."""
        stop = asyncio.Event()
        mine = [device for device in self.devices if device.name in names]
        running = asyncio.create_task(rack.run(mine, server_url=self.url, stop=stop))
        self._racks.append((stop, running))
        return stop, running

    async def asks(self, method, path, *, station="kiosk-1", **body):
        headers = {"Station": station, "Idempotency-Key": uuid.uuid4().hex}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False) as client:
            answer = await client.request(method, path, json=body or None)
            return answer.raise_for_status().json()

    async def takes(self, count=1):
        """So many numbers at kiosk-1, each with a slip."""
        return [await self.asks("POST", "/api/tickets", service="consult", slip_at="kiosk-1") for _ in range(count)]

    async def until(self, happened):
        async with asyncio.timeout(PATIENCE_S):
            while not happened():  # noqa: ASYNC110 (machines have no event for each of their movements)
                await asyncio.sleep(0.01)

    async def until_slips(self, tickets, *states):
        """How the slips of these tickets stand, once each is in one of `states`."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                seen = [await self.asks("GET", f"/api/follow/{ticket['follow'].rpartition('/')[2]}") for ticket in tickets]
                if all(one["slip"] in states for one in seen):
                    return seen
                await asyncio.sleep(0.02)

    def out(self, name="printer-1"):
        """The numbers that came out of a printer, in order."""
        return [number for picture in self.machines[name].texts for number in re.findall(r"^[A-Z]\d{3,}$", picture, re.MULTILINE)]


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Pauses as in a hall, only shorter."""
    monkeypatch.setattr(job, "BARRIER_TIMEOUT_S", 1.0)
    monkeypatch.setattr(printing, "RETRY_S", 0.2)


def numbers(tickets):
    return [ticket["number"] for ticket in tickets]


def test_two_racks_of_one_station_print_each_slip_once(tmp_path):
    """Two programs with the same key, a printer each: whoever takes a slip prints it, and nobody takes it away."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            lobby.devices[1] = lobby.devices[1].model_copy(update={"station": "kiosk-1"})
            lobby.racks("printer-1")
            lobby.racks("printer-2")
            tickets = await lobby.takes(20)
            await lobby.until_slips(tickets, "printed")
            return numbers(tickets), lobby.out("printer-1") + lobby.out("printer-2")

    taken, out = asyncio.run(story())

    assert taken == sorted(out)


def test_a_rack_without_paper_does_not_free_what_another_is_printing(tmp_path):
    """Both ask, one is out of paper: its `not_sent` says nothing of a slip the other has begun."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            lobby.devices[1] = lobby.devices[1].model_copy(update={"station": "kiosk-1"})
            lobby.machines["printer-2"].press("paper-out")
            lobby.wires["printer-1"].bytes_per_s = 6_000.0  # it takes its time, so that the other has its say meanwhile
            lobby.racks("printer-2")
            lobby.racks("printer-1")
            tickets = await lobby.takes(3)
            await lobby.until_slips(tickets, "printed")
            return numbers(tickets), lobby.out("printer-1"), lobby.out("printer-2")

    taken, out, other = asyncio.run(story())

    assert (taken, []) == (out, other)


def test_a_server_that_is_restarted_finds_every_slip_printed_once(tmp_path):
    """It goes away while slips are printed and wait; the rack goes on where it was."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            lobby.wires["printer-1"].bytes_per_s = 4_000.0
            lobby.racks("printer-1")
            tickets = await lobby.takes(6)
            await lobby.until(lambda: len(lobby.out()) >= 2)
            await lobby.stops()
            await lobby.starts()
            await lobby.until_slips(tickets, "printed")
            return numbers(tickets), lobby.out()

    taken, out = asyncio.run(story())

    assert taken == out


def test_a_rack_that_is_restarted_prints_what_waits(tmp_path):
    """Slips ordered while no rack runs are printed when one does; nothing of before comes out again."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            stop, running = lobby.racks("printer-1")
            first = await lobby.takes(2)
            await lobby.until_slips(first, "printed")
            stop.set()
            await running
            second = await lobby.takes(3)
            lobby.racks("printer-1")
            await lobby.until_slips(second, "printed")
            return numbers(first + second), lobby.out()

    taken, out = asyncio.run(story())

    assert taken == out


def test_a_printer_pulled_and_put_back_loses_nothing_that_was_not_begun(tmp_path):
    """The slip under way is unknown or printed, and never comes out twice; the others follow."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            wire = lobby.wires["printer-1"]
            wire.bytes_per_s = 4_000.0
            lobby.racks("printer-1")
            tickets = await lobby.takes(6)
            await lobby.until(lambda: len(lobby.out()) >= 2)
            wire.unplug()
            await lobby.until(lambda: not lobby.machines["printer-1"].on)
            wire.plug()
            seen = await lobby.until_slips(tickets, "printed", "unknown")
            return {ticket["number"]: one["slip"] for ticket, one in zip(tickets, seen, strict=True)}, lobby.out()

    states, out = asyncio.run(story())

    assert len(out) == len(set(out))
    assert [number for number, state in states.items() if state == "printed"] == [n for n in out if states[n] == "printed"]
    assert 1 >= list(states.values()).count("unknown")


def test_paper_that_ends_and_comes_back_doubles_nothing(tmp_path):
    """What the printer held comes out by itself; its outcome stays unknown, and the slips behind it follow."""

    async def story():
        async with Lobby(tmp_path) as lobby:
            machine = lobby.machines["printer-1"]
            lobby.wires["printer-1"].bytes_per_s = 4_000.0
            lobby.racks("printer-1")
            tickets = await lobby.takes(4)
            await lobby.until(lambda: len(lobby.out()) == 1)
            machine.press("paper-out")
            await lobby.until_slips(tickets[2:], "not_sent")
            machine.press("paper-in")
            seen = await lobby.until_slips(tickets, "printed", "unknown")
            await lobby.until(lambda: len(lobby.out()) == len(tickets))
            return numbers(tickets), [one["slip"] for one in seen], lobby.out()

    taken, states, out = asyncio.run(story())

    assert taken == out
    assert states[2:] == ["printed", "printed"]


def test_the_neighbour_takes_over_and_the_holder_is_told_where(tmp_path):
    """Out of paper at kiosk 1: the slip comes out at kiosk 2, whose rack is another program; after the refill nothing comes twice."""

    async def story():
        async with Lobby(tmp_path, printer_1="printer-2", printer_2="printer-1") as lobby:
            lobby.machines["printer-1"].press("paper-out")
            lobby.racks("printer-1")
            lobby.racks("printer-2")
            tickets = await lobby.takes(2)
            seen = await lobby.until_slips(tickets, "printed")
            lobby.machines["printer-1"].press("paper-in")
            after = await lobby.takes(1)
            back = await lobby.until_slips(after, "printed")
            places = [one["slip_at"] for one in seen + back]
            return numbers(tickets), numbers(after), places, lobby.out("printer-1"), lobby.out("printer-2")

    moved, after, places, one, two = asyncio.run(story())

    assert (["kiosk-2", "kiosk-2", "kiosk-1"], after, moved) == (places, one, two)


def test_with_both_printers_out_a_slip_waits_at_one_of_them(tmp_path):
    """It is handed on once at most, and printed once where it is as soon as there is paper."""

    async def story():
        async with Lobby(tmp_path, printer_1="printer-2", printer_2="printer-1") as lobby:
            for machine in lobby.machines.values():
                machine.press("paper-out")
            lobby.racks("printer-1")
            lobby.racks("printer-2")
            tickets = await lobby.takes(1)
            await lobby.until_slips(tickets, "not_sent")
            for machine in lobby.machines.values():
                machine.press("paper-in")
            await lobby.until_slips(tickets, "printed")
            return numbers(tickets), lobby.out("printer-1") + lobby.out("printer-2")

    taken, out = asyncio.run(story())

    assert taken == out
