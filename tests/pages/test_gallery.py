"""
Every page in every state and every language is opened once and looked at.

Nothing goes wrong, nothing is in anybody's way, nothing sticks out or is cut off, every word is in the reader's language, every
target is large enough, and what is read from afar can be. With GALLERY=folder each view is kept there as a picture, with a sheet
of the three languages a page and an index of all.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from eyes import barriers, faults
from halls import Halls
from playwright.sync_api import expect
from running import PASSWORD
from scenes import SCENES, SIZES
from sheets import keep, lay_out
from witness import Witness

pytestmark = pytest.mark.browser

LOCALES = ("zh-CN", "zh-Hant", "en")
FOLDER = os.environ.get("GALLERY")
HALLS = ("morning", "early", "monday", "sunday", "district")
SHOTS = sorted(
    ((scene, screen) for scene in SCENES for screen in scene.screens),
    key=lambda shot: (HALLS.index(shot[0].hall), SIZES[shot[1]], shot[0].who or ""),  # so that windows can stay open
)
VIEWS = [
    pytest.param(scene, screen, locale, id=f"{scene.name}-{screen}-{locale}") for scene, screen in SHOTS for locale in LOCALES
]


@pytest.fixture(scope="module")
def halls(tmp_path_factory, templates, sample):
    """The halls, each staged once."""
    opened = Halls(tmp_path_factory.mktemp("gallery"), templates, sample)
    yield opened
    opened.closes()


class Window:
    """One window of the browser, kept while views are of one hall, one size and one person."""

    def __init__(self, browser, hall, size, who):
        self.context = browser.new_context(
            base_url=hall.url, viewport=dict(zip(("width", "height"), size, strict=True)), locale="zh-CN"
        )
        self.context.add_init_script(AXE_SCRIPT)
        if who:
            answer = self.context.request.post("/api/session", data={"job_no": who, "password": PASSWORD})
            assert answer.ok, answer.text()
        self.witness = Witness()
        self.witness.watches(self.context)
        self.page = self.context.new_page()
        self.page.clock.install()


@pytest.fixture(scope="module")
def window(browser, halls):
    """The window for a scene on a screen; `window(None)` closes it."""
    kept = {}

    def of(scene, screen=None):
        wanted = scene and (scene.hall, SIZES[screen], scene.who)
        for other in [key for key in kept if key != wanted]:
            kept.pop(other).context.close()
        if scene and wanted not in kept:
            kept[wanted] = Window(browser, halls[scene.hall], SIZES[screen], scene.who)
        return kept.get(wanted)

    yield of
    of(None)


@pytest.fixture(scope="module", autouse=True)
def gallery():
    """The sheets and the index, when all has been looked at."""
    yield
    if FOLDER:
        lay_out(Path(FOLDER), LOCALES)


@pytest.mark.parametrize(("scene", "screen", "locale"), VIEWS)
def test_a_page_is_as_it_should_be(window, halls, scene, screen, locale):
    """One page in one state, on one screen, in one language."""
    hall, opened = halls[scene.hall], window(scene, screen)
    page, witness = opened.page, opened.witness
    witness.begins(*scene.says)
    page.goto(f"{scene.path.format(**hall.known)}{'&' if '?' in scene.path else '?'}lang={locale}")
    if scene.follows:
        expect(page.locator("html")).to_have_attribute("data-link", "up")
    try:
        if scene.do:
            scene.do(page, hall)
        found = barriers(page, *scene.parts, colours=False)
        found += faults(page, locale=locale, scrolls=scene.scrolls, touch=scene.touch_px(screen), contrast=scene.contrast)
        if FOLDER:
            keep(page, Path(FOLDER), f"{scene.name}-{screen}", locale, whole=scene.scrolls)
    finally:
        if scene.undo:
            scene.undo(page, hall)
        if scene.alone:
            window(None)
    found += witness.unexpected()

    assert not found, "\n".join(found)
