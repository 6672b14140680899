"""A demo hall that runs in this process: server and rack in threads of their own, on a database and a clock of its own."""

import asyncio
import shutil
import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from ipaddress import ip_network

import httpx
import uvicorn

from devices import rack
from server.app import create_app
from server.clock import US, PacedClock, to_us
from server.database import open_store
from server.web.live import LiveProtocol

# A machine with voices for Chinese and English, which notes what it says; a headless browser has none.
VOICED = """
window.said = []
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } }
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "zh-CN", localService: true }, { lang: "en-US", localService: true }],
  speak(saying) { window.said.push([saying.lang, saying.text]); queueMicrotask(() => saying.onend?.()) },
  cancel() {},
} })
"""
MORNING = datetime(2026, 11, 23, 10, 26, tzinfo=timezone(timedelta(hours=8)))  # a Monday
LOOPBACK = (ip_network("127.0.0.0/8"),)
PASSWORD = "jiaohao-demo"
PATIENCE_S = 15.0
GRACE_S = 5
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without the world's certificates: reading them takes longer than the test


class Hall:
    """The sample hall at work. It can be stopped and started again on the same address, as after a power cut."""

    def __init__(self, path, config, *, demo=True, at=MORNING):
        self.path, self.config, self.demo = path, config, demo
        self.clock = PacedClock(at_us=to_us(at))
        self.port = 0
        self._server = self._thread = self._rack = None
        self._clients = {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # -------------------------------------------------------------- coming and going

    def starts(self):
        """Serve, the first time on any free port, later on the same."""
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        server = self.config.server.model_copy(update={"trusted_networks": LOOPBACK, "public_url": "http://192.168.10.20:8000"})
        store = open_store(self.path, setup=self.config.hall, clock=self.clock, demo=self.demo)
        app = create_app(store=store, server_config=server, devices=self.config.device, demo=self.demo)
        settings = uvicorn.Config(
            app,
            ws=LiveProtocol,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_S,
            access_log=False,
            log_level="warning",
            proxy_headers=False,
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="hall", daemon=True)
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive(), "the hall does not start")
        assert self._server.started
        return self

    def stops(self):
        """Switch the server off; the database stays."""
        if self._server is None:
            return
        self._server.should_exit = True
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._server = None

    def racks(self, *names):
        """Mount the virtual twins of the devices called `names`, in a thread of their own as the demo does."""
        chosen = [device for device in self.config.device if device.name in names]
        runner, stop = asyncio.Runner(), asyncio.Event()

        def run():
            with runner:  # what is still under way at the end is cancelled, and its sockets are closed
                runner.run(rack.run(chosen, server_url=self.url, virtual=True, stop=stop))

        self._rack = (runner.get_loop(), stop, threading.Thread(target=run, name="rack", daemon=True))
        self._rack[-1].start()
        until(lambda: all(self.standing(name) == "ok" for name in names), f"{names} do not come up")

    def closes(self):
        """Everything ends, the rack first."""
        if self._rack:
            loop, stop, thread = self._rack
            loop.call_soon_threadsafe(stop.set)
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        for client in self._clients.values():
            client.close()
        self.stops()

    def later(self, **delta):
        """Hall time jumps ahead, for example by `minutes=5`."""
        self.clock.move_to(self.clock.now_us() + round(timedelta(**delta).total_seconds() * US))

    # -------------------------------------------------------------- those who are in it

    def asks(self, path):
        """What the hall says to a machine of its own: the body of GET `path`."""
        return self._as_station("screen-1").get(path).raise_for_status().json()

    def standing(self, device):
        """How a device is, in one word."""
        return next(one["state"] for one in self.asks("/api/devices")["devices"] if one["name"] == device)

    def came_out(self, printer):
        """The slips that came out of a printer, the newest first."""
        device = next(one for one in self.asks("/api/devices")["devices"] if one["name"] == printer)
        return [picture["label"] for picture in device["pictures"]]

    def takes(self, service="consult", *, station="kiosk-1", **more):
        """Somebody takes a number at a kiosk; the ticket."""
        body = {"service": service, "channel": "kiosk", **more}
        return self._as_station(station).post("/api/tickets", json=body).raise_for_status().json()

    def now(self, ticket):
        """The ticket as it is now, to its holder."""
        return self.asks(f"/api/follow/{ticket['follow'].rsplit('/', 1)[1]}")

    def desk(self, counter=3, *, job_no=None, opens=True):
        """The desk of a counter, with its usual clerk signed in."""
        job_no = job_no or f"CH{counter + 2:03}"
        client = self._client(f"{job_no} at {counter}")
        client.post("/api/session", json={"job_no": job_no, "password": PASSWORD}).raise_for_status()
        desk = Desk(client, counter)
        if opens:
            desk.state("open")
        return desk

    def _as_station(self, name):
        return self._client(name, headers={"Station": name})

    def _client(self, name, **options):
        if name not in self._clients:
            self._clients[name] = httpx.Client(base_url=self.url, timeout=PATIENCE_S, trust_env=False, verify=NO_TLS, **options)
        return self._clients[name]


class Desk:
    """A clerk who acts over HTTP, as another machine would."""

    def __init__(self, client, counter):
        self.client, self.at = client, f"/api/counters/{counter}"
        self.ticket = None  # the one at the counter

    def state(self, state, reason=None):
        """Open, pause or close the counter."""
        return self._do("PUT", f"{self.at}/state", {"state": state, **({"reason": reason} if reason else {})})

    def calls(self, number=None):
        """Call the next, or the one with `number`."""
        self.ticket = self._do("POST", f"{self.at}/calls", {"number": number} if number else {})
        return self.ticket

    def recalls(self):
        """Call again."""
        return self._do("POST", f"{self.at}/recalls", {})

    def starts(self):
        """The applicant has come."""
        return self._do("PUT", f"/api/tickets/{self.ticket['id']}/service", {})

    def finishes(self):
        """Done."""
        return self._do("PUT", f"/api/tickets/{self.ticket['id']}/completion", {})

    def serves(self):
        """Call the next, start and finish."""
        self.calls()
        self.starts()
        return self.finishes()

    def holds(self, reason, note=None):
        """Put aside."""
        return self._do("PUT", f"/api/tickets/{self.ticket['id']}/hold", {"reason": reason, "note": note})

    def passes(self):
        """Nobody came."""
        return self._do("PUT", f"/api/tickets/{self.ticket['id']}/no-show", {})

    def asks_help(self):
        """Ask the duty leader to come."""
        return self._do("POST", f"{self.at}/help", {})

    def undoes(self):
        """Take the last act back."""
        return self._do("POST", f"{self.at}/undo", {})

    def _do(self, method, path, body):
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def copied(template, path):
    """A database of its own, from one that has been set up."""
    for suffix in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{template}{suffix}", f"{path}{suffix}")
    return path


def until(happened, otherwise):
    """Wait for another thread."""
    ends = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.01)
