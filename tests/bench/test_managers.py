"""The live hall costs the writer nothing: calls are as quick with twenty managers watching as with none."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import httpx
import turns

WATCHING = Path(__file__).with_name("watching.py")
MANAGERS, WAITING, COUNTERS = 20, 500, 12
CALLS_A_TURN, TURNS, PAUSE_S = 60, 4, 0.05


def test_twenty_managers_do_not_slow_a_call(a_process, password, measured):
    """p99 of a call with the live hall open at twenty places, over p99 without; the two take turns in one run."""
    process = a_process()
    with contextlib.ExitStack() as clients:
        kiosk = clients.enter_context(contextlib.closing(process.kiosk()))
        desks = {
            n: clients.enter_context(contextlib.closing(signed_in(process, f"CH{n + 2:03}", password)))
            for n in range(1, COUNTERS + 1)
        }
        for n, desk in desks.items():
            desk.put(f"/api/counters/{n}/state", json={"state": "open"}).raise_for_status()
        for _ in range(WAITING):
            kiosk.post("/api/tickets", json={"service": "biz-setup"}).raise_for_status()
        able = [n for n in desks if 2 <= n <= 6]  # the counters that serve this line
        took = {False: [], True: []}
        for turn in range(2 * TURNS):
            watched = turn % 2 == 1
            with managers(process.url, password) if watched else contextlib.nullcontext():
                for i in range(CALLS_A_TURN):
                    took[watched].append(call_and_serve(desks[able[i % len(able)]], able[i % len(able)]))
                    kiosk.post("/api/tickets", json={"service": "biz-setup"}).raise_for_status()
                    time.sleep(PAUSE_S)  # as many calls a second as a district has, not as many as one client can
    process.stop()
    alone, together = (turns.at(took[watched], 0.99) for watched in (False, True))
    against = f"{together:.1f} ms p99 of a call with {MANAGERS} managers at the live hall : {alone:.1f} ms without"
    measured("live.managers", together / alone, against, at_most=1.1)


def signed_in(process, job_no, password):
    """A browser of a member of the staff."""
    client = httpx.Client(base_url=process.url, timeout=20)
    client.post("/api/session", json={"job_no": job_no, "password": password}).raise_for_status()
    return client


def call_and_serve(desk, n):
    """How long a call took, in ms; the ticket is then served at once."""
    began = time.perf_counter()
    ticket = desk.post(f"/api/counters/{n}/calls", json={}).raise_for_status().json()
    took = time.perf_counter() - began
    desk.put(f"/api/tickets/{ticket['id']}/service").raise_for_status()
    desk.put(f"/api/tickets/{ticket['id']}/completion").raise_for_status()
    return took * 1000


@contextlib.contextmanager
def managers(url, password):
    """Twenty of them, watching in a process of their own."""
    with subprocess.Popen(
        [sys.executable, WATCHING, url, str(MANAGERS), "CH001", password],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert "watching\n" == watching.stdout.readline()
        yield
        watching.stdin.close()
