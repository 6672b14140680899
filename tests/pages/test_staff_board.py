"""Who serves: the board of the staff, and the clerk's card on the sign over a window."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def person(page, staff):
    """The card of one of the staff."""
    return page.locator(f'.person[data-key="{staff}"]')


def test_everyone_at_work_shows_openly(visit, hall, screens, accessible):
    """Name, job number, post, stars drawn and in words, the counter's plate and badges."""
    hall.desk(2)
    page = visit("/display/staff", size=screens.lobby)
    clerk = person(page, "s04")

    expect(clerk.locator(".pl")).to_have_attribute("aria-label", "2 号窗口")
    expect(clerk.locator(".card")).to_contain_text("陈静")
    for said in ("工号 CH004", "综合受理", "五星", "党员示范岗"):
        expect(clerk).to_contain_text(said)
    assert [] == accessible(page)


def test_the_board_follows_who_comes_and_goes(visit, hall, screens):
    """A counter opens, pauses and closes; who has served today stays, with a plate that is only an outline."""
    page = visit("/display/staff", size=screens.upright)
    expect(person(page, "s05")).to_have_count(0)
    expect(person(page, "s02")).to_contain_text("值班")
    desk = hall.desk(3)
    expect(person(page, "s05")).to_contain_text("在岗")
    desk.state("paused", "开会")
    expect(person(page, "s05")).to_contain_text("暂停服务")
    desk.state("open")
    hall.takes("biz-setup")
    desk.serves()
    desk.state("closed")

    expect(person(page, "s05")).to_contain_text("今日在岗过")
    expect(person(page, "s05").locator(".pl.out")).to_have_count(1)


def test_promises_and_phones_are_those_of_the_set_up(visit, screens):
    """What the hall promises is what its rules are set to."""
    page = visit("/display/staff", size=screens.lobby)

    expect(page.locator(".promises li")).to_have_text(["等候不超过 15 分钟", "当日取号，当日办完", "即办事项 30 分钟内办结"])
    expect(page.locator(".phones dd")).to_have_text(["000-00000001", "000-00000002", "12345"])


def test_a_free_window_shows_who_sits_there(visit, hall, screens, accessible):
    """On the sign while nobody is called: name, job number, stars, post; the counter's badge stands below its plate."""
    page = visit("/display/counter/2", size=screens.sign)
    expect(page.locator(".clerk")).to_be_hidden()
    hall.desk(2)
    card = page.locator(".clerk")

    expect(card).to_be_visible()
    for said in ("陈静", "工号 CH004", "综合受理"):
        expect(card).to_contain_text(said)
    expect(card.locator(".stars")).to_have_attribute("aria-label", "5 星（共 5 星）")
    expect(page.locator("header .tag")).to_have_text("党员示范岗")
    assert [] == accessible(page)


def test_the_kiosk_says_where_help_is(visit, screens):
    """The consulting counter of the set-up, with its floor and area."""
    page = visit("/kiosk", size=screens.kiosk)
    page.locator('[data-act="guide"]').click()
    card = page.locator('.view[data-view="guide"]')

    expect(card).to_contain_text("1 楼 · 一楼综合服务区")
    expect(card.locator(".pl")).to_have_attribute("aria-label", "1 号窗口")
