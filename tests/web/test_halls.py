"""Several halls in one installation: each its own numbers, people and sockets, and a district that reads them all."""

import csv
import io
import json
import uuid
from ipaddress import ip_network

import pytest
from routes import TABLE
from storyteller import by_hand
from websockets.exceptions import InvalidStatus

from server.clock import PacedClock
from server.verbs.setup import found

FAR = "10.9.9.9"  # an address in no trusted network
TOPICS = ("board:f1", "counter:2", "station:kiosk-1", "hall", "ticket:nobodys")
UNDER = ("sample-city", "chunhe-district", "nanhu-street")


def moved(request, hall):
    """A request of the table, sent to another hall."""
    method, path = request.split(" ", 1)
    return f"{method} /h/{hall}{path}"


@pytest.fixture(scope="module")
def two(shared):
    """The hall at the root with a ticket in service, and another with everything under the same keys, quite untouched."""
    shared.open(2, clerk="s04")
    ticket = shared.issue()
    shared.call(2, clerk="s04")
    other = shared.adds("nanhu")
    return shared, other, ticket


# ------------------------------------------------------------------ each for itself


def test_each_hall_counts_for_itself(near):
    """The same keys, and yet other numbers, another journal, other counters."""
    other = near.adds("nanhu", name={"zh-CN": "南湖"})
    near.issue()
    near.issue()
    here, there = near.at(FAR)("GET /api/hall").json(), near.at(FAR)("GET /h/nanhu/api/hall").json()

    assert "A003" == near.issue().number
    assert "A001" == other.issue().number
    assert ("chunhe", "nanhu", "南湖") == (here["id"], there["id"], there["name"])
    assert here["journal"] != there["journal"]
    assert 2 == near.read(lambda rx: rx.head.seq) - 2
    assert [1, 2] == [row[0] for row in near.rows("SELECT seq FROM journal WHERE hall = 'nanhu' ORDER BY seq")]


def test_the_hall_at_the_root_has_an_address_under_its_key_too(near):
    """Whoever goes through all halls need not know which is at the root."""
    assert near.at(FAR)("GET /h/chunhe/api/hall").json()["id"] == "chunhe"


def test_the_pages_of_a_hall_stay_in_it(two):
    """Every address on its pages leads to it; what all halls share lies at the root."""
    page = two[0].at(FAR)("GET /h/nanhu/").text

    assert 'data-base="/h/nanhu"' in page
    assert 'href="/h/nanhu/kiosk"' in page
    assert 'href="/kiosk"' not in page


def test_only_the_hall_at_the_root_plays_in_a_demo(a_near):
    """The others are there to be walked through, at the same clock."""
    root = a_near(demo=True, clock=PacedClock())
    with by_hand(root.place) as database:
        found(database, setup=root.described("xinhe"), journal_id=uuid.uuid4().hex, demo=True)
    root.run(root.app.state.halls.look())
    there = root.at(FAR)("GET /h/xinhe/").text

    assert 'class="play"' in root.at(FAR)("GET /").text
    assert 'class="play"' not in there
    assert "演示" in there
    assert "not_a_demo" == root.at(FAR)("PUT /h/xinhe/api/demo/play", {"speed": 60}).json()["error"]


def test_a_hall_may_have_a_host_of_its_own(a_near):
    """There it lies at the root, and its slips lead there."""
    root = a_near(hosts={"nanhu.example.cn": "nanhu"}, public_url="https://hall.example.cn")
    other = root.adds("nanhu")
    there = root.at(FAR, Host="Nanhu.example.cn:443")

    assert "nanhu" == there("GET /api/hall").json()["id"]
    assert "chunhe" == root.at(FAR, Host="hall.example.cn")("GET /api/hall").json()["id"]
    assert "https://nanhu.example.cn" == root.app.state.halls.find(other.id).public_url
    assert "https://nanhu.example.cn/" in {hall["url"] for hall in root.at(FAR)("GET /api/halls").json()["halls"]}


def test_a_hall_added_meanwhile_opens_by_itself(near):
    """The running server notices it."""
    with by_hand(near.place) as database:
        found(database, setup=near.described("xinhe"), journal_id=uuid.uuid4().hex, demo=False)

    async def noticed():
        while near.app.state.halls.find("xinhe") is None:
            await near.app.state.halls.look()

    near.run(noticed())
    assert 200 == near.at(FAR)("GET /h/xinhe/api/hall").status_code


def test_one_browser_may_be_signed_in_at_two_halls(near):
    """Each hall knows its own cookie."""
    other = near.adds("nanhu")
    both = "; ".join([near.staff("s01").headers["Cookie"], other.staff("s05").headers["Cookie"]])
    browser = near.at(FAR, Cookie=both)

    assert "CH001" == browser("GET /api/session").json()["job_no"]
    assert "CH005" == browser("GET /h/nanhu/api/session").json()["job_no"]
    browser("DELETE /h/nanhu/api/session")
    assert 200 == browser("GET /api/session").status_code
    assert 401 == browser("GET /h/nanhu/api/session").status_code


# ------------------------------------------------------------------ nothing of one another


@pytest.mark.parametrize("route", list(TABLE))
def test_to_another_hall_everybody_is_nobody(two, route):
    """Admin, clerk and machine of one hall get at the other what anybody gets, route by route."""
    root, _, ticket = two
    request, body, *_ = TABLE[route]
    sent = moved(request.replace("{ticket}", ticket.id), "nanhu")
    nobody = root.at("10.9.9.9")(sent, body)

    for who in (root.staff("s90"), root.staff("s04"), root.station("kiosk-1"), root.station("counter-2")):
        answer = who(sent, body)
        assert (nobody.status_code, nobody.json().get("error")) == (answer.status_code, answer.json().get("error"))


@pytest.mark.parametrize("route", [route for route in TABLE if "{ticket}" in route])
def test_a_ticket_of_another_hall_is_not_there(two, route):
    """Not even for those who may do everything in their own."""
    _, other, ticket = two
    request, body, *_ = TABLE[route]
    answer = other.staff("s90")(moved(request.replace("{ticket}", ticket.id), "nanhu"), body)

    assert (404, "no_such_ticket") == (answer.status_code, answer.json()["error"])


def test_a_link_of_another_hall_leads_nowhere(near):
    """Follow links are each hall's own."""
    other = near.adds("nanhu")
    other.issue(follow="a-link-of-nanhu")

    assert 200 == near.at(FAR)("GET /h/nanhu/api/follow/a-link-of-nanhu").status_code
    assert "no_such_link" == near.at(FAR)("GET /api/follow/a-link-of-nanhu").json()["error"]


def test_a_trusted_network_is_the_first_halls(a_near):
    """Its machines are stations at the root; everywhere else they need a key."""
    root = a_near(trusted_networks=(ip_network("10.1.0.0/24"),))
    root.adds("nanhu")

    assert 200 == root.at("10.1.0.5")("GET /api/services").status_code
    assert 401 == root.at("10.1.0.5")("GET /h/nanhu/api/services").status_code


@pytest.mark.parametrize("route", list(TABLE))
def test_a_hall_that_is_not_there_is_said_to_be_so(two, route):
    """One refusal on every route, whoever asks."""
    request, body, *_ = TABLE[route]
    answer = two[0].staff("s90")(moved(request.replace("{ticket}", "x"), "atlantis"), body)

    assert (404, "no_such_hall", {"hall": "atlantis"}) == (
        answer.status_code,
        answer.json()["error"],
        answer.json()["facts"],
    )


def test_a_browser_gets_a_page_for_it(two):
    """Also for an address that is no page in any hall."""
    answer = two[0].at(FAR)("GET /h/atlantis/kiosk", headers={"Accept": "text/html"})

    assert (404, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "atlantis" in answer.text


def test_the_socket_of_a_hall_tells_of_it_alone(far):
    """What happens in one hall is not heard in the other."""
    other = far.adds("nanhu")
    far.open(2, clerk="s04")
    with (
        far.live("board:f1", who=far.station("screen-1")) as here,
        live_at(far, "nanhu", "board:f1", key=other.key("screen-1")) as there,
    ):
        far.issue()
        far.call(2, clerk="s04")
        other.issue()
        other.issue(follow="second")
        other.open(2, clerk="s04")
        other.call(2, clerk="s04")
        heard = [here.next("ticket.called"), there.next("counter.opened"), there.next("ticket.called")]

    assert ["A001", "A001"] == [heard[0]["number"], heard[2]["number"]]
    assert [far.seq, other.seq] == [heard[0]["seq"], heard[2]["seq"]]


@pytest.mark.parametrize("topic", TOPICS)
def test_no_socket_across_halls(shared_far, topic):
    """A topic of another hall is refused to staff and stations of this one, and one of no hall is not there."""
    if shared_far.app.state.halls.find("nanhu") is None:
        shared_far.adds("nanhu")
    wanted = {"ticket:nobodys": (404, "no_such_link")}.get(topic, (403, "not_allowed"))

    for who in (shared_far.staff("s90"), shared_far.station("kiosk-1")):
        assert wanted == refused(shared_far, "nanhu", topic, who.headers)
        assert (404, "no_such_hall") == refused(shared_far, "atlantis", topic, who.headers)


def live_at(root, hall, topics, *, key=None, headers=None):
    """A socket of another hall."""
    who = root.at(FAR, **(headers or {"Authorization": f"Bearer {key}"}))
    return root.live(topics, who=who, under=f"/h/{hall}")


def refused(root, hall, topic, headers):
    """(status, error) of a handshake."""
    with pytest.raises(InvalidStatus) as refusal, live_at(root, hall, topic, headers=headers):
        pass
    return refusal.value.response.status_code, json.loads(refusal.value.response.body)["error"]


# ------------------------------------------------------------------ the district


@pytest.fixture(scope="module")
def district(shared):
    """The district's hall at the root; one in a street of it, one elsewhere."""
    return (
        shared,
        shared.adds("lihu", org_path=UNDER),
        shared.adds("faraway", org_path=("other-city",)),
    )


@pytest.mark.parametrize("route", list(TABLE))
def test_a_districts_supervisor_reads_and_changes_nothing(district, route):
    """At every hall of the district what a supervisor of it may, route by route; at no other."""
    root, street, _ = district
    request, body, _state, marks = TABLE[route]
    if "{ticket}" in request:
        request = request.replace("{ticket}", street.issue(follow=uuid.uuid4().hex).id)
    may = marks.split()[2] == "o"
    answer = root.staff("s91")(moved(request, "lihu"), body)

    assert may == (answer.status_code != 403), answer.text
    if route.startswith("GET") and "s91" not in route and TABLE[route][3].split()[0][0] == "-":
        elsewhere = root.staff("s91")(moved(request, "faraway"), body)
        assert 401 == elsewhere.status_code, elsewhere.text


def test_only_from_above_and_only_supervisors(district):
    """A manager of the district's hall, or a supervisor of the street's, reads nothing of the other."""
    root, street, _ = district

    assert 401 == root.staff("s01")("GET /h/lihu/api/reports/day").status_code
    assert 401 == street.staff("s91")("GET /api/reports/day").status_code
    assert 200 == root.staff("s91")("GET /h/lihu/api/reports/day").status_code


def test_a_visitor_is_nobody_of_the_hall(district):
    """Though the keys are the same: the session names the district's person, and no personal data is shown."""
    root, street, _ = district
    ticket = street.issue(follow=uuid.uuid4().hex)
    session = root.staff("s91")("GET /h/lihu/api/session").json()
    seen = root.staff("s91")(f"GET /h/lihu/api/tickets/{ticket.id}").json()

    assert ("s91", "supervisor") == (session["id"], session["role"])
    assert seen["follow"] is None


@pytest.mark.parametrize("path", ["/manage", "/manage/report", "/manage/devices", "/counter", "/counter/2"])
def test_a_visitor_sees_the_pages(district, path):
    """As a supervisor of the hall sees them."""
    answer = district[0].staff("s91")(f"GET /h/lihu{path}", headers={"Accept": "text/html"})

    assert 200 == answer.status_code, answer.text


def test_the_load_of_every_hall_is_public(near):
    """The least busy first: fewest people for each open counter; no names."""
    quiet = near.adds("nanhu", org_path=UNDER)
    near.open(2, clerk="s04")
    for _ in range(3):
        near.issue()
    quiet.issue()
    quiet.open(2, clerk="s04")
    near.clock.step(seconds=90.5)  # stamps of one moment differ by microseconds
    halls = near.at(FAR)("GET /api/halls").json()["halls"]

    assert [("nanhu", 1), ("chunhe", 3)] == [(hall["id"], hall["waiting"]) for hall in halls]
    assert [90, 90] == [hall["longest_wait_s"] for hall in halls]
    assert [{"open": 1, "all": 12}] * 2 == [hall["counters"] for hall in halls]
    assert ["/h/nanhu/", "/"] == [hall["url"] for hall in halls]


def test_the_day_of_a_district(near):
    """A row for each hall that is read, and sums by district and street."""
    street = near.adds("nanhu", org_path=UNDER)
    near.adds("faraway", org_path=("other-city",))
    near.open(2, clerk="s04")
    near.issue()
    near.call(2, clerk="s04")
    street.issue()
    near.clock.step(seconds=60)
    street.open(2, clerk="s04")
    street.call(2, clerk="s04")
    day = near.staff("s91")("GET /api/district/day").json()

    assert ["chunhe", "nanhu"] == [row["id"] for row in day["halls"]]
    assert [[], ["sample-city"], list(UNDER[:2]), list(UNDER)] == [one["path"] for one in day["sums"]]
    assert [2, 2, 2, 1] == [one["tickets"]["taken"] for one in day["sums"]]
    assert [30, 30, 30, 60] == [one["wait_mean_s"] for one in day["sums"]]
    alone = street.staff("s91")("GET /h/nanhu/api/district/day").json()
    assert ["nanhu"] == [row["id"] for row in alone["halls"]]


def test_the_day_of_a_district_is_a_file_too(near):
    """The halls, then their sums, which name no hall; for supervisors only, in any shape."""
    near.adds("nanhu", org_path=UNDER, name={"zh-CN": "南湖"}).issue()
    near.issue()
    told = near.staff("s91")("GET /api/district/day?format=csv&lang=zh-CN")
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))
    paths = ["全部", *(" › ".join(UNDER[:depth]) for depth in (1, 2, 3))]

    assert told.headers["content-disposition"] == 'attachment; filename="district-2026-11-23.csv"'
    assert ["区划", "大厅", "大厅数", "取号", "办结"] == rows[0][:5]
    assert [paths[2], "春和区政务服务中心", "1", "1"] == rows[1][:4]
    assert [paths[3], "南湖", "1", "1"] == rows[2][:4]
    assert [[paths[0], "", "2", "2"], [paths[1], "", "2", "2"], [paths[2], "", "2", "2"], [paths[3], "", "1", "1"]] == [
        row[:4] for row in rows[3:]
    ]
    assert 200 == near.staff("s91")("GET /api/district/day?format=xlsx").status_code
    assert [403, 403] == [near.staff(who)("GET /api/district/day?format=csv").status_code for who in ("s01", "s90")]


def test_where_a_hall_lies_is_not_the_managers_to_change(near):
    """Else a hall could put itself above its neighbours and read them."""
    doc = near.config.hall.hall.model_dump(mode="json") | {"org_path": ["sample-city"]}
    answer = near.staff("s90")("POST /api/setup/changes", {"changes": [{"noun": "hall", "id": "", "doc": doc}]})

    assert (422, "setup_invalid") == (answer.status_code, answer.json()["error"])
    assert "hall place" in answer.json()["facts"]["problem"]
