"""Opening, pausing and closing counters; asking for help; who is on duty."""

import pytest

from server.verbs.counters import give_help, set_duty


@pytest.fixture
def desk(hall):
    """Counter 3, not open yet."""
    return hall.counter(3)


def test_a_clerk_opens_a_counter(hall, desk):
    """One clerk, one counter, told to the room."""
    (told,) = hall.tells(desk.opens)

    assert ("counter.opened", "s05", ("counter:3", "board:f1")) == (told.kind, told.actor, told.topics)
    assert {"counter": 3, "clerk": "s05"} == told.facts
    assert ("open", "s05", told.at) == (desk.desk.state, desk.desk.clerk, desk.desk.since)


def test_a_pause_has_a_reason_and_keeps_the_clerk(hall, desk):
    """And ends by opening again."""
    desk.opens()
    (paused,) = hall.tells(desk.pauses, "lunch")
    kept = desk.desk
    (opened,) = hall.tells(desk.opens)

    assert ("counter.paused", {"counter": 3, "reason": "lunch"}) == (paused.kind, paused.facts)
    assert ("paused", "lunch", "s05") == (kept.state, kept.reason, kept.clerk)
    assert ("counter.opened", None) == (opened.kind, desk.desk.reason)


def test_a_closed_counter_has_nobody(hall, desk):
    """And the clerk may open another."""
    desk.opens()
    (told,) = hall.tells(desk.closes)

    assert ("counter.closed", {"counter": 3, "state": "closed", "by": None}) == (told.kind, told.facts)
    assert ("closed", None) == (desk.desk.state, desk.desk.clerk)
    assert "open" == hall.counter(4, by=hall.staff("s05")).opens().desk.state


def test_a_leader_takes_a_counter_out_of_use(hall, desk):
    """Nobody but a leader opens it again."""
    (told,) = hall.tells(hall.counter(3, by=hall.leader).is_not_in_use)

    assert ("counter.closed", "not_in_use") == (told.kind, told.facts["state"])
    assert "not_allowed" == hall.refusal(desk.opens)
    assert "closed" == (hall.counter(3, by=hall.leader).closes(), desk.desk.state)[1]
    assert "open" == desk.opens().desk.state


@pytest.mark.parametrize(
    ("before", "act"),
    [
        (["opens"], "opens"),
        (["opens", "pauses"], "pauses"),
        (["opens", "closes"], "closes"),
        ([], "closes"),
    ],
)
def test_what_holds_already_is_not_recorded_again(hall, desk, before, act):
    """Repeating a PUT."""
    for each in before:
        getattr(desk, each)()

    assert [] == hall.kinds(getattr(desk, act))


def test_signing_in_again_finds_the_counter_as_it_was(hall, desk):
    """With the ticket in service, in any number of tabs."""
    hall.issues()
    desk.opens()
    desk.calls_next()

    assert [] == hall.kinds(desk.opens)
    assert "A001" == desk.has


def test_opening_is_refused(hall, desk):
    """Where another clerk sits, from another counter, to those who are no clerks."""
    desk.opens()
    assert "counter_taken" == hall.refusal(hall.counter(3, by=hall.staff("s06")).opens)
    assert "counter_taken" == hall.refusal(hall.counter(3, by=hall.leader).opens)
    refused = hall.refused(hall.counter(4, by=hall.staff("s05")).opens)
    assert ("clerk_elsewhere", {"counter": 3}) == (refused.code, refused.facts)
    desk.pauses()

    assert "counter_taken" == hall.refusal(hall.counter(3, by=hall.staff("s06")).opens)
    assert "clerk_elsewhere" == hall.refusal(hall.counter(4, by=hall.staff("s05")).opens)
    assert "not_allowed" == hall.refusal(hall.counter(4, by=hall.supervisor).opens)
    assert "not_allowed" == hall.refusal(hall.counter(4, by=hall.kiosk).opens)
    assert "counter_not_open" == hall.refusal(hall.counter(4, by=hall.pad(4)).opens)
    assert "no_such_counter" == hall.refusal(hall.counter(99).opens)


def test_a_guide_may_sit_at_a_counter(hall):
    """Clerk, and more."""
    assert "s03" == hall.counter(1, by=hall.guide).opens().desk.clerk


@pytest.mark.parametrize("act", ["pauses", "closes"])
def test_nobody_leaves_with_a_ticket_in_hand(hall, desk, act):
    """Called or in service."""
    hall.issues()
    desk.opens()
    desk.calls_next()
    refused = hall.refused(getattr(desk, act))

    assert ("still_serving", {"number": "A001"}) == (refused.code, refused.facts)
    desk.starts()
    assert "still_serving" == hall.refusal(getattr(desk, act))
    assert "still_serving" == hall.refusal(getattr(hall.counter(3, by=hall.leader), act))
    desk.holds()
    assert [] != hall.kinds(getattr(desk, act))


def test_pausing_and_closing_are_refused(hall, desk):
    """To whom the counter is not; a pause without a reason; a counter that is not open."""
    assert "counter_not_open" == hall.refusal(desk.pauses)
    assert "counter_not_open" == hall.refusal(hall.counter(3, by=hall.leader).pauses)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.kiosk).pauses)
    desk.opens()
    assert "malformed" == hall.refusal(desk.pauses, None)
    for by in (hall.staff("s06"), hall.guide, hall.kiosk, hall.pad(4), hall.supervisor):
        assert "not_allowed" == hall.refusal(hall.counter(3, by=by).pauses)
        assert "not_allowed" == hall.refusal(hall.counter(3, by=by).closes)
    assert "not_allowed" == hall.refusal(desk.is_not_in_use)


def test_a_leader_opens_a_paused_counter_for_its_clerk(hall, desk):
    """Recorded as the leader's act; the clerk stays."""
    desk.opens()
    desk.pauses()
    (told,) = hall.tells(hall.counter(3, by=hall.leader).opens)

    assert ("s02", "s05") == (told.actor, told.facts["clerk"])


def test_the_pad_pauses_and_opens_as_the_clerk(hall, desk):
    """Under the station's own name."""
    desk.opens()
    pad = hall.counter(3, by=hall.pad(3))
    (paused,) = hall.tells(pad.pauses)
    (opened,) = hall.tells(pad.opens)

    assert ("counter-3", "counter-3", "s05") == (paused.actor, opened.actor, desk.desk.clerk)


def test_a_clerk_asks_for_help(hall, desk):
    """Heard at the counter and by the leaders, not by the room."""
    desk.opens()
    (told,) = hall.tells(desk.asks_help)

    assert ("counter.help_asked", "s05", ("counter:3",), {"counter": 3}) == (told.kind, told.actor, told.topics, told.facts)
    assert "counter_not_open" == hall.refusal(hall.counter(4).asks_help)
    assert "not_allowed" == hall.refusal(hall.counter(3, by=hall.staff("s06")).asks_help)


def comes(hall, *, by):
    """Somebody came to counter 3."""
    return lambda: hall.does(give_help, counter=3, by=by)


def asking_since(hall):
    """Since when counter 3 asks for help."""
    return hall.counter(3).desk.help_asked_at


def test_a_call_for_help_stands_until_somebody_came(hall, desk):
    """Asked again it stands since the first time, also while the counter is closed, until a guide or a leader came."""
    desk.opens()
    (asked,) = hall.tells(desk.asks_help)
    hall.passes(minutes=2)
    again = hall.kinds(desk.asks_help)
    desk.closes()
    stands = asking_since(hall)
    (told,) = hall.tells(comes(hall, by=hall.guide))

    assert (["counter.help_asked"], asked.at) == (again, stands)
    assert ("counter.help_given", "s03", ("counter:3",), {"counter": 3}) == (told.kind, told.actor, told.topics, told.facts)
    assert asking_since(hall) is None


def test_nobody_comes_twice(hall, desk):
    """A repeated PUT; and one where nobody asks."""
    desk.opens()
    never_asked = hall.kinds(comes(hall, by=hall.leader))
    desk.asks_help()
    hall.does(give_help, counter=3, by=hall.leader)

    assert ([], []) == (never_asked, hall.kinds(comes(hall, by=hall.leader)))


def test_clerks_do_not_answer_a_call_for_help(hall, desk):
    """Not their own, nor another's; and only a counter of the hall can ask."""
    desk.opens()
    desk.asks_help()

    assert "not_allowed" == hall.refusal(comes(hall, by=hall.staff("s05")))
    assert "not_allowed" == hall.refusal(comes(hall, by=hall.pad(3)))
    assert "no_such_counter" == hall.refusal(lambda: hall.does(give_help, counter=99, by=hall.guide))


def test_the_day_s_end_takes_a_call_for_help_away(hall, desk):
    """Nobody is waited for in the morning."""
    desk.opens()
    desk.asks_help()
    hall.passes(days=1)
    hall.ticks()

    assert asking_since(hall) is None


def test_another_leader_comes_on_duty(hall):
    """Told on the boards; the first leader of the set-up begins."""
    before = hall.lobby()["duty_leader"]["id"]
    (told,) = hall.tells(lambda: hall.does(set_duty, staff="s01", by=hall.manager))

    assert ("s02", "s01") == (before, hall.lobby()["duty_leader"]["id"])
    assert ("duty.changed", {"staff": "s01"}, ("board:f1", "board:f3")) == (told.kind, told.facts, told.topics)
    assert [] == hall.kinds(lambda: hall.does(set_duty, staff="s01", by=hall.manager))
    assert "no_such_staff" == hall.refusal(lambda: hall.does(set_duty, staff="s99", by=hall.manager))
