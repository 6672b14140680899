"""The set-up over HTTP: read whole, changed in one act, refused in one sentence that names the place, with nothing changed."""

import pytest


@pytest.fixture
def hall(near):
    """The application in this process."""
    return near


@pytest.fixture
def manager(hall):
    """The manager, signed in."""
    return hall.staff("s01")


def setup_of(manager):
    """The whole set-up, as it now is."""
    return manager("GET /api/setup").json()["setup"]


def thing(setup, noun, key):
    """One thing of a list."""
    named = {"counter": "number", "station": "name"}.get(noun, "id")
    return next(one for one in setup[noun] if str(one[named]) == key)


def changed(manager, *things, **headers):
    """Post changes; what is not named of a thing stays as it is, None removes it."""
    setup = setup_of(manager)
    body = []
    for noun, key, parts in things:
        known = setup[noun] if not isinstance(setup[noun], list) else next((t for t in setup[noun] if _key(noun, t) == key), {})
        body.append({"noun": noun, "id": key, "doc": None if parts is None else {**known, **parts}})
    return manager("POST /api/setup/changes", {"changes": body}, headers=headers)


def _key(noun, one):
    return str(one[{"counter": "number", "station": "name"}.get(noun, "id")])


def sessions(manager, *made):
    hours = setup_of(manager)["hall"]["hours"]
    return {"hours": {**hours, "sessions": [{"id": name, "open": begins, "close": ends} for name, begins, ends in made]}}


# ------------------------------------------------------------------ what is possible


def test_the_answer_is_the_whole_as_it_now_is(hall, manager):
    """The same that a GET gives, true at the entry that tells of the change."""
    before = manager("GET /api/setup").json()
    answer = changed(manager, ("service", "consult", {"name": {"zh-CN": "综合咨询"}}), ("notice", "n1", None)).json()

    assert "综合咨询" == thing(answer["setup"], "service", "consult")["name"]["zh-CN"]
    assert before["seq"] + 1 == answer["seq"] == hall.seq
    assert answer["setup"] == setup_of(manager)


def test_the_next_snapshot_has_it(hall, manager):
    """Services, boards and signs, without a restart."""
    kiosk = hall.station("kiosk-1")
    changed(
        manager,
        ("service", "payment", {"enabled": False}),
        ("notice", "n9", {"id": "n9", "screens": ["hall"], "level": "urgent", "text": {"zh-CN": "停电通知"}}),
        ("calling", "", {"screen": {**setup_of(manager)["calling"]["screen"], "counter_idle": {"zh-CN": "您好"}}}),
    )
    payment = next(s for s in kiosk("GET /api/services").json()["services"] if s["id"] == "payment")

    assert (False, "service_closed") == (payment["open"], payment["why"]["error"])
    assert "停电通知" == kiosk("GET /api/board?area=f1").json()["notices"][0]["text"]
    assert "您好" == hall.station("counter-3")("GET /api/counters/3/sign").json()["idle"]


def test_the_same_key_changes_once(hall, manager):
    """The same request again gets the same answer and no second entry; another body under the key is refused."""
    key = {"Idempotency-Key": "setup-1"}
    body = {"changes": [{"noun": "notice", "id": "n1", "doc": None}]}
    first = manager("POST /api/setup/changes", body, headers=key)
    again = manager("POST /api/setup/changes", body, headers=key)
    other = manager("POST /api/setup/changes", {"changes": [{"noun": "notice", "id": "n2", "doc": None}]}, headers=key)

    assert (200, 200, first.json()) == (first.status_code, again.status_code, again.json())
    assert (422, "key_reused") == (other.status_code, other.json()["error"])
    assert ["n2", "n3", "n4", "n5"] == [notice["id"] for notice in setup_of(manager)["notice"]]


@pytest.mark.parametrize("noun", ["hall", "calling", "ticket", "calendar", "rating", "booking", "privacy", "complaint"])
def test_a_part_written_back_as_it_was_changes_nothing(manager, noun):
    """What the API gives out it takes."""
    before = setup_of(manager)

    assert changed(manager, (noun, "", {})).json()["setup"] == before


def test_everything_written_back_as_it_was_changes_nothing(manager):
    """Also every thing of every list, in one act."""
    before = setup_of(manager)
    things = [
        (noun, _key(noun, one), {})
        for noun in ("area", "group", "service", "counter", "staff", "priority", "station")
        for one in before[noun]
    ]

    assert changed(manager, *things).json()["setup"] == before


# ------------------------------------------------------------------ what is refused

WRONG = {
    "markup in a notice": ([("notice", "n1", {"text": {"zh-CN": "<script>alert(1)</script>"}})], "notice[1] n1.text"),
    "markup in a second language": ([("notice", "n1", {"text": {"zh-CN": "您好", "en": "a > b"}})], "notice[1] n1.text"),
    "a control character in a name": ([("service", "consult", {"name": {"zh-CN": "业务\x1b咨询"}})], "service[9] consult.name"),
    "markup in a slip": ([("ticket", "", {"reminders": [{"zh-CN": "<b>"}]})], "ticket.reminders[1]"),
    "a letter used twice": ([("group", "B", {"prefix": "A"})], "group prefix"),
    "a letter that reads as a digit": ([("group", "B", {"prefix": "O"})], "group[2] B.prefix"),
    "a service without a counter": ([("counter", "11", {"services": ["pickup"]})], "service payment"),
    "a counter without a service": ([("counter", "11", {"services": []})], "counter 11"),
    "a negative quota": ([("service", "consult", {"session_quota": {"am": -1}})], "service consult.session_quota.am"),
    "a quota that is no number": (
        [("service", "consult", {"session_quota": {"am": "many"}})],
        "service[9] consult.session_quota.am",
    ),
    "a head start of more than a day": ([("priority", "elder", {"head_start_min": 1441})], "priority[2] elder.head_start_min"),
    "a holiday that has passed": (
        [("calendar", "", {"year": [{"year": 2026, "holidays": ["2026-11-22"], "makeup_workdays": []}]})],
        "calendar",
    ),
    "a day that is none": (
        [("calendar", "", {"year": [{"year": 2026, "holidays": ["2026-02-30"], "makeup_workdays": []}]})],
        "calendar.year[1].holidays[1]",
    ),
    "a person who does not exist": ([("counter", "3", {"clerk": "s99"})], "counter 3.clerk"),
    "a group that still has services": ([("group", "A", None)], "service biz-setup.group"),
    "a job number used twice": ([("staff", "s05", {"job_no": "ch004"})], "staff job_no"),
    "a role that is none": ([("staff", "s05", {"role": "king"})], "staff[5] s05.role"),
    "a field that is none": ([("service", "consult", {"colour": "red"})], "service[9] consult.colour"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_with_its_place(shared, case):
    """422 setup_invalid; the sentence begins with the place; no entry in the journal, the set-up as it was."""
    hall, manager = shared, shared.staff("s01")
    wrong, place = WRONG[case]
    before, seq = setup_of(manager), hall.seq
    answer = changed(manager, *wrong)
    problem = answer.json()["facts"]["problem"]

    assert (422, "setup_invalid") == (answer.status_code, answer.json()["error"])
    assert problem.startswith(place), problem
    assert problem in answer.json()["detail"]
    assert (before, seq) == (setup_of(manager), hall.seq)


@pytest.mark.parametrize(
    ("made", "place"),
    [
        ([("am", "08:30", "11:30"), ("pm", "11:29", "17:00")], "hall.hours: session pm overlaps am"),
        ([("pm", "13:30", "17:00"), ("am", "08:30", "11:30")], "hall.hours: session am overlaps pm"),
        ([("am", "11:30", "08:30")], "hall.hours.sessions[1] am: a session must close after it opens"),
        ([("am", "25:00", "26:00")], "hall.hours.sessions[1] am.open"),
        ([], "hall.hours.sessions"),
    ],
)
def test_sessions_that_cannot_be_are_refused(shared, made, place):
    """Sessions stand in order, apart, and close after they open."""
    hall, manager = shared, shared.staff("s01")
    before, seq = setup_of(manager), hall.seq
    answer = changed(manager, ("hall", "", sessions(manager, *made)))

    assert (422, "setup_invalid") == (answer.status_code, answer.json()["error"])
    assert answer.json()["facts"]["problem"].startswith(place)
    assert (before, seq) == (setup_of(manager), hall.seq)


def test_right_beside_wrong_is_not_kept(hall, manager):
    """Together or not at all."""
    before, seq = setup_of(manager), hall.seq
    answer = changed(manager, ("notice", "n1", None), ("service", "consult", {"group": "Z"}), ("area", "f1", {"floor": 2}))

    assert answer.status_code == 422
    assert (before, seq) == (setup_of(manager), hall.seq)


def test_who_would_be_stranded_is_named(hall, manager):
    """409 with the numbers in line, the counters at work, the people at one; nothing changed."""
    hall.open(8, clerk="s10")
    ticket = hall.issue("pickup")
    before, seq = setup_of(manager), hall.seq
    line = changed(manager, ("counter", "12", {"priority_only": ["green"]}))
    counter = changed(manager, ("counter", "8", None))
    clerk = changed(manager, ("counter", "8", {"clerk": None}), ("staff", "s10", None))

    assert [(409, "would_strand")] * 3 == [(one.status_code, one.json()["error"]) for one in (line, counter, clerk)]
    assert [ticket.number] == line.json()["facts"]["tickets"]
    assert [8] == counter.json()["facts"]["counters"]
    assert ["赵雪 CH010"] == clerk.json()["facts"]["staff"]
    assert (before, seq) == (setup_of(manager), hall.seq)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"changes": []},
        {"changes": [{"noun": "notice", "id": "n1", "doc": None, "more": 1}]},
        {"changes": [{"noun": "notice", "id": "x" * 65}]},
    ],
)
def test_what_is_no_change_is_refused_before_the_hall_hears_of_it(shared, body):
    """The shape first."""
    hall, manager = shared, shared.staff("s01")
    seq = hall.seq
    answer = manager("POST /api/setup/changes", body)

    assert answer.status_code == 422
    assert seq == hall.seq


# ------------------------------------------------------------------ what stands when a thing is gone


def test_who_is_taken_off_the_staff_is_signed_out(hall, manager):
    """The next request finds nobody; no error."""
    person = hall.staff("s13")
    assert person("GET /api/session").status_code == 200
    changed(manager, ("counter", "11", {"clerk": None}), ("staff", "s13", None))

    assert person("GET /api/session").status_code == 401


def test_a_machine_that_is_no_more_is_nobody(hall):
    """Its key opens nothing."""
    kiosk = hall.station("kiosk-2")
    changed(hall.staff("s90"), ("station", "kiosk-2", None))

    assert kiosk("GET /api/services").status_code == 401


@pytest.mark.parametrize(
    "beyond", [("station", "kiosk-2", None), ("station", "kiosk-2", {"area": "f3"}), ("staff", "s02", {"role": "admin"})]
)
def test_stations_and_admins_are_an_admins_to_change(hall, manager, beyond):
    """A manager is refused, and nothing has changed; an admin may."""
    before = setup_of(manager)
    refused = changed(manager, beyond)

    assert (403, "not_allowed") == (refused.status_code, refused.json()["error"])
    assert before == setup_of(manager)
    assert 200 == changed(hall.staff("s90"), beyond).status_code


def test_a_day_with_a_service_and_a_counter_that_are_no_more_can_be_read(hall, manager):
    """Boards, tickets and links say what they can of what was done there."""
    ticket = hall.issue("pickup", follow="link-of-the-holder")
    hall.open(12, clerk="s14")
    hall.call(12, clerk="s14")
    hall.start(ticket, clerk="s14")
    clerk = hall.staff("s14")
    assert clerk(f"PUT /api/tickets/{ticket.id}/completion", {}).status_code == 200
    clerk("PUT /api/counters/12/state", {"state": "closed"})
    steps = [("service", one["id"], {"next_steps": []}) for one in setup_of(manager)["service"] if "pickup" in one["next_steps"]]
    assert changed(manager, *steps, ("service", "pickup", None), ("counter", "12", None)).status_code == 200
    reads = [
        "/api/board?area=f1",
        "/api/services",
        "/api/counters",
        f"/api/tickets/{ticket.id}",
        "/api/tickets",
        "/api/follow/link-of-the-holder",
    ]

    assert [200] * len(reads) == [manager(f"GET {path}").status_code for path in reads]
    pages = ["/t/link-of-the-holder", "/guide", f"/guide?number={ticket.number}", "/manage", "/manage/report"]
    assert [200] * len(pages) == [manager(f"GET {page}").status_code for page in pages]
    assert manager("GET /api/counters/12").status_code == 404
