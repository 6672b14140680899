"""The hall in figures: what the live picture says, what a day's report counts, what the register holds."""

import time

import pytest

from server.queries import floor, register, reports, today
from server.verbs import counters

LOCALE = "zh-CN"


@pytest.fixture
def report(hall):
    """A day's rows by their key, and the whole."""

    def read(by="service", day=None):
        found = hall.sees(reports.day, day=day, by=by, locale=LOCALE)
        return {row["key"]: row for row in found["rows"]} | {"all": found["total"], "whole": found}

    return read


@pytest.fixture
def live(hall):
    """The live picture."""
    return lambda: hall.sees(today.live, locale=LOCALE)


def alerted(picture):
    """What needs somebody."""
    return [alert["id"] for alert in picture["alerts"]]


def service(picture, name="biz-setup"):
    """The tile of a service."""
    return next(one for one in picture["services"] if one["id"] == name)


# ------------------------------------------------------------------ a day


def test_each_part_of_a_visit_is_counted_apart(hall, report):
    """Waiting, walking, being served and lying aside are never mixed."""
    hall.issues("biz-setup")
    counter = hall.counter(2).opens()
    hall.passes(minutes=4)
    counter.calls_next()
    hall.passes(minutes=1)
    counter.starts()
    hall.passes(minutes=10)
    counter.holds()
    hall.passes(minutes=20)
    counter.resumes("A001")
    hall.passes(minutes=2)
    counter.starts()
    hall.passes(minutes=5)
    counter.finishes()

    row = report()["biz-setup"]

    assert (1, 240, 90, 900, 1200) == (
        row["finished"], row["wait_mean_s"], row["walk_mean_s"], row["serve_mean_s"], row["hold_mean_s"],
    )  # fmt: skip


def test_service_after_closing_is_counted_for_who_gave_it(new_hall):
    """Whoever holds a number is served: what lies behind 11:30 is the clerk's, also in the lunch break; what ends before is not."""
    hall = new_hall(always_open=False)
    hall.comes(hour=11, minute=10)
    hall.issues_many(3, "biz-setup")
    counter = hall.counter(2).opens()
    counter.calls_next()
    counter.starts()
    hall.comes(hour=11, minute=25)
    counter.finishes()
    counter.calls_next()
    counter.starts()
    hall.comes(hour=11, minute=36)
    counter.finishes()
    counter.calls_next()
    hall.comes(hour=11, minute=40)
    counter.starts()
    hall.comes(hour=11, minute=42)
    counter.finishes()
    found = hall.sees(reports.day, day=None, by="clerk", locale=LOCALE)

    assert [("CH004", 3, 2, 8 * 60)] == [
        (row["key"], row["finished"], row["after_close"], row["after_close_s"]) for row in found["rows"]
    ]


def test_what_was_undone_counts_for_nothing(hall, report):
    """A call taken back is no walk, no absence, and does not end the wait."""
    hall.issues("biz-setup")
    counter = hall.counter(2).opens()
    hall.passes(minutes=1)
    counter.calls_next()
    hall.passes(seconds=5)
    counter.undoes()
    hall.passes(seconds=115)
    counter.calls_next()
    counter.starts()
    counter.finishes()

    row = report()["biz-setup"]

    assert (1, 180, 1) == (row["waits"], row["wait_mean_s"], row["finished"])


def test_what_the_night_finished_is_in_no_average(hall, report):
    """A service nobody ended is no service of fourteen hours, and who was never called did not wait until morning."""
    hall.issues_many(2)
    counter = hall.counter(2).opens()
    counter.calls_next()
    hall.passes(minutes=1)
    counter.starts()
    day = hall.time.date()
    hall.comes(day=day.replace(day=day.day + 1), hour=9)
    hall.ticks()

    found = report(day=day.isoformat())

    assert (1, 0, None) == (found["all"]["waits"], found["all"]["finished"], found["all"]["serve_mean_s"])
    assert (1, 1) == (found["whole"]["tickets"]["finished"], found["whole"]["tickets"]["expired"])


def test_a_number_sent_on_counts_at_each_service(hall, report):
    """Each service has its own wait and its own act."""
    hall.issues("house-transfer")
    counter, cash = hall.counter(10).opens(), hall.counter(11).opens()
    counter.serves_next(seconds=600, next="payment")
    hall.passes(minutes=3)
    cash.serves_next(seconds=60)

    found = report()

    assert (1, 600) == (found["house-transfer"]["finished"], found["house-transfer"]["serve_mean_s"])
    assert (1, 180, 60) == tuple(found["payment"][key] for key in ("finished", "wait_mean_s", "serve_mean_s"))
    assert 2 == found["all"]["finished"]


def test_under_five_waits_a_percentile_says_nothing(hall, report):
    """From five on there is a median, and a wait that nine in ten did not exceed."""
    counter = hall.counter(2).opens()
    for minutes in (1, 2, 3, 4):
        hall.issues("biz-setup")
        hall.passes(minutes=minutes)
        counter.serves_next()
    few = report()["biz-setup"]
    hall.issues("biz-setup")
    hall.passes(minutes=30)
    counter.serves_next()
    row = report()["biz-setup"]

    assert (None, None) == (few["wait_median_s"], few["wait_p90_s"])
    assert (180, 1800, 0.8) == (row["wait_median_s"], row["wait_p90_s"], row["within_target"])


def test_who_did_not_come_and_what_was_thought_of_it(hall, report):
    """No-shows and ratings stand with the counter and the clerk they belong to."""
    hall.issues_many(2)
    counter = hall.counter(2).opens()
    counter.calls_in_vain()
    counter.serves_next(seconds=60)
    counter.rates(4)

    by_counter, by_clerk = report("counter")[2], report("clerk")["CH004"]

    assert (1, 4.0, 1) == (by_counter["no_shows"], by_counter["rating_mean"], by_counter["ratings"])
    assert (1, 4.0, 1) == (by_clerk["no_shows"], by_clerk["rating_mean"], by_clerk["ratings"])


def test_the_heat_map_has_the_half_hours_of_the_sessions_and_a_gap_for_the_break(hall, report):
    """A wait stands where it began; an empty cell is nobody."""
    hall.comes(hour=10, minute=5)
    hall.issues("biz-setup")
    hall.passes(minutes=20)
    hall.counter(2).opens().serves_next()

    found = report()
    at = [slot["at"] for slot in found["whole"]["heat"]["slots"]]
    cells = dict(zip(at, found["biz-setup"]["heat"], strict=True))

    assert ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "13:30"] == at[:7]
    assert ["13:30"] == [slot["at"] for slot in found["whole"]["heat"]["slots"] if slot["gap"]]
    assert (20, True) == (cells["10:00"]["mean_min"], cells["10:00"]["late"])
    assert [cells["09:30"], cells["10:30"]] == [None, None]


def test_a_day_without_anybody_is_a_report_too(report):
    """No rows, and nothing divided by nothing."""
    found = report(day="2020-01-01")

    assert ([], 0, None) == (found["whole"]["rows"], found["all"]["finished"], found["all"]["wait_mean_s"])


# ------------------------------------------------------------------ the register


def test_the_register_has_a_line_for_every_ticket(hall):
    """In the order of issue, with what became of each; a name or a link of anybody is not in it."""
    hall.issues("biz-setup")
    hall.issues("consult")
    counter = hall.counter(2).opens()
    hall.passes(minutes=4)
    counter.serves_next(seconds=600)
    counter.rates(5)
    first, second = hall.sees(register.register, day=None, locale=LOCALE)["rows"]

    assert ("A001", "企业设立登记", "CH004", 2, "finished") == tuple(
        first[key] for key in ("number", "service_name", "clerk", "counter", "state")
    )
    assert (240, 0, 600, 0, 5) == tuple(first[key] for key in ("wait_s", "walk_s", "serve_s", "hold_s", "rating"))
    assert ("D001", "waiting", None) == (second["number"], second["state"], second["rating"])
    assert "link-1" not in str(first)


def test_the_register_is_read_page_by_page(hall):
    """A day longer than a page is whole, and in order."""
    count = register.PAGE + 3
    hall.issues_many(count, "consult")
    rows = hall.sees(register.register, day=None, locale=LOCALE)["rows"]

    assert [f"D{n:03}" for n in range(1, count + 1)] == [row["number"] for row in rows]


# ------------------------------------------------------------------ now


def test_a_wait_over_the_target_makes_its_service_late(hall, live):
    """From four fifths of it on the wait is said in bold; over it the service is late, and somebody is to act."""
    hall.issues("biz-setup")
    hall.passes(minutes=11)
    before = live()
    hall.passes(minutes=2)
    soon = live()
    hall.passes(minutes=4)
    late = live()

    assert ["ok", "warn", "late"] == [service(picture)["state"] for picture in (before, soon, late)]
    assert service(late)["said"] == "最久 17 分，超 2 分"
    assert ["late_service:biz-setup"] == alerted(late)
    assert (1, 1) == (late["summary"]["waiting"], late["summary"]["late_services"])


def test_the_wait_of_a_number_sent_on_begins_anew(hall, live):
    """What it waited before belongs to another service."""
    hall.issues("house-transfer")
    hall.passes(minutes=14)
    hall.counter(10).opens().serves_next(seconds=1800, next="payment")
    hall.passes(minutes=2)

    assert 120 == service(live(), "payment")["longest_s"]


def test_a_counter_tells_what_it_does_and_since_when(hall, live):
    """Idle, calling, serving, pausing or not open."""
    hall.issues("biz-setup")
    for number in (2, 3, 5):
        hall.counter(number).opens()
    hall.counter(2).calls_next()
    hall.counter(3).pauses("培训")
    seats = {seat["number"]: seat for seat in live()["counters"]}

    assert ["called", "paused", "closed", "idle"] == [seats[n]["state"] for n in (2, 3, 4, 5)]
    assert ("A001", "培训", None) == (seats[2]["ticket"], seats[3]["reason"], seats[4]["since"])


def test_who_was_called_and_did_not_come_needs_somebody(hall, live):
    """After the hall's own patience."""
    hall.issues("biz-setup")
    hall.counter(2).opens().calls_next()
    hall.passes(seconds=119)
    patient = alerted(live())
    hall.passes(seconds=2)

    assert ([], ["nobody_came:2"]) == (patient, alerted(live()))


def test_a_service_or_a_hold_that_lasts_too_long_needs_somebody(hall, live):
    """Half as long again as usual; put aside for longer than the hall allows."""
    hall.issues_many(2)
    counter, other = hall.counter(2).opens(), hall.counter(3).opens()
    for one in (counter, other):
        one.calls_next()
        one.starts()
    other.holds()
    hall.passes(minutes=31)

    assert ["long_service:2", "long_hold:A002"] == alerted(live())


def test_who_waits_for_what_nobody_at_work_can_do_is_an_alert(hall, live):
    """Counter 9 is open, but its clerk's skills are another group's; as soon as one who can opens, all is well."""
    hall.issues("biz-setup")
    hall.counter(9).opens()
    before = alerted(live())
    hall.counter(2).opens()

    assert (["unserved:biz-setup"], []) == (before, alerted(live()))


def test_a_tidal_counter_is_to_open_when_enough_wait(hall, live):
    """Counter 6 opens from fifteen waiting for what it serves."""
    hall.counter(2).opens()
    hall.issues_many(14)
    before = alerted(live())
    hall.issues("biz-setup")

    assert ([], ["crowded:biz-setup", "tidal:6"]) == (before, alerted(live()))


def test_an_ask_for_help_stands_until_somebody_came(hall, live):
    """Whoever came says so."""
    hall.counter(2).opens().asks_help()
    asked = alerted(live())
    hall.does(counters.give_help, counter=2, by=hall.leader)

    assert (["help:2"], []) == (asked, alerted(live()))


def test_yesterday_s_ask_for_help_is_over(hall, live):
    """What nobody answered yesterday needs nobody today."""
    hall.counter(2).opens().asks_help()
    day = hall.time.date()
    hall.comes(day=day.replace(day=day.day + 1), hour=9)
    hall.ticks()

    assert [] == alerted(live())


def test_the_curve_counts_who_waited_at_each_quarter_of_an_hour(hall, live):
    """Today until now; the same weekday last week through the day."""
    hall.issues_many(3)
    hall.passes(minutes=20)
    hall.counter(2).opens().calls_next()
    hall.passes(minutes=20)
    first = live()["curve"]
    day = hall.time.date()
    hall.comes(day=day.replace(day=day.day + 7), hour=9, minute=10)
    hall.ticks()
    hall.issues("consult")
    again = live()["curve"]

    assert ([0, 3, 2], 2, []) == (first["today"], first["now"], first["before"])
    assert ([0, 3, 2, 2], day.isoformat()) == (again["before"][:4], again["before_day"])


def test_a_line_is_listed_in_the_order_of_the_calls(hall):
    """An elder's head start shows."""
    hall.issues("biz-setup")
    hall.issues("biz-setup", priority="elder")
    found = hall.sees(floor.line, service="biz-setup", locale=LOCALE)

    assert ["A002", "A001"] == [ticket["number"] for ticket in found["waiting"]]
    assert "no_such_service" == hall.refusal(hall.sees, floor.line, service="nothing", locale=LOCALE)


def test_the_live_picture_of_a_full_hall_is_quick(hall):
    """Twelve counters at work and five hundred waiting: drawn in well under a tenth of a second."""
    hall.issues_many(300, "biz-setup")
    hall.issues_many(212, "consult")
    for number in range(1, 13):
        hall.counter(number).opens().calls_next()
    hall.passes(minutes=20)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        hall.sees(today.live, locale=LOCALE)
        took.append(time.perf_counter() - began)
    print(f"live, 12 counters, 500 waiting: {sorted(took)[10] * 1000:.1f} ms in the middle")

    assert min(took) < 0.1
