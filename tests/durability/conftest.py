"""A real server process on a disk that can be slowed, filled and pulled away; and what its database says afterwards."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path

import httpx
import pytest

from server.clock import SystemClock
from server.config import load
from server.database import open_store
from server.journal import broken_at
from server.verbs import people
from server.web.people import HASHER

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0
PASSWORD = "four words of sample"
CLERKS = {2: "CH004", 3: "CH005", 4: "CH006"}  # counter → job number

# Slows the disk by SLOW_MS at each sync, notes every sync in SYNCS, and is full while the file FULL exists.
DISK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void sync_slowly(void) {
    const char *ms = getenv("SLOW_MS"), *syncs = getenv("SYNCS");
    if (ms) usleep(atoi(ms) * 1000);
    if (syncs) {
        int note = open(syncs, O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (note >= 0) { ssize_t done = write(note, ".", 1); (void)done; close(note); }
    }
}
int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    sync_slowly();
    return real(fd);
}
int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    sync_slowly();
    return real(fd);
}
static int full(void) {
    const char *flag = getenv("FULL");
    return flag && access(flag, F_OK) == 0;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (full()) { errno = ENOSPC; return -1; }
    return real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
"""


def until(happened, *, within_s=PATIENCE_S):
    """What `happened()` answers once that is something; fails when it never is."""
    deadline = time.monotonic() + within_s
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)  # between two looks, not instead of one
    return found


@cache
def hashed():
    """The sample password as it is kept; hashing takes its time on purpose."""
    return HASHER.hash(PASSWORD)


def _give_passwords(tx):
    for person in tx.hall.staff.values():
        people.set_password(tx, staff=person.id, password_hash=hashed())


def with_store(store, act):
    """The answer of one act on a store that nobody else has open."""

    async def run():
        store.open()
        try:
            return await act()
        finally:
            store.close()

    return asyncio.run(run())


class Process:
    """`jiaohao serve` on a folder of its own."""

    def __init__(self, folder, **environ):
        self.folder = folder
        self.cookies = {}
        self.config = folder / "config.toml"
        if not self.config.exists():
            self._set_up()
        self.environ = os.environ | {"PORT": "0", "CONFIG": str(self.config), "DATA": str(folder)} | environ
        self.start()

    def _set_up(self):
        text = (ROOT / "config.toml").read_text(encoding="utf-8").replace("always_open = false", "always_open = true")
        text = re.sub(r"^session_quota = .*\n", "", text, flags=re.MULTILINE)
        text = text.replace("trusted_networks = []", 'trusted_networks = ["127.0.0.0/8"]')
        self.config.write_text(text, encoding="utf-8")
        store = open_store(self.folder / "hall.sqlite3", setup=load(self.config).hall, clock=SystemClock())
        with_store(store, lambda: store.write(_give_passwords))

    def start(self):
        self.log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve"],
            cwd=ROOT, env=self.environ, stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        line = self.process.stdout.readline()
        assert line.startswith("jiaohao: http"), (self.folder / "server.log").read_text()
        self.url = line.split()[1]
        until(self._answers)

    def _answers(self):
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/api/hall", timeout=5).is_success
        return False

    def kill(self):
        """As if the plug were pulled."""
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self):
        """As an administrator stops it."""
        self.process.send_signal(signal.SIGTERM)
        self._gone()

    def _gone(self):
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()

    def kiosk(self):
        return httpx.Client(base_url=self.url, headers={"Station": "kiosk-1"}, timeout=PATIENCE_S)

    def clerk(self, counter):
        """The clerk of a counter, signed in (which outlives a restart), the counter open."""
        client = httpx.Client(base_url=self.url, cookies=self.cookies.get(counter), timeout=PATIENCE_S)
        if counter not in self.cookies:
            assert client.post("/api/session", json={"job_no": CLERKS[counter], "password": PASSWORD}).is_success
            self.cookies[counter] = dict(client.cookies)
        assert client.put(f"/api/counters/{counter}/state", json={"state": "open"}).is_success
        return client


class Crowd:
    """Applicants and clerks at once, as fast as they are answered; keeps what was acknowledged."""

    def __init__(self, process, *, kiosks=4):
        self.acknowledged = []  # ("issued", ticket), ("called", ticket), …
        self.surprises = []
        self._lock = threading.Lock()
        self._enough = threading.Event()
        clerks = {counter: process.clerk(counter) for counter in CLERKS}
        self._threads = [threading.Thread(target=self._guarded, args=(self._apply, process.kiosk())) for _ in range(kiosks)]
        self._threads += [threading.Thread(target=self._guarded, args=(self._work, client, n)) for n, client in clerks.items()]
        for thread in self._threads:
            thread.start()

    def _guarded(self, act, client, *more):
        with (
            contextlib.closing(client),
            contextlib.suppress(httpx.TransportError),
        ):  # the server is gone: what was not answered does not count
            while not self._enough.is_set():
                act(client, *more)

    def _apply(self, client):
        self._note("issued", client.post("/api/tickets", json={"service": "biz-setup"}))

    def _work(self, client, counter):
        called = client.post(f"/api/counters/{counter}/calls", json={})
        if called.status_code == 204:
            return
        ticket = self._note("called", called)
        if ticket:
            self._note("started", client.put(f"/api/tickets/{ticket['id']}/service"))
            self._note("finished", client.put(f"/api/tickets/{ticket['id']}/completion"))

    def _note(self, act, answer):
        with self._lock:
            if not answer.is_success:
                self.surprises.append((act, answer.text))
                return None
            self.acknowledged.append((act, answer.json()))
            return answer.json()

    def end(self):
        self._enough.set()
        for thread in self._threads:
            thread.join()


RANK = {"waiting": 0, "called": 1, "serving": 2, "finished": 3}
REACHED = {"issued": 0, "called": 1, "started": 2, "finished": 3}


def contradictions(folder, acknowledged):
    """What the database says otherwise than those who were answered; and where it contradicts itself."""
    found = []
    with sqlite3.connect(folder / "hall.sqlite3") as database:
        database.row_factory = sqlite3.Row
        tickets = {row["id"]: row for row in database.execute("SELECT * FROM ticket")}
        stages = [
            tuple(row) for row in database.execute("SELECT ticket, count(*) FROM stage WHERE ended_at IS NULL GROUP BY ticket")
        ]
        entries = database.execute("SELECT kind, topics FROM journal ORDER BY seq").fetchall()
        desks = {row["number"]: row["ticket"] for row in database.execute("SELECT * FROM counter")}
        if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            found.append("the file is damaged")
    for act, ticket in acknowledged:
        kept = tickets.get(ticket["id"])
        if kept is None or kept["number"] != ticket["number"] or RANK[kept["state"]] < REACHED[act]:
            found.append(f"{ticket['number']} was {act}, and is {kept and kept['state']}")
    numbers = [row["number"] for row in tickets.values()]
    if len(set(numbers)) != len(numbers):
        found.append("a number was given twice")
    if sorted(int(number[1:]) for number in numbers) != list(range(1, len(numbers) + 1)):
        found.append("a number was left out")
    open_stages = dict(stages)
    for row in tickets.values():
        if open_stages.get(row["id"], 0) != (row["state"] != "finished"):
            found.append(f"{row['number']} is {row['state']} with {open_stages.get(row['id'], 0)} open stages")
        mine = [entry["kind"] for entry in entries if f"ticket:{row['id']}" in entry["topics"].split()]
        told = [kind for kind in mine if not kind.startswith("slip.")]
        wanted = ["ticket.issued", "ticket.called", "service.started", "service.finished", "rating.asked"]
        if told != wanted[: RANK[row["state"]] + 1 + (row["state"] == "finished")]:
            found.append(f"{row['number']} is {row['state']}, and the journal tells {told}")
        if row["state"] in ("called", "serving") and desks.get(row["counter"]) != row["id"]:
            found.append(f"{row['number']} is {row['state']} at a counter that does not have it")
    return found


def journal_breaks(folder, config):
    """The first entry at which the journal is broken; None when it is whole."""
    store = open_store(folder / "hall.sqlite3", setup=load(config).hall, clock=SystemClock())
    return with_store(store, lambda: store.read(broken_at))


def killed(process, *, rounds, acts):
    """Kill the server in the middle of its work, `rounds` times, each after so many more acts; what was found wrong."""
    wrong, acknowledged = [], []
    for round_ in range(rounds):
        crowd = Crowd(process)
        until(lambda crowd=crowd, round_=round_: len(crowd.acknowledged) >= acts + 7 * round_ % 23)
        process.kill()
        crowd.end()
        acknowledged += crowd.acknowledged
        wrong += contradictions(process.folder, acknowledged)
        if (entry := journal_breaks(process.folder, process.config)) is not None:
            wrong.append(f"the journal is broken at {entry}")
        wrong += [surprise for surprise in crowd.surprises if "still_serving" not in surprise[1]]
        process.start()
        _clear_counters(process)
    return wrong, acknowledged


def _clear_counters(process):
    """Whoever was called or served when the plug was pulled is served to the end."""
    for counter in CLERKS:
        with contextlib.closing(process.clerk(counter)) as client:
            ticket = client.get(f"/api/counters/{counter}").json()["ticket"]
            if ticket and ticket["state"] == "called":
                client.put(f"/api/tickets/{ticket['id']}/service")
            if ticket:
                client.put(f"/api/tickets/{ticket['id']}/completion")


@pytest.fixture
def a_process(tmp_path):
    """Start `jiaohao serve`, with more in its environment."""
    started = []

    def start(**environ):
        started.append(Process(tmp_path, **environ))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.kill()


@pytest.fixture
def disk(tmp_path):
    """What to preload for a disk that is slow, or full on demand."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("a slow or full disk is staged with a C compiler on Linux")
    source, library = tmp_path / "disk.c", tmp_path / "disk.so"
    source.write_text(DISK)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "FULL": str(tmp_path / "full"), "SYNCS": str(tmp_path / "syncs")}


@pytest.fixture
def crowd():
    """Applicants and clerks at work: see `Crowd`."""
    return Crowd


@pytest.fixture
def kills():
    """Kill and look, again and again: see `killed`."""
    return killed


@pytest.fixture
def look():
    """What is wrong with a database: see `contradictions`."""
    return lambda process, acknowledged: [
        *contradictions(process.folder, acknowledged),
        *(["the journal is broken"] if journal_breaks(process.folder, process.config) is not None else []),
    ]


@pytest.fixture
def patiently():
    """Look again and again until something is so: see `until`."""
    return until
