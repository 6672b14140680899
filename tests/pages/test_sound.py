"""A screen's sound: a touch where the browser wants one, the hall's voice where it may, and the hall is told which."""

import os
import shutil

import pytest
from playwright.sync_api import expect
from running import until

pytestmark = pytest.mark.browser

ALLOWED = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]

# Notes when each bell and each piece of speech begins and how long it lasts.
NOTING = """
window.heard = []
for (const kind of [OscillatorNode, AudioBufferSourceNode]) {
  const start = kind.prototype.start
  kind.prototype.start = function (...when) {
    window.heard.push({ kind: kind.name, at: performance.now() / 1000, lasts: this.buffer?.duration ?? 0, peak: this.buffer
      ? this.buffer.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0) : 0 })
    return start.apply(this, when)
  }
}
"""


def standing(hall, station="screen-1"):
    """What the hall knows of a screen's sound."""
    found = [d for d in hall.asks("/api/devices")["devices"] if d["kind"] == "screen/sound" and d["station"] == station]
    return found[0]["state"] if found else None


def spoken(page):
    """The pieces of speech that were begun."""
    return [one for one in page.evaluate("window.heard") if one["kind"] == "AudioBufferSourceNode"]


@pytest.fixture
def allowed(browser, hall):
    """A window of a browser that was started with sound allowed, as a hall's screens are."""
    path = os.environ.get("BROWSER_PATH") or shutil.which("chromium") or browser.browser_type.executable_path
    opened = browser.browser_type.launch(executable_path=path, args=ALLOWED)

    def go(path):
        context = opened.new_context(base_url=hall.url, viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        context.add_init_script(NOTING)
        page = context.new_page()
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-link", "up")
        return page

    yield go
    opened.close()


def test_a_browser_that_forbids_sound_is_touched_once(visit, hall, screens):
    """Until then a button stands on the screen and the manager is told; then both are content."""
    page = visit("/display?area=f1&station=screen-1", size=screens.lobby)
    button = page.locator("[data-sound]")
    expect(button).to_be_visible()
    until(lambda: standing(hall) == "degraded", "the hall is not told")
    manager = visit("/manage", who="CH001")
    expect(manager.locator('[data-id="sound:screen-1"]')).to_contain_text("屏幕 screen-1 没有声音")
    button.click()
    expect(button).to_be_hidden()

    until(lambda: standing(hall) == "ok", "the hall is not told")


def test_a_call_is_chimed_and_then_said_twice(allowed, hall):
    """The bells, then the shipped voice, one piece after the other, loud enough and not clipped; nobody has to touch anything."""
    page = allowed("/display?area=f1&station=screen-1")
    expect(page.locator("[data-sound]")).to_be_hidden()
    until(lambda: standing(hall) == "ok", "the hall is not told")
    hall.takes("biz-setup")
    hall.desk(3).calls()
    until(lambda: len(spoken(page)) == 2, "it is not said twice")
    heard = page.evaluate("window.heard")
    first, second = spoken(page)

    assert ["OscillatorNode"] * 6 == [one["kind"] for one in heard[:6]]
    assert 1.4 < first["at"] - heard[0]["at"] < 3
    assert first["at"] + first["lasts"] <= second["at"] + 0.05
    assert 2 < first["lasts"] == second["lasts"] < 6
    assert 0.1 < first["peak"] < 0.95


def test_a_screen_that_shall_be_silent_is_no_trouble(visit, hall, screens):
    """Silent by choice: in order, and no button."""
    page = visit("/display?area=f1&station=screen-1&sound=off", size=screens.lobby)
    until(lambda: standing(hall) == "ok", "the hall is not told")

    expect(page.locator("[data-sound]")).to_be_hidden()
