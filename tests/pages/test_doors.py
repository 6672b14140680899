"""The pages one comes through: the first page, the sign-in, a station's enrolment, and the description of the API."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_start_page_leads_to_every_page_of_a_visit(visit, screens, accessible):
    """Four numbered steps, and the phone, the manager and the devices beside them; each opens in a window of its own."""
    page = visit("/", size=screens.start)
    expect(page.locator("ol.steps > li")).to_have_count(4)
    for address in ("/kiosk", "/counter/3", "/display?area=f1", "/counter/3/rating", "/manage", "/manage/devices"):
        expect(page.locator(f'.step a[href="{address}"]').first).to_have_attribute("target", "_blank")
    with page.context.expect_page() as opened:
        page.locator('ol.steps a[href="/kiosk"]').first.click()

    expect(opened.value.locator("[data-service]").first).to_be_visible()
    assert [] == accessible(page)


def test_the_start_page_takes_a_number_for_a_phone(visit, screens):
    """One touch takes a number and opens its page."""
    page = visit("/", size=screens.start)
    with page.context.expect_page() as opened:
        page.locator('[data-act="phone"]').first.click()

    expect(opened.value.locator(".hero .no")).to_have_attribute("aria-label", re.compile(r"^D\d{3}$"))


def test_a_visitor_finds_the_hall_at_work(visit, hall, screens):
    """Nobody has to press anything: applicants come by themselves. 停止 ends it, 开始 goes on at the chosen speed."""
    page = visit("/", size=screens.start)
    expect(page.locator(".play")).to_have_attribute("data-playing", "true")
    expect(page.locator(".play .clock")).to_be_visible()
    assert 60 == hall.asks("/api/hall")["speed"]
    screen = visit("/display?area=f1&sound=off", size=screens.lobby)
    expect(screen.locator(".recent .no").first).to_be_visible()
    page.locator('[data-act="play"]').click()
    expect(page.locator(".play")).to_have_attribute("data-playing", "false")
    assert (1, False) == (hall.asks("/api/hall")["speed"], hall.asks("/api/hall")["playing"])
    page.locator('[data-speed="600"]').click()
    page.locator('[data-act="play"]').click()

    expect(page.locator(".play")).to_have_attribute("data-playing", "true")
    assert 600 == hall.asks("/api/hall")["speed"]


def test_a_hall_in_which_somebody_has_taken_a_number_is_left_alone(visit, hall, screens):
    """The first page plays nothing over what people do."""
    hall.takes("consult")
    page = visit("/", size=screens.start)

    expect(page.locator(".play")).to_have_attribute("data-playing", "false")
    assert not hall.asks("/api/hall")["playing"]


def test_outside_the_demo_the_start_page_tells_no_password(visit, new_hall, screens):
    """The doors of the hall, and nothing to play with."""
    page = visit("/", size=screens.start, at=new_hall(demo=False))

    expect(page.locator(".steps.plain")).to_be_visible()
    expect(page.locator(".play")).to_have_count(0)
    assert "jiaohao-demo" not in page.content()


def test_a_wrong_password_is_said_in_a_sentence(visit, screens, witness, accessible):
    """The sentence does not tell which of the two was wrong; the right one leads on to where one wanted to go."""
    witness.expects("status of 401")
    page = visit("/sign-in?next=/counter/3", size=screens.desk)
    page.locator("button[type=submit]").click()
    expect(page.locator("#refusal")).to_contain_text("填写")
    page.locator("#job_no").fill("ch005")
    page.locator("#password").fill("not this one")
    page.locator("#password").press("Enter")
    expect(page.locator("#refusal")).to_have_text("工号或密码不对。")
    expect(page.locator("#refusal")).to_be_visible()
    expect(page.locator("#password")).to_be_focused()
    assert [] == accessible(page)
    page.locator("#password").fill("jiaohao-demo")
    page.locator("#password").press("Enter")

    expect(page.locator("#card")).to_have_attribute("data-look", "closed")


def test_the_api_is_described_without_the_internet(visit, screens, accessible):
    """Every route with its parameters and refusals; links within the page lead somewhere."""
    page = visit("/api/docs", size=screens.desk)
    expect(page.locator("article h3 code", has_text="/api/tickets").first).to_be_visible()
    broken = """() => [...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.getElementById(a.hash.slice(1)))
                      .map((a) => a.hash)"""

    assert [] == page.evaluate(broken)
    assert [] == accessible(page, "header", "nav", "#people", "#model-SignInIn")  # the rest is built alike, and long


def test_an_unknown_address_is_a_page_with_a_way_on(visit, screens, witness):
    """Who holds a link that is none any more reads a sentence, not JSON."""
    witness.expects("status of 404")
    page = visit("/t/none-of-ours", size=screens.phone, java_script_enabled=False)

    expect(page.locator("h1")).not_to_be_empty()


def test_a_language_once_chosen_stays_for_the_visit(visit, screens):
    """From the sign-in to every page behind it, whatever the browser prefers; machines of the hall begin afresh."""
    page = visit("/sign-in?next=/manage&lang=zh-Hant", size=screens.start, live=False)
    page.locator("#job_no").fill("CH001")
    page.locator("#password").fill("jiaohao-demo")
    page.keyboard.press("Enter")
    expect(page.locator(".tabs")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    page.locator('.tabs a[href="/manage/report"]').click()
    expect(page.locator("html.report")).to_have_attribute("lang", "zh-Hant")
    page.goto("/kiosk")

    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
