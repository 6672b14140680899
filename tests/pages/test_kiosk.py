"""The kiosk in the lobby: the right number in a few touches, for everybody."""

import re

import pytest
from playwright.sync_api import expect
from running import VOICED, until

pytestmark = pytest.mark.browser

DEAF_MS = 700  # a touch right after the page has changed is the second tap of the one before


@pytest.fixture
def kiosk(visit, screens):
    """Opens a kiosk, which a test may let wait."""
    return lambda path="/kiosk", **options: visit(path, size=screens.kiosk, clock=True, **options)


def row(page, service):
    """The row of a service."""
    return page.locator(f'[data-service="{service}"]')


def view(page, name):
    """One of the page's views."""
    return page.locator(f'.view[data-view="{name}"]')


def touches(page, what):
    """Touch, as somebody does who has read what stands there."""
    expect(what).to_be_visible()
    page.clock.fast_forward(DEAF_MS)
    what.click(force=what.get_attribute("aria-disabled") == "true")  # what cannot be had can be touched, too


def takes(page, service="consult", claim=0):
    """Take a number: the service, then the queue to stand in."""
    touches(page, row(page, service))
    touches(page, view(page, "classes").locator(".choice").nth(claim))
    expect(view(page, "ticket")).to_be_visible()


def number(page):
    """The number on the card."""
    return page.locator(".ticket .hero .no")


def test_every_service_stands_on_the_home_page(kiosk, hall, accessible):
    """Eleven services under their groups, each with how many are ahead of somebody who takes a number now."""
    hall.takes("biz-setup")
    hall.takes("biz-setup")
    page = kiosk()

    expect(page.locator("[data-service]")).to_have_count(11)
    expect(page.locator(".group")).to_have_count(4)
    expect(row(page, "biz-setup").locator(".ahead b")).to_have_text("2")
    expect(row(page, "biz-setup")).to_have_attribute("aria-label", "企业设立登记，前面等候 2 人")
    expect(row(page, "consult").locator(".nobody")).to_be_visible()
    assert [] == accessible(page)


def test_a_touch_on_a_service_and_on_a_queue_gives_a_number(kiosk, hall, accessible):
    """
    The ticket says its number, who is ahead, where to go, and a code leads a phone to it.

    People ahead move while it stands, and when it is called the card says where to.
    """
    hall.takes("biz-setup")
    page = kiosk()
    touches(page, row(page, "biz-setup"))
    expect(view(page, "classes").locator(".choice")).to_have_text(["普通", "敬老优先"])
    assert [] == accessible(page)
    touches(page, view(page, "classes").locator(".choice").first)

    expect(number(page)).to_have_attribute("aria-label", "A002")
    expect(page.locator('[data-put="ahead"]')).to_have_text("1")
    expect(page.locator('[data-put="plates"] .pl')).to_have_text(["2", "3", "4", "5", "6", "8"])
    expect(page.locator(".qr")).to_be_visible()
    assert page.locator(".qr").evaluate("(code) => code.naturalWidth") > 0
    assert [] == accessible(page)

    desk = hall.desk(3)
    desk.serves()
    expect(page.locator('[data-put="ahead"]')).to_have_text("0")
    desk.calls()
    expect(page.locator('[data-put="who-calls"]')).to_have_text("正在叫您")
    expect(page.locator('[data-put="plates"] .pl')).to_have_text(["3"])
    expect(page.locator('[data-act="cancel"]')).to_be_hidden()


def test_a_double_tap_is_one_ticket(kiosk, hall):
    """Two taps on the same place take one number."""
    page = kiosk()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    touches(page, row(page, "consult"))
    choice = view(page, "classes").locator(".choice").first
    expect(choice).to_be_visible()
    page.clock.fast_forward(DEAF_MS)
    choice.dblclick()
    expect(number(page)).to_have_attribute("aria-label", "D001")

    assert [f"{hall.url}/api/tickets"] == asked


def test_a_number_is_given_back_after_one_question(kiosk, hall):
    """退号 cannot be undone here, so it asks once; then the number is void and the kiosk says so."""
    page = kiosk()
    takes(page)
    touches(page, page.locator('[data-act="cancel"]'))
    touches(page, page.locator('[data-act="cancel-yes"]'))

    expect(page.locator('[data-put="refused-title"]')).to_have_text("D001 已退号")
    assert 0 == next(one["waiting"] for one in hall.asks("/api/services")["services"] if one["id"] == "consult")


def test_without_paper_the_number_stands_as_large_and_the_kiosk_says_so(kiosk, visit, hall, screens):
    """The paper is taken out on the devices page: the next ticket warns; with paper again the slip comes and the warning goes."""
    hall.racks("printer-1")
    devices = visit("/manage/devices", size=screens.devices)
    devices.locator('[data-press="paper-out"][data-device="printer-1"]').click()
    expect(devices.locator('[data-press="paper-in"]')).to_be_visible()
    page = kiosk()
    takes(page)

    expect(page.locator(".warn")).to_contain_text("打印机缺纸，这次没有号条")
    expect(page.locator(".warn")).to_contain_text("D001")
    expect(number(page)).to_have_css("font-size", "368px")
    devices.locator('[data-press="paper-in"]').click()
    expect(page.locator(".warn")).to_be_hidden()


@pytest.mark.parametrize(("lang", "said"), [("zh-CN", "2 号取号机"), ("zh-Hant", "2 號取號機"), ("en", "kiosk 2")])
def test_where_the_neighbour_prints_the_kiosk_says_at_which_one(kiosk, visit, hall, screens, lang, said):
    """The number stands as large as ever with its code; the slip comes out of the printer beside it."""
    printers = {"printer-1": "printer-2"}
    devices = tuple(d.model_copy(update={"neighbour": printers.get(d.name, "")}) for d in hall.config.device)
    hall.config = hall.config.model_copy(update={"device": devices})
    hall.stops()
    hall.starts()
    hall.racks("printer-1", "printer-2")
    devices = visit("/manage/devices", size=screens.devices)
    devices.locator('[data-press="paper-out"][data-device="printer-1"]').click()
    expect(devices.locator('[data-press="paper-in"]')).to_be_visible()
    page = kiosk(f"/kiosk?lang={lang}")
    takes(page)

    expect(page.locator(".warn")).to_contain_text(said)
    expect(page.locator(".warn")).to_contain_text("D001")
    expect(number(page)).to_have_css("font-size", "368px")
    expect(page.locator(".qr")).to_be_visible()
    until(lambda: ["D001"] == hall.came_out("printer-2"), "no slip comes out at the neighbour")


def test_a_refusal_is_a_card_with_its_reason_and_a_way_home(kiosk, hall, witness, accessible):
    """The morning's last number went to somebody else while the page was read."""
    witness.expects("status of 409")
    page = kiosk()
    touches(page, row(page, "mortgage-cancel"))
    for _ in range(15):
        hall.takes("mortgage-cancel")
    touches(page, view(page, "classes").locator(".choice").first)

    expect(page.locator('[data-put="refused-title"]')).not_to_be_empty()
    assert [] == accessible(page)
    touches(page, view(page, "refused").locator('[data-act="home"]'))
    expect(row(page, "mortgage-cancel")).to_have_attribute("aria-disabled", "true")


def test_a_closed_service_keeps_its_row_and_tells_why(kiosk, new_hall):
    """On a Monday the service of Tuesdays and Thursdays stands in its place, dashed, with reason and time; a touch says them."""
    page = kiosk(at=new_hall(demo=False))
    closed = row(page, "foreign-joint")
    expect(closed).to_have_attribute("aria-disabled", "true")
    expect(closed.locator(".why")).to_contain_text("08:15")
    touches(page, closed)

    expect(page.locator("#said")).to_have_text(
        "外商投资企业多证联办，外商投资企业多证联办现在不办理，11月24日 星期二 08:15 起可取号"
    )
    expect(closed).to_have_class(re.compile("telling"))
    expect(view(page, "start")).to_be_visible()


def test_a_closed_hall_gives_no_numbers(kiosk, new_hall, accessible):
    """On a Sunday one card stands there: no numbers now, and from when on."""
    page = kiosk(at=new_hall(demo=False, at=_sunday()))

    expect(page.locator("[data-service]")).to_have_count(0)
    expect(view(page, "start")).to_contain_text("星期一")
    assert [] == accessible(page)


def test_a_kiosk_left_alone_goes_home(kiosk):
    """After 20 s a bar and 再等等, after 30 s the plain home in the hall's own language."""
    page = kiosk("/kiosk?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".idle")).to_be_hidden()
    page.clock.fast_forward(21_000)
    expect(page.locator(".idle")).to_be_visible()
    page.clock.fast_forward(10_000)

    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.url.endswith("/kiosk")


def test_a_ticket_goes_home_by_itself(kiosk):
    """
    The card stands for 30 s, and the time left is on the button; twice as long when there is no slip.

    No word from the printer for 4 s counts as none; the number is valid all the same.
    """
    page = kiosk()
    takes(page)
    expect(page.locator('[data-put="left"]')).to_be_visible()
    expect(page.locator(".warn")).to_be_hidden()
    page.clock.fast_forward(4_000)
    expect(page.locator(".warn")).to_contain_text("D001")
    page.clock.fast_forward(30_000)
    expect(view(page, "ticket")).to_be_visible()
    page.clock.fast_forward(30_000)

    expect(view(page, "start")).to_be_visible()


def test_large_text_goes_by_group_service_and_queue(kiosk, hall, accessible):
    """
    Groups first, then the services of one, then the ticket; everything is larger.

    Who claims 敬老优先 is said to be in that class, and stands ahead of who came a little earlier.
    """
    hall.takes("consult")
    page = kiosk("/kiosk?size=large")
    expect(page.locator("[data-choose-group]")).to_have_count(4)
    assert [] == accessible(page)
    touches(page, page.locator('[data-choose-group="D"]'))
    expect(page.locator("[data-service]:visible")).to_have_count(3)
    takes(page, claim=1)

    expect(number(page)).to_have_attribute("aria-label", "D002")
    expect(page.locator(".class-label")).to_have_text("敬老优先")
    expect(page.locator('[data-put="ahead"]')).to_have_text("0")
    assert [] == accessible(page)


def test_the_foot_is_the_same_on_each_page(kiosk, accessible):
    """
    导办台帮我取号 says where the guide desk is; 标准字 and 大字版 stand in the same place.

    The second kiosk is set up for large text and begins with it.
    """
    page = kiosk("/kiosk?station=kiosk-2")
    expect(page.locator("[data-choose-group]").first).to_be_visible()
    touches(page, page.locator('[data-act="guide"]'))
    expect(view(page, "guide")).to_contain_text("一楼综合服务区")
    assert [] == accessible(page)
    touches(page, page.locator('[data-act="size"]'))
    expect(page.locator("html.kiosk:not(.large)")).to_be_attached()
    touches(page, page.locator('[data-act="size"]'))

    expect(page.locator("html.large")).to_be_attached()


def test_the_language_switch_changes_every_word(kiosk):
    """简 / 繁 / EN: names of services too, and the ticket remembers it."""
    page = kiosk()
    touches(page, page.locator('.languages a[lang="en"]'))
    expect(row(page, "consult").locator(".name")).to_have_text("Enquiry")
    touches(page, page.locator('.languages a[lang="zh-Hant"]'))
    expect(row(page, "consult").locator(".name")).to_have_text("業務諮詢")

    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")


def test_the_arrows_and_enter_are_enough(kiosk):
    """↓ goes to the first service and on; Enter takes it."""
    page = kiosk()
    page.keyboard.press("ArrowDown")
    expect(row(page, "biz-setup")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(view(page, "classes")).to_be_visible()
    page.clock.fast_forward(DEAF_MS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(view(page, "classes").locator(".choice").first).to_be_focused()
    page.keyboard.press("Enter")

    expect(number(page)).to_have_attribute("aria-label", "A001")


def test_no_number_jumps_under_a_finger(kiosk, hall):
    """While a finger is down the rows stand still; when it is lifted they say what is true."""
    held, other = kiosk(), kiosk()
    box = row(held, "consult").bounding_box()
    held.mouse.move(box["x"] + 20, box["y"] + 20)
    held.mouse.down()
    hall.takes("consult")
    expect(row(other, "consult").locator(".ahead b")).to_have_text("1")

    assert 0 == row(held, "consult").locator(".ahead b").count()
    held.mouse.move(2, 2)
    held.mouse.up()
    expect(row(held, "consult").locator(".ahead b")).to_have_text("1")


def _sunday():
    from running import MORNING, timedelta

    return MORNING - timedelta(days=1)


def test_the_kiosk_says_what_it_is_set_up_to_say(visit, screens):
    """The number always; the questions in large text, or where the machine is set up so; nothing where it is to be silent."""

    def said(path):
        page = visit(path, size=screens.kiosk, clock=True, first=VOICED)
        touches(page, row(page, "consult"))
        touches(page, view(page, "classes").locator(".choice").first)
        expect(view(page, "ticket")).to_be_visible()
        return [text for _, text in page.evaluate("window.said")]

    assert ["您已领取 D001 号，前方等待 0 人。"] == said("/kiosk")
    assert ["请选择排队方式", "您已领取 D002 号，前方等待 1 人。"] == said("/kiosk?voice=prompts")
    assert [] == said("/kiosk?voice=off")
