"""A ticket's life is one table: what it does not hold is refused, with the refusal of the verb that was tried."""

import pytest

from server.errors import HallError
from server.rules import states

# verb, from, to, refusal elsewhere
LIFE = """
cancel      waiting                 cancelled  not_waiting
prioritise  waiting                 waiting    not_waiting
call        waiting                 called     not_waiting
recall      called                  called     not_called
no_show     called                  no_show    not_called
restore     no_show                 waiting    not_no_show
start       called                  serving    not_called
hold        called,serving          held       not_serving
resume      held                    called     not_held
transfer    called,serving,held     waiting    not_serving
move        waiting                 waiting    not_waiting
finish      serving                 finished   not_serving
"""
VERBS = [line.split() for line in LIFE.strip().splitlines()]
ALL = (*states.OPEN, states.FINISHED, states.CANCELLED, states.EXPIRED)


@pytest.mark.parametrize(("verb", "starts", "to", "refusal"), VERBS)
@pytest.mark.parametrize("state", ALL)
def test_a_verb_leads_from_its_states_and_is_refused_from_all_others(verb, starts, to, refusal, state):
    """The table, line by line, for every state."""
    try:
        led_to = states.after(state, verb, number="A001")
    except HallError as refused:
        led_to = refused.code

    assert (to if state in starts.split(",") else refusal) == led_to


@pytest.mark.parametrize("state", states.OPEN)
def test_the_days_end_leaves_nobody_in_between(state):
    """What is in service is finished, everything else that is open expires."""
    assert (states.FINISHED if state == states.SERVING else states.EXPIRED) == states.after(state, "expire", number="A001")


@pytest.mark.parametrize("state", [states.FINISHED, states.CANCELLED, states.EXPIRED])
def test_an_ended_ticket_stays_ended(state):
    """No verb leads out of an end."""
    assert [] == [verb for (start, verb) in states.TABLE if start == state]


def test_a_refusal_names_the_number_and_where_it_stands():
    """So that the clerk reads which ticket was meant."""
    with pytest.raises(HallError, match="A007 is not waiting") as refused:
        states.after("held", "call", number="A007")

    assert {"number": "A007", "state": "held"} == refused.value.facts
