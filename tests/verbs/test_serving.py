"""At the counter: start, hold, resume, send on, finish; and how long each took."""

import pytest

S = 1_000_000


@pytest.fixture
def desk(hall):
    """Counter 3, open; A001 is called there."""
    hall.issues()
    desk = hall.counter(3).opens()
    desk.calls_next()
    return desk


@pytest.fixture
def busy(desk):
    """Counter 3, with A001 in service."""
    desk.starts()
    return desk


# ------------------------------------------------------------------ start


def test_a_service_act_begins(hall, desk):
    """Told to the room, with the act that a rating will be about."""
    (told,) = hall.tells(desk.starts)
    ticket = hall.ticket("A001")

    assert ("service.started", "s05", (f"ticket:{ticket.id}", "counter:3", "board:f1")) == (told.kind, told.actor, told.topics)
    assert {"number": "A001", "service": "biz-setup", "counter": 3, "areas": ["f1"], "act": ticket.act} == told.facts
    assert ("serving", told.at, ticket.act) == (ticket.state, ticket.started_at, hall.stages("A001")[-1].act)


def test_starting_twice_is_starting_once(hall, desk):
    """A repeated PUT; the act stays the same."""
    desk.starts()
    act = hall.ticket("A001").act

    assert ([], act) == (hall.kinds(desk.starts), hall.ticket("A001").act)


def test_starting_is_refused(hall, desk):
    """Of a ticket not called, of another's, of none."""
    hall.issues()

    assert "not_called" == hall.refusal(desk.starts, "A002")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().starts, "A001")
    assert "no_such_ticket" == hall.refusal(desk.starts, "Z999")


# ------------------------------------------------------------------ hold and resume


@pytest.mark.parametrize("reason", ["no_papers", "with_papers", "next_step"])
def test_a_ticket_is_put_aside_and_the_counter_is_free(hall, busy, reason):
    """The note stays between clerks: in no event, on no phone."""
    (told,) = hall.tells(busy.holds, reason, note="needs a copy")
    ticket = hall.ticket("A001")

    assert ("ticket.held", "s05", (f"ticket:{ticket.id}", "counter:3", "board:f1")) == (told.kind, told.actor, told.topics)
    assert {"number": "A001", "service": "biz-setup", "counter": 3, "areas": ["f1"], "reason": reason} == told.facts
    assert ("held", None, 3) == (ticket.state, busy.has, ticket.counter)
    assert (reason, "needs a copy") == (hall.wire("A001")["hold"]["reason"], hall.wire("A001")["hold"]["note"])
    assert hall.wire("A001", secret=False)["hold"]["note"] is None
    assert ["A001"] == [t["number"] for t in busy.sheet["held"]]


def test_one_who_is_only_called_can_be_put_aside_too(hall, desk):
    """They stand there, but have to fetch something."""
    assert "held" == desk.holds("next_step")


def test_holding_twice_is_holding_once(hall, busy):
    """A repeated PUT by the same counter."""
    busy.holds()

    assert [] == hall.kinds(busy.holds, number="A001")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().holds, number="A001")


def test_holding_is_refused(hall, busy):
    """Of a ticket that waits or is done, of another's, of none."""
    hall.issues()

    assert "not_serving" == hall.refusal(busy.holds, number="A002")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().holds, number="A001")
    assert "no_such_ticket" == hall.refusal(busy.holds, number="Z999")
    busy.finishes()
    assert "not_serving" == hall.refusal(busy.holds, number="A001")


def test_a_held_ticket_goes_straight_to_its_counter(hall, busy):
    """Called there at once, before everyone who waits; both counters hear of it."""
    busy.holds("no_papers", note="copies")
    hall.issues()
    hall.passes(minutes=5)
    other = hall.counter(4).opens()
    (told,) = hall.tells(other.resumes, "A001")
    ticket = hall.ticket("A001")

    assert ("ticket.resumed", "s06") == (told.kind, told.actor)
    assert (f"ticket:{ticket.id}", "counter:4", "counter:3", "board:f1") == told.topics
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 4,
        "areas": ["f1"],
        "priority": "normal",
        "calls": 1,
        "locale": "zh-CN",
    } == told.facts
    assert ("called", 4, "s06", 1, None, None) == (
        ticket.state,
        ticket.counter,
        ticket.clerk,
        ticket.calls,
        ticket.hold_reason,
        ticket.hold_note,
    )
    assert ("A001", None) == (other.has, busy.has)
    assert ["A001"] == [call["number"] for call in hall.board()["calling"]]


def test_papers_kept_at_a_counter_are_taken_back_there(hall, busy):
    """Or by the duty leader, at another counter that serves the service."""
    busy.holds("with_papers")
    other = hall.counter(4).opens()

    assert "not_served_here" == hall.refusal(other.resumes, "A001")
    assert [] == other.sheet["held"]
    assert "called" == busy.resumes("A001")
    busy.holds("with_papers")
    assert "called" == hall.counter(4, by=hall.leader).resumes("A001")


def test_resuming_is_refused(hall, busy):
    """Of a ticket not held, at a counter that is busy, shut, another's or of another service."""
    hall.issues()

    assert "not_held" == hall.refusal(hall.counter(4).opens().resumes, "A001")
    busy.holds()
    assert "counter_not_open" == hall.refusal(hall.counter(5).resumes, "A001")
    assert "no_such_counter" == hall.refusal(hall.counter(99, by=hall.leader).resumes, "A001")
    assert "not_allowed" == hall.refusal(hall.counter(4, by=hall.staff("s05")).resumes, "A001")
    assert "not_served_here" == hall.refusal(hall.counter(9).opens().resumes, "A001")
    assert "not_served_here" == hall.refusal(hall.counter(7).opens().resumes, "A001")
    assert "no_such_ticket" == hall.refusal(busy.resumes, "Z999")
    busy.calls_next()
    assert "still_serving" == hall.refusal(busy.resumes, "A001")


def test_who_held_it_may_resume_it_whatever_they_are_called_for(hall, busy):
    """A clerk without the skill, who got it from the duty leader, finishes what lies there."""
    busy.holds("with_papers")
    hall.counter(3).closes()
    desk = hall.counter(3, by=hall.staff("s12")).opens()

    assert "called" == desk.resumes("A001")


# ------------------------------------------------------------------ sending on


def waiting(hall, desk):
    """The numbers a counter would call, in order."""
    return [ticket["number"] for ticket in desk.sheet["waiting"]]


def test_a_ticket_is_sent_on_with_its_number(hall, busy):
    """It waits again, elsewhere; the act ends and is asked about."""
    hall.passes(minutes=3)
    act = hall.ticket("A001").act
    transferred, asked = hall.tells(busy.transfers, to_service="payment")
    ticket = hall.ticket("A001")

    assert ("ticket.transferred", "s05", (f"ticket:{ticket.id}", "counter:3", "board:f1")) == (
        transferred.kind,
        transferred.actor,
        transferred.topics,
    )
    assert {
        "number": "A001",
        "service": "payment",
        "from_service": "biz-setup",
        "from_counter": 3,
        "to_counter": None,
        "areas": ["f1"],
        "place": "kept",
    } == transferred.facts
    assert ("rating.asked", act) == (asked.kind, asked.facts["act"])
    assert ("waiting", "payment", None, None, 0, None, None, None) == (
        ticket.state,
        ticket.service,
        ticket.counter,
        ticket.bound,
        ticket.calls,
        ticket.called_at,
        ticket.started_at,
        ticket.moved,
    )
    assert (act, None, "A001") == (ticket.act, busy.has, hall.counter(11).opens().calls_next())


def test_one_who_was_not_served_is_not_asked(hall, desk):
    """There was no act: called only, or held since."""
    assert ["ticket.transferred"] == hall.kinds(desk.transfers, to_service="payment")


def test_a_held_ticket_is_sent_on_from_the_shelf(hall, busy):
    """While its counter serves another."""
    busy.holds()
    hall.issues()
    busy.calls_next()

    assert ["ticket.transferred"] == hall.kinds(busy.transfers, "A001", to_service="payment")
    assert ("A002", "waiting", None) == (busy.has, hall.state("A001"), hall.ticket("A001").hold_reason)


def test_both_counters_hear_of_a_ticket_sent_from_one_to_the_other(hall, busy):
    """So that the second can look forward to it."""
    transferred, _ = hall.tells(busy.transfers, to_counter=4)

    assert ("counter:3", "counter:4") == transferred.topics[1:3]
    assert (4, "biz-setup") == (transferred.facts["to_counter"], transferred.facts["service"])


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("kept", ["A001", "D001", "D002", "D003"]),
        ("last", ["D001", "D002", "D003", "A001"]),
        ("first", ["A001", "D001", "D002", "D003"]),
    ],
)
def test_where_a_ticket_sent_on_waits(hall, busy, place, line):
    """`kept`: as early as it came; `last`: from now on; `first`: before everyone of the service."""
    hall.issues_many(3, "payment")
    hall.passes(minutes=3)
    queued_at = hall.ticket("A001").queued_at
    busy.transfers(to_service="payment", place=place)
    ticket = hall.ticket("A001")

    assert line == waiting(hall, hall.counter(11).opens())
    assert (place == "last") == (ticket.queued_at > queued_at)
    assert ("first" if place == "first" else None) == ticket.moved


def test_first_is_first_of_all_classes(hall, busy):
    """Before an elder, too; and its call says that it was moved."""
    hall.issues("payment", priority="green")
    busy.transfers(to_service="payment", place="first")
    hall.counter(11).opens().calls_next()

    assert ("called", "first", 0) == (
        hall.state("A001"),
        hall.wire("A001")["reason"]["moved"],
        hall.wire("A001")["reason"]["passed_over"],
    )


def test_a_later_first_is_before_an_earlier_first(hall):
    """Each is put before all who wait then."""
    hall.issues_many(3)
    hall.issues("payment")
    desk = hall.counter(3).opens()
    for _ in range(3):
        desk.serves_next(next="payment", place="first")

    assert ["A003", "A002", "A001", "D001"] == waiting(hall, hall.counter(11).opens())


def test_first_of_nobody_is_as_kept(hall, busy):
    """With nobody there, there is nobody to be put before."""
    queued_at = hall.ticket("A001").queued_at
    busy.transfers(to_service="payment", place="first")
    ticket = hall.ticket("A001")

    assert (queued_at * 1000, None) == (ticket.line_at, ticket.moved)


def test_a_head_start_is_kept_on_the_way(hall):
    """An elder sent on with the place kept, or as the last, still stands half an hour further in front."""
    hall.issues(priority="elder")
    hall.issues(priority="elder")
    desk = hall.counter(3).opens()
    desk.serves_next(next="payment", place="kept")
    desk.serves_next(next="payment", place="last")

    assert [1800 * S * 1000] * 2 == [t.queued_at * 1000 - t.line_at for t in (hall.ticket("A001"), hall.ticket("A002"))]


def test_first_for_a_counter_is_before_those_bound_to_it(hall):
    """And not before those who wait for its services."""
    hall.issues_many(4)
    desk = hall.counter(3).opens()
    desk.calls("A003")
    desk.transfers(to_counter=4)
    desk.calls("A004")
    desk.transfers(to_counter=4, place="first")

    assert ["A001", "A002", "A004", "A003"] == waiting(hall, hall.counter(4).opens())


def test_first_of_nobody_bound_is_as_kept(hall, busy):
    """Also for one counter."""
    hall.issues_many(2)
    busy.transfers(to_counter=4, place="first")

    assert None is hall.ticket("A001").moved
    assert ["A001", "A002", "A003"] == waiting(hall, hall.counter(4).opens())


def test_first_of_a_service_counts_those_bound_to_a_counter(hall):
    """They wait for that service as well."""
    hall.issues_many(2)
    desk = hall.counter(3).opens()
    desk.calls("A001")
    desk.transfers(to_counter=5)
    desk.calls("A002")
    desk.transfers(to_service="biz-setup", place="first")

    assert hall.ticket("A001").line_at - 1 == hall.ticket("A002").line_at


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"to_service": "nothing"}, "no_such_service"),
        ({"to_counter": 99}, "no_such_counter"),
        ({"to_counter": 11}, "not_served_there"),
        ({"to_counter": 7}, "not_served_there"),
        ({}, "malformed"),
        ({"to_service": "payment", "to_counter": 11}, "malformed"),
    ],
)
def test_sending_on_is_refused_where_nobody_serves_it(hall, busy, facts, refusal):
    """The place named must be there, and take this service and this class; counter 7 takes no ordinary ticket."""
    assert refusal == hall.refusal(busy.transfers, **facts)
    assert "serving" == hall.state("A001")


def test_sending_on_is_refused(hall, busy):
    """Of a ticket that waits (a guide moves it), of another's, of none, of one that is done with."""
    hall.issues()
    hall.issues()
    hall.cancels("A003")

    assert "not_your_ticket" == hall.refusal(busy.transfers, "A002", to_service="payment")
    assert "not_serving" == hall.refusal(busy.transfers, "A003", to_service="payment")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().transfers, "A001", to_service="payment")
    assert "no_such_ticket" == hall.refusal(busy.transfers, "Z999", to_service="payment")


def test_a_service_that_no_counter_serves_takes_nobody(new_hall, sample):
    """The set-up may have one for which no counter is there yet."""
    counters = tuple(c for c in sample.counter if c.number != 11)
    hall = new_hall(counter=counters)
    hall.issues()
    desk = hall.counter(3).opens()
    desk.calls_next()

    assert "not_served_there" == hall.refusal(desk.transfers, to_service="payment")


def test_a_guide_moves_one_whom_no_counter_has_called_yet(hall, desk):
    """The number stays; no counter can take it back, nor undo what it did to the ticket before."""
    hall.issues("biz-setup")
    hall.issues("payment")
    desk.transfers(to_counter=4)
    (told,) = hall.tells(hall.counter(3, by=hall.guide).transfers, "A001", to_service="payment", place="first")
    ticket = hall.ticket("A001")

    assert ("ticket.transferred", "s03", None) == (told.kind, told.actor, told.facts["from_counter"])
    assert (f"ticket:{ticket.id}", "counter:4", "board:f1") == told.topics
    assert ("waiting", "payment", None, "first") == (ticket.state, ticket.service, ticket.bound, ticket.moved)
    assert ["A001", "D001"] == waiting(hall, hall.counter(11).opens())
    assert "moved_on" == hall.refusal(desk.undoes)


# ------------------------------------------------------------------ finish


def test_the_act_is_done(hall, busy):
    """The counter is free, and its tablet asks."""
    act = hall.ticket("A001").act
    hall.passes(minutes=4)
    finished, asked = hall.tells(busy.finishes)
    ticket = hall.ticket("A001")

    assert ("service.finished", "s05", (f"ticket:{ticket.id}", "counter:3", "board:f1")) == (
        finished.kind,
        finished.actor,
        finished.topics,
    )
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "areas": ["f1"],
        "act": act,
        "next": None,
        "by": None,
    } == finished.facts
    assert ("rating.asked", (f"ticket:{ticket.id}", "counter:3")) == (asked.kind, asked.topics)
    assert {
        "number": "A001",
        "service": "biz-setup",
        "counter": 3,
        "act": act,
        "until": busy.sheet["rating"]["until"],
    } == asked.facts
    assert ("finished", finished.at, None) == (ticket.state, ticket.finished_at, busy.has)


def test_finished_and_sent_on_in_one_act(hall, busy):
    """The answer says waiting; the place may be named."""
    hall.issues("payment")
    told = hall.tells(busy.finishes, next="payment", place="first")

    assert ["service.finished", "ticket.transferred", "rating.asked"] == [entry.kind for entry in told]
    assert ("payment", "biz-setup", "payment") == (
        told[0].facts["next"],
        told[0].facts["service"],
        told[1].facts["service"],
    )
    assert ("waiting", "payment", None) == (hall.state("A001"), hall.ticket("A001").service, hall.ticket("A001").finished_at)
    assert ["A001", "D001"] == waiting(hall, hall.counter(11).opens())
    assert "finish" == hall.stages("A001")[2].ended_by


def test_any_service_may_be_next(hall, busy):
    """`next_steps` only orders the buttons."""
    assert "waiting" == busy.finishes(next="consult")


def test_finishing_twice_is_finishing_once(hall, busy):
    """A repeated PUT by the same counter; another's is refused."""
    busy.finishes()

    assert [] == hall.kinds(busy.finishes, "A001")
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().finishes, "A001")


def test_finishing_is_refused(hall, desk):
    """Of a ticket only called, of another's, of none, towards nowhere."""
    assert "not_serving" == hall.refusal(desk.finishes)
    desk.starts()
    assert "not_your_ticket" == hall.refusal(hall.counter(4).opens().finishes, "A001")
    assert "no_such_ticket" == hall.refusal(desk.finishes, "Z999")
    assert "no_such_service" == hall.refusal(desk.finishes, next="nothing")
    desk.finishes()
    assert "not_serving" == hall.refusal(desk.finishes, "A001", next="payment")


# ------------------------------------------------------------------ in whose hands


@pytest.mark.parametrize("act", ["starts", "passes", "holds", "transfers", "finishes"])
def test_a_ticket_is_in_the_hands_of_its_counters_clerk(hall, desk, act):
    """Not of another clerk's, a guide's, a kiosk's, another pad's or a supervisor's."""
    facts = {"to_service": "payment"} if act == "transfers" else {"number": "A001"}
    refusals = {
        hall.refusal(getattr(hall.counter(3, by=by), act), **facts)
        for by in (hall.staff("s06"), hall.guide, hall.kiosk, hall.pad(4), hall.supervisor)
    }

    assert {"not_your_ticket"} == refusals


@pytest.mark.parametrize("who", ["leader", "manager", "pad"])
def test_a_leader_and_the_counters_own_pad_act_on_it(hall, desk, who):
    """Recorded under their own names; the stage stays the clerk's."""
    by = hall.pad(3) if who == "pad" else getattr(hall, who)
    (told,) = hall.tells(hall.counter(3, by=by).starts)

    assert (by.id, "s05") == (told.actor, hall.stages("A001")[-1].clerk)


def test_once_the_clerk_has_changed_the_ticket_is_the_new_ones(hall, busy):
    """What lies on the shelf belongs to the counter."""
    busy.holds()
    busy.closes()
    hall.counter(3, by=hall.staff("s07")).opens()

    assert "not_your_ticket" == hall.refusal(busy.transfers, "A001", to_service="payment")
    assert "waiting" == hall.counter(3, by=hall.staff("s07")).transfers("A001", to_service="payment")


# ------------------------------------------------------------------ stages and durations


def sums(hall, number):
    """What the stage rows say: wait, walk, serve and hold in µs."""
    kinds = {"waiting": 0, "called": 0, "serving": 0, "held": 0}
    for stage in hall.stages(number):
        counts = stage.kind != "called" or stage.ended_by == "start"
        if stage.kind in kinds and stage.ended_at is not None and counts:
            kinds[stage.kind] += stage.ended_at - stage.began_at
    return tuple(kinds.values())


def kept(hall, number):
    """What the ticket says."""
    ticket = hall.ticket(number)
    return ticket.wait_us, ticket.walk_us, ticket.serve_us, ticket.hold_us


def test_each_duration_is_its_own(hall):
    """Waiting 5 min, walking 1, serving 7, held 11, walking 1 again, serving 3: nothing is counted twice."""
    hall.issues()
    desk = hall.counter(3).opens()
    hall.passes(minutes=5)
    desk.calls_next()
    hall.passes(minutes=1)
    desk.starts()
    hall.passes(minutes=7)
    desk.holds()
    hall.passes(minutes=11)
    desk.resumes("A001")
    hall.passes(minutes=1)
    desk.starts()
    hall.passes(minutes=3)
    desk.finishes()
    wire = hall.wire("A001")

    assert (300, 120, 600) == (wire["wait_s"], wire["walk_s"], wire["serve_s"])
    assert sums(hall, "A001") == kept(hall, "A001")
    assert ["waiting", "called", "serving", "held", "called", "serving"] == [s.kind for s in hall.stages("A001")]


def test_a_hold_is_no_clerks_serving_time(hall):
    """The tally of the counter counts serving alone."""
    hall.issues()
    desk = hall.counter(3).opens()
    desk.calls_next()
    desk.starts()
    hall.passes(minutes=2)
    desk.holds()
    hall.passes(hours=1)
    desk.resumes("A001")
    desk.starts()
    hall.passes(minutes=4)
    desk.finishes()

    assert {"finished": 1, "serve_mean_s": 240, "no_shows": 0, "ratings": 0} == desk.sheet["tally"]


def test_a_running_duration_counts_up(hall, desk):
    """Whole seconds, to the hall's now."""
    hall.passes(seconds=42)

    assert (0, 42, 0) == tuple(hall.wire("A001")[name] for name in ("wait_s", "walk_s", "serve_s"))


def test_who_did_not_come_did_not_walk(hall):
    """A call that ended in 过号 is no walk; the time as passed is no wait."""
    hall.issues()
    desk = hall.counter(3).opens()
    desk.calls_in_vain()
    hall.passes(minutes=20)
    desk.restores("A001")
    hall.passes(minutes=2)
    desk.calls_next()
    hall.passes(seconds=30)
    desk.starts()
    wire = hall.wire("A001")

    assert (120, 30) == (wire["wait_s"], wire["walk_s"])
    assert sums(hall, "A001") == kept(hall, "A001")


def test_undone_stages_count_nothing(hall):
    """After call, undo, call, start, undo, start the sums are as if there had been one of each."""
    hall.issues()
    desk = hall.counter(3).opens()
    for _ in range(3):
        hall.passes(seconds=5)
        desk.calls_next()
        hall.passes(seconds=5)
        desk.undoes()
    desk.calls_next()
    for _ in range(3):
        hall.passes(seconds=2)
        desk.starts()
        hall.passes(seconds=5)
        desk.undoes()
    desk.starts()
    hall.passes(minutes=1)
    desk.finishes()
    wire = hall.wire("A001")

    assert (30, 21, 60) == (wire["wait_s"], wire["walk_s"], wire["serve_s"])
    assert sums(hall, "A001") == kept(hall, "A001")


def test_stages_follow_each_other_without_a_gap(hall, busy):
    """Each begins where the one before ended, with who, where and what."""
    hall.passes(minutes=2)
    busy.finishes(next="payment")
    fee = hall.counter(11).opens()
    fee.serves_next()
    stages = hall.stages("A001")

    assert [s.ended_at for s in stages[:-1]] == [s.began_at for s in stages[1:]]
    assert [
        ("waiting", "biz-setup", None, None, "call"),
        ("called", "biz-setup", 3, "s05", "start"),
        ("serving", "biz-setup", 3, "s05", "finish"),
        ("waiting", "payment", None, None, "call"),
        ("called", "payment", 11, "s13", "start"),
        ("serving", "payment", 11, "s13", "finish"),
    ] == [(s.kind, s.service, s.counter, s.clerk, s.ended_by) for s in stages]
