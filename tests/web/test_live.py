"""The socket, by real ones: everything of its topics, in order, once each, over every way a connection can end."""

import contextlib
import json
import socket
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server import hub
from server.clock import real_us
from server.rules.people import By
from server.verbs import calling, counters, people, serving
from server.web import live

CLERK = By(kind="staff", id="s04", role="clerk")
BOARD = "board:f1"


def busy(hall, *, calls, counter=2):
    """So many applicants served at a counter that stays open: three events each on its area's board, and `rating.asked`."""
    for _ in range(calls):
        hall.issue("biz-setup")
        ticket = hall.call(counter, clerk="s04")
        hall.start(ticket, clerk="s04")
        hall.write(serving.finish, ticket_id=ticket.id, by=CLERK)


def told(hall, topic, *, since=0):
    """The events of a topic as the journal has them: (seq, kind)."""
    rows = hall.rows(f"SELECT seq, kind, topics FROM journal WHERE seq > {since} ORDER BY seq")  # noqa: S608 (a number)
    return [(seq, kind) for seq, kind, topics in rows if topic in topics.split()]


def heard(messages):
    return [(message["seq"], message["kind"]) for message in messages]


def refusal(hall, topics, **more):
    """(status, error) of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as refused, hall.live(topics, **more):
        pass
    return refused.value.response.status_code, json.loads(refused.value.response.body)["error"]


@pytest.fixture
def hall(far):
    """Counter 2 is open."""
    far.open(2, clerk="s04")
    return far


@pytest.fixture(scope="module")
def steady(shared_far):
    """Counter 2 is open, one ticket waits; nothing that is tried here changes it."""
    shared_far.open(2, clerk="s04")
    shared_far.issue("biz-setup", follow="mine")
    return shared_far


# ------------------------------------------------------------------ what is heard


def test_a_socket_begins_with_hello(hall):
    """Which journal, from where it goes on, and the hall's time; then what happens, flat and in its own words."""
    with hall.live(BOARD, who=hall.station("screen-1")) as screen:
        hello = screen.next()
        hall.issue("biz-setup")
        hall.call(2, clerk="s04")
        called = screen.next("ticket.called")

    assert {"kind", "journal", "seq", "now"} == set(hello)
    assert ("hello", hall.journal) == (hello["kind"], hello["journal"])
    assert ("A001", "biz-setup", 2, ["f1"], 1) == tuple(
        called[name] for name in ("number", "service", "counter", "areas", "calls")
    )
    assert hello["seq"] < called["seq"]
    assert called["at"].endswith("Z")


def test_fifty_calls_are_heard_in_order_once_each(hall):
    """A burst reaches every screen whole, while the lines they redraw are told at most once a second."""
    with hall.live(BOARD, who=hall.station("screen-1")) as screen, hall.live(BOARD, who=hall.staff("s05")) as other:
        since = screen.next("hello")["seq"]
        began = time.monotonic()
        busy(hall, calls=50)
        expected = told(hall, BOARD, since=since)
        waiting, seen = 0, []
        while len(seen) < len(expected):
            message = screen.next()
            waiting += message["kind"] == "waiting"
            seen += [message] if "at" in message else []
        lasted = time.monotonic() - began

        assert expected == heard(seen)
        assert expected == heard(other.events(len(expected)))
        assert waiting <= lasted + 1


def test_two_tabs_of_one_clerk_hear_the_same(hall):
    """A second tab takes nothing from the first."""
    clerk = hall.staff("s04")
    with hall.live("counter:2", who=clerk) as one, hall.live("counter:2", who=clerk) as two:
        since = one.next("hello")["seq"]
        busy(hall, calls=2)
        expected = told(hall, "counter:2", since=since)

        assert expected == heard(one.events(len(expected))) == heard(two.events(len(expected)))


def test_several_topics_are_one_stream(hall):
    """What two topics share is told once."""
    with hall.live(f"{BOARD},counter:2,{BOARD}", who=hall.staff("s04")) as desk:
        since = desk.next("hello")["seq"]
        busy(hall, calls=3)
        expected = sorted({*told(hall, BOARD, since=since), *told(hall, "counter:2", since=since)})

        assert expected == heard(desk.events(len(expected)))


def test_a_beat_says_what_this_socket_has_had(hall, monkeypatch):
    """Through the same queue, with the position of its own cursor: never ahead of an event that is still to come."""
    monkeypatch.setattr(hub, "BEAT_S", 0.05)
    with hall.live(BOARD, who=hall.station("screen-1")) as screen:
        since = screen.next("hello")["seq"]
        busy(hall, calls=10)
        last, positions = told(hall, BOARD, since=since)[-1][0], []
        while not positions or positions[-1][1] < hall.seq:
            message = screen.next()
            if "seq" in message:
                positions.append((message["kind"], message["seq"]))

    assert [seq for _, seq in positions] == sorted(seq for _, seq in positions)
    assert last in [seq for kind, seq in positions if kind != "beat"]


def test_a_quiet_topic_s_beats_go_on(hall, monkeypatch):
    """A screen of the third floor is told how far the hall is, though nothing of it concerns that floor."""
    monkeypatch.setattr(hub, "BEAT_S", 0.05)
    with hall.live("board:f3", who=hall.station("screen-3")) as screen:
        screen.next("hello")
        busy(hall, calls=2)
        seq = hall.seq
        while screen.next("beat")["seq"] < seq:
            pass

    assert [] == [kind for _, kind in told(hall, "board:f3")]


def test_what_is_not_journalled_comes_at_most_once_a_second(hall):
    """A phone's place, a screen's lines, a desk's nudge: the newest only, however busy the hall is."""
    mine = hall.issue("consult", follow="mine")
    hall.open(1, clerk="s03")
    topics = {"position": f"ticket:{mine.follow}", "waiting": BOARD, "desk": "counter:2"}
    with contextlib.ExitStack() as sockets:
        listening = {kind: sockets.enter_context(hall.live(topic, who=hall.staff("s02"))) for kind, topic in topics.items()}
        began = time.monotonic()
        while time.monotonic() - began < 2.5:
            busy(hall, calls=1)
            hall.issue("consult")
        last = {kind: [m for m in s.everything(for_s=0.3) if m["kind"] == kind] for kind, s in listening.items()}
        lasted = time.monotonic() - began

    assert dict.fromkeys(topics, True) == {kind: 1 <= len(found) <= lasted + 1 for kind, found in last.items()}
    assert {"kind": "position", "number": "D001", "ahead": 0} == {k: v for k, v in last["position"][0].items() if k != "wait"}
    assert ("f1", True) == (last["waiting"][0]["area"], "services" in last["waiting"][0])
    assert {"kind": "desk", "counter": 2} == last["desk"][0]


def test_a_place_in_line_is_told_when_it_moves(hall):
    """One fewer ahead; and nothing while it stays as it is."""
    hall.issue("biz-setup")
    hall.issue("biz-setup", follow="mine")
    with hall.live("ticket:mine") as phone:
        first = phone.next("position")
        hall.call(2, clerk="s04")
        second = phone.next("position")

    assert [("A002", 1), ("A002", 0)] == [(message["number"], message["ahead"]) for message in (first, second)]


def test_a_phone_hears_of_its_own_ticket_only(hall):
    """Neither of others' tickets nor of the counter."""
    hall.issue("biz-setup", follow="mine")
    with hall.live("ticket:mine") as phone:
        phone.next("hello")
        busy(hall, calls=3)
        events = phone.events(4)
        rest = phone.everything(for_s=0.3)

    assert ["ticket.called", "service.started", "service.finished", "rating.asked"] == [event["kind"] for event in events]
    assert {"A001"} == {event["number"] for event in events}
    assert [] == [message for message in rest if "at" in message]


def test_no_follow_link_is_in_any_event(hall):
    """It is the applicant's secret: neither sockets nor journal know it."""
    with hall.live("hall", who=hall.staff("s91")) as everything:
        everything.next("hello")
        for number in range(3):
            hall.issue("biz-setup", follow=f"a-very-secret-link-{number}")
        kiosk = hall.station("kiosk-1").headers
        taken = hall.http.post("/api/tickets", json={"service": "consult"}, headers=kiosk).json()
        with hall.live("ticket:a-very-secret-link-0") as phone:
            busy(hall, calls=2)
            messages = [*everything.everything(for_s=1.5), *phone.everything(for_s=0.2)]
    journal = "\n".join(map(str, hall.rows("SELECT * FROM journal")))

    assert [] == [m for m in messages if "very-secret" in str(m) or taken["follow"].removeprefix("/t/") in str(m)]
    assert "ticket.issued" in {m["kind"] for m in messages}
    assert "very-secret" not in journal
    assert taken["follow"].removeprefix("/t/") not in journal


def test_keys_of_virtual_devices_reach_their_rack(a_far):
    """In the demo a key pressed on the devices page is told to the station, and journalled nowhere."""
    hall = a_far(demo=True)
    before = hall.seq
    with hall.live("station:counter-2", who=hall.station("counter-2")) as rack, hall.live("hall") as page:
        rack.next("hello")
        page.next("hello")
        hall.http.post("/api/stations/counter-2/devices/keypad-2/input", json={"key": "5"})

        assert {"kind": "input", "device": "keypad-2", "key": "5"} == rack.next("input") == page.next("input")
        assert before == hall.seq


# ------------------------------------------------------------------ going on after a gap


def test_nothing_is_lost_or_told_twice_over_many_reconnections(hall):
    """A page that keeps losing its line while the hall works hears everything once, going on from the last seq it had."""
    screen = hall.station("screen-1")
    journal, since = hall.journal, hall.seq
    began, found = since, []
    for round_ in range(6):
        with hall.live(BOARD, who=screen, journal=journal, since=since) as line:
            line.next("hello")
            busy(hall, calls=2)
            for _ in range(2 if round_ % 2 else 6):
                message = line.next()
                if "seq" in message and message["kind"] != "hello":
                    since = message["seq"]
                    found += [message] if "at" in message else []
        busy(hall, calls=1)  # nobody listens
    expected = told(hall, BOARD, since=began)
    with hall.live(BOARD, who=screen, journal=journal, since=since) as line:
        found += line.events(len(expected) - len(found))

    assert expected == heard(found)


def test_a_page_that_slept_through_more_than_memory_holds_reads_on(hall, monkeypatch):
    """What fell off the ring comes from the journal, in pages, and goes over into what happens now without a seam."""
    monkeypatch.setattr(hub, "RING", 8)
    screen, journal, since = hall.station("screen-1"), hall.journal, hall.seq
    busy(hall, calls=150)
    with hall.live(BOARD, who=screen, journal=journal, since=since) as line:
        hello = line.next("hello")
        busy(hall, calls=5)
        expected = told(hall, BOARD, since=since)

        assert since == hello["seq"]
        assert expected == heard(line.events(len(expected)))


def test_a_server_that_was_restarted_goes_on_where_it_was(a_far):
    """The same database is the same journal: the page hears what it missed."""
    first = a_far()
    first.open(2, clerk="s04")
    screen, journal, since = first.station("screen-1"), first.journal, first.seq
    busy(first, calls=2)
    first.stop()
    second = a_far()
    with second.live(BOARD, who=screen, journal=journal, since=since) as line:
        hello = line.next("hello")
        busy(second, calls=1)
        expected = told(second, BOARD, since=since)

        assert (journal, since) == (hello["journal"], hello["seq"])
        assert expected == heard(line.events(len(expected)))


@pytest.mark.sqlite  # whose copies are made by `jiaohao backup`
def test_a_restored_database_is_another_journal(a_far, jiaohao):
    """What was heard since the copy was taken no longer holds: the page takes a fresh picture."""
    first = a_far()
    first.open(2, clerk="s04")
    screen, journal = first.station("screen-1"), first.journal
    jiaohao("backup", first.folder / "copy", data=first.folder)
    busy(first, calls=2)
    since = first.seq
    first.stop()
    for file in first.folder.glob("hall.sqlite3*"):
        file.unlink()
    jiaohao("restore", first.folder / "copy", data=first.folder)
    second = a_far()
    with second.live(BOARD, who=screen, journal=journal, since=since - 5) as line:
        assert {"kind": "resync"} == line.next()
        with pytest.raises(ConnectionClosed):
            line.next()

    assert journal != second.journal


@pytest.mark.parametrize("which", ["the future", "no journal", "another journal", "a journal that is empty"])
def test_who_cannot_go_on_is_told_to_begin_anew(steady, which):
    """`resync` instead of `hello`, then the socket closes: a gap is never papered over."""
    asked = {
        "the future": {"journal": steady.journal, "since": steady.seq + 1},
        "no journal": {"since": steady.seq},
        "another journal": {"journal": "0" * 32, "since": steady.seq},
        "a journal that is empty": {"journal": "", "since": 0},
    }[which]
    with steady.live(BOARD, who=steady.station("screen-1"), **asked) as line:
        assert {"kind": "resync"} == line.next()
        with pytest.raises(ConnectionClosed):
            line.next()


def test_what_is_no_longer_kept_cannot_be_gone_on_from(hall):
    """Entries are kept for so many days; who was away longer begins anew, who was away less goes on."""
    busy(hall, calls=3)
    hall.write(lambda tx: tx.connection.exec_driver_sql("DELETE FROM journal WHERE seq <= 4"))
    screen, journal = hall.station("screen-1"), hall.journal
    heard_first = {}
    for since in (0, 3, 4):
        with hall.live(BOARD, who=screen, journal=journal, since=since) as line:
            heard_first[since] = line.next()["kind"]

    assert {0: "resync", 3: "resync", 4: "hello"} == heard_first


def test_everything_from_the_very_beginning(hall):
    """since=0 is the whole of what is kept."""
    with hall.live("hall", who=hall.staff("s02"), journal=hall.journal, since=0) as line:
        hello, first = line.next(), line.next()

    assert (0, 1, "hall.set_up") == (hello["seq"], first["seq"], first["kind"])


# ------------------------------------------------------------------ clients as they are


def test_a_client_that_talks_nonsense_keeps_hearing(hall):
    """What it sends is read and ignored: text, bytes, much of it."""
    with hall.live(BOARD, who=hall.station("screen-1")) as screen:
        screen.next("hello")
        for word in ("{", "hello", b"\x00\xff", "x" * 4000, "", *["again"] * 200):
            screen.raw.send(word)
        hall.issue("biz-setup")
        hall.call(2, clerk="s04")

        assert "A001" == screen.next("ticket.called")["number"]


def test_a_client_that_says_too_much_is_closed_alone(hall):
    """More than a client can have to say ends that socket, and no other."""
    with hall.live(BOARD, who=hall.station("screen-1")) as loud, hall.live(BOARD, who=hall.station("screen-1")) as quiet:
        loud.next("hello")
        quiet.next("hello")
        with contextlib.suppress(ConnectionClosed):
            loud.raw.send("x" * 100_000)
            while True:
                loud.next()
        hall.issue("biz-setup")
        hall.call(2, clerk="s04")

        assert "A001" == quiet.next("ticket.called")["number"]


def deaf(hall, topics, who, **query):
    """A raw socket that did the handshake and never reads again."""
    asked = "&".join([f"topics={topics}", *(f"{name}={value}" for name, value in query.items())])
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    line.connect(hall.listening_at)
    headers = "".join(f"{name}: {value}\r\n" for name, value in who.headers.items())
    line.sendall(
        f"GET /live?{asked} HTTP/1.1\r\nHost: {hall.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n".encode()
    )
    assert line.recv(12) == b"HTTP/1.1 101"
    return line


def flood(hall):
    """More than every buffer on the way holds, to whoever listens to counter 2: sent, not journalled."""
    for number in range(120):
        message = {"kind": "input", "device": "flood", "key": "x" * 100_000, "n": number}
        hall.loop.call_soon_threadsafe(lambda message=message: hall.app.state.halls.first.hub.send("counter:2", message))


def test_a_client_that_never_reads_is_cut_and_holds_up_nobody(hall, patiently, monkeypatch):
    """Its send is blocked for a while, then it is closed; meanwhile the others hear everything in time."""
    monkeypatch.setattr(live, "SEND_S", 1.0)
    clerk, the_hub = hall.staff("s04"), hall.app.state.halls.first.hub
    line = deaf(hall, "counter:2", clerk)
    patiently(lambda: the_hub.listeners() == 1)
    flood(hall)
    with hall.live(BOARD, who=clerk) as screen:
        since = screen.next("hello")["seq"]
        began = time.monotonic()
        busy(hall, calls=3)
        expected = told(hall, BOARD, since=since)

        assert expected == heard(screen.events(len(expected)))
        assert time.monotonic() - began < 3
        patiently(lambda: the_hub.listeners() == 1)
    line.close()


def test_a_stop_does_not_wait_for_the_deaf(hall, patiently):
    """Three frozen clients hold up nothing: the server is down in a moment, and says goodbye to those who listen."""
    clerk, the_hub = hall.staff("s04"), hall.app.state.halls.first.hub
    lines = [deaf(hall, "counter:2", clerk) for _ in range(3)]
    patiently(lambda: the_hub.listeners() == 3)
    flood(hall)
    with hall.live(BOARD, who=clerk) as screen:
        screen.next("hello")
        lasted = hall.stop()
        with pytest.raises(ConnectionClosed) as closed:
            screen.next("never")
    for line in lines:
        line.close()

    assert lasted < 3
    assert closed.value.rcvd.code == 1012


def test_whoever_leaves_is_forgotten(hall, patiently):
    """However they go: politely, or by pulling the cable."""
    clerk, the_hub = hall.staff("s04"), hall.app.state.halls.first.hub
    with hall.live(BOARD, who=clerk) as polite:
        polite.next("hello")
    rude = deaf(hall, BOARD, clerk)
    patiently(lambda: the_hub.listeners() == 1)
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    rude.close()
    patiently(lambda: the_hub.listeners() == 0)

    assert the_hub.listeners() == 0


def test_a_client_that_goes_during_the_handshake_leaves_no_trace(hall, patiently, caplog):
    """A page closed while it opens is an everyday thing, and no error."""
    clerk = hall.staff("s04")
    for _ in range(10):
        deaf(hall, BOARD, clerk).close()
    with hall.live(BOARD, who=clerk) as screen:
        screen.next("hello")
        patiently(lambda: hall.app.state.halls.first.hub.listeners() == 1)

    assert [] == [record for record in caplog.records if record.levelname == "ERROR"]


# ------------------------------------------------------------------ who may listen

WHO = {
    "nobody": None, "kiosk-1": "station", "screen-1": "station", "counter-2": "station", "counter-3": "station",
    "s04": "its clerk", "s05": "another clerk", "s03": "guide", "s02": "duty leader", "s01": "manager", "s90": "admin",
    "s91": "supervisor",
}  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "may"),
    [
        ("board:f1", "xooo ooooooo o"),
        ("counter:2", "xxxo xoxxooo o"),
        ("ticket:mine", "oooo oooooooo"),
        ("station:kiosk-1", "xoxx xxxxxxo x"),
        ("hall", "xxxx xooooooo"),
        ("board:f1,counter:2", "xxxo xoxxooo o"),
    ],
)
def test_a_topic_is_heard_by_the_right_people(steady, topic, may):
    """403 at the handshake for everybody else; one topic too many refuses the whole."""
    found = {}
    for name, kind in WHO.items():
        who = None if kind is None else steady.station(name) if kind == "station" else steady.staff(name)
        try:
            with steady.live(topic, who=who) as line:
                found[name] = "o" if line.next()["kind"] == "hello" else "?"
        except InvalidStatus as refused:
            found[name] = {403: "x"}.get(refused.response.status_code, "?")

    assert dict(zip(WHO, may.replace(" ", ""), strict=True)) == found


def test_a_rack_hears_every_counter_its_devices_name(a_far, shipped):
    """One machine may drive the signs of several counters."""
    text = shipped.replace('station = "counter-3"\nkind = "keypad/serial"', 'station = "counter-2"\nkind = "keypad/serial"')
    hall = a_far(text=text)
    with hall.live("counter:2,counter:3", who=hall.station("counter-2")) as rack:
        assert "hello" == rack.next()["kind"]

    assert (403, "not_allowed") == refusal(hall, "counter:4", who=hall.station("counter-2"))


def test_any_clerk_looks_at_a_counter_nobody_has(steady):
    """Who may sit down there may look first."""
    with steady.live("counter:3", who=steady.staff("s04")) as desk:
        assert "hello" == desk.next()["kind"]


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1"])
def test_another_site_s_page_hears_nothing(steady, origin):
    """A browser carries the cookie along; the Origin gives it away, at the handshake."""
    assert (403, "foreign_origin") == refusal(steady, BOARD, who=steady.staff("s04"), origin=origin)


def test_our_own_page_hears(steady):
    """The address it came from is the one it talks to."""
    with steady.live(BOARD, who=steady.staff("s04"), origin=steady.url) as page:
        assert "hello" == page.next()["kind"]


@pytest.mark.parametrize(
    ("topics", "status", "error"),
    [
        ("board:f9", 404, "no_such_area"),
        ("counter:77", 404, "no_such_counter"),
        ("counter:two", 404, "no_such_counter"),
        ("counter:%C2%B2", 404, "no_such_counter"),
        ("ticket:nobodys", 404, "no_such_link"),
        ("station:nowhere", 404, "no_such_station"),
        ("weather", 422, "malformed"),
        ("hall:x", 422, "malformed"),
        ("", 422, "malformed"),
        (",".join(["board:f1"] * 65), 422, "malformed"),
        ("board:f1&since=x&journal=y", 422, "malformed"),
        ("board:f1&since=-1&journal=y", 422, "malformed"),
        ("board:f1&since=99999999999999999999&journal=y", 422, "malformed"),
    ],
)
def test_what_cannot_be_listened_to_is_refused_at_the_handshake(steady, topics, status, error):
    """With the status and the shape of any refusal."""
    assert (status, error) == refusal(steady, topics, who=steady.staff("s90"))


def test_an_expired_or_forged_sign_in_hears_nothing(steady):
    """The same rules as over HTTP."""
    now = real_us()
    expired = steady.staff("s04", began_at=now - 13 * 3_600_000_000)
    signed_out = steady.staff("s04")
    steady.write(people.sign_out, secret=signed_out.headers["Cookie"].partition("=")[2])

    assert [(403, "not_allowed")] * 2 == [refusal(steady, BOARD, who=who) for who in (expired, signed_out)]


def test_help_is_heard_by_the_duty_leader(hall):
    """It is nothing for the screens of the hall."""
    with hall.live("hall", who=hall.staff("s02")) as leader, hall.live(BOARD, who=hall.station("screen-1")) as screen:
        leader.next("hello")
        screen.next("hello")
        hall.write(counters.ask_help, counter=2, by=CLERK)
        hall.issue("biz-setup")
        hall.write(calling.call, counter=2, by=CLERK)

        assert ["counter.help_asked", "ticket.issued"] == [event["kind"] for event in leader.events(2)]
        assert ["ticket.called"] == [event["kind"] for event in screen.events(1)]
