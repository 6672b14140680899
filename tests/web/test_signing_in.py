"""Sign-ins, lock-out and how a machine becomes a station: real time rules here, whatever the hall's clock says."""

import asyncio
import json

import httpx
import pytest

from server.clock import real_us
from server.tables import METADATA
from server.verbs import people
from server.web.deps import STAFF_COOKIE, STATION_COOKIE
from server.web.people import HASHER

PASSWORD = "four words of sample"
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def hashed():
    """The sample password as it is kept; hashing takes its time on purpose."""
    return HASHER.hash(PASSWORD)


@pytest.fixture
def hall(a_near, hashed):
    """The clerks of counters 2 and 3 have passwords; the third wrong one locks."""
    hall = a_near(lock_after=3)
    for staff in ("s04", "s05"):
        hall.write(people.set_password, staff=staff, password_hash=hashed)
    return hall


def sign_in(hall, job_no="CH004", password=PASSWORD):
    return hall.at("10.9.9.9")("POST /api/session", {"job_no": job_no, "password": password})


def test_a_clerk_signs_in_and_is_known_by_a_cookie(hall):
    """The cookie is for this site only and out of reach of scripts; the answer says who it is."""
    answer = sign_in(hall, job_no="ch004")
    cookie = answer.headers["set-cookie"]
    known = hall.at("10.9.9.9")("GET /api/session", headers={"Cookie": cookie.partition(";")[0]})

    assert {"id": "s04", "job_no": "CH004", "name": "陈静", "role": "clerk", "counter": 2} == answer.json() == known.json()
    assert ["HttpOnly", "SameSite=strict", "Path=/"] == [
        part for part in ("HttpOnly", "SameSite=strict", "Path=/") if part in cookie
    ]
    assert "Secure" not in cookie


def test_over_https_the_cookie_stays_on_https(hall):
    """A cookie given over TLS never goes over a bare line."""

    async def ask():
        transport = httpx.ASGITransport(app=hall.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://hall.example") as client:
            return await client.post("/api/session", json={"job_no": "CH004", "password": PASSWORD})

    assert "Secure" in hall.run(ask()).headers["set-cookie"]


@pytest.mark.parametrize(("job_no", "password"), [("CH004", "wrong"), ("NOBODY", PASSWORD), ("CH006", PASSWORD)])
def test_a_wrong_password_an_unknown_number_and_no_password_yet_look_alike(hall, job_no, password):
    """401 `wrong_password` whichever it was, so that nobody learns who works here."""
    answer = sign_in(hall, job_no, password)

    assert (401, "wrong_password", {}) == (answer.status_code, answer.json()["error"], answer.json()["facts"])
    assert "set-cookie" not in answer.headers


def test_wrong_passwords_in_a_row_lock_a_number_for_a_while(hall):
    """429 `locked_out`, then even for the right password, in any case of letters; nobody else is locked."""
    tried = [sign_in(hall, job_no, "wrong").status_code for job_no in ("CH004", "ch004", "Ch004")]
    locked = sign_in(hall)

    assert [401] * 3 == tried
    assert (429, "locked_out", {"minutes": 15}) == (locked.status_code, locked.json()["error"], locked.json()["facts"])
    assert sign_in(hall, "CH005").status_code == 201


def test_numbers_that_do_not_exist_are_locked_alike(hall):
    """A lock-out does not tell either who works here."""
    tried = [sign_in(hall, "NOBODY", "wrong").status_code for _ in range(4)]

    assert [401, 401, 401, 429] == tried


def test_the_right_password_wipes_the_slate(hall):
    """Two wrong ones, a right one, two wrong ones: nobody is locked."""
    tried = [sign_in(hall, password=password).status_code for password in ["wrong", "wrong", PASSWORD] * 2]

    assert [401, 401, 201] * 2 == tried


def test_signing_out_ends_this_browser_only(hall):
    """The cookie is worth nothing afterwards; the other browser goes on, and the counter stays open."""
    hall.open(2, clerk="s04")
    here, there = hall.staff("s04"), hall.staff("s04")

    assert here("DELETE /api/session").status_code == 200
    assert [401, 200] == [browser("GET /api/session").status_code for browser in (here, there)]
    assert there("GET /api/counters/2").json()["state"] == "open"


@pytest.mark.parametrize(
    ("began_h", "seen_h", "status"),
    [(0, 0, 200), (3, 1.9, 200), (3, 2.1, 401), (11.9, 0, 200), (12.1, 0, 401)],
    ids=["new", "in use", "idle for two hours", "a long day", "a day too long"],
)
def test_a_sign_in_ends_by_itself(hall, began_h, seen_h, status):
    """After two idle hours, after twelve hours in any case."""
    now = real_us()
    clerk = hall.staff("s04", began_at=now - round(began_h * HOUR_US), seen_at=now - round(seen_h * HOUR_US))

    assert status == clerk("GET /api/session").status_code


def test_a_sign_in_in_use_goes_on(hall):
    """Using it is noted, so that it does not end in the middle of the work."""
    now = real_us()
    clerk = hall.staff("s04", began_at=now - 3 * HOUR_US, seen_at=now - HOUR_US)
    clerk("GET /api/session")
    seen_at = hall.rows("SELECT seen_at FROM sign_in WHERE staff = 's04'")[0].seen_at

    assert seen_at >= now


def test_the_hall_s_clock_does_not_sign_anybody_out(hall):
    """A replay that races through a day leaves sign-ins alone."""
    clerk = hall.staff("s04")
    hall.clock.step(hours=13)

    assert clerk("GET /api/session").status_code == 200


@pytest.mark.parametrize("secret", ["", "forged", "x" * 4000, "s04", "../../etc", "\xe9"])
def test_a_forged_cookie_is_nobody(hall, secret):
    """401, not an error."""
    cookies = {name: f"{name}={secret}".encode("latin-1") for name in (STAFF_COOKIE, STATION_COOKIE)}

    assert [401, 401] == [hall.at("10.9.9.9")("GET /api/services", headers={"Cookie": c}).status_code for c in cookies.values()]


@pytest.mark.parametrize("header", ["Bearer forged", "Bearer ", "Basic Zm9vOmJhcg==", "forged", "Bearer \xe9"])
def test_a_forged_key_is_nobody(hall, header):
    """401, not an error, also for what is no key at all."""
    answer = hall.at("10.9.9.9")("GET /api/services", headers={"Authorization": header.encode("latin-1")})

    assert (401, "not_signed_in") == (answer.status_code, answer.json()["error"])


def test_who_is_disabled_is_out_at_once(hall):
    """Every browser is signed out, and the password opens nothing any more."""
    clerk = hall.staff("s04")
    hall.write(people.disable, staff="s04")

    assert 401 == clerk("GET /api/session").status_code == sign_in(hall).status_code


def test_a_new_password_ends_the_old_sign_ins(hall, hashed):
    """Whoever knew the old one is out."""
    clerk = hall.staff("s04")
    hall.write(people.set_password, staff="s04", password_hash=hashed)

    assert clerk("GET /api/session").status_code == 401
    assert sign_in(hall).status_code == 201


def test_a_password_is_nowhere_in_the_database(hall):
    """Kept are argon2id hashes, and digests of secrets."""
    secret = sign_in(hall).cookies[STAFF_COOKIE]
    key = hall.key("kiosk-1")
    dump = "\n".join(str(row) for table in METADATA.tables for row in hall.rows(f"SELECT * FROM {table}"))  # noqa: S608

    assert "$argon2id$" in dump
    assert [] == [word for word in (PASSWORD, secret, key) if word in dump]


def test_a_code_makes_a_station_once(hall):
    """A program keeps the key, a browser gets it as a cookie; the second try is refused like any wrong code."""
    code = hall.write(people.enrol, station="kiosk-2", real_now=real_us())
    near_by = hall.at("10.9.9.9")
    first = near_by("POST /api/stations/enrolment", {"code": f" {code.lower()} "})
    second = near_by("POST /api/stations/enrolment", {"code": code})
    key = first.json()["key"]

    assert (201, "kiosk-2") == (first.status_code, first.json()["station"])
    assert (401, "wrong_code") == (second.status_code, second.json()["error"])
    for headers in (
        {"Authorization": f"Bearer {key}"},
        {"Cookie": f"{STATION_COOKIE}={key}"},
        {"Authorization": f"bearer {key}"},
    ):
        assert near_by("GET /api/stations/kiosk-2/slips", headers=headers).status_code == 200


def test_a_code_is_good_for_an_hour(hall):
    """An old one in somebody's notes opens nothing."""
    code = hall.write(people.enrol, station="kiosk-2", real_now=real_us() - HOUR_US - 1)

    assert hall.at("10.9.9.9")("POST /api/stations/enrolment", {"code": code}).status_code == 401


def test_a_station_of_the_past_is_nobody(a_near):
    """A key of a station that the set-up no longer has opens nothing."""
    hall = a_near()
    kiosk = hall.station("kiosk-2")
    stations = tuple(station for station in hall.config.hall.station if station.name != "kiosk-2")
    hall.write(lambda tx: tx.replace_setup(hall.config.hall.model_copy(update={"station": stations})))

    assert kiosk("GET /api/services").status_code == 401


# ------------------------------------------------------------------ the Idempotency-Key


def take(kiosk, content, key="k-1"):
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return kiosk("POST /api/tickets", content=content, headers=headers)


def test_the_same_request_again_gets_the_same_answer(hall):
    """201 the first time, 200 with the same words after that, and one ticket: however the JSON is laid out."""
    kiosk = hall.station("kiosk-1")
    first = take(kiosk, b'{"service":"consult","locale":"en"}')
    before = hall.seq
    again = take(kiosk, b' {\n "locale" : "en",  "service" : "consult" }')

    assert [201, 200] == [first.status_code, again.status_code]
    assert first.json() == again.json()
    assert before == hall.seq


@pytest.mark.parametrize("body", [{"service": "pickup"}, {"service": "consult", "priority": "elder"}])
def test_a_key_is_for_one_request(hall, body):
    """422 `key_reused` for another body, and nothing happens."""
    kiosk = hall.station("kiosk-1")
    take(kiosk, b'{"service": "consult"}')
    before = hall.seq
    other = take(kiosk, json.dumps(body).encode())

    assert (422, "key_reused", before) == (other.status_code, other.json()["error"], hall.seq)


def test_a_key_is_for_one_address(hall):
    """The same key and body at another counter is another request."""
    hall.open(2, clerk="s04")
    leader = hall.staff("s02")
    asked = {"headers": {"Idempotency-Key": "k-1"}}

    assert leader("POST /api/counters/2/help", {}, **asked).status_code == 201
    assert leader("POST /api/counters/3/help", {}, **asked).json()["error"] == "key_reused"


def test_keys_of_two_callers_are_two(hall):
    """Two kiosks that count their requests alike do not get each other's number."""
    numbers = [take(hall.station(name), b'{"service": "consult"}').json()["number"] for name in ("kiosk-1", "kiosk-2")]

    assert ["D001", "D002"] == numbers


def test_a_key_is_good_for_a_day(hall):
    """Tomorrow's first request is a request of its own."""
    kiosk = hall.station("kiosk-1")
    first = take(kiosk, b'{"service": "consult"}')
    hall.clock.step(days=1)
    second = take(kiosk, b'{"service": "consult"}')

    assert [201, 201] == [first.status_code, second.status_code]
    assert first.json()["id"] != second.json()["id"]


def test_a_refusal_is_not_kept(hall):
    """What could not be done then may be done now."""
    leader, asked = hall.staff("s02"), {"headers": {"Idempotency-Key": "k-1"}}
    refused = leader("POST /api/counters/2/help", {}, **asked)
    hall.open(2, clerk="s04")

    assert [409, 201] == [refused.status_code, leader("POST /api/counters/2/help", {}, **asked).status_code]


def test_an_empty_line_is_not_kept_either(hall):
    """204 now; with the same key the next one is called as soon as somebody waits."""
    hall.open(2, clerk="s04")
    clerk, asked = hall.staff("s04"), {"headers": {"Idempotency-Key": "k-1"}}
    empty = clerk("POST /api/counters/2/calls", {}, **asked)
    hall.issue("biz-setup")

    assert [204, 201, 200] == [
        empty.status_code,
        *(clerk("POST /api/counters/2/calls", {}, **asked).status_code for _ in range(2)),
    ]


@pytest.mark.parametrize("key", ["", "x" * 129, "two words", "\xe9"])
def test_a_key_is_short_and_plain(hall, key):
    """422 `malformed` for anything else, and nothing happens."""
    before = hall.seq
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = hall.station("kiosk-1")("POST /api/tickets", {"service": "consult"}, headers=headers)

    assert (422, "malformed", before) == (answer.status_code, answer.json()["error"], hall.seq)


def test_twenty_at_once_with_one_key_are_one(hall):
    """A flaky line that sends everything twice, and at once: one ticket."""
    kiosk = hall.station("kiosk-1")
    headers = {**kiosk.headers, "Idempotency-Key": "k-1"}

    async def all_at_once():
        return await asyncio.gather(
            *(kiosk.ask("POST", "/api/tickets", headers, {"json": {"service": "consult"}}) for _ in range(20))
        )

    answers = hall.run(all_at_once())

    assert [200] * 19 + [201] == sorted(answer.status_code for answer in answers)
    assert {"D001"} == {answer.json()["number"] for answer in answers}


def test_who_has_left_leaves_no_key_behind(hall):
    """Neither password nor open browser of a removed person opens a door for whoever gets the same key later."""
    cookie = sign_in(hall).headers["set-cookie"].partition(";")[0]
    manager = hall.staff("s01")
    doc = next(one for one in manager("GET /api/setup").json()["setup"]["staff"] if one["id"] == "s04")

    def changes(doc):
        answer = manager("POST /api/setup/changes", {"changes": [{"noun": "staff", "id": "s04", "doc": doc}]})
        assert answer.is_success, answer.text

    changes(None)
    changes({**doc, "job_no": "NEW1", "role": "manager"})

    assert 401 == sign_in(hall, job_no="NEW1").status_code
    assert 401 == hall.at("10.9.9.9")("GET /api/session", headers={"Cookie": cookie}).status_code


def test_a_machine_that_has_gone_leaves_no_key_behind(hall):
    """A station removed and set up again by the same name has to be enrolled again."""
    code = hall.write(people.enrol, station="kiosk-2", real_now=real_us())
    key = hall.at("10.9.9.9")("POST /api/stations/enrolment", {"code": code}).headers["set-cookie"].partition(";")[0]
    before = hall.at("10.9.9.9")("GET /api/services", headers={"Cookie": key}).status_code
    admin = hall.staff("s90")
    doc = next(one for one in admin("GET /api/setup").json()["setup"]["station"] if one["name"] == "kiosk-2")
    for now in (None, doc):
        assert admin("POST /api/setup/changes", {"changes": [{"noun": "station", "id": "kiosk-2", "doc": now}]}).is_success

    assert (200, 401) == (before, hall.at("10.9.9.9")("GET /api/services", headers={"Cookie": key}).status_code)


def test_a_machine_that_nobody_has_enrolled_says_how_it_is_done(hall):
    """In place of a bare "please sign in": what enrolling is, and the way to it."""
    page = hall.at("10.9.9.9")("GET /kiosk", headers={"Accept": "text/html"})

    assert 401 == page.status_code
    assert "jiaohao enrol" in page.text
    assert 'href="/enrol"' in page.text
