"""The application in this process, or behind a real socket; who asks it; and what stands in its journal."""

import asyncio
import contextlib
import json
import re
import secrets
import socket
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_network
from pathlib import Path

import clusters
import httpx
import pytest
import uvicorn
from storyteller import by_hand
from websockets.sync.client import connect

from server.app import create_app
from server.cli import main
from server.cli.running import settings
from server.clock import SteppedClock, SystemClock, real_us
from server.config import load_text
from server.database import open_store
from server.rules.people import By
from server.verbs import calling, counters, issuing, people, serving
from server.verbs.setup import found
from server.web.deps import STAFF_COOKIE, cookie_of

ROOT = Path(__file__).parents[2]
MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in the hall
FAR = "10.9.9.9"  # an address in no trusted network
NO_CLOCK = SteppedClock(MONDAY_TEN)  # of a hall in which nothing has happened yet
PATIENCE_S = 10.0
TRUSTING = {"trusted_networks": (ip_network("10.1.0.0/16"),), "trusted_proxies": (ip_network("10.2.0.1/32"),)}

MORE_STAFF = """
[[staff]]
id = "s90"
job_no = "CH090"
role = "admin"
name = { zh-CN = "管理员" }
[[staff]]
id = "s91"
job_no = "CH091"
role = "supervisor"
name = { zh-CN = "监察" }
"""


def until(happened, *, within_s=PATIENCE_S):
    """What `happened()` answers once that is something; fails when it never is."""
    deadline = time.monotonic() + within_s
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)  # between two looks, not instead of one
    return found


@cache
def config_text(*, quotas=False):
    """config.toml as shipped, open at any hour, without quotas, and with an admin and a supervisor."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8").replace("always_open = false", "always_open = true")
    if not quotas:
        text = re.sub(r"^session_quota = .*\n", "", text, flags=re.MULTILINE)
    return text + MORE_STAFF


configured = cache(load_text)


@cache
def founded(text, clock, *, demo):
    """The bytes of a database just set up: migrating one takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        open_store(Path(folder) / "new", setup=configured(text).hall, clock=clock, demo=demo)
        return (Path(folder) / "new").read_bytes()


@cache
def founded_there(text, clock, *, demo):
    """The same, of PostgreSQL."""
    new = clusters.shared().new()
    open_store(new, setup=configured(text).hall, clock=clock, demo=demo)
    return new.database


@cache
def there(folder, text, *, demo):
    """The PostgreSQL database in the place of a folder."""
    return clusters.shared().new(founded_there(text, NO_CLOCK, demo=demo))


def place(folder, text, *, demo):
    """Where the hall of a folder is kept; set up on the first call."""
    if clusters.ON_POSTGRESQL:
        return there(folder, text, demo=demo)
    file = folder / "hall.sqlite3"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        file.write_bytes(founded(text, NO_CLOCK, demo=demo))
    return file


@dataclass
class Person:
    """Someone who asks over HTTP, by cookie, key or address."""

    hall: "Hall"
    headers: dict = field(default_factory=dict)
    address: str = FAR

    def __call__(self, what, body=None, **more):
        """Ask "METHOD /path"; `body` is sent as JSON."""
        method, path = what.split(" ", 1)
        sent = {} if body is None else {"json": body}
        return self.hall.run(self.ask(method, path, {**self.headers, **more.pop("headers", {})}, {**sent, **more}))

    async def ask(self, method, path, headers, more):
        """As calling it, within the loop: for requests that are under way together."""
        transport = httpx.ASGITransport(app=self.hall.app, client=(self.address, 50_000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, path, headers=headers, **more)


class Hall:
    """A hall of its own in a temporary folder, open at any hour; what a test sets up it does by verbs."""

    def __init__(self, folder, *, clock=None, demo=False, run=None, text=None, **server):
        self.folder = folder
        self.clock = clock or SteppedClock(MONDAY_TEN)
        self.config = configured(text or config_text())
        self.place = place(folder, text or config_text(), demo=demo)
        self.store = open_store(self.place, setup=self.config.hall, clock=self.clock, demo=demo)
        self.server_config = self.config.server.model_copy(update=server)
        self.app = create_app(store=self.store, server_config=self.server_config, devices=self.config.device, demo=demo)
        self.run = run

    # -------------------------------------------------------------- who asks

    def staff(self, staff, *, began_at=None, seen_at=None):
        """A signed-in member of staff."""
        secret = self.write(
            people.sign_in, staff=staff, job_no=self.store.hall.staff[staff].job_no, real_now=began_at or real_us()
        )
        if seen_at is not None:
            self.write(people.note_seen, secret=secret, real_now=seen_at)
        cookie = cookie_of(self.app.state.halls.find(self.store.hall.id), STAFF_COOKIE)
        return Person(self, {"Cookie": f"{cookie}={secret}"})

    def station(self, name):
        """A station with its key."""
        return Person(self, {"Authorization": f"Bearer {self.key(name)}"})

    def key(self, name):
        """A key of a station."""
        code = self.write(people.enrol, station=name, real_now=real_us())
        return self.write(people.trade_code, code=code, real_now=real_us())[1]

    def at(self, address, **headers):
        """Whoever asks from an address."""
        return Person(self, headers, address)

    # -------------------------------------------------------------- what a test sets up

    def write(self, verb, *args, **kwargs):
        return self.run(self.store.write(verb, *args, **kwargs))

    def read(self, query, *args, **kwargs):
        return self.run(self.store.read(query, *args, **kwargs))

    def issue(self, service="biz-setup", *, follow=None):
        """A waiting ticket."""
        kiosk = By(kind="station", id="kiosk-1")
        return self.write(issuing.issue, service=service, by=kiosk, follow=follow or secrets.token_urlsafe(12), area="f1")

    def open(self, counter, *, clerk):
        """A counter with its clerk."""
        self.write(counters.set_state, counter=counter, state="open", by=By(kind="staff", id=clerk, role="clerk"))

    def call(self, counter, *, clerk):
        """The next ticket, called to the counter."""
        return self.write(calling.call, counter=counter, by=By(kind="staff", id=clerk, role="clerk"))

    def start(self, ticket, *, clerk):
        """The ticket in service."""
        return self.write(serving.start, ticket_id=ticket.id, by=By(kind="staff", id=clerk, role="clerk"))

    # -------------------------------------------------------------- what came of it

    @property
    def seq(self):
        return self.read(lambda rx: rx.head.seq)

    @property
    def journal(self):
        return self.read(lambda rx: rx.head.journal)

    def rows(self, statement):
        """What stands in the database, behind the hall's back."""
        with by_hand(self.place) as database:
            return database.exec_driver_sql(statement).all()

    def described(self, hall, **about):
        """The same hall under another key."""
        setup = self.config.hall
        return setup.model_copy(update={"hall": setup.hall.model_copy(update={"id": hall, **about})})

    def adds(self, hall, **about):
        """Another hall in the same database, open here: everything in it goes by the same keys."""
        with by_hand(self.place) as database:
            found(database, setup=self.described(hall, **about), journal_id=uuid.uuid4().hex, demo=False)
        self.run(self.app.state.halls.look())
        return Elsewhere(self, hall)


class Elsewhere(Hall):
    """A hall of the same server that is not at the root."""

    def __init__(self, root, hall):
        self.place, self.config, self.app, self.clock, self.run = root.place, root.config, root.app, root.clock, root.run
        self.id = hall
        self.store = root.app.state.halls.find(hall).store


class Near(Hall):
    """The application in this process: the lifespan is run by hand, requests go straight in."""

    def __init__(self, folder, **more):
        self._runner = asyncio.Runner()
        super().__init__(folder, run=self._runner.run, **more)
        self._life = self.app.router.lifespan_context(self.app)
        self.run(self._enter())

    async def _enter(self):
        await self._life.__aenter__()

    async def _leave(self):
        await self._life.__aexit__(None, None, None)

    def close(self):
        self.run(self._leave())
        left = asyncio.all_tasks(self._runner.get_loop())
        self._runner.close()
        assert not left, f"tasks outlive the application: {left}"


class Far(Hall):
    """The application behind a real socket, in a thread and an event loop of its own, as the command line runs it."""

    def __init__(self, folder, **more):
        super().__init__(folder, run=self._wait_for, clock=more.pop("clock", None) or SystemClock(), **more)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening_at = self.listening.getsockname()
        self.address = f"127.0.0.1:{self.listening_at[1]}"
        self.url = f"http://{self.address}"
        self.uvicorn = uvicorn.Server(settings(self.app))
        self.loop = None
        self._thread = threading.Thread(target=self._serve, name="server")
        self._thread.start()
        until(lambda: self.uvicorn.started)
        self.http = httpx.Client(base_url=self.url)

    def _serve(self):
        with asyncio.Runner(loop_factory=self.uvicorn.config.get_loop_factory()) as runner:
            self.loop = runner.get_loop()
            runner.run(self.uvicorn.serve(sockets=[self.listening]))

    def _wait_for(self, what):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(PATIENCE_S)

    def stop(self):
        """How many seconds a graceful stop took."""
        began = time.monotonic()
        self.uvicorn.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()
        self.http.close()
        return time.monotonic() - began

    @contextlib.contextmanager
    def live(self, topics, *, who=None, origin=None, under="", **query):
        """A socket on /live (of the hall `under` a path), as `who`."""
        asked = "&".join([f"topics={topics}", *(f"{name}={value}" for name, value in query.items())])
        headers = dict(who.headers) if who else {}
        url = f"ws://{self.address}{under}/live?{asked}"
        with connect(url, additional_headers=headers, origin=origin, compression=None, proxy=None, max_queue=None) as raw:
            yield Socket(raw)


class Socket:
    """What one socket has heard."""

    def __init__(self, raw):
        self.raw = raw

    def next(self, *kinds, within_s=PATIENCE_S):
        """The next message, or the next of one of `kinds`."""
        deadline = time.monotonic() + within_s
        while True:
            message = json.loads(self.raw.recv(timeout=max(0.0, deadline - time.monotonic())))
            if not kinds or message["kind"] in kinds:
                return message

    def events(self, count):
        """The next `count` journalled events."""
        found = []
        while len(found) < count:
            message = self.next()
            if "at" in message:
                found.append(message)
        return found

    def everything(self, *, for_s):
        """All that is heard in so many seconds."""
        found, deadline = [], time.monotonic() + for_s
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                found.append(json.loads(self.raw.recv(timeout=left)))
        return found


@pytest.fixture
def near(tmp_path):
    """The application in this process."""
    hall = Near(tmp_path)
    yield hall
    hall.close()


@pytest.fixture
def a_near(tmp_path):
    """Make an application in this process, with settings of its own."""
    halls = []

    def make(**more):
        folder = tmp_path / f"hall-{len(halls)}"
        halls.append(Near(folder, **more))
        return halls[-1]

    yield make
    for hall in halls:
        hall.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """An application that a whole file asks, where nothing asked changes what the next one sees."""
    hall = Near(tmp_path_factory.mktemp("shared"))
    yield hall
    hall.close()


@pytest.fixture
def far(tmp_path):
    """The application behind a real socket."""
    hall = Far(tmp_path)
    yield hall
    hall.stop()


@pytest.fixture
def a_far(tmp_path):
    """Start an application behind a real socket, with settings or a folder of its own."""
    halls = []

    def make(folder=tmp_path, **more):
        halls.append(Far(folder, **more))
        return halls[-1]

    yield make
    for hall in halls:
        hall.stop()


@pytest.fixture
def patiently():
    """Look again and again until something is so: see `until`."""
    return until


@pytest.fixture
def trusting():
    """Settings under which the machines of 10.1.0.0/16 are stations."""
    return TRUSTING


@pytest.fixture(scope="module")
def shared_trusting(tmp_path_factory):
    """As `shared`, with a trusted network and a proxy."""
    hall = Near(tmp_path_factory.mktemp("shared"), **TRUSTING)
    yield hall
    hall.close()


@pytest.fixture
def jiaohao(tmp_path, monkeypatch):
    """Run one command of the command line here; its exit code."""
    file = tmp_path / "config.toml"
    file.write_text(config_text(), encoding="utf-8")
    for name in ("CONFIG", "DATA", "PORT", "HOST"):
        monkeypatch.delenv(name, raising=False)

    def run(command, *words, data=None, config=file):
        folder = data or tmp_path / "data"
        return main([command, *map(str, words), "--config", str(config), "--data", str(folder)])

    return run


@pytest.fixture(scope="module")
def shared_far(tmp_path_factory):
    """As `shared`, behind a real socket."""
    hall = Far(tmp_path_factory.mktemp("shared"))
    yield hall
    hall.stop()


@pytest.fixture
def shipped():
    """config.toml as shipped, open at any hour: see `config_text`."""
    return config_text()
