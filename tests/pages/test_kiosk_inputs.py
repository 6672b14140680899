"""What is held before a kiosk: a phone's ticket, a slip, a foreign code, an identity card."""

import pytest
from playwright.sync_api import expect
from running import VOICED

pytestmark = pytest.mark.browser

DEAF_MS = 700


@pytest.fixture
def kiosk(visit, screens):
    """Opens the kiosk; its time moves by itself."""
    return lambda path="/kiosk", **options: visit(path, size=screens.kiosk, **options)


def view(page, name):
    """One of the page's views."""
    return page.locator(f'.view[data-view="{name}"]')


def number(page):
    """The number on the card."""
    return page.locator(".ticket .hero .no")


def title(page):
    """What is said in a card."""
    return page.locator('[data-put="refused-title"]')


def types(page, text, *, process=False):
    """A scanner that types: each key at once, then Enter; `process`: an input method has taken what the keys say."""
    page.evaluate(
        """([text, process]) => {
          const places = { "-": "Minus", "_": "Minus", "/": "Slash", ":": "Semicolon", ".": "Period" }
          const press = (init) => (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }))
          for (const letter of text) {
            const code = /[a-z]/i.test(letter) ? `Key${letter.toUpperCase()}` : /[0-9]/.test(letter) ? `Digit${letter}` : places[letter]
            press({ key: process ? "Process" : letter, code, shiftKey: /[A-Z_:]/.test(letter) })
          }
          press({ key: "Enter", code: "Enter" })
        }""",
        [text, process],
    )


def holds(hall, device, key):
    """Something is held before a device of the kiosk, as on the devices page."""
    hall._as_station("kiosk-1").post(f"/api/stations/kiosk-1/devices/{device}/input", json={"key": key}).raise_for_status()


def phones(hall):
    """A ticket that was taken without a slip, and its link."""
    ticket = hall.takes("consult", station="screen-1", channel="phone")
    return ticket, f"http://192.168.10.20:8000{ticket['follow']}"


@pytest.mark.parametrize("how", ["wedge", "input method", "scanner"])
def test_a_phone_s_ticket_is_shown_and_its_slip_printed(kiosk, hall, accessible, how):
    """By a scanner that types, with an input method on as well, and by one at the rack: the place, the wait, and the slip."""
    hall.racks("printer-1", "scanner-1")
    ticket, link = phones(hall)
    page = kiosk()
    if how == "scanner":
        holds(hall, "scanner-1", link)
    else:
        types(page, link, process=how == "input method")

    expect(number(page)).to_have_attribute("aria-label", ticket["number"])
    expect(page.locator('[data-put="ahead"]')).to_have_text("0")
    expect(page.locator('[data-act="print"]')).to_be_hidden()
    hall_says(hall, ticket, "printed")
    expect(page.locator(".warn")).to_be_hidden()
    assert [] == accessible(page)


def hall_says(hall, ticket, slip):
    """Wait until the slip has come to this."""
    from running import until

    until(lambda: hall.now(ticket)["slip"] == slip, f"the slip is {hall.now(ticket)['slip']}")


def test_a_slip_in_the_hand_is_printed_again_only_when_asked(kiosk, hall, accessible):
    """Its holder wants to know how long it takes; a second slip is marked and comes once."""
    hall.racks("printer-1")
    ticket = hall.takes("consult")
    hall_says(hall, ticket, "printed")
    page = kiosk()
    types(page, f"Q{ticket['follow'].rsplit('/', 1)[1]}")

    expect(number(page)).to_have_attribute("aria-label", ticket["number"])
    expect(page.locator(".take-it")).to_be_hidden()
    assert [] == accessible(page)
    page.wait_for_timeout(DEAF_MS)
    page.locator('[data-act="print"]').click()
    expect(page.locator('[data-act="print"]')).to_be_hidden()
    expect(page.locator(".take-it")).to_be_visible()
    hall_says(hall, ticket, "printed")


def test_who_is_called_is_sent_to_the_counter(kiosk, hall):
    """And who is past that is told so."""
    ticket, link = phones(hall)
    desk = hall.desk(1)
    desk.calls()
    page = kiosk()
    types(page, link)

    expect(page.locator('[data-put="who-calls"]')).to_have_text("正在叫您")
    desk.starts()
    types(page, link)
    expect(title(page)).to_have_text(f"{ticket['number']} 正在 1 号窗口办理。")
    desk.finishes()
    types(page, link)
    expect(title(page)).to_have_text(f"{ticket['number']} 已经办完或作废。")


@pytest.mark.parametrize("lang", ["zh-CN", "zh-Hant", "en"])
def test_a_foreign_code_is_one_clear_answer(kiosk, hall, witness, accessible, lang):
    """In the page's language; it goes home by itself, and Enter of the scanner touches nothing."""
    witness.expects("status of 404")
    said = {
        "zh-CN": "这个码不是本大厅的号票。", "zh-Hant": "這個碼不是本大廳的號票。", "en": "This code belongs to no ticket of this hall.",
    }  # fmt: skip
    page = kiosk(f"/kiosk?lang={lang}")
    page.locator('[data-service="consult"]').focus()
    for text in (
        "weixin://wxpay/bizpayurl",
        "http://192.168.10.20:8000/t/nobodysnobodys12",
        "110105194912310",
        "Q" + "x" * 2_000,
    ):
        types(page, text)
        expect(title(page)).to_have_text(said[lang])
    assert [] == accessible(page)
    expect(view(page, "start")).to_be_visible(timeout=15_000)


def test_typing_by_hand_is_no_code(kiosk, hall):
    """Keys that come slowly do what keys do, and Enter touches what has the focus."""
    page = kiosk()
    page.locator('[data-service="consult"]').focus()
    page.keyboard.type("Qabcdefgh", delay=80)
    page.keyboard.press("Enter")

    expect(view(page, "classes")).to_be_visible()


def test_an_elder_lays_a_card_on_the_reader(kiosk, hall, accessible):
    """Greeted as 张*, not aloud, and the number is taken in the senior class without another question; the name does not stay."""
    hall.racks("id-1")
    page = kiosk("/kiosk?voice=prompts", first=VOICED)
    holds(hall, "id-1", "elder")

    expect(view(page, "person").locator("h2")).to_have_text("张*，您好")
    expect(view(page, "person").locator(".choice")).to_have_text(["敬老优先", "普通"])
    assert [] == accessible(page)
    page.wait_for_timeout(DEAF_MS)
    view(page, "person").locator(".choice").first.click()
    expect(page.locator(".queueing")).to_have_text("敬老优先")
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
    assert [] == accessible(page)
    page.locator('[data-service="consult"]').click()
    expect(page.locator(".class-label")).to_have_text("敬老优先")
    expect(number(page)).to_be_visible()
    assert "张*" not in page.content()
    assert "张*" not in str(page.evaluate("window.said"))


def test_a_card_of_nobody_s_age_and_a_damaged_one(kiosk, hall):
    """Greeted without a class; told that the card is none, without its number."""
    hall.racks("id-1")
    page = kiosk()
    holds(hall, "id-1", "adult")
    expect(view(page, "person").locator(".choice")).to_have_text(["普通"])
    holds(hall, "id-1", "damaged")

    expect(title(page)).to_have_text("这不是有效的身份证件号码。")
    assert "1949" not in page.content()


def test_somebody_who_goes_away_takes_the_class_along(kiosk, hall):
    """Whoever comes next stands in the standard queue again."""
    hall.racks("id-1")
    page = kiosk(clock=True)
    holds(hall, "id-1", "elder")
    expect(view(page, "person")).to_be_visible()
    page.clock.fast_forward(DEAF_MS)
    view(page, "person").locator(".choice").first.click()
    expect(page.locator(".queueing")).to_be_visible()
    page.clock.run_for(31_000)

    expect(page.locator(".queueing")).to_be_hidden()
    page.locator('[data-service="consult"]').click()
    expect(view(page, "classes")).to_be_visible()


def test_in_the_demo_a_code_and_a_card_are_held_before_the_kiosk_from_the_devices_page(kiosk, visit, hall, screens, accessible):
    """Whoever tries the hall out has no scanner: the code is typed on the devices page, and cards lie ready there."""
    hall.racks("scanner-1", "id-1")
    ticket = hall.takes("consult", station="screen-1", channel="phone")
    page = kiosk()
    devices = visit("/manage/devices", size=screens.devices)
    devices.get_by_label("扫到的码").fill(f"Q{ticket['follow'].rsplit('/', 1)[1]}")
    devices.get_by_role("button", name="扫一下").click()
    expect(number(page)).to_have_attribute("aria-label", ticket["number"])
    devices.get_by_role("button", name="老人的身份证").click()
    expect(view(page, "person").locator("h2")).to_have_text("张*，您好")
    assert [] == accessible(devices)
