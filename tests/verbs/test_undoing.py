"""Undo: a counter takes its last ticket act back, within ten seconds."""

import json
from datetime import date

import pytest


@pytest.fixture
def desk(hall):
    """Counter 3, open; A001 and A002 wait."""
    hall.issues_many(2)
    return hall.counter(3).opens()


def row(hall, number):
    """All of a ticket that undo gives back."""
    ticket = hall.ticket(number)._asdict()
    return {name: value for name, value in ticket.items() if name != "act_seq"}


def call(desk):
    """顺呼."""
    desk.calls_next()


def begin(desk):
    """… 开始办理."""
    desk.calls_next()
    desk.starts()


def put_aside(desk):
    """… 挂起."""
    begin(desk)
    desk.holds("with_papers", note="copies")


def give_up(desk):
    """… 过号."""
    desk.calls_in_vain()


# name: what comes before, the act, the event it told, the state that undo leads back to
ACTS = {
    "call": (lambda _: None, lambda d: d.calls_next(), "ticket.called", "waiting"),
    "call one": (lambda _: None, lambda d: d.calls("A001"), "ticket.called", "waiting"),
    "start": (call, lambda d: d.starts(), "service.started", "called"),
    "hold of one called": (call, lambda d: d.holds(), "ticket.held", "called"),
    "hold": (begin, lambda d: d.holds("with_papers", note="copies"), "ticket.held", "serving"),
    "resume": (put_aside, lambda d: d.resumes("A001"), "ticket.resumed", "held"),
    "no-show": (lambda d: (d.calls_in_vain(), d.undoes()), lambda d: d.passes(), "ticket.no_show", "called"),
    "restore": (give_up, lambda d: d.restores("A001"), "ticket.restored", "no_show"),
    "transfer of one called": (call, lambda d: d.transfers(to_service="payment"), "ticket.transferred", "called"),
    "transfer": (begin, lambda d: d.transfers(to_counter=5, place="first"), "ticket.transferred", "serving"),
    "transfer of one held": (put_aside, lambda d: d.transfers("A001", to_service="pickup"), "ticket.transferred", "held"),
    "finish": (begin, lambda d: d.finishes(), "service.finished", "serving"),
    "finish and send on": (begin, lambda d: d.finishes(next="payment", place="last"), "service.finished", "serving"),
}


@pytest.mark.parametrize(("before", "act", "undid", "state"), ACTS.values(), ids=ACTS)
def test_undo_gives_back_the_ticket_as_it_was(hall, desk, *, before, act, undid, state):
    """Its state, its place, its sums, its counter; the counter has again what it had."""
    before(desk)
    was, had = row(hall, "A001"), desk.has
    since = hall.journal.seq
    act(desk)
    undid_seq = next(entry.seq for entry in hall.journal.entries(since=since) if entry.kind == undid)
    hall.passes(seconds=9)
    (told,) = hall.tells(desk.undoes)

    assert was == row(hall, "A001")
    assert had == desk.has
    assert ("ticket.undone", "s05", undid, undid_seq, state) == (
        told.kind,
        told.actor,
        told.facts["undid"],
        told.facts["undid_seq"],
        told.facts["state"],
    )
    assert {"number": "A001", "service": "biz-setup", "counter": 3, "areas": ["f1"]}.items() <= told.facts.items()
    assert {f"ticket:{was['id']}", "counter:3", "board:f1"} <= set(told.topics)


@pytest.mark.parametrize(("before", "act", "undid", "state"), ACTS.values(), ids=ACTS)
def test_what_was_undone_can_be_done_again(hall, desk, *, before, act, undid, state):
    """The ticket's life goes on from there, as if nothing had been."""
    before(desk)
    act(desk)
    desk.undoes()
    told = hall.kinds(act, desk)

    assert undid in told


@pytest.mark.parametrize(("before", "act", "undid", "state"), ACTS.values(), ids=ACTS)
def test_undo_marks_the_stages_it_takes_back_and_reopens_the_earlier_one(hall, desk, *, before, act, undid, state):
    """Stages are rows, never deleted."""
    before(desk)
    held_before = hall.stages("A001")
    act(desk)
    after = hall.stages("A001", undone=True)
    desk.undoes()
    whole = hall.stages("A001", undone=True)

    assert held_before == hall.stages("A001")
    assert hall.stages("A001")[-1].ended_at is None
    assert [stage.n for stage in after] == [stage.n for stage in whole]
    assert all(stage.ended_at is not None for stage in whole if stage.undone)


def test_only_the_last_act_is_taken_back(hall, desk):
    """One undo, then there is nothing more."""
    desk.calls_next()
    desk.undoes()

    assert "nothing_to_undo" == hall.refusal(desk.undoes)


def test_there_is_nothing_to_undo_at_a_counter_that_did_nothing(hall, desk):
    """Opening is no ticket act."""
    assert "nothing_to_undo" == hall.refusal(desk.undoes)


@pytest.mark.parametrize(("seconds", "refusal"), [(9.9, None), (10.1, "undo_too_late")])
def test_ten_seconds_are_enough_for_a_slip_of_the_finger(hall, desk, seconds, refusal):
    """Hall time counts."""
    desk.calls_next()
    hall.passes(seconds=seconds)

    assert refusal == desk.can("undo")
    assert refusal == (hall.refusal(desk.undoes) if refusal else None)


def test_a_recall_cannot_be_undone_and_ends_the_chance_to_undo_the_call(hall, desk):
    """It has been heard twice."""
    desk.calls_next()
    hall.passes(seconds=8)
    desk.recalls()

    assert "nothing_to_undo" == hall.refusal(desk.undoes)
    assert "called" == hall.state("A001")


MOVES = {
    "resumed elsewhere": (lambda h: h.counter(4).opens().resumes("A001"), lambda d: (d.calls_next(), d.holds())),
    "called elsewhere": (
        lambda h: h.counter(4).opens().calls("A001"),
        lambda d: (d.calls_next(), d.transfers(to_service="food-permit")),
    ),
    "cancelled": (lambda h: h.cancels("A001"), lambda d: (d.calls_next(), d.starts(), d.finishes(next="payment"))),
    "prioritised": (lambda h: h.prioritises("A001"), lambda d: (d.calls_next(), d.starts(), d.finishes(next="payment"))),
    "restored by the guide": (lambda h: h.restores("A001"), lambda d: d.calls_in_vain()),
}


@pytest.mark.parametrize(("move", "act"), MOVES.values(), ids=MOVES)
def test_undo_is_refused_once_the_ticket_has_moved_on(hall, desk, move, act):
    """Someone else changed its state or place since."""
    act(desk)
    move(hall)

    assert "moved_on" == desk.can("undo")
    assert "moved_on" == hall.refusal(desk.undoes)


def test_a_rating_and_a_slip_do_not_stand_in_the_way(hall, desk):
    """They change neither state nor place; the rating stays with its act."""
    desk.calls_next()
    desk.starts()
    desk.finishes()
    desk.rates(5)
    hall.reprints("A001")
    desk.undoes()

    assert "serving" == hall.state("A001")
    assert [5] == [rating.level for rating in hall.ratings()]
    assert "pending" == hall.ticket("A001").slip


def test_pausing_ends_the_chance(hall, desk):
    """Who went for lunch meant it."""
    desk.calls_next()
    desk.holds()
    desk.pauses()

    assert "nothing_to_undo" == hall.refusal(desk.undoes)


def test_the_days_end_ends_the_chance(hall, desk):
    """Yesterday's acts stand."""
    hall.comes(day=date(2026, 11, 24), hour=3, minute=59, second=59)
    desk.calls_next()
    hall.comes(day=date(2026, 11, 24), hour=4)
    hall.ticks()

    assert "nothing_to_undo" == hall.refusal(hall.counter(3, by=hall.leader).undoes)


def test_undo_belongs_to_the_clerk_the_pad_or_a_leader(hall, desk):
    """Another clerk may not."""
    desk.calls_next()

    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.staff("s06")).undoes)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.guide).undoes)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.pad(4)).undoes)
    assert "A001" == hall.counter(3, by=hall.pad(3)).undoes()
    desk.calls_next()
    assert "A001" == hall.counter(3, by=hall.leader).undoes()
    assert "s02" == hall.journal.entries()[-1].actor


def test_a_leaders_act_at_a_counter_is_that_counters_last_act(hall, desk):
    """Whoever did it, the clerk can take it back."""
    hall.counter(3, by=hall.leader).calls_next()

    assert "A001" == desk.undoes()


def test_there_is_no_such_counter(hall):
    """404."""
    assert "no_such_counter" == hall.refusal(hall.counter(99).undoes)


def test_undoing_a_finish_and_send_on_takes_both_back(hall, desk):
    """One act, one undo; nobody asks for a rating any more."""
    desk.calls_next()
    desk.starts()
    desk.finishes(next="payment")
    desk.undoes()

    assert ("serving", "biz-setup", "A001") == (hall.state("A001"), hall.ticket("A001").service, desk.has)
    assert [("waiting", 0), ("called", 0), ("serving", 0), ("waiting", 1)] == [
        (stage.kind, stage.undone) for stage in hall.stages("A001", undone=True)
    ]
    assert desk.sheet["rating"] is None
    assert desk.sign["rating"] is None


def test_an_undone_call_leaves_the_screens(hall, desk):
    """Neither calling nor recent shows it."""
    desk.calls_next()
    desk.undoes()

    assert ([], []) == (hall.board()["calling"], hall.board()["recent"])


def test_undoing_a_start_ends_its_act(hall, desk):
    """What never was cannot be rated, even if the key had already asked."""
    desk.calls_next()
    desk.starts()
    act = hall.ticket("A001").act
    desk.asks_rating()
    desk.undoes()

    assert "no_such_act" == hall.refusal(desk.rates, 5, act=act)
    assert (None, "nothing_to_rate") == (desk.sheet["rating"], desk.can("ask_rating"))


def test_undoing_a_call_keeps_the_question_about_the_act_before(hall, desk):
    """The applicant who has just been served may still be pressing a key."""
    desk.calls_next()
    desk.starts()
    desk.finishes(next="biz-setup", place="first")
    act = hall.ticket("A001").act
    desk.calls_next()
    desk.undoes()

    assert act == desk.sheet["rating"]["act"]
    assert 4 == desk.rates(4)


def test_the_desk_says_what_undo_would_take_back(hall, desk):
    """The act, the number and until when."""
    desk.calls_next()
    hall.passes(seconds=3)

    assert {"act": "ticket.called", "number": "A001", "until": "2026-11-23T01:00:10"} == {
        **desk.sheet["undo"],
        "until": desk.sheet["undo"]["until"][:19],
    }
    assert "A001" == json.loads(desk.desk.undo)["number"]
