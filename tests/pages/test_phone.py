"""The ticket on its holder's phone: how many are ahead, the call, and a word on the service afterwards."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def state(page):
    """Where the page says in which state the ticket is."""
    return page.locator("main")


def test_a_ticket_is_followed_from_the_line_to_the_rating(visit, hall, screens, accessible):
    """Waiting, next, called, in service, finished, rated: the page turns by itself, and its ground with it."""
    hall.takes("biz-setup")
    ticket = hall.takes("biz-setup")
    page = visit(ticket["follow"], size=screens.phone)
    expect(page.locator("[data-ahead]")).to_have_text("1")
    expect(page.locator(".hero .no")).to_have_attribute("aria-label", "A002")
    assert [] == accessible(page)

    desk = hall.desk(3)
    desk.serves()
    expect(state(page)).to_have_attribute("data-state", "next")
    expect(page.locator("[data-headline]")).to_have_text("下一个就是您")
    assert [] == accessible(page)

    desk.calls()
    expect(state(page)).to_have_attribute("data-state", "called")
    expect(page.locator(".plate-hero .pl")).to_have_text("3")
    expect(page.locator("html")).to_have_css("background-color", "rgb(255, 198, 41)")
    assert [] == accessible(page)

    desk.starts()
    expect(state(page)).to_have_attribute("data-state", "serving")
    desk.finishes()
    expect(page.locator(".rate [data-level]")).to_have_count(5)
    assert [] == accessible(page)
    page.locator('.rate [data-level="4"]').click()
    expect(page.locator("[data-rated]")).to_be_visible()

    assert hall.now(ticket)["rating"]["rated"] == 4


def test_the_page_is_right_without_script(visit, hall, screens):
    """The server draws each state, and the page asks again every 30 s; what needs a script is not offered."""
    hall.takes("consult")
    ticket = hall.takes("consult")
    page = visit(ticket["follow"], size=screens.phone, java_script_enabled=False)
    expect(page.locator("[data-ahead]")).to_have_text("1")
    expect(page.locator('[data-act="cancel"]')).to_be_hidden()
    assert page.locator('meta[http-equiv="refresh"]').get_attribute("content") == "30"
    desk = hall.desk(1)
    desk.serves()
    desk.calls()
    page.reload()

    expect(state(page)).to_have_attribute("data-state", "called")
    expect(page.locator(".plate-hero .pl")).to_have_text("1")


def test_a_number_is_given_back_from_the_phone(visit, hall, screens):
    """退号 asks once; then the page says that the number is void."""
    page = visit(hall.takes()["follow"], size=screens.phone)
    page.locator('[data-act="cancel"]').click()
    page.locator('[data-act="cancel-yes"]').click()

    expect(state(page)).to_have_attribute("data-state", "cancelled")


def test_the_question_stays_while_the_line_moves(visit, hall, screens):
    """Whoever is deciding whether to give the number back is not interrupted by becoming the next."""
    hall.takes()
    page = visit(hall.takes()["follow"], size=screens.phone)
    page.locator('[data-act="cancel"]').click()
    hall.desk(1).calls()

    expect(state(page)).to_have_attribute("data-state", "next")
    expect(page.locator('[data-act="cancel-no"]')).to_be_focused()
    page.locator('[data-act="cancel-yes"]').click()
    expect(state(page)).to_have_attribute("data-state", "cancelled")


def test_a_passed_number_says_until_when_it_may_come_back(visit, hall, screens):
    """After three calls without the applicant: 30 minutes, at the guide desk."""
    page = visit(hall.takes()["follow"], size=screens.phone)
    desk = hall.desk(1)
    desk.calls()
    for _ in range(2):
        hall.later(seconds=9)
        desk.recalls()
    desk.passes()

    expect(state(page)).to_have_attribute("data-state", "no_show")
    expect(page.locator("main")).to_contain_text("10:56")


def test_a_ticket_put_aside_says_how_to_go_on(visit, hall, screens):
    """It need not queue again, and the counter to come back to is named."""
    page = visit(hall.takes()["follow"], size=screens.phone)
    desk = hall.desk(1)
    desk.calls()
    desk.starts()
    desk.holds("no_papers")

    expect(state(page)).to_have_attribute("data-state", "held")
    expect(page.locator("main")).to_contain_text("不用重新排队")
    expect(page.locator(".plates .pl")).to_have_text(["1"])


def test_it_speaks_the_language_it_was_taken_in(visit, hall, screens):
    """
    A number taken in English has an English page, whatever the phone is set to.

    The title does not tell the number, and no search engine keeps the page.
    """
    page = visit(hall.takes(locale="en")["follow"], size=screens.phone)

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-headline]")).to_have_text("You are next")
    assert "D001" not in page.title()
    assert page.locator('meta[name="robots"]').get_attribute("content") == "noindex"


def test_a_phone_without_network_says_how_old_its_picture_is(visit, hall, screens, witness):
    """Ten seconds without a word from the hall: the foot says what time the page is true at."""
    witness.expects(r"ERR_INTERNET_DISCONNECTED|WebSocket connection")
    page = visit(hall.takes()["follow"], size=screens.phone, clock=True)
    page.context.set_offline(offline=True)
    page.clock.fast_forward(11_000)

    expect(page.locator("[data-updated]")).to_contain_text("10:26")
    expect(page.locator(".foot-line.away")).to_be_visible()
