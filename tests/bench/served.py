"""
Our application as a measured process: the sample hall with as many counters as are wanted, all alike, each with a clerk.

Served as `jiaohao serve` does it, on a free port of loopback, whose machines are its stations. Besides the application's own routes
there are two that do nothing, which is what any request costs: GET and POST /bench/first, found before all others, and /bench/last.

Run: python served.py PLACE COUNTERS [--sndbuf BYTES] [--signs]. PLACE is a path or the address of a PostgreSQL database. With
--signs each counter has one. Says its address.
"""

import argparse
import asyncio
import resource
import socket
from ipaddress import ip_network
from pathlib import Path

from programs import described

from server.app import create_app
from server.cli.running import Server, settings
from server.clock import SystemClock
from server.config import load
from server.database import open_store
from server.engines import place_of
from server.verbs import people
from server.web.people import HASHER

PASSWORD = "four words of sample"
LOOPBACK = (ip_network("127.0.0.0/8"),)
ROOT = Path(__file__).parents[2]


def setup(counters):
    """The sample hall, open at any hour, without quotas; its counters all serve what counter 2 does, their clerks are C1, C2 and so on."""
    sample = load(ROOT / "config.toml").hall
    all_services = next(c for c in sample.counter if c.number == 2)
    payment = next(c for c in sample.counter if c.number == 11)
    clerk = next(p for p in sample.staff if p.id == all_services.clerk)
    alike = tuple(all_services.model_copy(update={"number": n, "clerk": f"c{n}"}) for n in range(1, counters + 1))
    clerks = tuple(clerk.model_copy(update={"id": f"c{n}", "job_no": f"C{n}", "skills": None}) for n in range(1, counters + 1))
    return sample.model_copy(
        update={
            "hall": sample.hall.model_copy(update={"always_open": True, "weekend_duty": ()}),
            "service": tuple(s.model_copy(update={"session_quota": {}}) for s in sample.service),
            "counter": (*alike, payment.model_copy(update={"number": counters + 1, "clerk": None})),
            "staff": (*clerks, *sample.staff),
        }
    )


def give_passwords(store):
    """Every clerk of a counter may sign in."""
    hashed = HASHER.hash(PASSWORD)

    def give(tx):
        for person in tx.hall.staff.values():
            people.set_password(tx, staff=person.id, password_hash=hashed)

    async def once():
        store.open()
        try:
            await store.write(give)
        finally:
            store.close()

    asyncio.run(once())


async def nothing():
    """What any request costs."""
    return {"ok": True}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("place")
    words.add_argument("counters", type=int)
    words.add_argument("--sndbuf", type=int)
    words.add_argument("--devices", type=Path)
    asked = words.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    place = place_of(asked.place) if asked.place.startswith("postgresql") else Path(asked.place)
    store = open_store(place, setup=setup(asked.counters), clock=SystemClock())
    give_passwords(store)
    defaults = load(ROOT / "config.toml").server
    devices = described(asked.devices) if asked.devices else ()
    app = create_app(store=store, server_config=defaults.model_copy(update={"trusted_networks": LOOPBACK}), devices=devices)
    app.add_api_route("/bench/last", nothing, methods=["GET", "POST"])
    app.add_api_route("/bench/first", nothing, methods=["GET", "POST"])
    app.router.routes.insert(0, app.router.routes.pop())
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    if asked.sndbuf:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, asked.sndbuf)  # handed on to every connection
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    Server(settings(app)).run(sockets=[listening])


main()
