"""The few questions of the desk: a digit answers, Esc goes back, nothing asks "are you sure"."""

import pytest
from hands import look, number, off, press, settled
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_put_aside_and_taken_back(desk, hall, accessible):
    """H and a digit put the ticket aside with a note; the shelf brings it straight back to this counter."""
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "Enter", "b", "h")
    expect(page.locator("#ask-hold")).to_be_visible()
    assert [] == accessible(page)
    page.locator('#ask-hold [name="note"]').fill("2 份公章")
    page.keyboard.press("1")
    expect(page.locator("#ask-hold")).to_be_visible()  # a digit of the note is no answer
    page.locator('#ask-hold [data-digit="1"]').focus()
    page.keyboard.press("1")
    look(page, "empty")
    expect(page.locator('[data-list="shelf"] .what')).to_contain_text("2 份公章1")
    settled(page)
    page.locator('[data-shelf="resume"]').click()

    look(page, "called")
    expect(number(page)).to_have_attribute("aria-label", "A001")


def test_a_ticket_goes_to_another_service_or_counter(desk, hall, accessible):
    """T asks where to: the number is kept, and the applicant keeps the place in line."""
    ticket = hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "Enter", "b", "t")
    expect(page.locator("#ask-transfer")).to_be_visible()
    assert [] == accessible(page)
    page.locator('#ask-transfer [data-service="payment"]').click()
    look(page, "empty")

    moved = hall.now(ticket)
    assert ("A001", "waiting", "payment", [11]) == (moved["number"], moved["state"], moved["service"], moved["counters"])


def test_finished_here_and_sent_on(desk, hall):
    """G finishes and sends on to the usual next step in one act; the rating of what was done here is still asked for."""
    ticket = hall.takes("house-transfer")
    page = desk()
    press(page, "Enter", "Enter", "b", "g")
    expect(page.locator("#ask-next")).to_be_visible()
    press(page, "1")
    look(page, "empty")

    assert "waiting" == hall.now(ticket)["state"]
    expect(page.locator('[data-tally="finished"]')).to_have_text("1")


def test_a_pause_has_its_reason(desk, hall, accessible):
    """P asks why, a digit answers; the line over the card says it, nobody can be called, and Enter goes on."""
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "p")
    expect(page.locator("#ask-pause")).to_be_visible()
    assert [] == accessible(page)
    reason = page.locator('#ask-pause [data-digit="2"]').get_attribute("data-choose")
    press(page, "2")
    look(page, "paused")
    expect(page.locator('[data-put="over-what"]')).to_have_text(reason)
    off(page, "call")
    assert [] == accessible(page)
    press(page, "Enter")

    look(page, "ready")


def test_a_chosen_number_is_called(desk, hall, accessible):
    """S and the number, as short as one can type it; or the arrows and Enter in the list."""
    for _ in range(3):
        hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "s")
    expect(page.locator("#ask-number")).to_be_visible()
    assert [] == accessible(page)
    page.keyboard.type("a3")
    expect(page.locator("#ask-number .found")).to_contain_text("A003")
    press(page, "Enter")
    look(page, "called")
    expect(number(page)).to_have_attribute("aria-label", "A003")
    press(page, "b", "f")
    look(page, "ready")
    press(page, "ArrowDown", "ArrowDown")
    expect(page.locator('[data-list="waiting"] .row[data-number="A002"]')).to_be_focused()
    press(page, "Enter")

    expect(number(page)).to_have_attribute("aria-label", "A002")


def test_letters_do_not_act_where_one_types_and_can_be_switched_off(desk, hall):
    """A note may hold any letter. With the switch off, Enter and the mouse are left."""
    hall.takes("biz-setup")
    page = desk()
    press(page, "Enter", "Enter", "b", "h")
    page.locator('#ask-hold [name="note"]').focus()
    page.keyboard.type("fzb")
    expect(page.locator('#ask-hold [name="note"]')).to_have_value("fzb")
    page.keyboard.press("Escape")
    look(page, "serving")
    page.locator("[data-letters]").click()
    page.locator("#card").focus()
    press(page, "f")
    settled(page)
    look(page, "serving")
    page.locator("#card").focus()
    press(page, "Enter")

    look(page, "empty")
