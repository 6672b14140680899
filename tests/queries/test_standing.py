"""How many are ahead, whom a desk shows, what the screens say: snapshots, each true at one place of the journal."""

import pytest


@pytest.fixture
def desk(hall):
    """Counter 3, open."""
    return hall.counter(3).opens()


def ahead(hall, number):
    """Of a ticket on the wire."""
    return hall.wire(number)["ahead"]


# ------------------------------------------------------------------ ahead


def test_ahead_counts_whom_the_same_counters_may_call_first(hall, desk):
    """Other services of those counters count, services of others do not."""
    hall.issues("biz-setup")
    hall.issues("med-aid")
    hall.issues("consult")
    hall.issues("biz-setup")

    assert [0, 1, 0, 2] == [ahead(hall, number) for number in ("A001", "B001", "D001", "A002")]


def test_an_elder_has_fewer_ahead_and_is_ahead_of_more(hall, desk):
    """By the head start."""
    hall.issues_many(2)
    hall.issues(priority="elder")

    assert [1, 2, 0] == [ahead(hall, number) for number in ("A001", "A002", "A003")]


def test_with_only_specialists_at_work_only_their_line_counts(hall):
    """Counter 9 is open for B alone: an A ticket is ahead of no B ticket."""
    hall.issues_many(3, "biz-setup")
    hall.issues("med-aid")
    before = ahead(hall, "B001")
    hall.counter(9).opens()

    assert (3, 0) == (before, ahead(hall, "B001"))
    assert [2, 3, 4, 5, 6, 7, 9] != hall.wire("B001")["counters"] == [9]


@pytest.mark.parametrize("leaves", ["pauses", "closes"])
def test_a_paused_counter_still_counts_and_a_closed_one_does_not(hall, leaves):
    """Back soon is not gone."""
    hall.issues_many(2, "biz-setup")
    hall.issues("med-aid")
    hall.counter(9).opens()
    desk = hall.counter(3).opens()
    getattr(desk, leaves)()

    assert (2 if leaves == "pauses" else 0) == ahead(hall, "B001")


@pytest.mark.parametrize(("waiting", "told"), [(200, 200), (201, "200+")])
def test_ahead_is_counted_to_two_hundred(hall, desk, waiting, told):
    """Then it is many."""
    hall.issues_many(waiting)

    assert told == ahead(hall, hall.issues())
    assert (waiting + 1 if waiting < 200 else "200+") == hall.services()["biz-setup"]["ahead"]


def test_ahead_of_one_who_does_not_wait_is_nothing(hall, desk):
    """Null unless waiting."""
    hall.issues()
    desk.calls_next()

    assert ahead(hall, "A001") is None


def test_ahead_of_a_bound_ticket_is_its_counters_line(hall, desk):
    """It may be called at counter 4 only: whoever 4 may call first is ahead of it."""
    hall.issues_many(3)
    hall.counter(4).opens()
    desk.calls("A002")
    desk.transfers(to_counter=4)

    assert ([0, 1, 2], [4]) == ([ahead(hall, number) for number in ("A001", "A002", "A003")], hall.wire("A002")["counters"])


def test_a_bound_ticket_is_ahead_at_its_counter_only(hall):
    """A003 may be called at 3 and at 4; B001 of counter 9's line is not behind what waits for 4."""
    hall.issues_many(2, "med-aid")
    desk = hall.counter(3).opens()
    desk.calls("B001")
    desk.transfers(to_counter=4)
    hall.counter(4).opens().closes()
    desk.closes()
    hall.counter(9).opens()

    assert (1, ["B001", "B002"]) == (ahead(hall, "B002"), hall.counter(9).serves(2))


def test_the_kiosks_button_says_what_a_number_taken_now_would_have_ahead(hall, desk):
    """And the next number taken has just that."""
    hall.issues_many(3)
    button = hall.services()["biz-setup"]

    assert (3, 3) == (button["ahead"], button["waiting"])
    assert 3 == ahead(hall, hall.issues())


# ------------------------------------------------------------------ waits


def test_there_is_no_estimate_before_there_is_an_honest_one(hall, desk):
    """Three acts of the service, and a counter at work."""
    hall.issues_many(5)
    estimates = []
    for _ in range(3):
        estimates.append(hall.wire("A005")["wait"])
        desk.serves_next(seconds=600)
    told = hall.wire("A005")["wait"]
    desk.closes()

    assert [None] * 3 == estimates
    assert 0 <= told["low_min"] < told["high_min"]
    assert hall.wire("A005")["wait"] is None


# ------------------------------------------------------------------ the desk


def test_the_desk_shows_who_would_be_called_and_why(hall, desk):
    """The very ticket and the very reason."""
    hall.issues_many(2)
    hall.issues(priority="elder")
    shown = desk.sheet
    number = desk.calls_next()
    reason = hall.wire(number)["reason"]

    assert (number, reason) == (shown["next"]["ticket"]["number"], shown["next"]["reason"])
    assert [number, "A001", "A002"] == [ticket["number"] for ticket in shown["waiting"]]
    assert (3, 2) == (shown["waiting_count"], desk.sheet["waiting_count"])


def test_the_desk_lists_fifty_and_counts_all(hall, desk):
    """In the order it would call them."""
    numbers = hall.issues_many(60)
    sheet = desk.sheet

    assert (numbers[:50], 60) == ([ticket["number"] for ticket in sheet["waiting"]], sheet["waiting_count"])


WHEN = {
    "closed": (lambda _: None, {"open"}),
    "open, nobody waits": (lambda d: d.opens(), {"pause", "close", "choose", "help"}),
    "open, one waits": (lambda d: (d.hall.issues(), d.opens()), {"pause", "close", "choose", "help", "call"}),
    "called": (
        lambda d: (d.hall.issues(), d.opens(), d.calls_next(), d.hall.passes(seconds=8)),
        {"start", "recall", "hold", "transfer", "undo", "help"},
    ),
    "called three times": (
        lambda d: (d.hall.issues(), d.opens(), d.calls_in_vain(), d.undoes()),
        {"start", "no_show", "hold", "transfer", "help"},
    ),
    "serving": (
        lambda d: (d.hall.issues(), d.opens(), d.calls_next(), d.starts()),
        {"finish", "next_step", "hold", "transfer", "undo", "help", "ask_rating"},
    ),
    "paused": (lambda d: (d.opens(), d.pauses()), {"open", "close"}),
}


@pytest.mark.parametrize(("before", "possible"), WHEN.values(), ids=WHEN)
def test_the_desk_knows_what_can_be_done(hall, before, possible):
    """Each act is possible, or carries its refusal."""
    desk = hall.counter(3)
    before(desk)

    assert possible == {act for act, why in desk.sheet["can"].items() if why is None}


def test_the_desk_names_the_very_refusal_the_act_would_meet(hall, desk):
    """Act by act, with one called and with one in service; starting what is in service is needless, but no refusal."""
    hall.issues_many(2)
    acts = {"call": desk.calls_next, "recall": desk.recalls, "no_show": desk.passes, "finish": desk.finishes}
    acts |= {"undo": desk.undoes, "pause": desk.pauses, "close": desk.closes, "ask_rating": desk.asks_rating}
    for change in (desk.calls_next, desk.starts):
        change()
        shown = {act: why for act in acts if (why := desk.can(act))}

        assert shown == {act: hall.refusal(acts[act]) for act in shown}


# ------------------------------------------------------------------ the room


def test_the_board_shows_who_is_called_oldest_first(hall, desk):
    """And what was announced lately, newest first; of its own area."""
    hall.issues_many(3)
    other = hall.counter(4).opens()
    desk.calls_next()
    other.calls_next()
    board = hall.board()

    assert ["A001", "A002"] == [call["number"] for call in board["calling"]]
    assert ["A002", "A001"] == [call["number"] for call in board["recent"]]
    assert [] == hall.board("f3")["calling"]
    assert {"A001": 3, "A002": 4} == {call["number"]: call["counter"] for call in board["calling"]}


def test_a_call_from_another_floor_is_on_both_boards(hall):
    """Where the ticket waits, and where the counter stands."""
    hall.issues(priority="green")
    hall.counter(7).opens().calls_next()

    assert ["L001"] == [call["number"] for call in hall.board("f1")["calling"]]
    assert ["L001"] == [call["number"] for call in hall.board("f3")["calling"]]


def test_a_snapshot_says_where_in_the_journal_it_is_true(hall, desk):
    """With the journal's id and the hall's now."""
    hall.issues()
    for snapshot in (hall.board(), desk.sheet, hall.lobby(), hall.wire("A001"), desk.sign):
        assert (hall.journal.seq, "2026-11-23T01:00:00") == (snapshot["seq"], snapshot["now"][:19])
        assert 32 == len(snapshot["journal"])


def test_nobody_but_issuer_holder_and_staff_sees_the_link(hall):
    """Nor does any event carry it."""
    hall.issues()
    hall.counter(3).opens().serves_next()

    assert hall.wire("A001", secret=False)["follow"] is None
    assert not [entry for entry in hall.journal.entries() if "link-1" in str(entry)]
