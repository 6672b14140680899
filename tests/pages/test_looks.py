"""
A busy morning on every page, at the size of the machine it is made for: nothing is cut off, nothing scrolls sideways.

With PICTURES=1 these tests draw the pictures of the documents.
"""

import pytest
from playwright.sync_api import expect
from running import MORNING, Hall, copied, timedelta, to_us

pytestmark = pytest.mark.browser

SERVED = {"biz-setup": 4, "med-insurance": 4, "house-transfer": 3, "consult": 3}  # so many that estimates are honest
WAITING = {"biz-setup": 6, "food-permit": 3, "outdoor-ad": 1, "med-insurance": 9, "med-aid": 2, "house-transfer": 4,
           "mortgage-cancel": 2, "consult": 3, "pickup": 2}  # fmt: skip
COUNTER_OF = {"consult": 1, "biz-setup": 8, "med-insurance": 9, "house-transfer": 10}
STICKING_OUT = """() => {
  const passes = (one) => one.closest(".ticker .line, .slips, .hex, .visually-hidden")     // made to pass by, or to be scrolled
  return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !passes(one)
    && [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
    && (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)).map((one) => one.outerHTML)
}"""


@pytest.fixture(scope="module")
def morning(tmp_path_factory, templates, sample):
    """The sample hall at 10:26: it has been open for two hours, ten counters are at work, every device is there."""
    hall = Hall(
        copied(templates[True], tmp_path_factory.mktemp("morning") / "hall.sqlite3"), sample, at=MORNING - timedelta(minutes=100)
    )
    hall.starts()
    try:
        hall.racks(*(device.name for device in sample.device))
        hall.desks = stage(hall)
        yield hall
    finally:
        hall.closes()


def stage(hall):
    """Two hours of a Monday morning; the desks by their counters."""
    desks = {counter: hall.desk(counter) for counter in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)}
    for service, count in SERVED.items():
        for _ in range(count):
            hall.takes(service)
        for _ in range(count):
            desks[COUNTER_OF[service]].calls()
            hall.later(seconds=25)
            desks[COUNTER_OF[service]].starts()
            hall.later(seconds=70)
            desks[COUNTER_OF[service]].finishes()
    hall.clock.move_to(to_us(MORNING - timedelta(minutes=17)))
    for turn in range(max(WAITING.values()) + 2):
        for service, count in WAITING.items():
            if turn < count + 2 * (service in ("biz-setup", "med-insurance")):
                hall.takes(service, priority="elder" if (turn, service) == (4, "biz-setup") else "normal")
                hall.later(seconds=16)
    hall.clock.move_to(to_us(MORNING - timedelta(minutes=4)))
    for counter in (9, 4, 8, 10, 5):
        desks[counter].calls()
        hall.later(seconds=20)
        desks[counter].starts()
        hall.later(seconds=9)
    desks[6].state("paused", "暂时离开")
    hall.clock.move_to(to_us(MORNING))
    desks[3].calls()
    return desks


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


def test_the_start_page(look, screens):
    """Everything that is here, in one view."""
    look.keeps(look("/", screens.start), "start")
