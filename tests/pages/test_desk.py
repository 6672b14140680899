"""The clerk's desk: every act as one key that never moves, by hand or by keyboard."""

import re

import pytest
from hands import key, look, number, off, possible, press, settled
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_enter_opens_calls_and_starts_and_f_finishes(desk, hall, accessible):
    """A whole turn by keyboard: what is expected now is filled, and Enter does it."""
    hall.takes("biz-setup")
    page = desk()
    look(page, "closed")
    assert [] == accessible(page)
    press(page, "Enter")
    look(page, "ready")
    expect(key(page, "call")).to_have_class(re.compile(r"\bact\b"))
    assert [] == accessible(page)
    press(page, "Enter")
    look(page, "called")
    expect(number(page)).to_have_attribute("aria-label", "A001")
    assert [] == accessible(page)
    press(page, "Enter")
    look(page, "serving")
    assert [] == accessible(page)
    press(page, "f")
    look(page, "empty")

    expect(page.locator('[data-tally="finished"]')).to_have_text("1")
    assert [] == accessible(page)


def test_the_mouse_does_the_same(desk, hall):
    """Open, call, start and finish by their keys; none of the eleven has moved meanwhile."""
    hall.takes("biz-setup")
    page = desk()
    places = "(keys) => keys.map((key) => JSON.stringify(key.getBoundingClientRect()))"
    before = page.locator(".key").evaluate_all(places)
    page.locator('#card [data-act="open"]').click()
    for act, after in (("call", "called"), ("start", "serving"), ("finish", "empty")):
        settled(page)
        key(page, act).click()
        look(page, after)

    assert 11 == len(before)
    assert before == page.locator(".key").evaluate_all(places)


def test_a_double_press_does_not_finish_and_call_in_one_go(desk, hall):
    """
    Enter is deaf for 600 ms after an act: the next applicant is not called by accident.

    Nor is anybody called by himself: who comes to an empty line makes one soft tone, and the key comes to life.
    """
    page = desk()
    press(page, "Enter")
    look(page, "empty")
    off(page, "call")
    hall.takes("biz-setup")
    look(page, "ready")
    possible(page, "call")
    expect(page.locator("html")).to_have_attribute("data-tones", "1")
    hall.takes("biz-setup")
    press(page, "Enter", "Enter")
    look(page, "serving")
    settled(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    look(page, "ready")
    settled(page)

    look(page, "ready")
    expect(number(page)).to_have_attribute("aria-label", "A002")


def test_calling_again_counts_down(desk, hall):
    """R is off for 8 s after a call and says so; then it calls again; after the third call only no-show is left."""
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "Enter")
    look(page, "called")
    off(page, "recall")
    expect(page.locator("#note-recall")).to_contain_text(re.compile(r"\d 秒"))
    off(page, "no_show")
    for calls in (2, 3):
        hall.later(seconds=9)
        hall.takes("biz-setup")  # the desk is told, and hears the time
        possible(page, "recall")
        press(page, "r")
        expect(page.locator('[data-put="calls"]')).to_contain_text(str(calls))
    off(page, "recall")
    possible(page, "no_show")
    press(page, "n")

    expect(page.locator('[data-shelf="restore"]')).to_have_count(1)
    press(page, "j")
    expect(page.locator('[data-shelf="restore"]')).to_have_count(0)
    expect(page.locator('[data-list="waiting"] .row')).to_have_count(3)


def test_an_act_is_undone_within_ten_seconds_and_not_later(desk, hall):
    """Z takes the last act back; after 10 s its key is off, and pressing it says why and does nothing."""
    hall.takes("biz-setup")
    page = desk()
    off(page, "undo")
    press(page, "Enter", "Enter", "b", "f")
    look(page, "empty")
    expect(page.locator("#note-undo")).to_contain_text("办结")
    press(page, "z")
    look(page, "serving")
    press(page, "f")
    look(page, "empty")
    possible(page, "undo")
    hall.later(seconds=11)
    hall.takes("biz-setup")
    off(page, "undo")
    press(page, "z")

    expect(page.locator("#refusal")).not_to_be_empty()
    look(page, "ready")


def test_what_cannot_be_done_says_why(desk, hall):
    """F before the service has started: a sentence under the card, and everything stays as it is."""
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "Enter")
    look(page, "called")
    off(page, "finish")
    press(page, "f")
    expect(page.locator("#refusal")).not_to_be_empty()
    look(page, "called")
    press(page, "b")

    look(page, "serving")
    expect(page.locator("#refusal")).to_be_empty()


def test_what_the_hall_refuses_is_said_under_the_card(desk, hall, witness):
    """Another counter was quicker to call the chosen number: the hall's sentence stands there until the next act."""
    witness.expects("status of 409")
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "s")
    page.keyboard.type("a001")
    expect(page.locator("#ask-number .found")).to_contain_text("A001")
    hall.desk(2).calls()
    press(page, "Enter")

    expect(page.locator("#refusal")).to_contain_text("A001")
    look(page, "empty")


def test_two_windows_of_one_desk_agree(desk, hall):
    """The same clerk in two tabs: what is done in one stands in the other, with the same keys."""
    hall.takes("biz-setup")
    page = desk()
    other = page.context.new_page()
    other.goto("/counter/3")
    look(other, "closed")
    press(page, "Enter", "Enter")
    look(other, "called")
    expect(number(other)).to_have_attribute("aria-label", "A001")
    key(other, "start").click()
    for tab in (page, other):
        look(tab, "serving")

        expect(key(tab, "finish")).not_to_have_attribute("aria-disabled", "true")


def test_a_colleague_s_desk_can_be_looked_at_and_no_more(visit, hall, screens):
    """Who sits elsewhere sees the ticket and whose desk it is; every key is off with that reason."""
    hall.takes("biz-setup")
    hall.desk(3).calls()
    page = visit("/counter/3", size=screens.desk, who="CH004")
    look(page, "called")

    expect(page.locator(".key:not([aria-disabled])")).to_have_count(0)
    expect(page.locator("#note-start")).to_contain_text("周航")


def test_the_clerk_s_own_counter_comes_first(visit, screens, accessible):
    """/counter shows all twelve with their states; signing out ends the session."""
    page = visit("/counter", size=screens.desk, who="CH005")
    expect(page.locator(".counter")).to_have_count(12)
    expect(page.locator(".counter.mine .pl")).to_have_text("3")
    assert [] == accessible(page)
    page.locator('[data-act="sign-out"]').click()

    expect(page.locator("#job_no")).to_be_visible()
