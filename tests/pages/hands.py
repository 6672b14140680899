"""The hands of a clerk at the desk's page, and the eyes."""

import re

from playwright.sync_api import expect

DEAF_MS = 700  # after an act Enter is deaf for a moment


def press(page, *keys):
    """Press one key after another, as somebody who looks up in between."""
    for name in keys:
        settled(page)
        page.keyboard.press(name)


def settled(page):
    """Wait until the act is done and the desk hears Enter again."""
    expect(page.locator(".pressed")).to_have_count(0)
    page.clock.fast_forward(DEAF_MS)


def key(page, act):
    """One of the eleven keys."""
    return page.locator(f'.key[data-act="{act}"]')


def number(page):
    """The number on the card."""
    return page.locator('#card [data-put="number"]')


def look(page, name):
    """See what the card shows: closed, paused, empty, ready, called or serving."""
    expect(page.locator("#card")).to_have_attribute("data-look", name)


def off(page, act):
    """See that the key is dashed."""
    expect(key(page, act)).to_have_attribute("aria-disabled", "true")


def possible(page, act):
    """See that the key can be pressed."""
    expect(key(page, act)).not_to_have_attribute("aria-disabled", re.compile("."))
