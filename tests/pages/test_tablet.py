"""The tablet at the window: who serves here, and five buttons when the service is over."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DEAF_MS = 700  # a hand that was on its way to the glass has not answered


def view(page, name):
    """See what fills the tablet: rest, ask or thanks."""
    expect(page.locator("body")).to_have_attribute("data-view", name)


@pytest.fixture
def tablet(visit, screens):
    """Opens the tablet of counter 3."""
    return lambda: visit("/counter/3/rating", size=screens.tablet, clock=True)


def test_one_touch_is_the_rating(tablet, hall, accessible):
    """At rest the clerk's card; after 办结 five equal buttons; a touch, thanks with what was chosen, the card again."""
    page = tablet()
    desk = hall.desk(3)
    expect(page.locator('[data-put="name"]')).to_have_text("周航")
    view(page, "rest")
    assert [] == accessible(page)
    hall.takes("biz-setup")
    desk.serves()
    view(page, "ask")
    buttons = page.locator("[data-level]")
    expect(buttons).to_have_text(["非常满意", "满意", "基本满意", "不满意", "非常不满意"])
    assert 1 == len(set(buttons.evaluate_all("(all) => all.map((one) => getComputedStyle(one).backgroundColor)")))
    assert [] == accessible(page)
    page.clock.fast_forward(DEAF_MS)
    buttons.nth(1).click()
    view(page, "thanks")
    expect(page.locator('[data-put="chosen"]')).to_contain_text("满意")
    assert [] == accessible(page)
    page.clock.fast_forward(4_000)

    view(page, "rest")
    assert 1 == desk.client.get("/api/counters/3").json()["tally"]["ratings"]


def test_leaving_is_no_rating(tablet, hall):
    """When the seconds are over the card comes back, and nothing was recorded."""
    page = tablet()
    desk = hall.desk(3)
    hall.takes("biz-setup")
    desk.serves()
    view(page, "ask")
    page.clock.fast_forward(31_000)

    view(page, "rest")
    assert 0 == desk.client.get("/api/counters/3").json()["tally"]["ratings"]


def test_the_next_applicant_is_not_asked_about_the_one_before(tablet, hall):
    """As soon as the next service starts the question is gone."""
    page = tablet()
    desk = hall.desk(3)
    hall.takes("biz-setup")
    hall.takes("biz-setup")
    desk.serves()
    view(page, "ask")
    desk.calls()
    desk.starts()

    view(page, "rest")


def test_the_question_outlives_a_reload_and_an_undo_ends_it(tablet, hall):
    """A tablet that was switched on again goes on with what is left; a finish that was taken back is not rated."""
    page = tablet()
    desk = hall.desk(3)
    hall.takes("biz-setup")
    desk.serves()
    view(page, "ask")
    page.reload()
    view(page, "ask")
    desk.undoes()

    view(page, "rest")
