"""What is done on a page of the gallery before one looks, and what takes it back: each is told the page and the hall."""

import re

from hands import DEAF_MS, press
from playwright.sync_api import expect

ANY = re.compile(".")
CUT_OFF_MS = 11_000
IDLE_MS = 21_000
AWAY = (r"WebSocket connection", r"ERR_INTERNET_DISCONNECTED", r"Failed to load resource")


def touches(page, what):
    """Touch what stands there, as somebody does who has read it."""
    target = page.locator(what).first
    expect(target).to_be_visible()
    page.clock.fast_forward(DEAF_MS)
    target.click(force=True)


def chooses(page, _hall, service="consult"):
    """A service is touched, the queue is still to be chosen."""
    touches(page, f'[data-service="{service}"]')
    expect(page.locator('.view[data-view="classes"] .choice').first).to_be_visible()


def takes(page, hall, *, claim=0, slip=True):
    """A number is taken."""
    chooses(page, hall)
    page.clock.fast_forward(DEAF_MS)
    page.locator('.view[data-view="classes"] .choice').nth(claim).click()
    expect(page.locator(".qr")).to_be_visible()
    expect(page.locator(".warn")).to_be_visible(visible=not slip)


def takes_large(page, hall, **how):
    """The same in large text: the group first."""
    touches(page, '[data-choose-group="D"]')
    takes(page, hall, **how)


def refused(page, hall, **changes):
    """Somebody chooses; meanwhile the service changes by `changes`."""
    chooses(page, hall, "outdoor-ad")
    hall.alters("outdoor-ad", **changes)
    touches(page, '.view[data-view="classes"] .choice')
    expect(page.locator('[data-put="refused-title"]')).not_to_be_empty()


def restored(_page, hall):
    """The service is as it was."""
    hall.alters("outdoor-ad")


def cut_off(page, _hall):
    """The network is gone for eleven seconds."""
    page.context.set_offline(offline=True)
    page.clock.fast_forward(CUT_OFF_MS)
    expect(page.locator("html")).to_have_attribute("data-link", "lost")


def nobody(page, _hall):
    """Nobody touches it for so long that it asks."""
    page.clock.fast_forward(IDLE_MS)
    expect(page.locator(".idle")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-link", "up")


def shows(view):
    """The card shows `view`."""
    return lambda page, _hall: expect(page.locator("#card")).to_have_attribute("data-look", view)


def keys(*names, then):
    """Keys are pressed at the desk; then something stands there."""

    def do(page, _hall):
        expect(page.locator("#card")).to_have_attribute("data-look", ANY)
        press(page, *names)
        expect(page.locator(then)).to_be_visible()

    return do


def clicks(what, then, *, force=False):
    """Something is pressed; then something stands there."""

    def do(page, _hall):
        page.locator(what).first.click(force=force)
        expect(page.locator(then).first).to_be_visible()

    return do


def classed(page, _hall):
    """A number in a class that needs its reason."""
    page.locator('#issue [name="priority"][value="special"]').check(force=True)
    expect(page.locator("#issue .reason")).to_be_visible()


def asked(page, hall):
    """The service at counter 11 is over."""
    hall.takes("payment")
    hall.desks[11].serves()
    expect(page.locator("body")).to_have_attribute("data-view", "ask")


def rated(page, hall):
    """… and has been rated."""
    asked(page, hall)
    touches(page, '[data-level="4"]')
    expect(page.locator("body")).to_have_attribute("data-view", "thanks")


def called(page, hall):
    """Counter 2 calls somebody."""
    hall.desks[2].calls()
    expect(page.locator(".hero")).to_have_attribute("data-state", "calling")


def uncalled(_page, hall):
    """It was a mistake."""
    hall.desks[2].undoes()


def shows_refusal(page, _hall):
    """What was asked for is refused, in a sentence."""
    expect(page.locator("#refusal")).to_be_visible()


def unfolded(page, _hall):
    """Every part of the form is open."""
    page.locator("details").evaluate_all("(all) => { for (const one of all) one.open = true }")


def printed(page, _hall):
    """The page as it comes out of the printer."""
    page.emulate_media(media="print")


CUT_OFF = {"do": cut_off, "says": AWAY, "alone": True}
