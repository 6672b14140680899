"""The devices page: every virtual device as it looks, drawn from the bytes it was sent, with keys to press."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def devices(visit, screens):
    """Opens the devices page."""
    return lambda: visit("/manage/devices", size=screens.devices)


def loaded(picture):
    """Wait for a picture that is really there."""
    expect(picture).to_be_visible()
    picture.evaluate("(one) => one.decode()")
    return picture.evaluate("(one) => one.naturalWidth")


def keys(page, device):
    """The keys of one device."""
    return page.locator(f'[data-press][data-device="{device}"]')


def test_a_slip_comes_out_and_is_drawn(devices, hall, accessible):
    """A number is taken: its slip appears by itself as a picture of 576 dots, with its bytes and what they mean."""
    hall.racks("printer-1")
    page = devices()
    printer = page.locator('[data-device-box="kiosk-1/printer-1"]')
    expect(printer.locator("li.none")).to_be_visible()
    hall.takes("biz-setup", slip_at="kiosk-1")
    slip = printer.locator("img.slip")

    assert 576 == loaded(slip)
    expect(slip).to_have_attribute("alt", re.compile("A001"))
    printer.locator("[data-bytes]").click()
    expect(printer.locator(".hex tr").first).to_be_visible()
    assert [] == accessible(page)


def test_a_pulled_plug_is_seen_and_put_back(devices, hall):
    """The printer goes dark and says since when; plugged in again it is in order, and tells what the trouble was."""
    hall.racks("printer-1")
    page = devices()
    look = page.locator('[data-part="kiosk-1/printer-1/look"] .standing')
    expect(look).to_have_attribute("data-state", "ok")
    page.locator('[data-press="unplug"][data-device="printer-1"]').click()
    expect(look).to_have_attribute("data-state", "lost")
    page.locator('[data-press="plug"][data-device="printer-1"]').click()

    expect(look).to_have_attribute("data-state", "ok")
    expect(look).to_contain_text(re.compile(r"上次异常 \d\d:\d\d:\d\d：.+"))


def test_a_keypad_rates_and_a_pad_calls(devices, hall):
    """The pad of counter 3 calls the next applicant, its sign shows the number; after the service the keypad rates it."""
    hall.racks("sign-3", "keypad-3", "pad-3")
    hall.takes("biz-setup")
    desk = hall.desk(3)
    page = devices()
    page.locator('[data-choose="3"]').click()
    keys(page, "pad-3").and_(page.locator('[data-press="next"]')).click()
    sign = page.locator('[data-part="counter-3/sign-3/look"] img')
    expect(sign).to_have_attribute("alt", re.compile("A001"))
    assert loaded(sign) >= 64
    desk.ticket = desk.client.get("/api/counters/3").json()["ticket"]
    assert ("A001", "called") == (desk.ticket["number"], desk.ticket["state"])
    desk.starts()
    desk.finishes()
    expect(page.locator('[data-part="counter-3/keypad-3/look"]')).to_be_visible()
    keys(page, "keypad-3").and_(page.locator('[data-press="4"]')).focus()
    page.keyboard.press("4")
    expect(page.locator('[data-part="counter-3/keypad-3/look"]')).to_have_text(re.compile("谢谢|感谢"))

    assert 1 == desk.client.get("/api/counters/3").json()["tally"]["ratings"]


def test_outside_the_demo_the_page_asks_for_a_sign_in(visit, new_hall, screens):
    """Health is for staff; keys there are none."""
    page = visit("/sign-in?next=/manage/devices", size=screens.devices, at=new_hall(demo=False))
    page.locator("#job_no").fill("CH001")
    page.locator("#password").fill("jiaohao-demo")
    page.keyboard.press("Enter")
    expect(page.locator(".health tbody tr").first).to_be_visible()

    expect(page.locator(".printers [data-press]")).to_have_count(0)
