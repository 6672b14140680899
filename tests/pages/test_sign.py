"""The sign over a window: one number, readable from the seats."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TURN_MS = 8_000


def face(page, name, number=None):
    """See which of its faces the sign shows."""
    expect(page.locator("html")).to_have_attribute("data-face", name)
    if number:
        expect(page.locator(f'.face[data-face="{name}"] .no')).to_have_attribute("aria-label", number)


def test_the_sign_follows_its_counter(visit, hall, screens, accessible):
    """Closed, idle, calling in yellow, serving, paused with where else to go. The counter's number never leaves."""
    page = visit("/display/counter/3", size=screens.sign)
    face(page, "closed")
    assert [] == accessible(page)
    hall.takes("biz-setup")
    desk = hall.desk(3)
    face(page, "idle")
    expect(page.locator('.face[data-face="idle"]')).to_contain_text("热情为您服务")
    assert [] == accessible(page)
    desk.calls()
    face(page, "calling", "A001")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 198, 41)")
    assert [] == accessible(page)
    desk.starts()
    face(page, "serving", "A001")
    assert [] == accessible(page)
    desk.finishes()
    face(page, "idle")
    hall.desk(2)
    desk.state("paused", "用餐")
    face(page, "paused")
    expect(page.locator(".others .pl")).to_have_text(["2"])
    expect(page.locator("header .pl")).to_have_text("3")

    assert [] == accessible(page)


def test_an_undone_call_leaves_the_sign(visit, hall, screens):
    """The number goes as it came."""
    hall.takes("biz-setup")
    page = visit("/display/counter/3", size=screens.sign)
    desk = hall.desk(3)
    desk.calls()
    face(page, "calling", "A001")
    desk.undoes()

    face(page, "idle")


def test_a_sign_that_is_cut_off_sends_nobody(visit, hall, screens, witness):
    """It says since when; after a minute the number goes, for it may be over; the link back, all is as it is."""
    witness.expects(r"WebSocket connection|ERR_CONNECTION_REFUSED|Failed to load resource")
    hall.takes("biz-setup")
    page = visit("/display/counter/3", size=screens.sign, clock=True)
    hall.desk(3).calls()
    face(page, "calling", "A001")
    hall.stops()
    page.clock.fast_forward(11_000)
    expect(page.locator(".cut-off")).to_be_visible()
    face(page, "calling", "A001")
    page.clock.fast_forward(60_000)
    face(page, "idle")

    hall.starts()
    page.clock.fast_forward(16_000)  # by now it has waited its longest before it tries again
    expect(page.locator(".cut-off")).to_be_hidden()
    face(page, "calling", "A001")


def test_an_idle_sign_tells_the_notices_in_their_turn(visit, hall, screens):
    """What the counter serves, then each notice meant for signs, for a while; then what it serves again. Nothing is cut off."""
    hall.desk(3)
    page = visit("/display/counter/3", size=screens.sign, clock=True)
    notice, groups = page.locator(".notice"), page.locator(".groups")
    expect(groups).to_be_visible()
    told = []
    for _ in range(3):
        page.clock.fast_forward(TURN_MS)
        expect(groups).to_be_hidden()
        assert page.evaluate("document.querySelector('.clerk').getBoundingClientRect().bottom <= innerHeight")
        told.append(notice.inner_text())
    page.clock.fast_forward(TURN_MS)

    expect(groups).to_be_visible()
    assert [one["text"] for one in hall.asks("/api/counters/3/sign")["notices"]] == told
