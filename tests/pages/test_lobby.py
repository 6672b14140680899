"""The screen in the lobby: every call once, in turn, where everybody can read it."""

import pytest
from playwright.sync_api import expect
from running import VOICED

pytestmark = pytest.mark.browser

HOLD_MS = 6_500  # one announcement, and a little
LOST_MS = 11_000  # two beats missed
AWAY = r"WebSocket connection|ERR_CONNECTION_REFUSED|Failed to load resource"

# Notes every number that is yellow, in order; a number that flashes anew is noted anew.
NOTING = """
addEventListener("DOMContentLoaded", () => {
  const hero = document.querySelector(".hero")
  window.called = []
  let flashing = ""
  new MutationObserver(() => {
    const text = (part) => hero.querySelector(part).textContent
    const now = hero.dataset.state === "calling" ? text(".no") + "→" + text(".pl") : ""
    if (now && now !== flashing) window.called.push(now)
    flashing = now
  }).observe(hero, { attributes: true, subtree: true, childList: true })
})
"""
# A browser whose time runs six times as fast, so that a burst of announcements is over in seconds.
HURRIED = "{ const real = performance.now.bind(performance); performance.now = () => real() * 6 }"


@pytest.fixture
def screen(visit, screens):
    """Opens the screen of the ground floor."""

    def open_one(*, hurried=False, **options):
        first = NOTING + (HURRIED if hurried else "")
        return visit("/display?area=f1&sound=off", size=screens.lobby, first=first, clock=not hurried, **options)

    return open_one


def hero(page, state, number=None, counter=None):
    """See what the hero shows: none, calling or calm."""
    expect(page.locator(".hero")).to_have_attribute("data-state", state)
    if number:
        expect(page.locator(".hero .no")).to_have_attribute("aria-label", number)
        expect(page.locator(".hero .pl")).to_have_text(str(counter))


def recent(page):
    """The numbers of the list, newest first."""
    return page.locator(".recent tbody tr .no")


def called(page):
    """Every number that was yellow, in order."""
    return page.evaluate("window.called")


def test_a_call_flashes_once_and_then_stays(screen, hall, accessible):
    """Before the first call the hall's name and hours; then yellow, said once to who cannot see; then the number, calm."""
    page = screen()
    hero(page, "none")
    expect(page.locator(".hero .welcome")).to_contain_text("8:30–11:30")
    assert [] == accessible(page)
    hall.takes("biz-setup")
    hall.desk(3).calls()
    hero(page, "calling", "A001", 3)
    expect(page.locator("#said")).to_contain_text("A001")
    assert [] == accessible(page)
    page.clock.fast_forward(HOLD_MS)
    hero(page, "calm", "A001", 3)

    assert ["A001→3"] == called(page)
    assert [] == accessible(page)


def test_a_burst_of_calls_is_shown_in_turn_and_none_is_lost(screen, hall):
    """Five counters call within a second: each number has its own yellow, in the order of the calls, one row a ticket."""
    for _ in range(5):
        hall.takes("biz-setup")
    desks = [hall.desk(counter) for counter in (2, 3, 4, 5, 6)]
    page = screen(hurried=True)
    for desk in desks:
        desk.calls()
    expect(page.locator(".hero .more")).to_have_text("还有 4 个呼叫")
    hero(page, "calling", "A005", 6)
    expect(page.locator(".hero .more")).to_be_hidden()
    hero(page, "calm")

    assert ["A001→2", "A002→3", "A003→4", "A004→5", "A005→6"] == called(page)
    assert ["A004", "A003", "A002", "A001"] == recent(page).evaluate_all("(all) => all.map((one) => one.ariaLabel)")


def test_a_second_call_flashes_again_and_keeps_one_row(screen, hall):
    """A recall goes to the hero anew and to the top of the list; nobody's number stands there twice."""
    page = screen()
    for service in ("biz-setup", "consult"):
        hall.takes(service)
    desk, other = hall.desk(3), hall.desk(1)
    desk.calls()
    hero(page, "calling", "A001", 3)
    page.clock.fast_forward(HOLD_MS)
    other.calls()
    hero(page, "calling", "D001", 1)
    page.clock.fast_forward(HOLD_MS)
    hall.later(seconds=9)
    desk.recalls()
    hero(page, "calling", "A001", 3)

    assert ["A001→3", "D001→1", "A001→3"] == called(page)
    expect(recent(page)).to_have_count(1)


def test_a_reload_midway_calls_nobody_twice(screen, hall):
    """The page that comes back shows what was called, calm: only calls after its picture are announced."""
    hall.takes("biz-setup")
    page = screen()
    hall.desk(3).calls()
    hero(page, "calling", "A001", 3)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-link", "up")
    hero(page, "calm", "A001", 3)

    assert [] == called(page)


def test_an_undone_call_disappears(screen, hall):
    """A call that was a slip of the hand leaves hero and list, and its yellow at once."""
    for _ in range(2):
        hall.takes("biz-setup")
    page = screen()
    hall.desk(2).calls()
    hero(page, "calling", "A001", 2)
    page.clock.fast_forward(HOLD_MS)
    desk = hall.desk(3)
    desk.calls()
    hero(page, "calling", "A002", 3)
    desk.undoes()

    hero(page, "calm", "A001", 2)
    expect(recent(page)).to_have_count(0)


def test_a_second_screen_agrees(screen, hall):
    """Two screens of one floor show the same, whenever they were switched on."""
    for _ in range(3):
        hall.takes("biz-setup")
    page = screen(hurried=True)
    desks = [hall.desk(counter) for counter in (2, 3, 4)]
    for desk in desks:
        desk.calls()
    hero(page, "calm", "A003", 4)
    later = screen()
    hero(later, "calm", "A003", 4)
    expect(recent(later)).to_have_count(2)

    assert page.locator("main").inner_text() == later.locator("main").inner_text()


def test_a_lost_link_is_said_and_mended(screen, hall, witness, accessible):
    """Without the server: a banner with the time the picture is true at, and no yellow. Back: it goes, and calls are shown."""
    witness.expects(AWAY)
    for _ in range(2):
        hall.takes("biz-setup")
    page = screen()
    hall.desk(3).calls()
    hero(page, "calling", "A001", 3)
    hall.stops()
    page.clock.fast_forward(LOST_MS)
    expect(page.locator("#link-lost")).to_be_visible()
    expect(page.locator("#link-lost .since")).to_contain_text("10:2")
    hero(page, "calm", "A001", 3)
    assert [] == accessible(page)

    hall.starts()
    hall.desk(2).calls()
    hero(page, "calling", "A002", 2)
    expect(page.locator("#link-lost")).to_be_hidden()


def test_how_many_wait_is_kept_right(screen, hall):
    """Eleven services with their people; a number taken and a number called move the count."""
    page = screen()
    row = page.locator(".waiting li", has_text="业务咨询").locator("b")
    expect(page.locator(".waiting li")).to_have_count(11)
    hall.takes("consult")
    expect(row).to_have_text("1")
    hall.desk(1).calls()

    expect(row).to_have_text("0")


def test_a_call_of_another_floor_stays_there(screen, hall):
    """The screen of the ground floor is silent about who waits and is served upstairs."""
    page = screen()
    guide = hall.desk(1, opens=False)
    made = {"service": "biz-setup", "priority": "green", "reason": "轮椅", "slip_at": "kiosk-1"}
    guide.client.post("/api/tickets", json=made, headers={"Station": "screen-3"}).raise_for_status()
    hall.takes("consult")
    hall.desk(1).calls()
    hero(page, "calling", "D001", 1)

    assert ["D001→1"] == called(page)


def test_a_call_is_spoken_in_the_hall_s_language_and_in_the_applicant_s(visit, hall, screens):
    """Whoever took the number in English hears it in English too, each time it is said; everybody else in Chinese alone."""
    hall.takes("biz-setup", locale="en")
    hall.takes("biz-setup")
    page = visit("/display?area=f1", size=screens.lobby, first=VOICED + HURRIED)
    hall.desk(3).calls()
    hall.desk(2).calls()
    hero(page, "calm", "A002", 2)
    chinese, english = ["zh-CN", "请A 0 0 1号到3号窗口办理"], ["en-US", "Number A 0 0 1, please go to window 3."]

    assert [*[chinese, english] * 2, *[["zh-CN", "请A 0 0 2号到2号窗口办理"]] * 2] == page.evaluate("window.said")


def test_the_manager_chooses_what_stands_on_the_screens(visit, hall, screens):
    """Three large rows, no lines and no notices: the open screen takes it over, and nothing is cut off."""
    for _ in range(5):
        hall.takes("biz-setup")
    page = visit("/display?area=f1&sound=off", size=screens.lobby, first=HURRIED)
    expect(page.locator(".recent tbody tr")).to_have_count(6)
    manager = visit("/manage/setup/display", who="CH001")
    manager.locator('[data-field="list_rows"] input').fill("3")
    for name in ("waiting", "notices"):
        manager.locator(f'[data-field="{name}"] input').uncheck()
    manager.locator('[data-act="save"]').click()
    expect(page.locator(".recent tbody tr")).to_have_count(3)
    for counter in (2, 3, 4, 5):
        hall.desk(counter).calls()
    hero(page, "calm", "A004", 5)
    expect(recent(page)).to_have_count(3)

    expect(page.locator(".waiting")).to_be_hidden()
    expect(page.locator(".ticker")).to_be_hidden()
    for width, height in (screens.lobby, screens.upright):
        page.set_viewport_size({"width": width, "height": height})

        assert [] == page.evaluate("""[...document.querySelectorAll("main *")].filter((one) => {
          const { right, bottom } = one.getBoundingClientRect()
          return one.checkVisibility() && (right > innerWidth + 1 || bottom > innerHeight + 1)
        }).map((one) => one.outerHTML)""")
