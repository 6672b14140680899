"""A city in one process: three hundred halls, three thousand screens, three hundred acts a second."""

import json
import time
import uuid

import httpx
import turns
from sqlalchemy import insert

from server.clock import real_us
from server.database import halls_in
from server.engines import open_engine
from server.tables import SignIn, StationKey
from server.verbs import people
from server.verbs.setup import found, load_setup

HALLS = 300
QUIET, BUSY = 5, 300  # acts a second
SECONDS = {QUIET: 24, BUSY: 20}
TURNS = 2


def city(place):
    """The halls beside the first: paths and cookies, as `city.py` reads them. The next server opens them."""
    engine = open_engine(place)
    told = []
    with engine.connect() as connection:
        (first,) = halls_in(connection)
        setup = load_setup(connection, first)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for n in range(HALLS):
            hall = f"hall-{n}"
            about = setup.hall.model_copy(update={"id": hall})
            found(connection, setup=setup.model_copy(update={"hall": about}), journal_id=uuid.uuid4().hex, demo=False)
            connection.execute(insert(SignIn), signed_in(hall))
            connection.execute(
                insert(StationKey), {"hall": hall, "digest": people.digest_of(f"kiosk {hall}"), "station": "kiosk-1"}
            )
            cookies = {"clerk": f"jiaohao_session_{hall}=clerk {hall}", "kiosk": f"jiaohao_station_{hall}=kiosk {hall}"}
            told.append({"base": f"/h/{hall}", **cookies})
        connection.exec_driver_sql("COMMIT")
    engine.dispose()
    return told


def signed_in(hall):
    now = real_us()
    return {"hall": hall, "digest": people.digest_of(f"clerk {hall}"), "staff": "c1", "began_at": now, "seen_at": now}


def until_open(address):
    """The server has opened it."""
    deadline = time.monotonic() + 60
    while not httpx.get(address, timeout=20).is_success:
        assert time.monotonic() < deadline, "the halls were not opened"
        time.sleep(0.1)  # between two looks, not instead of one


def test_three_hundred_halls(program, tmp_path, measured):
    """How long a call takes to each screen of its hall when the city is quiet and when it is busy; and the server's share of a core."""
    program("served", tmp_path / "hall.sqlite3", 3).ends()
    facts = tmp_path / "city.json"
    facts.write_text(json.dumps(city(tmp_path / "hall.sqlite3")), encoding="utf-8")
    server = program("served", tmp_path / "hall.sqlite3", 3)
    until_open(f"{server.url}/h/hall-{HALLS - 1}/api/hall")
    crowd = program("city", server.url, facts)
    crowd.asks(rate=BUSY, seconds=4)
    p99, p50, share, told = {QUIET: [], BUSY: []}, {QUIET: [], BUSY: []}, {QUIET: [], BUSY: []}, {}
    for rate in (QUIET, BUSY) * TURNS:
        cpu, began = server.cpu_s(), time.monotonic()
        told[rate] = crowd.asks(rate=rate, seconds=SECONDS[rate])
        share[rate].append((server.cpu_s() - cpu) / (time.monotonic() - began) * 100)
        p99[rate].append(turns.at(told[rate]["display_ms"], 0.99))
        p50[rate].append(turns.at(told[rate]["display_ms"], 0.5))
    busy, quiet = turns.at(p99[BUSY], 0.5), turns.at(p99[QUIET], 0.5)
    done = told[BUSY]["acts"] / told[BUSY]["seconds"]
    against = (
        f"call to screen p99 {busy:.1f} ms (p50 {turns.at(p50[BUSY], 0.5):.1f}) at {done:.0f} acts/s"
        f" : {quiet:.1f} ms (p50 {turns.at(p50[QUIET], 0.5):.1f}) at {QUIET}/s; {HALLS} halls, {HALLS * 10:,} sockets"
    )
    measured("city.300", busy / quiet, against, at_most=2)
    measured(
        "city.300.cpu",
        turns.at(share[BUSY], 0.5),
        f"of one core for {told[BUSY]['messages'] / told[BUSY]['seconds']:,.0f} messages/s; {turns.at(share[QUIET], 0.5):.0f} % at {QUIET}/s",
        at_most=60,
        unit="%",
    )
