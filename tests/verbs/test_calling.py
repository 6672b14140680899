"""Calling: next or a chosen one, again, giving up, bringing back."""

import pytest

MINUTE_US = 60_000_000


@pytest.fixture
def desk(hall):
    """Counter 3, open."""
    return hall.counter(3).opens()


# ------------------------------------------------------------------ next


def test_whoever_came_first_is_called_first(hall, desk):
    """One line for all services of the counter."""
    came = [hall.issues("biz-setup"), hall.issues("med-aid"), hall.issues("house-transfer"), hall.issues("biz-setup")]

    assert came == desk.serves(4)


def test_nobody_waiting_is_no_refusal(hall, desk):
    """None, and nothing is recorded."""
    hall.issues("consult")

    assert ([], None) == (hall.kinds(desk.calls_next), desk.calls_next())


def test_a_call_is_told_to_the_room_the_counter_and_the_holder(hall, desk):
    """With its reason, in both areas."""
    hall.issues("biz-setup", area="f3")
    hall.passes(seconds=340)
    (told,) = hall.tells(desk.calls_next)
    ticket = hall.ticket("A001")

    assert ("ticket.called", "s05") == (told.kind, told.actor)
    assert (f"ticket:{ticket.id}", "counter:3", "board:f3", "board:f1") == told.topics
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "areas": ["f3", "f1"],
        "priority": "normal",
        "calls": 1,
        "locale": "zh-CN",
        "reason": {
            "rule": "line",
            "priority": "normal",
            "head_start_s": 0,
            "waited_s": 340,
            "moved": None,
            "passed_over": 0,
        },
    } == told.facts
    assert ("called", 3, "s05", 1) == (ticket.state, ticket.counter, ticket.clerk, ticket.calls)
    assert told.facts["reason"] == hall.wire("A001")["reason"]
    assert "A001" == desk.has


def test_a_chosen_number_is_called_out_of_turn_and_says_so(hall, desk):
    """选呼: three who came earlier are passed over."""
    hall.issues_many(4)
    (told,) = hall.tells(desk.calls, "A004")

    assert ("chosen", 3) == (told.facts["reason"]["rule"], told.facts["reason"]["passed_over"])


@pytest.mark.parametrize(("waiting", "told"), [(19, 19), (20, 20), (21, "20+"), (30, "20+")])
def test_passed_over_is_counted_to_twenty(hall, desk, waiting, told):
    """Then it is many."""
    hall.issues_many(waiting + 1)
    desk.calls(f"A{waiting + 1:03}")

    assert told == hall.wire(f"A{waiting + 1:03}")["reason"]["passed_over"]


def test_passed_over_counts_only_whom_this_counter_may_call(hall):
    """An enquiry in front of a permit is nobody's loss here."""
    hall.issues_many(3, "consult")
    hall.issues_many(2, "biz-setup")
    hall.counter(3).opens().calls("A002")

    assert 1 == hall.wire("A002")["reason"]["passed_over"]


def test_an_elder_passes_over_those_who_queued_earlier(hall, desk):
    """And the call says how many."""
    hall.issues_many(2)
    hall.passes(minutes=5)
    elder = hall.issues(priority="elder")
    hall.passes(seconds=60)
    desk.calls_next()

    assert {
        "rule": "line",
        "priority": "elder",
        "head_start_s": 1800,
        "waited_s": 60,
        "moved": None,
        "passed_over": 2,
    } == hall.wire(elder)["reason"]


def test_calling_is_refused(hall, desk):
    """Each reason by its own name, in the order a clerk would ask."""
    hall.issues_many(2)
    hall.issues("consult")

    assert "no_such_counter" == hall.refusal(hall.counter(99).calls_next)
    assert "counter_not_open" == hall.refusal(hall.counter(4).calls_next)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.staff("s06")).calls_next)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.guide).calls_next)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.kiosk).calls_next)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.pad(4)).calls_next)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.supervisor).calls_next)
    assert "no_such_ticket" == hall.refusal(desk.calls, "A999")
    assert "not_served_here" == hall.refusal(desk.calls, "D001")
    desk.calls_next()
    refused = hall.refused(desk.calls_next)
    assert ("still_serving", {"number": "A001"}) == (refused.code, refused.facts)
    assert "still_serving" == hall.refusal(desk.calls, "A002")
    assert "not_waiting" == hall.refusal(hall.counter(4).opens().calls, "A001")
    hall.counter(5).opens().pauses()
    assert "counter_not_open" == hall.refusal(hall.counter(5).calls_next)


def test_a_ticket_called_elsewhere_is_not_waiting(hall, desk):
    """Also when one asks for it by its number."""
    hall.issues()
    desk.calls_next()

    assert "not_waiting" == hall.refusal(hall.counter(4).opens().calls, "A001")


@pytest.mark.parametrize("who", ["leader", "manager"])
def test_a_duty_leader_calls_for_any_counter(hall, desk, who):
    """Recorded as theirs; the clerk of the ticket stays the counter's."""
    hall.issues()
    by = getattr(hall, who)
    (told,) = hall.tells(hall.counter(3, by=by).calls_next)

    assert (by.id, "s05") == (told.actor, hall.ticket("A001").clerk)


def test_the_pad_calls_as_its_counters_clerk(hall, desk):
    """Recorded as the station's key."""
    hall.issues()
    (told,) = hall.tells(hall.counter(3, by=hall.pad(3)).calls_next)

    assert ("counter-3", "s05") == (told.actor, hall.ticket("A001").clerk)


# ------------------------------------------------------------------ what a counter may call


def test_a_clerk_is_called_only_to_what_they_can(hall):
    """Counter 3 serves three groups; whoever knows only A there is called only A."""
    hall.issues("med-aid")
    hall.issues("biz-setup")
    desk = hall.counter(3, by=hall.staff("s10")).opens()

    assert ["A001"] == desk.serves(1)
    assert (None, "not_served_here") == (desk.calls_next(), hall.refusal(desk.calls, "B001"))


def test_a_green_counter_calls_only_its_classes(hall):
    """Counter 7: green, elder, special."""
    hall.issues_many(2)
    hall.issues(priority="elder")
    hall.issues(priority="green")
    desk = hall.counter(7).opens()

    assert ["L001", "A003"] == desk.serves(2)
    assert (None, "not_served_here") == (desk.calls_next(), hall.refusal(desk.calls, "A001"))


def test_strict_priority_is_a_long_head_start(hall, desk):
    """A green ticket goes before everyone of the last twelve hours."""
    hall.issues_many(2)
    hall.issues(priority="elder")
    hall.passes(hours=2)
    green = hall.issues(priority="green")

    assert [green, "A003", "A001", "A002"] == desk.serves(4)


def test_nobody_is_overtaken_by_more_than_the_head_start(hall, desk):
    """Half an hour is half an hour: who came 29 minutes earlier is passed, who came 31 minutes earlier is not."""
    early = hall.issues()
    hall.passes(minutes=2)
    late = hall.issues()
    hall.passes(minutes=29)
    elder = hall.issues(priority="elder")

    assert [early, elder, late] == desk.serves(3)


# ------------------------------------------------------------------ bound to a counter


def send(hall, *, to_counter, number="A001", origin=3):
    """`number` is called at `origin` and waits for `to_counter`."""
    desk = hall.counter(origin)
    desk.calls(number)
    desk.transfers(to_counter=to_counter)


def test_a_bound_ticket_is_called_by_its_counter_alone(hall, desk):
    """At its own place in line, labelled as bound."""
    hall.issues_many(2)
    send(hall, to_counter=4)
    other = hall.counter(4).opens()

    assert "not_served_here" == hall.refusal(desk.calls, "A001")
    assert "A002" == desk.calls_next()
    assert ("A001", "bound") == (other.calls_next(), hall.wire("A001")["reason"]["rule"])


def test_a_bound_ticket_competes_by_its_place(hall, desk):
    """It does not go before those who came earlier."""
    hall.issues_many(3)
    send(hall, to_counter=4, number="A002")
    other = hall.counter(4).opens()

    assert ["A001", "A002", "A003"] == other.serves(3)


@pytest.mark.parametrize(("leaves", "may"), [("closes", True), ("pauses", False), ("is_not_in_use", True)])
def test_a_ticket_bound_to_a_counter_that_closes_is_everybodys(hall, desk, leaves, may):
    """Of any counter serving its service; a pause keeps it."""
    hall.issues()
    hall.counter(4).opens()
    send(hall, to_counter=4)
    getattr(hall.counter(4, by=hall.leader), leaves)()

    assert ("A001" if may else None) == desk.calls_next()
    assert may == (hall.state("A001") == "called")


def test_an_orphan_keeps_its_place_and_is_called_by_the_line(hall, desk):
    """The counter it was bound to never opened."""
    hall.issues_many(3)
    send(hall, to_counter=5, number="A002")

    assert ["A001", "A002", "A003"] == [t["number"] for t in desk.sheet["waiting"]]
    assert 3 == desk.sheet["waiting_count"]
    assert ["A001", "A002"] == desk.serves(2)
    assert "line" == hall.wire("A002")["reason"]["rule"]
    assert 1 == desk.sheet["waiting_count"]


def test_an_orphan_is_not_called_where_its_service_is_not_served(hall, desk):
    """Counter 9 serves B only."""
    hall.issues()
    send(hall, to_counter=5)
    other = hall.counter(9).opens()

    assert (None, "not_served_here") == (other.calls_next(), hall.refusal(other.calls, "A001"))
    assert "A001" == desk.calls("A001")


# ------------------------------------------------------------------ again


def test_a_recall_is_told_like_a_call(hall, desk):
    """The count goes up; the walk goes on from the first call."""
    hall.issues()
    desk.calls_next()
    first = hall.ticket("A001")
    hall.passes(seconds=8)
    (told,) = hall.tells(desk.recalls)
    ticket = hall.ticket("A001")

    assert ("ticket.recalled", "s05", (f"ticket:{ticket.id}", "counter:3", "board:f1")) == (told.kind, told.actor, told.topics)
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "areas": ["f1"],
        "priority": "normal",
        "calls": 2,
        "locale": "zh-CN",
    } == told.facts
    assert ("called", 2, first.called_at, told.seq) == (ticket.state, ticket.calls, ticket.called_at, ticket.called_seq)
    assert 1 == desk.sheet["calls_left"]


def test_recalling_is_refused(hall, desk):
    """Nobody called, too soon, too often, by someone else."""
    hall.issues()

    assert "nobody_called" == hall.refusal(desk.recalls)
    assert "counter_not_open" == hall.refusal(hall.counter(4).recalls)
    desk.calls_next()
    refused = hall.refused(desk.recalls)
    assert ("recalled_too_soon", 8) == (refused.code, refused.facts["seconds"])
    hall.passes(seconds=8)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.staff("s06")).recalls)
    assert [2, 3] == [hall.counter(3, by=hall.leader).recalls(), (hall.passes(seconds=8), desk.recalls())[1]]
    hall.passes(seconds=8)
    assert "recall_limit" == hall.refusal(desk.recalls)
    desk.starts()
    assert "nobody_called" == hall.refusal(desk.recalls)


# ------------------------------------------------------------------ giving up


def test_nobody_came_so_the_number_is_passed(hall, desk):
    """After the third call; the counter is free; until when it may come back is told."""
    hall.issues()
    desk.calls_in_vain()
    told = hall.journal.last("ticket.no_show")
    ticket = hall.ticket("A001")

    assert (f"ticket:{ticket.id}", "counter:3", "board:f1") == told.topics
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "areas": ["f1"],
        "restore_until": hall.wire("A001")["restore_until"],
    } == told.facts
    assert (30 * MINUTE_US, "no_show", None) == (ticket.restore_until - told.at, ticket.state, desk.has)
    assert ["A001"] == [t["number"] for t in desk.sheet["no_show"]]


def test_passing_twice_is_passing_once(hall, desk):
    """A repeated PUT by the same counter records nothing."""
    hall.issues()
    desk.calls_in_vain()

    assert [] == hall.kinds(desk.passes, "A001")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().passes, "A001")


def test_passing_is_refused(hall, desk):
    """Before the last call, of a ticket not called, of another's, of none."""
    hall.issues_many(2)
    desk.calls_next()
    refused = hall.refused(desk.passes)

    assert ("too_few_calls", 2) == (refused.code, refused.facts["left"])
    assert "not_called" == hall.refusal(desk.passes, "A002")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().passes, "A001")
    assert "no_such_ticket" == hall.refusal(desk.passes, "Z999")
    desk.starts()
    assert "not_called" == hall.refusal(desk.passes)


# ------------------------------------------------------------------ bringing back


def passed(hall, desk, *, behind):
    """A001 is passed while `behind` wait; time has passed since."""
    hall.issues_many(1 + behind)
    desk.calls_in_vain()
    hall.passes(minutes=10)


@pytest.mark.parametrize(
    ("behind", "line"),
    [
        (5, ["A002", "A003", "A004", "A001", "A005", "A006"]),
        (3, ["A002", "A003", "A004", "A001"]),
        (2, ["A002", "A003", "A001"]),
        (0, ["A001"]),
    ],
)
def test_a_restored_number_waits_behind_the_third(hall, desk, behind, line):
    """Behind the last if fewer wait; as it was if none do."""
    passed(hall, desk, behind=behind)
    before = hall.ticket("A001")
    (told,) = hall.tells(desk.restores, "A001")
    after = hall.ticket("A001")

    assert ("ticket.restored", "s05", (f"ticket:{after.id}", "counter:3")) == (told.kind, told.actor, told.topics)
    assert {"number": "A001", "service": "biz-setup"} == told.facts
    assert ("waiting", told.at, 0, None, 1) == (after.state, after.queued_at, after.calls, after.restore_until, after.restores)
    assert (before.line_at == after.line_at) == (behind == 0)
    assert line == [t["number"] for t in desk.sheet["waiting"]]
    assert line == desk.serves(len(line))
    assert "restored" == hall.wire("A001")["reason"]["moved"]


def test_a_restored_ticket_is_at_no_counter(hall, desk):
    """It waits like any other; any counter that serves it may have it."""
    passed(hall, desk, behind=0)
    desk.restores("A001")

    assert (None, None) == (hall.wire("A001")["counter"], hall.ticket("A001").clerk)
    assert "A001" == hall.counter(4).opens().calls_next()


def test_the_third_is_counted_over_all_classes_of_the_service(hall, desk):
    """And over nobody of another service."""
    passed(hall, desk, behind=2)
    hall.issues_many(5, "food-permit")
    hall.issues(priority="elder")
    late = hall.issues()
    desk.restores("A001")
    order = [t["number"] for t in desk.sheet["waiting"] if hall.ticket(t["number"]).service == "biz-setup"]

    assert ["A009", "A002", "A003", "A001", late] == order


def test_two_restored_behind_the_same_one_go_by_who_came_first(hall, desk):
    """Ties go by order of issue."""
    hall.issues_many(6)
    desk.calls_in_vain()
    desk.calls_in_vain()
    desk.restores("A002")
    desk.restores("A001")

    assert ["A003", "A004", "A005", "A001", "A002", "A006"] == desk.serves(6)


def test_the_hall_may_send_restored_numbers_to_the_end(new_hall):
    """`position = "last"`: behind the last of the service, elders included."""
    hall = new_hall(no_show={"position": "last"})
    desk = hall.counter(3).opens()
    passed(hall, desk, behind=5)
    desk.restores("A001")

    assert ["A002", "A003", "A004", "A005", "A006", "A001"] == desk.serves(6)


def test_a_restored_number_waits_behind_a_bound_one_too(hall, desk):
    """The n-th of its service, whomever it waits for."""
    passed(hall, desk, behind=4)
    send(hall, to_counter=4, number="A002")
    desk.restores("A001")

    assert hall.ticket("A004").line_at + 1 == hall.ticket("A001").line_at


def test_a_restored_number_begins_its_calls_anew(hall, desk):
    """First call again; and after this turn it cannot come back a second time."""
    passed(hall, desk, behind=0)
    desk.restores("A001")
    desk.calls_in_vain()

    assert 3 == hall.ticket("A001").calls
    assert "restore_limit" == hall.refusal(desk.restores, "A001")
    assert "restore_limit" == hall.refusal(hall.restores, "A001")


def test_restoring_is_refused_when_its_time_is_over(hall, desk):
    """Half an hour after it was passed."""
    hall.issues()
    desk.calls_in_vain()
    hall.passes(minutes=30, seconds=1)

    assert "restore_expired" == hall.refusal(desk.restores, "A001")


@pytest.mark.parametrize(("policy", "refusal"), [("void", "restore_limit"), ("keep_times", None)])
def test_other_halls_have_other_policies(new_hall, policy, refusal):
    """Passing voids the number, or it may come back at any time of the day."""
    hall = new_hall(no_show={"policy": policy})
    desk = hall.counter(3).opens()
    hall.issues()
    desk.calls_in_vain()
    hall.passes(hours=5)

    assert hall.wire("A001")["restore_until"] is None
    assert refusal == (hall.refusal(desk.restores, "A001") if refusal else desk.restores("A001") and None)


def test_restoring_is_refused_where_nothing_was_passed(hall, desk):
    """Waiting, called, restored already."""
    hall.issues_many(2)

    assert "not_no_show" == hall.refusal(desk.restores, "A001")
    desk.calls_in_vain()
    desk.restores("A001")
    assert "not_no_show" == hall.refusal(desk.restores, "A001")
    assert "no_such_ticket" == hall.refusal(desk.restores, "Z999")


def test_clerks_restore_what_their_own_counter_passed_and_guides_any(hall, desk):
    """Another clerk, a kiosk, a supervisor may not."""
    passed(hall, desk, behind=0)
    for by in (hall.staff("s06"), hall.kiosk, hall.pad(4), hall.supervisor):
        assert "not_your_ticket" == hall.refusal(hall.restores, "A001", by=by)

    assert "waiting" == hall.restores("A001", by=hall.guide)


@pytest.mark.parametrize("who", ["leader", "manager"])
def test_leaders_restore_any(hall, desk, who):
    """As guides do."""
    passed(hall, desk, behind=0)

    assert "waiting" == hall.restores("A001", by=getattr(hall, who))


def test_the_pad_restores_what_its_counter_passed(hall, desk):
    """As its clerk."""
    passed(hall, desk, behind=0)

    assert "waiting" == hall.counter(3, by=hall.pad(3)).restores("A001")
