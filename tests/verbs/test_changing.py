"""The manager changes the hall: live at once, together or not at all, and never over somebody's head."""

import io
import json
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

import pytest

from server.cli import main
from server.queries import lobby, register, reports
from server.queries.tickets import followed
from server.queries.today import live
from server.rules.people import By
from server.verbs.changing import Change, change_setup

TUESDAY = date(2026, 11, 24)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def changes(hall):
    """Change things: `changes(("service", "consult", {"enabled": False}))`; what is not named stays as it is, None removes."""
    return lambda *things, **who: change(hall, *things, **who)


def change(hall, *things, by=None):
    """Change things of a hall, as the manager."""
    acts = [
        Change(noun=noun, id=key, doc=None if parts is None else {**doc(hall, noun, key), **parts}) for noun, key, parts in things
    ]
    hall.does(change_setup, changes=acts, by=by or hall.manager)


def doc(hall, noun, key=""):
    """A thing as it stands in the set-up; empty when there is none."""
    raw = hall.store.hall.setup.model_dump(mode="json")[noun]
    named = {"counter": "number", "station": "name"}.get(noun, "id")
    return raw if not isinstance(raw, list) else next((one for one in raw if str(one[named]) == key), {})


# ------------------------------------------------------------------ live at once


def test_a_change_made_by_another_server_holds_here_too(hall, beside):
    """For its looks and for its acts, from the next one on."""
    before = hall.services()["consult"]["open"]
    change(beside, ("service", "consult", {"enabled": False}))

    assert (True, False) == (before, hall.services()["consult"]["open"])
    change(beside, ("service", "consult", {"enabled": True}), ("service", "payment", {"enabled": False}))
    assert "service_closed" == hall.refusal(hall.issues, "payment")
    assert "D001" == hall.issues("consult")


def test_a_change_is_told_to_every_board_and_every_counter(hall, changes):
    """One event for the act, with what was changed but not how; its topics are every area and every counter, old and new."""
    told = hall.tells(changes, ("service", "consult", {"enabled": False}), ("notice", "n1", None))

    assert [("setup.changed", "s01")] == [(one.kind, one.actor) for one in told]
    assert [{"noun": "service", "id": "consult", "gone": False}, {"noun": "notice", "id": "n1", "gone": True}] == told[0].facts[
        "changes"
    ]
    assert {"board:f1", "board:f3", *(f"counter:{n}" for n in range(1, 13))} == set(told[0].topics)


def test_the_next_number_keeps_the_new_hours(new_hall):
    """A hall that opens at nine in place of half past eight gives no number at half past eight from now on."""
    hall = new_hall(always_open=False)
    hall.comes(hour=8, minute=35)
    hall.issues()
    hours = doc(hall, "hall")["hours"]
    change(hall, ("hall", "", {"hours": {**hours, "sessions": [{"id": "am", "open": "09:00", "close": "11:30"}]}}))

    assert "hall_closed" == hall.refusal(hall.issues)
    hall.comes(hour=8, minute=45)
    assert "A002" == hall.issues()


def test_the_next_number_keeps_the_new_calendar(new_hall):
    """Tomorrow becomes a holiday; a Saturday becomes a workday."""
    hall = new_hall(always_open=False)
    calendar = doc(hall, "calendar")
    year = calendar["year"][0]
    add = {"holidays": [*year["holidays"], "2026-11-24"], "makeup_workdays": [*year["makeup_workdays"], "2026-11-28"]}
    change(hall, ("calendar", "", {"year": [{**year, **add}]}))
    hall.comes(day=TUESDAY, hour=9)
    hall.ticks()

    assert "hall_closed" == hall.refusal(hall.issues)
    hall.comes(day=date(2026, 11, 28), hour=9)
    assert "A001" == hall.issues()


def test_a_year_without_a_list_keeps_the_public_holidays(new_hall):
    """Nobody has entered 2027 yet: on 1 October the hall is closed all the same."""
    hall = new_hall(always_open=False)
    hall.comes(day=date(2027, 10, 1), hour=9)
    hall.ticks()
    closed = hall.refused(hall.issues)

    assert ("hall_closed", "2027-10-06T00:15:00.000000Z") == (closed.code, closed.facts["opens_at"])


def test_busy_days_change_quotas_and_say_so(hall, changes):
    """Half again as many numbers; kiosk, screens and phones tell it; a counter that should be open is an alert."""
    changes(
        ("service", "consult", {"session_quota": {"am": 2, "pm": 2}}),
        ("calendar", "", {"peak": [peak("2026-11-23", "2026-11-25", quota_percent=150, counters=[7])]}),
    )
    for _ in range(3):
        hall.issues("consult")
    full = hall.refused(hall.issues, "consult")
    told = hall.sees(lobby.notices, locale="en", screen="mobile")["notices"]

    assert ("quota_reached", 3) == (full.code, full.facts["quota"])
    assert [{"id": "peak", "level": "info", "text": "Tax season: expect to wait"}] == told
    assert "peak:7" in alerts_of(hall)
    hall.counter(7, by=hall.leader).opens()
    assert "peak:7" not in alerts_of(hall)


def test_the_day_after_the_busy_days_is_a_day_like_any_other(hall, changes):
    """Quotas, notices and alerts end with the last of them."""
    changes(
        ("service", "consult", {"session_quota": {"am": 1, "pm": 1}}),
        ("calendar", "", {"peak": [peak("2026-11-20", "2026-11-23", quota_percent=200, counters=[7])]}),
    )
    hall.comes(day=TUESDAY, hour=9)
    hall.issues("consult")

    assert "quota_reached" == hall.refusal(hall.issues, "consult")
    assert [] == hall.sees(lobby.notices, locale="en", screen="mobile")["notices"]
    assert "peak:7" not in alerts_of(hall)


def peak(first, last, **more):
    """Busy days with a notice."""
    return {"first": first, "last": last, "note": {"zh-CN": "征期高峰", "en": "Tax season: expect to wait"}, **more}


def alerts_of(hall):
    """What the manager's page says needs somebody now."""
    return [alert["id"] for alert in hall.sees(live, locale="en")["alerts"]]


def test_the_next_number_keeps_the_new_quota(hall, changes):
    """What was given out before counts."""
    hall.issues("consult")
    changes(("service", "consult", {"session_quota": {"am": 2, "pm": 2}}))
    hall.issues("consult")

    assert "quota_reached" == hall.refusal(hall.issues, "consult")
    changes(("service", "consult", {"session_quota": {"am": 3}}))
    assert "D003" == hall.issues("consult")


def test_the_next_number_has_the_new_head_start(hall, changes):
    """Who stands in line keeps the place it was given; the next elder gets the new one."""
    ordinary = hall.issues("consult")
    hall.passes(minutes=10)
    changes(("priority", "elder", {"head_start_min": 5}))
    later = hall.issues("consult", priority="elder")
    changes(("priority", "elder", {"head_start_min": 45}))
    ahead = hall.issues("consult", priority="elder")

    assert [ahead, ordinary, later] == hall.counter(1).opens().serves(3)


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        ({"enabled": False}, "service_closed"),
        ({"off_from": "2026-11-23"}, "service_closed"),
        ({"off_from": "2026-11-20", "off_until": "2026-11-23"}, "service_closed"),
        ({"off_from": "2026-11-20", "off_until": "2026-11-22"}, None),
        ({"off_from": "2026-11-24"}, None),
    ],
)
def test_a_service_is_switched_off_at_once_or_for_some_days(hall, changes, off, expected):
    """Who has a number is served; nobody gets a new one."""
    waiting = hall.issues("payment")
    changes(("service", "payment", off))

    assert expected == (hall.refusal(hall.issues, "payment") if expected else hall.issues("payment") and None)
    assert waiting == hall.counter(11).opens().calls_next()


def test_a_new_service_and_its_counter_are_one_act(hall, changes):
    """Alone the service is refused; together both hold, and the first number is given and called."""
    fund = {"id": "fund", "group": "D", "name": {"zh-CN": "公积金提取"}}
    refused = hall.refused(changes, ("service", "fund", fund))
    changes(("service", "fund", fund), ("counter", "11", {"services": ["payment", "fund"]}))

    assert "service fund: no counter serves it" == refused.facts["problem"]
    assert hall.issues("fund") == hall.counter(11).opens().calls_next()


def test_calls_recalls_and_no_shows_follow_the_new_rule(hall, changes):
    """One call is enough from now on, also for who has been called already."""
    hall.issues("consult")
    desk = hall.counter(1).opens()
    desk.calls_next()

    assert "too_few_calls" == hall.refusal(desk.passes)
    changes(("calling", "", {"max_calls": 1}))
    assert "no_show" == desk.passes()


def test_a_sign_says_the_new_words(hall, changes):
    """Texts of signs, names of counters, names of people: the next look has them."""
    screen = {**doc(hall, "calling")["screen"], "counter_idle": {"zh-CN": "您好"}}
    changes(("calling", "", {"screen": screen}), ("counter", "3", {"name": {"zh-CN": "一号厅"}}), ("staff", "s05", {"star": 5}))
    sign = hall.counter(3).opens().sign

    assert ("您好", "一号厅", 5) == (sign["idle"], sign["name"], sign["clerk"]["star"])


# ------------------------------------------------------------------ kept


def test_changes_survive_a_restart(hall, changes):
    """They stand in the database, which is the truth; config.toml is only how the hall began. Order is kept."""
    changes(
        ("service", "consult", {"name": {"zh-CN": "综合咨询"}}),
        ("notice", "n2", None),
        ("area", "f2", {"id": "f2", "floor": 2, "name": {"zh-CN": "二楼"}}),
        ("calling", "", {"max_calls": 2}),
    )
    before = hall.store.hall.setup
    hall.shuts_down()
    hall.starts_up()
    after = hall.store.hall.setup

    assert before == after
    assert ["f1", "f3", "f2"] == [area.id for area in after.area]
    assert ["n1", "n3", "n4", "n5"] == [notice.id for notice in after.notice]
    assert hall.journal.broken_at is None


def test_check_lists_what_differs_from_the_file(hall, sample, tmp_path):
    """`jiaohao check` names the things, one a line, and is content."""
    path = tmp_path / "data" / "hall.sqlite3"
    path.parent.mkdir()

    def check():
        out = io.StringIO()
        with redirect_stdout(out):
            code = main(["check", "--config", str(ROOT / "config.toml"), "--data", str(path.parent)])
        return code, [line.strip() for line in out.getvalue().splitlines() if line.startswith("  ")]

    hall.closes()
    hall.__init__(path, setup=sample, at=hall.time)
    assert (0, []) == check()
    change(
        hall,
        ("service", "consult", {"enabled": False}),
        ("notice", "n1", None),
        ("area", "f2", {"id": "f2", "floor": 2, "name": {"zh-CN": "二楼"}}),
    )

    assert (0, ["area f2: only in the database", "notice n1: only in config.toml", "service consult: changed"]) == check()


def test_reports_still_say_how_what_has_gone_was_called(hall, changes):
    """Yesterday's table and register name the service, and the person by name and job number."""
    hall.issues("pickup")
    hall.counter(12).opens().serves_next()
    hall.counter(12).closes()
    changes(("staff", "s14", None), ("counter", "12", None), ("service", "pickup", None))
    by = {kind: hall.sees(reports.day, day=None, by=kind, locale="en")["rows"][0] for kind in ("service", "clerk")}
    line = hall.sees(register.register, day=None, locale="en")["rows"][0]

    assert ("Certificate collection", "CH014", "Xu Ting") == (by["service"]["name"], by["clerk"]["key"], by["clerk"]["name"])
    assert ("Certificate collection", "CH014") == (line["service_name"], line["clerk"])


def test_whoever_leaves_is_named_nowhere_any_more(hall, changes):
    """A person, a service, a counter, a class: whatever may do without them does, in the same act."""
    changes(("staff", "s05", None), ("counter", "12", None), ("service", "pickup", None), ("priority", "green", None))
    setup = hall.store.hall.setup

    assert (None, []) == (hall.store.hall.counters[3].clerk, [p.id for p in setup.staff if p.substitute == "s05"])
    assert "pickup" not in str(setup.model_dump(exclude={"gone"}))
    assert [("elder", "special")] == [counter.priority_only for counter in setup.counter if counter.number == 7]


# ------------------------------------------------------------------ refused: together or not at all


WRONG = {
    "a letter used twice": ([("group", "B", {"prefix": "A"})], "group prefix 'A' is used 2 times"),
    "a class with the letter of a group": (
        [("priority", "booked", {"prefix": "A"})],
        "priority booked.prefix 'A' is already the prefix of a group",
    ),
    "a letter that reads as a digit": ([("group", "B", {"prefix": "O"})], "group[2] B.prefix"),
    "a service in no group": ([("service", "consult", {"group": "Z"})], "service consult.group: there is no group 'Z'"),
    "a service without a counter": ([("counter", "11", {"services": ["pickup"]})], "service payment: no counter serves it"),
    "a counter that serves nothing": ([("counter", "11", {"services": []})], "counter 11: it serves nothing"),
    "a negative quota": (
        [("service", "consult", {"session_quota": {"am": -1}})],
        "service consult.session_quota.am = -1: a quota is not negative",
    ),
    "a quota of no session": ([("service", "consult", {"session_quota": {"night": 5}})], "there is no session 'night'"),
    "a negative head start": ([("priority", "elder", {"head_start_min": -5})], "priority[2] elder.head_start_min = -5"),
    "a name in no language of the hall": (
        [("service", "consult", {"name": {}})],
        "service consult.name: the text in zh-CN is missing",
    ),
    "an unknown field": ([("service", "consult", {"colour": "red"})], "service[9] consult.colour"),
    "markup in a notice": (
        [("notice", "n1", {"text": {"zh-CN": "<b>欢迎</b>"}})],
        "notice[1] n1.text: the text in zh-CN must not contain < or > or control characters (the notice)",
    ),
    "a line break in a name": (
        [("service", "consult", {"name": {"zh-CN": "咨\n询"}})],
        "service[9] consult.name: the text in zh-CN",
    ),
    "a bell in a voice": ([("calling", "", {"voice": {"zh-CN": "请\x07"}})], "calling.voice: the text in zh-CN must not contain"),
    "a person whom nobody is": ([("counter", "3", {"clerk": "s99"})], "counter 3.clerk: there is no staff member 's99'"),
    "a counter's only class": (
        [("counter", "7", {"priority_only": ["green"]}), ("priority", "green", None)],
        "counter 7.priority_only: there is no priority 'green'",
    ),
    "a group that still has services": ([("group", "A", None)], "service biz-setup.group: there is no group 'A'"),
    "nobody ordinary": ([("priority", "normal", None)], "the class 'normal' is needed"),
    "the hall itself": ([("hall", "", None)], "hall cannot be removed"),
    "the hall's key": ([("hall", "", {"id": "another"})], "hall.id"),
    "a noun of nothing": ([("colour", "red", None)], "there is nothing called 'colour'"),
    "a thing of nothing": ([("notice", "n99", None)], "there is no notice 'n99'"),
    "another key than its own": ([("notice", "n1", {"id": "n9"})], "notice n1: id must be 'n1'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_with_its_place(hall, changes, case):
    """One sentence that begins with the place; nothing is kept of it, nor of what was right beside it."""
    wrong, said = WRONG[case]
    before = hall.store.hall.setup
    things = [("notice", "n2", {"level": "urgent"}), *((n, k, p) for n, k, p in wrong)]
    refused = hall.refused(lambda: change_raw(hall, *things))

    assert ("setup_invalid", True) == (
        refused.code,
        any(said in one for one in [refused.facts["problem"], *refused.facts["problems"]]),
    )
    assert before is hall.store.hall.setup


def change_raw(hall, *things):
    """As `change`, for things and nouns that there may not be."""
    known = hall.store.hall.setup.model_dump(mode="json")
    acts = [
        Change(noun=noun, id=key, doc=None if parts is None else {**(doc(hall, noun, key) if noun in known else {}), **parts})
        for noun, key, parts in things
    ]
    hall.does(change_setup, changes=acts, by=hall.manager)


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        ([("am", "08:30", "11:30"), ("pm", "11:00", "17:00")], "hall.hours: session pm overlaps am"),
        ([("am", "11:30", "08:30")], "a session must close after it opens"),
        ([("am", "08:30", "11:30"), ("am", "13:30", "17:00")], "session id 'am' is used 2 times"),
        ([], "hall.hours.sessions"),
    ],
)
def test_hours_that_cannot_be_are_refused(hall, changes, sessions, said):
    """Sessions lie apart, each closes after it opens, each has a name of its own."""
    made = [{"id": name, "open": begins, "close": ends} for name, begins, ends in sessions]
    hours = {**doc(hall, "hall")["hours"], "sessions": made}
    refused = hall.refused(changes, ("hall", "", {"hours": hours}))

    assert said in refused.facts["problem"]


@pytest.mark.parametrize("kind", ["holidays", "makeup_workdays"])
@pytest.mark.parametrize("day", ["2026-11-22", "2026-01-05"])
def test_what_has_been_cannot_be_changed(hall, changes, kind, day):
    """A day that has passed is neither added nor taken away; today still may be."""
    year = doc(hall, "calendar")["year"][0]
    refused = hall.refused(changes, ("calendar", "", {"year": [{**year, kind: [*year[kind], day]}]}))
    gone = hall.refused(changes, ("calendar", "", {"year": [], "public": None}))
    changes(("calendar", "", {"year": [{**year, kind: [*year[kind], "2026-11-23"]}]}))

    assert f"calendar: {day} has passed" == refused.facts["problem"]
    assert "calendar: 2026-01-01 has passed" == gone.facts["problem"]


def test_a_list_that_only_repeats_the_public_calendar_may_go(hall, changes):
    """The sample's list of 2026 is the notice's, and so is the public one: no day changes."""
    listed = doc(hall, "calendar")["year"]
    changes(("calendar", "", {"year": []}))
    changes(("calendar", "", {"year": listed}))

    assert 1 == len(doc(hall, "calendar")["year"])


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ({"year": [{"year": 2027, "holidays": ["2026-12-31"]}]}, "2026-12-31 is not a day of 2027"),
        (
            {"year": [{"year": 2027, "holidays": ["2027-01-02"], "makeup_workdays": ["2027-01-02"]}]},
            "2027-01-02 is a holiday and a workday at once",
        ),
        ({"year": [{"year": 2027}, {"year": 2027}]}, "there are two lists for 2027"),
        ({"peak": [{"first": "2026-12-02", "last": "2026-12-01"}]}, "the last busy day comes before the first"),
        (
            {"peak": [{"first": "2026-12-01", "last": "2026-12-03"}, {"first": "2026-12-03", "last": "2026-12-04"}]},
            "busy days overlap",
        ),
        ({"peak": [{"first": "2026-11-20", "last": "2026-11-22"}]}, "calendar.peak: 2026-11-22 has passed"),
        (
            {"peak": [{"first": "2026-12-01", "last": "2026-12-03", "counters": [99]}]},
            "calendar.peak.counters: there is no counter 99",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(hall, changes, calendar, said):
    """Days of another year, a day that is two things, two lists, busy days in disorder or in the past."""
    refused = hall.refused(changes, ("calendar", "", {**doc(hall, "calendar"), **calendar}))

    assert said in refused.facts["problem"]


# ------------------------------------------------------------------ refused: somebody would be stranded


def test_nobody_in_line_loses_the_way_to_a_counter(hall, changes):
    """A service, a class, an area that somebody waits with; a counter that alone could call: each refusal names the number."""
    a001 = hall.issues("consult", priority="elder")
    asks = [
        [("service", "consult", None), ("counter", "1", {"services": ["pickup"]})],
        [("counter", "1", {"priority_only": ["green"]})],
        [("priority", "elder", None), ("counter", "7", {"priority_only": ["green"]})],
    ]
    refused = [hall.refused(changes, *things) for things in asks]

    assert [("would_strand", [a001])] * 3 == [(one.code, one.facts["tickets"]) for one in refused]
    hall.cancels(a001)
    changes(("counter", "1", {"priority_only": ["green"]}))


def test_a_counter_at_work_and_its_clerk_stay(hall, changes):
    """Closed first, removed then."""
    desk = hall.counter(8).opens()
    counter = hall.refused(changes, ("counter", "8", None))
    clerk = hall.refused(changes, ("counter", "8", {"clerk": None}), ("staff", "s10", None))
    desk.closes()
    changes(("counter", "8", None), ("staff", "s10", None))

    assert ("would_strand", [8]) == (counter.code, counter.facts["counters"])
    assert ("would_strand", ["赵雪 CH010"]) == (clerk.code, clerk.facts["staff"])
    assert 8 not in hall.store.hall.counters


# ------------------------------------------------------------------ what has been, after its thing is gone


def test_what_was_done_today_can_still_be_read(hall, changes):
    """A finished ticket of a service, a class, a counter, a clerk that are no more: boards, desks and links say what they can."""
    fund = {"id": "fund", "group": "D", "name": {"zh-CN": "公积金提取"}}
    changes(
        ("service", "fund", fund),
        ("counter", "13", {**doc(hall, "counter", "11"), "number": 13, "services": ["fund"], "clerk": "s13"}),
    )
    number = hall.issues("fund")
    link = hall.ticket(number).follow
    desk = hall.counter(13, by=hall.staff("s13")).opens()
    desk.serves_next()
    desk.closes()
    changes(("service", "fund", None), ("counter", "13", None), ("counter", "11", {"clerk": None}), ("staff", "s13", None))

    assert "finished" == hall.wire(number)["state"]
    assert [] == [one for one in hall.board()["counters"] if one["number"] == 13]
    assert hall.sees(follow_of, link)["number"] == number
    assert json.dumps(hall.board())
    assert hall.lobby()["open"]


def follow_of(rx, link):
    """What the holder of a link sees."""
    return followed(rx, follow=link, locale="zh-CN")


def test_only_a_person_changes_the_hall(hall, changes):
    """The journal says who."""
    hall.tells(changes, ("notice", "n1", None), by=By(kind="staff", id="s02", role="admin"))

    assert "s02" == hall.journal.last("setup.changed").actor
