"""
A busy morning on every page, at the size of the machine it is made for: nothing is cut off, nothing scrolls sideways.

With PICTURES=1 these tests draw the pictures of the documents.
"""

import pytest
from eyes import STICKING_OUT
from morning import BEGINS, stage
from playwright.sync_api import expect
from running import Hall, copied

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def morning(tmp_path_factory, templates, sample):
    """The sample hall at 10:26: it has been open for two hours, ten counters are at work, every device is there."""
    hall = Hall(copied(templates[True], tmp_path_factory.mktemp("morning") / "hall.sqlite3"), sample, at=BEGINS)
    hall.starts()
    try:
        hall.racks(*(device.name for device in sample.device))
        hall.desks = stage(hall)
        yield hall
    finally:
        hall.closes()


@pytest.fixture
def look(visit, morning, picture):
    """Opens a page of the busy hall; `look.keeps(page, name)` checks that all fits and draws its picture."""

    def open_one(path, size, **options):
        return visit(path, size=size, at=morning, **options)

    def keeps(page, name):
        page.evaluate("document.fonts.ready")
        picture(page, name)
        assert [] == page.evaluate(STICKING_OUT)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    open_one.keeps = keeps
    return open_one


def test_the_kiosk_and_a_ticket(look, morning, screens, picture):
    """Home page, then a ticket with its slip: the number is the largest thing there."""
    page = look("/kiosk", screens.kiosk, clock=True)
    look.keeps(page, "kiosk-home")
    for target in ('[data-service="biz-setup"]', '.view[data-view="classes"] .choice'):
        expect(page.locator(target).first).to_be_visible()
        page.clock.fast_forward(700)
        page.locator(target).first.click()
    expect(page.locator(".qr")).to_be_visible()
    look.keeps(page, "kiosk-ticket")
    number = page.locator(".ticket .hero .no").get_attribute("aria-label")

    devices = look("/manage/devices", screens.devices)
    slip = devices.locator(f'[data-device-box="kiosk-1/printer-1"] img[alt*="{number}"]')
    expect(slip).to_be_visible()
    picture.store("slip", devices.request.get(slip.get_attribute("src")).body())
    devices.locator('[data-choose="3"]').click()
    look.keeps(devices, "devices")


def test_the_kiosk_in_large_text(look, screens):
    """Groups first, with what they are about and who waits."""
    look.keeps(look("/kiosk?size=large", screens.kiosk), "kiosk-large")


def test_the_phone_while_waiting_and_called(look, morning, screens):
    """The number and where to go, from a screen 390 wide; the narrowest, 320, cuts nothing off either."""
    waiting = morning.takes("biz-setup")
    look.keeps(look(waiting["follow"], screens.phone), "phone-waiting")
    page = look(morning.desks[3].ticket["follow"], screens.phone)
    look.keeps(page, "phone-called")
    page.set_viewport_size({"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("counter", "state", "name"), [(3, "called", "desk-called"), (4, "serving", "desk-serving"), (11, "empty", "desk-empty")]
)
def test_the_desk(look, screens, counter, state, name):
    """One applicant called, one in service, nobody waiting; down to 1280 × 640 every key is in reach."""
    page = look(f"/counter/{counter}", screens.desk, who=f"CH{counter + 2:03}")
    expect(page.locator("#card")).to_have_attribute("data-look", state)
    look.keeps(page, name)
    page.set_viewport_size({"width": 1280, "height": 640})

    assert page.locator(".key").evaluate_all("(keys) => keys.every((key) => key.getBoundingClientRect().bottom <= innerHeight)")


def test_the_tablet(look, morning, screens):
    """Five buttons of one size."""
    page = look("/counter/10/rating", screens.tablet)
    morning.desks[10].finishes()
    expect(page.locator("body")).to_have_attribute("data-view", "ask")
    look.keeps(page, "rating")

    assert 1 == len(
        set(page.locator("[data-level]").evaluate_all("(all) => all.map((one) => one.offsetWidth + 'x' + one.offsetHeight)"))
    )


def test_the_lobby_screen_across_and_upright(look, morning, screens):
    """The newest call in yellow; every number of the list can be read from 10 m: 108 px or more."""
    page = look("/display?area=f1&sound=off", screens.lobby)
    morning.desks[2].calls()
    expect(page.locator(".hero")).to_have_attribute("data-state", "calling")
    look.keeps(page, "display")
    assert page.locator(".recent .no").evaluate_all(
        "(all) => all.every((one) => parseFloat(getComputedStyle(one).fontSize) >= 108)"
    )
    look.keeps(look("/display?area=f1&sound=off", screens.upright), "display-portrait")


def test_the_sign(look, screens):
    """The called number fills the sign."""
    look.keeps(look("/display/counter/3", screens.sign), "sign")


@pytest.mark.parametrize(
    ("path", "who", "name"),
    [
        ("/guide", "CH003", "guide"),
        ("/manage", "CH001", "manage-live"),
        ("/manage/report", "CH001", "manage-report"),
        ("/manage/setup/service?id=biz-setup", "CH001", "manage-setup"),
    ],
)
def test_the_pages_of_those_who_run_the_hall(look, screens, path, who, name):
    """The guide desk, the hall as it is now, the day in figures, the set-up of a service."""
    look.keeps(look(path, (1440, 900), who=who, live=path != "/manage/report"), name)  # a report stands still


def test_the_board_of_who_serves(look, screens):
    """Everybody at work, with name, job number, stars and post."""
    look.keeps(look("/display/staff", screens.lobby), "staff")


def test_the_start_page(look, screens):
    """Everything that is here, in one view."""
    look.keeps(look("/", screens.start), "start")
