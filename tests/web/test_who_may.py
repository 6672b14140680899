"""Who may ask what, asked route by route, as the table in `routes.py` says."""

import pytest
from routes import CALLERS, TABLE

from server.app import API
from server.rules.people import By
from server.verbs import calling, serving
from server.web.deps import May

STAFF = {
    "clerk": "s04",
    "other clerk": "s05",
    "guide": "s03",
    "duty leader": "s02",
    "manager": "s01",
    "admin": "s90",
    "supervisor": "s91",
}
STATIONS = {"kiosk": "kiosk-1", "own set": "counter-2", "other set": "counter-3"}
SHAPES = {401: "-", 403: "x"}
ANSWERED = {"wrong_password", "wrong_code"}  # 401s that any caller may meet


def routes():
    """Every route of the API with the rules among its dependencies."""

    def rules(dependant):
        return [dependant.call] * isinstance(dependant.call, May) + [r for d in dependant.dependencies for r in rules(d)]

    return {
        f"{method} {route.path}": rules(route.dependant)
        for part in API
        for route in part.router.routes
        for method in route.methods
    }


@pytest.fixture(scope="module")
def asked_by_all(shared_trusting):
    """A hall whose counters 2 and 3 are open."""
    shared_trusting.open(2, clerk="s04")
    shared_trusting.open(3, clerk="s05")
    return shared_trusting


@pytest.fixture(scope="module")
def callers(asked_by_all):
    """Who asks, by name; members of staff sign in anew each time, as one of the routes signs out."""

    def make(name):
        if name in STAFF:
            return asked_by_all.staff(STAFF[name])
        return known[name]

    known = {name: asked_by_all.station(station) for name, station in STATIONS.items()}
    known |= {"nobody": asked_by_all.at("10.9.9.9"), "network": asked_by_all.at("10.1.0.5")}
    return make


def ticket_in(hall, state):
    """A new ticket in this state, of counter 2 once it was called; every chance to undo is over."""
    clerk, leader = By(kind="staff", id="s04", role="clerk"), By(kind="staff", id="s02", role="duty_leader")
    left = hall.read(lambda rx: calling.desk_of(rx, 2).ticket)
    if left is not None:
        hall.write(serving.transfer, ticket_id=left, to_service="outdoor-ad", by=leader)
    ticket = hall.issue("consult" if state == "waiting" else "biz-setup")
    if state != "waiting":
        hall.write(calling.call, counter=2, number=ticket.number, by=clerk)
    if state == "no_show":
        for _ in range(2):
            hall.clock.step(seconds=10)
            hall.write(calling.recall, counter=2, by=clerk)
        hall.write(calling.no_show, ticket_id=ticket.id, by=clerk)
    if state in ("serving", "held"):
        hall.start(ticket, clerk="s04")
    if state == "held":
        hall.write(serving.hold, ticket_id=ticket.id, reason="no_papers", by=clerk)
    hall.clock.step(seconds=60)
    return ticket


def test_every_route_is_in_the_table():
    """A new route is first given to somebody."""
    described = {route.removeprefix("/api") for route in routes()}

    assert set(TABLE) == described


def test_every_route_has_one_rule():
    """Who may is said at the route itself, by exactly one `May`."""
    assert [] == [route for route, rules in routes().items() if len(rules) != 1]


def test_the_table_is_of_the_api_that_is_described(asked_by_all):
    """What OpenAPI describes and what the table asks is the same."""
    paths = asked_by_all.app.openapi()["paths"]
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}

    assert {route.replace(" /", " /api/", 1) for route in TABLE} == described


@pytest.mark.parametrize("route", TABLE)
def test_the_right_people_may(asked_by_all, callers, route):
    """Nobody else: see the table."""
    asked, body, state, may = TABLE[route]
    heard = {}
    for name in CALLERS:
        ticket = ticket_in(asked_by_all, state) if state else None
        answer = callers(name)(asked.replace("{ticket}", ticket.id if ticket else ""), body)
        refused = answer.is_error and answer.json()["error"] not in ANSWERED
        heard[name] = SHAPES.get(answer.status_code, "o") if refused else "o"
        assert answer.status_code < 500

    assert dict(zip(CALLERS, may.replace(" ", ""), strict=True)) == heard


def test_the_supervisor_reads_no_secret(asked_by_all):
    """Follow links and notes are for those who work with the ticket."""
    ticket = ticket_in(asked_by_all, "serving")
    supervisor, clerk = asked_by_all.staff("s91"), asked_by_all.staff("s04")

    assert supervisor(f"GET /api/tickets/{ticket.id}").json()["follow"] is None
    assert clerk(f"GET /api/tickets/{ticket.id}").json()["follow"] == f"/t/{ticket.follow}"
    assert ticket.follow not in supervisor("GET /api/tickets").text
    assert ticket.follow not in supervisor("GET /api/counters/2").text


def test_a_kiosk_gives_only_the_classes_one_may_claim(asked_by_all):
    """An elder says so; the green channel is given at the guide desk."""
    kiosk = asked_by_all.station("kiosk-1")
    asked = [kiosk("POST /api/tickets", {"service": "consult", "priority": priority}) for priority in ("elder", "green")]

    assert [201, 403] == [answer.status_code for answer in asked]
    assert asked[1].json()["error"] == "priority_not_yours"


def test_a_clerk_s_browser_on_the_kiosk_s_machine_is_still_a_kiosk(asked_by_all):
    """Where a signed-in clerk may not and the station may, the station does: the demo is shown on one machine."""
    clerk = asked_by_all.staff("s04")
    clerk.address = "10.1.0.5"
    answer = clerk("POST /api/tickets?station=kiosk-2", {"service": "consult"})

    assert (201, "kiosk") == (answer.status_code, answer.json()["channel"])


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, "kiosk-1"),
        ({"params": {"station": "kiosk-2"}}, "kiosk-2"),
        ({"headers": {"Station": "kiosk-2"}}, "kiosk-2"),
        ({"params": {"station": "screen-3"}, "headers": {"Station": "kiosk-2"}}, "screen-3"),
    ],
)
def test_a_machine_of_a_trusted_network_says_which_station_it_is(asked_by_all, named, expected):
    """By `?station=`, else by a header; without a name it is the first kiosk."""
    near = asked_by_all.at("10.1.0.5")
    number = near("POST /api/tickets", {"service": "consult"}, **named).json()["number"]
    issued_at = asked_by_all.read(lambda rx: calling.ticket_by_number(rx, number).station)

    assert expected == issued_at


@pytest.mark.parametrize(
    ("peer", "forwarded", "known"),
    [
        ("10.1.0.5", None, True),
        ("10.9.9.9", None, False),
        ("10.9.9.9", "10.1.0.5", False),  # nobody vouches for it
        ("10.2.0.1", None, False),  # the proxy itself is no station
        ("10.2.0.1", "10.1.0.5", True),
        ("10.2.0.1", "10.9.9.9", False),
        ("10.2.0.1", "10.1.0.5, 10.9.9.9", False),  # the left one was made up by the client
        ("10.2.0.1", "10.9.9.9, 10.1.0.5", True),
        ("10.2.0.1", "10.1.0.5, 10.2.0.1", True),  # two proxies in a row
        ("10.2.0.1", "somebody", False),
        ("10.2.0.1", "10.1.0.5:4711", False),
        ("10.2.0.1", "10.9.9.9, 10.1.0.5,", True),
        ("::ffff:10.1.0.5", None, True),  # an IPv4 machine that reaches an IPv6 socket
    ],
)
def test_only_trusted_proxies_hand_an_address_on(asked_by_all, peer, forwarded, known):
    """Of X-Forwarded-For only what a trusted proxy added counts, from the right."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    status = asked_by_all.at(peer)("GET /api/services", headers=headers).status_code

    assert (200 if known else 401) == status


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8000.elsewhere.example", "http://127.0.0.1:80"]
)
def test_another_site_s_page_changes_nothing(asked_by_all, origin):
    """403 `foreign_origin` for whatever is not a reading, before anything else is looked at."""
    kiosk, before = asked_by_all.station("kiosk-1"), asked_by_all.seq
    answer = kiosk("POST /api/tickets", {"service": "consult"}, headers={"Origin": origin})

    assert (403, "foreign_origin", before) == (answer.status_code, answer.json()["error"], asked_by_all.seq)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", None])
def test_our_own_page_may(asked_by_all, origin):
    """A browser names our own address; a program names none."""
    headers = {"Origin": origin} if origin else {}

    assert asked_by_all.station("kiosk-1")("POST /api/tickets", {"service": "consult"}, headers=headers).status_code == 201


def test_in_the_demo_devices_are_open_to_all(a_near):
    """Health, looks and keys of virtual devices, and hall time: for whoever looks at the demo."""
    demo = a_near(demo=True)
    visitor = demo.at("10.9.9.9")

    assert visitor("GET /api/devices").status_code == 200
    assert visitor("POST /api/stations/counter-2/devices/keypad-2/input", {"key": "5"}).status_code == 201
    assert visitor("GET /api/tickets").status_code == 401
    assert visitor("PUT /api/stations/kiosk-1/devices/printer-1", {"state": "ok", "kind": "x"}).status_code == 401
