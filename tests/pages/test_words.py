"""Posts, badges and papers are written in the hall's languages on the set-up pages, and said in them on cards and phones."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MANAGER = "CH001"
SIZE = (1280, 800)


@pytest.fixture
def setup(visit):
    """Opens a page of the set-up, with the manager signed in."""
    return lambda path="": visit(f"/manage/setup{path}", size=SIZE, who=MANAGER)


def name_of(page, key, locale="zh-CN"):
    """One language of a text."""
    return page.locator(f'[data-doc] > [data-field="{key}"] [data-key="{locale}"]')


def saves(page):
    """Save, and wait until it is in force."""
    page.locator('[data-act="save"]').click()
    expect(page.locator("[data-standing]")).to_have_text(re.compile(r"^已生效 \d\d:\d\d$"))


def test_posts_badges_and_papers_are_written_in_each_language(setup, visit, hall, screens, accessible):
    """As names are: what was one text stands in the hall's language; the cards and the phone say what is written."""
    hall.desk(3)
    page = setup("/staff?id=s05")
    name_of(page, "post", "en").fill("Front desk")
    saves(page)
    page.goto("/manage/setup/counter?id=3")
    page.locator("details.more > summary").click()
    badges = page.locator('[data-field="badges"]')
    badges.get_by_role("button", name="加一条").click()
    for locale, text in (("zh-CN", "红旗窗口"), ("zh-Hant", "紅旗窗口"), ("en", "Red flag counter")):
        badges.locator(f'[data-items] [data-key="{locale}"]').fill(text)
    assert [] == accessible(page)
    saves(page)
    page.goto("/manage/setup/service?id=pickup")
    paper = page.locator('[data-field="materials"] [data-item]').first
    expect(paper.locator('[data-key="en"]')).to_have_value("Notice of acceptance, or its number")
    paper.locator('[data-key="en"]').fill("Your notice")
    assert [] == accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZE[0]
    saves(page)
    sign = visit("/display/counter/3?lang=en", size=screens.sign)
    phone = visit(f"{hall.takes('pickup')['follow']}?lang=en", size=screens.phone)

    expect(sign.locator(".clerk .post")).to_have_text("Front desk")
    expect(sign.locator(".clerk .post")).to_have_attribute("lang", "en")
    expect(sign.locator("header .tag")).to_have_text("Red flag counter")
    expect(phone.get_by_text("Your notice")).to_have_attribute("lang", "en")


def test_one_text_alone_is_left_as_it_is(setup, hall):
    """A set-up from before: its text stands in the hall's language, and counts as no change until somebody writes."""
    manager = hall.desk(1, job_no=MANAGER, opens=False).client
    known = next(one for one in manager.get("/api/setup").json()["setup"]["staff"] if one["id"] == "s05")
    change = {"changes": [{"noun": "staff", "id": "s05", "doc": {**known, "post": "机动"}}]}
    manager.post("/api/setup/changes", json=change).raise_for_status()
    page = setup("/staff?id=s05")

    expect(name_of(page, "post")).to_have_value("机动")
    expect(page.locator("[data-standing]")).to_have_text("没有改动。")
    page.goto("/manage/setup/staff")
    expect(page.locator("tbody tr", has_text="CH005")).to_contain_text("机动")
    expect(page.locator("tbody tr", has_text="CH005").get_by_role("link")).to_have_count(1)
