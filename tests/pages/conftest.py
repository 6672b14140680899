"""What every test of a page begins with: a hall that runs, and a browser in which nothing may go wrong unnoticed."""

import importlib.util
import io
import os
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import insert

from server.clock import SystemClock
from server.config import load
from server.database import open_store
from server.engines import open_engine
from server.tables import Credential
from server.web.people import HASHER

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--font-render-hinting=none"]  # fmt: skip
PATIENCE_MS = 12_000  # more than two beats: a busy machine is no fault
COLOURS = 64
LIVE = re.compile(r"/(kiosk|t/|counter/\d|display|manage)")  # pages that follow the hall

expect.set_options(timeout=PATIENCE_MS)


def _beside(name):
    """A module of this folder, by its path: a folder of tests is no package."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


running = _beside("running")
_beside("hands")
_beside("morning")
eyes = _beside("eyes")
witnesses = _beside("witness")
for name in ("doings", "scenes", "district", "halls", "sheets"):
    _beside(name)


# ------------------------------------------------------------------ the hall


@pytest.fixture(scope="session")
def sample():
    """config.toml as shipped."""
    return load(HERE.parents[1] / "config.toml")


@pytest.fixture(scope="session")
def templates(tmp_path_factory, sample):
    """Databases that were set up once, for the demo and for a real hall: each hall of a test begins with a copy of one."""
    hashed = HASHER.hash(running.PASSWORD)
    rows = [{"hall": sample.hall.hall.id, "staff": one.id, "password": hashed, "disabled": False} for one in sample.hall.staff]
    found = {}
    for demo in (True, False):
        found[demo] = tmp_path_factory.mktemp("template") / "hall.sqlite3"
        open_store(found[demo], setup=sample.hall, clock=SystemClock(), demo=demo)
        engine = open_engine(found[demo])
        with engine.connect() as connection:
            connection.execute(insert(Credential), rows)
        engine.dispose()
    return found


@pytest.fixture
def new_hall(tmp_path, templates, sample):
    """Opens halls: the demo's with `new_hall()`, a real one that keeps its hours with `new_hall(demo=False)`."""
    opened = []

    def open_one(**how):
        path = running.copied(templates[how.get("demo", True)], tmp_path / f"hall-{len(opened)}.sqlite3")
        opened.append(running.Hall(path, sample, **how))
        return opened[-1].starts()

    yield open_one
    for hall in opened:
        hall.closes()


@pytest.fixture
def hall(new_hall):
    """The demo hall on a Monday morning at 10:26: nobody waits, no counter is open."""
    return new_hall()


# ------------------------------------------------------------------ the browser


class _Browser:
    """One Chromium for this folder. It must be gone before other tests: while it runs, this thread can run no event loop."""

    def __init__(self):
        self._playwright = self._chromium = None

    def get(self):
        if self._chromium is None:
            self._playwright = sync_playwright().start()
            own = self._playwright.chromium.executable_path
            path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
            if path is None and not Path(own).exists():
                self.close()
                (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("run: playwright install chromium")
            root = hasattr(os, "geteuid") and os.geteuid() == 0
            self._chromium = self._playwright.chromium.launch(
                executable_path=path or own, args=[*QUIET, *(["--no-sandbox"] if root else [])]
            )
        return self._chromium

    def close(self):
        if self._chromium is not None:
            self._chromium.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._playwright = self._chromium = None


_browser = _Browser()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Close the browser behind the last test of this folder."""
    try:
        return (yield)
    finally:
        if nextitem is None or HERE not in nextitem.path.parents:
            _browser.close()


@pytest.fixture
def witness():
    """Fails the test afterwards when a page did."""
    noting = witnesses.Witness()
    yield noting
    assert [] == noting.unexpected()


@pytest.fixture(scope="module")
def browser():
    """The browser itself, for what keeps its windows open from test to test."""
    return _browser.get()


@pytest.fixture
def visit(request, witness):
    """
    Opens pages: `visit("/kiosk", size=KIOSK)`, each in a window of its own, without what others left in the browser.

    `who` signs in first; `clock` lets the test move the page's time; `first` is a script that runs before the page's own;
    `at` is another hall than the test's.
    """
    home = None if "morning" in request.fixturenames else request.getfixturevalue("hall")
    opened = []

    def go(path, *, size=(1366, 768), who=None, clock=False, first=None, at=None, live=True, **options):
        width, height = size
        context = _browser.get().new_context(
            base_url=(at or home).url, viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options}
        )
        opened.append(context)
        witness.watches(context)
        context.set_default_timeout(PATIENCE_MS)
        if first:
            context.add_init_script(first)
        if who:
            answer = context.request.post("/api/session", data={"job_no": who, "password": running.PASSWORD})
            assert answer.ok, answer.text()
        page = context.new_page()
        if clock:
            page.clock.install()
        page.goto(path)
        if live and LIVE.match(path) and options.get("java_script_enabled", True):
            expect(page.locator("html")).to_have_attribute("data-link", "up")
        return page

    yield go
    for context in opened:
        context.close()


@pytest.fixture
def screens():
    """The sizes of the machines that pages are made for."""
    return SimpleNamespace(
        kiosk=(1080, 1920), phone=(390, 844), desk=(1366, 768), tablet=(1024, 768), lobby=(1920, 1080), upright=(1080, 1920),
        sign=(1280, 400), devices=(1440, 900), start=(1440, 900),
    )  # fmt: skip


@pytest.fixture
def desk(visit, screens):
    """Opens the desk of counter 3 with its clerk signed in; the test moves its time."""
    return lambda **options: visit("/counter/3", size=screens.desk, who="CH005", clock=True, **options)


@pytest.fixture
def accessible():
    """Looks at a page as axe-core does: nothing serious or critical."""
    return eyes.barriers


@pytest.fixture
def picture():
    """Keeps a picture of a page for the documents, when asked to by PICTURES=1."""

    def keep(page, name):
        if os.environ.get("PICTURES") == "1":
            store(name, page.screenshot(animations="disabled"))

    def store(name, png):
        if os.environ.get("PICTURES") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            image.save(PICTURES / f"{name}.png", optimize=True)

    keep.store = store
    return keep
