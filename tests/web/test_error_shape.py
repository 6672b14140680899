"""
Every refusal and every malformed request is answered in one shape, with a status by family, and changes nothing.

    {"error": "still_serving", "detail": "One sentence that a clerk can act on.", "facts": {"number": "A007"}}

Missing 404, conflict with the hall as it stands 409, not signed in 401, not allowed 403, malformed 422, no JSON 400, too large
413, too many 429, database away 503. `error` is stable and for programs, `detail` is in the reader's language and for people,
`facts` are what the sentence was made of; where time alone helps, `again_at` says from when on.
"""

import asyncio
import json

import pytest

JSON = {"Content-Type": "application/json"}
UNKNOWN = {
    "a service": ("POST /api/tickets", {"service": "no-such"}, "no_such_service", {"service": "no-such"}),
    "a priority class": ("POST /api/tickets", {"service": "consult", "priority": "vip"}, "no_such_priority", {"priority": "vip"}),
    "the slip's station": ("POST /api/tickets", {"service": "consult", "slip_at": "x-1"}, "no_such_station", {"station": "x-1"}),
    "a counter": ("POST /api/counters/77/calls", {}, "no_such_counter", {"counter": 77}),
    "a counter's sign": ("GET /api/counters/77/sign", None, "no_such_counter", {"counter": 77}),
    "a ticket": ("PUT /api/tickets/none/service", None, "no_such_ticket", {"ticket": "none"}),
    "a number to call": ("POST /api/counters/2/calls", {"number": "A999"}, "no_such_ticket", {"ticket": "A999"}),
    "a follow link": ("GET /api/follow/none", None, "no_such_link", {}),
    "a link to cancel": ("PUT /api/follow/none/cancellation", None, "no_such_link", {}),
    "an area": ("GET /api/board?area=f9", None, "no_such_area", {"area": "f9"}),
    "a device": ("GET /api/stations/x/devices/y/pictures/1", None, "no_such_device", {"station": "x", "device": "y"}),
    "a staff member": ("PUT /api/duty", {"staff": "s99"}, "no_such_staff", {"staff": "s99"}),
    "a page": ("GET /api/nothing-here", None, "no_such_page", {}),
    "a page by another method": ("POST /api/nothing-here", {}, "no_such_page", {}),
}  # fmt: skip


@pytest.fixture
def hall(near):
    """Counters 2 and 3 are open, with nobody called."""
    near.open(2, clerk="s04")
    near.open(3, clerk="s05")
    return near


@pytest.fixture(scope="module")
def asked_in_vain(shared):
    """As `hall`, asked only for what it refuses: nothing that one test asks changes what the next one sees."""
    shared.open(2, clerk="s04")
    shared.open(3, clerk="s05")
    return shared


def shape_of(answer):
    """(status, error, facts) of an answer, which is in the one shape."""
    body = answer.json()
    assert {"error", "detail", "facts"} <= set(body) <= {"error", "detail", "facts", "again_at"}
    assert body["detail"]
    assert "%(" not in body["detail"]
    assert answer.headers["content-type"].startswith("application/json")
    return answer.status_code, body["error"], body["facts"]


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_there_is_not_is_said_to_be_missing(asked_in_vain, what):
    """404 `no_such_…`, with what was asked for among the facts."""
    asked, body, error, facts = UNKNOWN[what]
    admin, before = asked_in_vain.staff("s90"), asked_in_vain.seq

    assert (404, error, facts) == shape_of(admin(asked, body))
    assert before == asked_in_vain.seq


def test_a_station_of_another_name_is_not_there(a_near, trusting):
    """A machine of the trusted network that calls itself what the hall does not have is told so."""
    hall = a_near(**trusting)

    assert (404, "no_such_station", {"station": "kiosk-9"}) == shape_of(hall.at("10.1.0.5")("GET /api/services?station=kiosk-9"))


def test_another_station_s_slip_is_not_there(asked_in_vain):
    """A rack reports on the slips of its own station."""
    kiosk = asked_in_vain.station("kiosk-1")

    assert (404, "no_such_slip", {"station": "kiosk-1", "slip": "none"}) == shape_of(
        kiosk("PUT /api/stations/kiosk-1/slips/none", {"outcome": "sending"})
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"{'service': 'consult'}", b"\xff\xfe", b'{"service": "\xff"}', b'{"service": "con\x00sult"}', b"nonsense"],
    ids=["nothing", "half", "quotes of another kind", "no UTF-8", "no UTF-8 inside", "a raw NUL", "no JSON"],
)
def test_what_is_no_json_is_refused_as_such(asked_in_vain, content):
    """400 `no_json`, also for bytes that are no UTF-8; a body that is missing is malformed."""
    before = asked_in_vain.seq
    answer = asked_in_vain.station("kiosk-1")("POST /api/tickets", content=content, headers=JSON)

    assert ((400, "no_json") if content else (422, "malformed")) == shape_of(answer)[:2]
    assert before == asked_in_vain.seq


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        ("POST /api/tickets", {}),
        ("POST /api/tickets", []),
        ("POST /api/tickets", "consult"),
        ("POST /api/tickets", {"service": 7}),
        ("POST /api/tickets", {"service": None}),
        ("POST /api/tickets", {"service": ""}),
        ("POST /api/tickets", {"service": "consult", "priority": None}),
        ("POST /api/tickets", {"service": "consult", "colour": "red"}),
        ("POST /api/tickets", {"service": "con\x00sult"}),
        ("POST /api/tickets", {"service": "consult", "reason": "bell \x07"}),
        ("POST /api/tickets", {"service": "consult", "channel": "pigeon"}),
        ("POST /api/tickets", {"service": "consult", "locale": "tlh"}),
        ("POST /api/tickets", {"service": "x" * 65}),
        ("POST /api/counters/two/calls", {}),
        ("POST /api/counters/0/calls", {}),
        ("POST /api/counters/2/calls", {"number": 7}),
        ("PUT /api/counters/2/state", {"state": "ajar"}),
        ("PUT /api/counters/2/state", {"state": "paused"}),
        ("PUT /api/tickets/x/hold", {"reason": "lunch"}),
        ("DELETE /api/tickets/x/hold", None),
        ("DELETE /api/tickets/x/hold?counter=9999999", None),
        ("POST /api/tickets/x/transfers", {"to_counter": "3"}),
        ("POST /api/tickets/x/transfers", {"to_counter": True}),
        ("PUT /api/tickets/x/priority", {"priority": "elder"}),
        ("PUT /api/duty", {"staff": "x", "at": "2026-11-23T10:00:00"}),
        ("GET /api/tickets?number=" + "A" * 65, None),
    ],
)
def test_a_body_of_the_wrong_make_is_refused(asked_in_vain, asked, body):
    """422 `malformed`, naming the place: a type is not guessed, an unknown key not ignored, a control character not kept."""
    before = asked_in_vain.seq
    status, error, facts = shape_of(asked_in_vain.staff("s90")(asked, body))

    assert (422, "malformed") == (status, error)
    assert facts["problem"]
    assert before == asked_in_vain.seq


@pytest.mark.parametrize(
    "since",
    ["2026-11-23T10:00:00", "yesterday", "", "2026-11-23", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+08:00", 1_795_000_000],
)
def test_a_time_without_its_zone_or_that_is_none_is_refused(asked_in_vain, since):
    """It could be anybody's: a rack says since when a device is away in UTC, or with its offset."""
    kiosk, asked = asked_in_vain.station("kiosk-1"), "PUT /api/stations/kiosk-1/devices/printer-1"

    assert (422, "malformed") == shape_of(kiosk(asked, {"state": "lost", "kind": "x", "since": since}))[:2]


def test_a_time_with_its_zone_is_told_in_utc(near):
    """Whatever offset it came with, it leaves with Z and six decimals."""
    health = {"state": "lost", "kind": "printer/escpos", "since": "2026-11-23T10:00:00+08:00"}
    near.station("kiosk-1")("PUT /api/stations/kiosk-1/devices/printer-1", health)
    told = near.staff("s04")("GET /api/devices").json()["devices"][0]

    assert ("printer-1", "lost", "2026-11-23T02:00:00.000000Z") == (told["name"], told["state"], told["since"])


def test_a_lone_surrogate_is_refused(asked_in_vain):
    """Half a character cannot be stored, printed or shown."""
    answer = asked_in_vain.station("kiosk-1")(
        "POST /api/tickets", content=rb'{"service": "consult", "reason": "\ud800"}', headers=JSON
    )

    assert (422, "malformed") == shape_of(answer)[:2]


@pytest.mark.parametrize("asked", ["POST /api/tickets", "PUT /api/duty", "POST /api/session"])
def test_a_megabyte_is_too_large(asked_in_vain, asked):
    """413 `too_large` before anything is made of it."""
    before = asked_in_vain.seq
    answer = asked_in_vain.staff("s90")(asked, {"service": "x" * 1_000_000})

    assert (413, "too_large", {"limit": 65_536}) == shape_of(answer)
    assert before == asked_in_vain.seq


def test_a_megabyte_without_a_length_is_too_large_too(asked_in_vain):
    """A body that comes in pieces is counted as it comes."""

    async def pieces():
        for _ in range(100):
            yield b" " * 10_000

    answer = asked_in_vain.station("kiosk-1")("POST /api/tickets", content=pieces(), headers=JSON)

    assert (413, "too_large") == shape_of(answer)[:2]


def test_a_number_of_yesterday_is_gone(hall):
    """Today's hall knows today's numbers only; its link still shows the old ticket, and can no longer cancel it."""
    ticket = hall.issue("consult", follow="yesterday")
    hall.clock.step(days=1)
    leader = hall.staff("s02")

    assert (404, "no_such_ticket", {"ticket": ticket.id}) == shape_of(leader(f"PUT /api/tickets/{ticket.id}/cancellation"))
    assert (404, "no_such_link", {}) == shape_of(hall.at("10.9.9.9")("PUT /api/follow/yesterday/cancellation"))
    assert hall.at("10.9.9.9")("GET /api/follow/yesterday").json()["state"] == "expired"


def test_yesterday_s_number_cannot_be_called(hall):
    """A001 of yesterday is no A001 of today."""
    hall.issue("biz-setup")
    hall.clock.step(days=1)
    hall.open(2, clerk="s04")

    assert (404, "no_such_ticket", {"ticket": "A001"}) == shape_of(
        hall.staff("s04")("POST /api/counters/2/calls", {"number": "A001"})
    )


def test_a_finished_ticket_is_acted_on_no_more(hall):
    """Finishing again is 200 and records nothing; every other act is a conflict that names the number."""
    hall.issue("biz-setup")
    clerk, ticket = hall.staff("s04"), hall.call(2, clerk="s04")
    at = f"/api/tickets/{ticket.id}"
    clerk(f"PUT {at}/service")
    assert clerk(f"PUT {at}/completion").json()["state"] == "finished"
    before = hall.seq
    acts = {
        f"PUT {at}/service": (None, "not_called"),
        f"PUT {at}/no-show": (None, "not_called"),
        f"DELETE {at}/no-show": (None, "not_no_show"),
        f"PUT {at}/hold": ({"reason": "no_papers"}, "not_serving"),
        f"DELETE {at}/hold?counter=2": (None, "not_held"),
        f"POST {at}/transfers": ({"to_service": "consult"}, "not_serving"),
        f"PUT {at}/completion": ({"next": "consult"}, "not_serving"),
    }

    assert clerk(f"PUT {at}/completion").status_code == 200
    assert {act: (409, error, {"number": "A001", "state": "finished"}) for act, (_, error) in acts.items()} == {
        act: shape_of(clerk(act, body)) for act, (body, _) in acts.items()
    }
    assert before == hall.seq


def test_another_clerk_s_ticket_is_left_alone(hall):
    """403 `not_your_ticket`; a duty leader may."""
    hall.issue("biz-setup")
    ticket = hall.call(2, clerk="s04")
    before, other = hall.seq, hall.staff("s05")

    assert (403, "not_your_ticket", {"number": "A001"}) == shape_of(other(f"PUT /api/tickets/{ticket.id}/service"))
    assert before == hall.seq
    assert hall.staff("s02")(f"PUT /api/tickets/{ticket.id}/service").json()["state"] == "serving"


@pytest.mark.parametrize("asked", ["PATCH /api/tickets", "DELETE /api/hall", "GET /api/demo/play", "POST /api/board"])
def test_a_wrong_method_has_the_same_shape(asked_in_vain, asked):
    """405 `method_not_allowed`, naming in `Allow` the methods there are."""
    answer = asked_in_vain.staff("s90")(asked)

    assert (405, "method_not_allowed", {}) == shape_of(answer)
    assert answer.headers["allow"]


def test_a_picture_may_be_larger_than_anything_else(asked_in_vain):
    """What a virtual device looks like takes up to a mebibyte."""
    kiosk = asked_in_vain.station("kiosk-1")
    asked = "PUT /api/stations/kiosk-1/devices/printer-1/picture"

    assert (422, "malformed") == shape_of(kiosk(asked, {"type": "image/png", "data": "AAAA" * 50_000}))[:2]
    assert (413, "too_large", {"limit": 1_048_576}) == shape_of(kiosk(asked, {"type": "image/png", "data": "AAAA" * 300_000}))


def test_a_refusal_speaks_the_reader_s_language(asked_in_vain):
    """`detail` follows Accept-Language, else the hall's; `error` and `facts` never change."""
    admin = asked_in_vain.staff("s90")
    said = {
        language: admin("PUT /api/duty", {"staff": "s99"}, headers={"Accept-Language": language}).json()
        for language in ("zh-CN", "en", "tlh")
    }

    assert said["en"]["detail"] == "There is no staff member s99."
    assert said["zh-CN"] == said["tlh"]
    assert said["en"]["detail"] != said["zh-CN"]["detail"]
    assert said["en"]["facts"] == said["zh-CN"]["facts"]


def test_what_only_time_helps_says_when(hall):
    """A recall that comes too soon says from when on it is none, to the microsecond."""
    hall.issue("biz-setup")
    hall.call(2, clerk="s04")
    answer = hall.staff("s04")("POST /api/counters/2/recalls", {})

    assert (409, "recalled_too_soon") == shape_of(answer)[:2]
    assert answer.json()["again_at"].startswith("2026-11-23T02:00:08.")


def test_a_browser_is_refused_with_a_page(asked_in_vain):
    """Whoever asks for HTML outside the API gets the refusal as a page, with the same status."""
    answer = asked_in_vain.at("10.9.9.9")("GET /nothing-here", headers={"Accept": "text/html"})

    assert (404, True) == (answer.status_code, answer.headers["content-type"].startswith("text/html"))


def test_a_refusal_is_kept_by_no_cache(asked_in_vain):
    """A proxy that keeps "not open" keeps it for everybody."""
    answers = [asked_in_vain.staff("s90")("PUT /api/duty", {"staff": "s99"}), asked_in_vain.at("10.9.9.9")("GET /api/services")]

    assert ["no-store", "no-store"] == [answer.headers["cache-control"] for answer in answers]


def test_a_refusal_within_a_batch_harms_no_neighbour(hall):
    """Good and bad acts that reach the database together are each answered for themselves."""
    services = ["consult", "no-such", "consult", "no-such", "consult"]
    kiosk = hall.station("kiosk-1")

    async def all_at_once():
        asked = [kiosk.ask("POST", "/api/tickets", kiosk.headers, {"json": {"service": service}}) for service in services]
        return await asyncio.gather(*asked)

    answers = hall.run(all_at_once())

    assert [201, 404, 201, 404, 201] == [answer.status_code for answer in answers]
    assert ["D001", "D002", "D003"] == sorted(json.loads(answer.text)["number"] for answer in answers if answer.is_success)
