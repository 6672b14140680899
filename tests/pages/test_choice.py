"""The choice of a hall: its figures stay true, and no card moves from under a hand."""

import pytest
from district import Branch, found_district
from playwright.sync_api import expect
from running import MORNING, Hall, until

pytestmark = pytest.mark.browser

LOOK_MS = 11_000  # the page has looked again
STILL_MS = 21_000  # nobody has touched it for so long that cards may change places


@pytest.fixture
def hall(tmp_path, sample):
    """A district on a Monday morning: nobody waits, one counter of each hall that is open is at work."""
    path = tmp_path / "hall.sqlite3"
    root = Hall(path, found_district(path, sample), demo=False, at=MORNING).starts()
    root.nanhu = Branch(root, "nanhu")
    for one in (root, root.nanhu):
        one.desk(2)
    yield root
    root.nanhu.closes()
    root.closes()


def order(page):
    """The halls as they stand."""
    return page.locator(".hall").evaluate_all("cards => cards.map((one) => one.dataset.key)")


def is_told(hall, key, **load):
    """Wait until it is told so of a hall: what is known of all of them is some seconds old."""

    def told():
        return load.items() <= next(one for one in hall.asks("/api/halls")["halls"] if one["id"] == key).items()

    until(told, f"{key}: not {load}")


def waiting(page, key):
    """The big figure of a hall."""
    return page.locator(f'[data-key="{key}"] [data-load="waiting"]')


def test_figures_stay_true_and_cards_move_only_when_nobody_is_there(visit, hall, screens):
    """Who has just touched the page sees the figures change in their places; left alone, the least busy comes first."""
    page = visit("/halls", size=screens.phone, clock=True)
    begun = order(page)
    expect(waiting(page, begun[0])).to_have_text("0")
    busy = hall if begun[0] == "chunhe" else hall.nanhu
    for _ in range(2):
        busy.takes()
    is_told(hall, begun[0], waiting=2)
    page.mouse.move(40, 400)
    page.clock.fast_forward(LOOK_MS)
    expect(waiting(page, begun[0])).to_have_text("2")
    assert begun == order(page)
    page.clock.fast_forward(STILL_MS)
    expect(page.locator(".hall").first).not_to_have_attribute("data-key", begun[0])
    assert "lihu" == order(page)[-1]


def test_a_hall_that_opens_is_drawn_anew(visit, hall, screens):
    """Its outline and its words, without a press."""
    page = visit("/halls", size=screens.phone, clock=True)
    expect(page.locator('[data-key="lihu"]')).to_have_class("hall off")
    hall.later(hours=24)
    is_told(hall, "lihu", open=True)
    page.clock.fast_forward(LOOK_MS)

    expect(page.locator('[data-key="lihu"]')).to_have_class("hall")


def test_a_card_leads_to_its_hall_and_its_phone_dials(visit, hall, screens):
    """Wherever the card is touched; by keyboard, hall and phone in turn."""
    page = visit("/halls", size=screens.phone)
    nanhu = page.locator('[data-key="nanhu"]')
    nanhu.locator("h2 a").focus()
    page.keyboard.press("Tab")
    expect(nanhu.locator('a[href^="tel:"]')).to_be_focused()
    nanhu.locator(".waiting").click(force=True)

    expect(page.locator("html")).to_have_attribute("data-base", "/h/nanhu")


def test_without_script_the_page_is_right(visit, hall, screens):
    """The server draws it whole."""
    hall.takes()
    page = visit("/halls", size=screens.phone, java_script_enabled=False)

    expect(waiting(page, "chunhe")).to_have_text("1")
