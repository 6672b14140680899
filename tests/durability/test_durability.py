"""What was answered is on disk: whatever happens to the process, the disk, or the room on it."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SLOW_MS = 60


def test_what_was_acknowledged_outlives_a_kill(a_process, kills):
    """The plug is pulled in the middle of the work, five times: every answered act is there, none half done, no number twice."""
    wrong, acknowledged = kills(a_process(), rounds=5, acts=60)

    assert [] == wrong
    assert len(acknowledged) >= 300


def test_no_answer_comes_sooner_than_the_disk(a_process, disk, patiently):
    """Each act waits for a sync that began after it was asked; acts that wait together share one."""
    server = a_process(SLOW_MS=str(SLOW_MS), **disk)
    syncs = Path(disk["SYNCS"])
    before = syncs.stat().st_size

    def take(_):
        with server.kiosk() as kiosk:
            kiosk.get("/api/hall")  # the connection is there
            began = time.monotonic()
            answer = kiosk.post("/api/tickets", json={"service": "biz-setup"})
            return answer.status_code, time.monotonic() - began

    with ThreadPoolExecutor(16) as crowd:
        taken = list(crowd.map(take, range(96)))
    commits = syncs.stat().st_size - before

    assert {201} == {status for status, _ in taken}
    assert SLOW_MS / 1000 <= min(lasted for _, lasted in taken)
    assert commits < 96 / 1.5


def test_a_full_disk_is_said_and_nothing_half_done(a_process, disk, look):
    """503 `database_away` for every act while there is no room; reading goes on; with room again, so does everything."""
    server = a_process(**disk)
    full = Path(disk["FULL"])

    def take(_):
        with server.kiosk() as kiosk:
            return kiosk.post("/api/tickets", json={"service": "biz-setup"})

    first = [take(None) for _ in range(3)]
    full.touch()
    with ThreadPoolExecutor(8) as crowd:
        refused = list(crowd.map(take, range(24)))
    with server.kiosk() as kiosk:
        read = kiosk.get("/api/services").status_code
    full.unlink()
    then = [take(None) for _ in range(3)]
    acknowledged = [("issued", answer.json()) for answer in (*first, *then)]
    server.stop()

    assert {(503, "database_away")} == {(answer.status_code, answer.json()["error"]) for answer in refused}
    assert read == 200
    assert ["A001", "A002", "A003", "A004", "A005", "A006"] == [ticket["number"] for _, ticket in acknowledged]
    assert [] == look(server, acknowledged)


def test_a_stop_in_the_middle_of_the_work_loses_nothing(a_process, crowd, look, patiently):
    """SIGTERM: who was answered was answered, the process ends soon; the next start goes on with the next number."""
    server = a_process()
    people = crowd(server)
    patiently(lambda: len(people.acknowledged) > 40)
    began = time.monotonic()
    server.stop()
    lasted = time.monotonic() - began
    people.end()
    wrong = look(server, people.acknowledged)
    last = max(ticket["number"] for _, ticket in people.acknowledged)
    server.start()
    with server.kiosk() as kiosk:
        following = kiosk.post("/api/tickets", json={"service": "biz-setup"}).json()["number"]

    assert [] == wrong
    assert server.process.poll() is None
    assert lasted < 6
    assert int(last[1:]) < int(following[1:])
