"""The set-up pages: the manager changes the hall by hand, and every page follows at once."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MANAGER = "CH001"
SIZE = (1280, 800)
STILL_MS = 6_000  # a kiosk is renewed when nobody has touched it for a while


@pytest.fixture
def setup(visit):
    """Opens a page of the set-up, with the manager signed in."""
    return lambda path="", **options: visit(f"/manage/setup{path}", size=SIZE, who=MANAGER, **options)


def field(page, name):
    """A field of the form itself, by its key."""
    return page.locator(f'[data-doc] > [data-field="{name}"], [data-doc] > details > [data-field="{name}"]')


def name_of(page, key, locale="zh-CN"):
    """One language of a text."""
    return field(page, key).locator(f'[data-key="{locale}"]')


def saves(page):
    """Save, and wait until it is in force."""
    page.locator('[data-act="save"]').click()
    expect(page.locator("[data-standing]")).to_have_text(re.compile(r"^已生效 \d\d:\d\d$"))


def refused(page):
    """Save, and be refused."""
    page.locator('[data-act="save"]').click()
    expect(page.locator(".saving")).to_have_attribute("data-state", "refused")


def renewed(page, do):
    """Do something; the page is a new one afterwards."""
    with page.expect_event("load"):
        do()


PAGES = [
    ("", "/service", "/service?id=biz-setup", "/service?new=1", "/quota"),
    ("/counter?id=6", "/staff", "/staff?new=1", "/station", "/area", "/group", "/hours", "/calendar"),
    ("/priority?id=elder", "/calling", "/notice", "/notice?id=n5", "/slip", "/hall"),
]


@pytest.mark.soak
@pytest.mark.parametrize("paths", PAGES)
def test_every_page_is_usable_by_all(setup, accessible, paths):
    """No barrier is serious; nothing is marked as changed before anybody has written anything."""
    page = setup()
    for path in paths:
        page.goto(f"/manage/setup{path}")
        expect(page.locator("html")).to_have_attribute("data-link", "up")
        for fold in page.locator("details").all():
            fold.locator("summary").click()
        expect(page.locator(".changed")).to_have_count(0)

        assert [] == accessible(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZE[0], path


def test_a_renamed_service_is_renamed_everywhere(setup, visit, screens, hall):
    """One word is changed and saved; the kiosk that stands at home, the screen and the desk say it without being touched."""
    hall.takes("consult")
    kiosk = visit("/kiosk", size=screens.kiosk, clock=True)
    screen = visit("/display?area=f1&sound=off&voice=off", size=screens.lobby)
    desk = visit("/counter/1", size=screens.desk, who="CH003")
    page = setup("/service?id=consult")
    name_of(page, "name").fill("综合咨询")
    expect(field(page, "name")).to_have_class(re.compile("changed"))
    expect(page.locator("[data-standing]")).to_have_text("有 1 处改动还没有保存")
    saves(page)

    expect(page.locator("h1").last).to_have_text("综合咨询")
    expect(screen.get_by_text("综合咨询").first).to_be_visible()
    expect(desk.get_by_text("综合咨询").first).to_be_attached()
    kiosk.clock.fast_forward(STILL_MS)
    expect(kiosk.locator('[data-service="consult"] .name')).to_have_text("综合咨询")
    assert "综合咨询" == next(s["name"] for s in hall.asks("/api/services")["services"] if s["id"] == "consult")


def test_a_kiosk_at_which_somebody_chooses_is_left_alone(setup, visit, screens):
    """Whoever is choosing goes on; when the kiosk is back at home it is the new one."""
    kiosk = visit("/kiosk", size=screens.kiosk, clock=True)
    kiosk.clock.fast_forward(STILL_MS)
    kiosk.locator('[data-service="consult"]').click()
    expect(kiosk.locator('[data-view="classes"].view')).to_be_visible()
    page = setup("/service?id=payment")
    name_of(page, "name").fill("收费")
    saves(page)
    kiosk.clock.fast_forward(STILL_MS)

    expect(kiosk.locator('[data-view="classes"].view')).to_be_visible()
    kiosk.clock.fast_forward(31_000)
    expect(kiosk.locator('[data-service="payment"] .name')).to_have_text("收费")


def test_a_desk_in_the_middle_of_a_question_is_left_alone(setup, visit, hall, screens):
    """The question is answered first; then the desk is the new one."""
    hall.takes("consult")
    hall.desk(1)
    desk = visit("/counter/1", size=screens.desk, who="CH003")
    desk.locator('[data-act="pause"]').first.click()
    expect(desk.locator("dialog[open]")).to_be_visible()
    desk.evaluate("window.old = true")
    page = setup("/service?id=consult")
    name_of(page, "name").fill("综合咨询")
    saves(page)
    desk.wait_for_timeout(2_500)
    assert desk.evaluate("window.old")
    renewed(desk, lambda: desk.keyboard.press("Escape"))

    expect(desk.get_by_text("综合咨询").first).to_be_attached()


def test_a_new_notice_runs_along_the_screen(setup, visit, screens):
    """It has a free key of its own, stands in the list afterwards, and on the screens chosen."""
    screen = visit("/display?area=f1&sound=off&voice=off", size=screens.lobby)
    page = setup("/notice")
    page.get_by_role("link", name="新增公告").click()
    name_of(page, "text").fill("今天下午系统升级，请改日再来。")
    field(page, "level").locator("select").select_option("urgent")
    field(page, "screens").get_by_label("大厅屏").check()
    page.locator('[data-act="save"]').click()
    page.wait_for_url(re.compile(r"\?id=n6$"))

    expect(page.locator("[data-standing]")).to_have_text(re.compile(r"^已生效 "))
    expect(screen.get_by_text("今天下午系统升级，请改日再来。").first).to_be_attached()
    page.get_by_role("link", name="公告").first.click()
    expect(page.get_by_role("link", name="今天下午系统升级，请改日再来。")).to_be_visible()


def test_a_head_start_says_what_it_does(setup, hall):
    """In words, while it is being written; the next elder has it."""
    page = setup("/priority?id=elder")
    effect = page.locator('[data-effect="head-start"]')
    expect(effect).to_have_text("敬老优先比同时到的人早 30 分钟")
    field(page, "head_start_min").locator("input").fill("45")
    expect(effect).to_have_text("敬老优先比同时到的人早 45 分钟")
    saves(page)
    ticket = hall.takes("consult", priority="elder")
    desk = hall.desk(1)
    called = desk.calls()

    assert (ticket["id"], 45 * 60) == (called["id"], called["reason"]["head_start_s"])


def test_a_service_is_switched_off_in_the_list(setup, visit, screens, accessible):
    """The switch, or the days it is off; one act for all that was changed, and the kiosk gives no number for it."""
    kiosk = visit("/kiosk", size=screens.kiosk, clock=True)
    page = setup("/service")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json) if request.method == "POST" else None)
    row = page.locator('tr[data-id="payment"]')
    row.get_by_role("switch").focus()
    page.keyboard.press("Space")
    expect(row.locator(".out")).to_be_visible()
    page.locator('tr[data-id="pickup"] [data-field="off_from"] input').fill("2026-11-23")
    assert [] == accessible(page)
    saves(page)
    kiosk.clock.fast_forward(STILL_MS)

    expect(kiosk.locator('[data-service="payment"]')).to_have_attribute("aria-disabled", "true")
    expect(kiosk.locator('[data-service="pickup"]')).to_have_attribute("aria-disabled", "true")
    assert [["payment", "pickup"]] == [[change["id"] for change in body["changes"]] for body in asked]
    page.goto("/manage/setup")
    expect(page.locator(".overview .tag")).to_have_text("1 项停办")


def test_a_new_service_names_its_counters_in_the_same_act(setup, hall, witness):
    """Without a counter it is refused at that very field; with one both are changed at once."""
    witness.expects("422")
    page = setup("/service?new=1")
    for locale, said in (("zh-CN", "公积金提取"), ("zh-Hant", "公積金提取"), ("en", "Housing fund")):
        name_of(page, "name", locale).fill(said)
    field(page, "group").locator("select").select_option("D")
    refused(page)
    expect(page.locator("[data-serves] .problem")).to_have_text("没有窗口办理这个事项：请至少选一个。")
    page.get_by_role("checkbox", name="11 号窗口").check()
    page.locator('[data-act="save"]').click()
    page.wait_for_url(re.compile(r"\?id=service-[0-9a-f]{8}$"))  # a key that no service ever had
    found = next(s for s in hall.asks("/api/services")["services"] if s["id"] == page.url.rpartition("=")[2])

    assert ("公积金提取", "D") == (found["name"], found["group"])
    expect(page.get_by_role("checkbox", name="11 号窗口")).to_be_checked()


def test_quotas_are_one_table_and_one_act(setup, hall):
    """Two services, one POST; an empty field is no limit."""
    page = setup("/quota")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json) if request.method == "POST" else None)
    page.locator('[data-id="consult"] [data-key="am"]').fill("0")
    expect(page.locator('[data-id="consult"] [data-sum]')).to_have_text("70")
    page.locator('[data-id="payment"] [data-key="pm"]').fill("")
    saves(page)
    refusal = hall.asks("/api/services")["services"]

    assert [{"consult": {"am": 0, "pm": 70}, "payment": {"am": 60}}] == [
        {change["id"]: change["doc"]["session_quota"] for change in body["changes"]} for body in asked
    ]
    assert "quota_reached" == next(s["why"]["error"] for s in refusal if s["id"] == "consult")


def test_days_are_added_to_the_calendar(setup, witness):
    """A holiday of several days, in order; what has passed is refused, and can be discarded."""
    witness.expects("422")
    page = setup("/calendar")
    holidays = page.locator('[data-field="holidays"]')
    holidays.locator("[data-from]").fill("2026-12-30")
    holidays.locator("[data-through]").fill("2026-12-31")
    holidays.locator('[data-act="date"]').click()
    expect(holidays.locator("li").last).to_have_text("12-31 周四")
    saves(page)
    expect(page.locator('[data-field="holidays"] [data-date="2026-12-30"]')).to_be_visible()
    page.locator('[data-field="holidays"] [data-from]').fill("2026-11-02")
    page.locator('[data-field="holidays"] [data-act="date"]').click()
    refused(page)
    expect(page.locator("[data-refused]")).to_contain_text("2026-11-02 已经过去")
    page.locator('[data-act="drop"]').click()

    expect(page.locator("[data-standing]")).to_have_text("没有改动。")


def test_the_public_calendar_becomes_a_list_of_our_own(setup, accessible):
    """The page says which holidays hold next year; one press copies them, and they can be changed before they are saved."""
    page = setup("/calendar")
    expect(page.locator(".inforce")).to_contain_text("2027")
    expect(page.locator(".inforce")).to_contain_text("10-01–10-05")
    page.locator('[data-act="adopt"]').click()
    expect(page.locator('[data-field="year"] [data-date="2027-10-01"]')).to_be_visible()
    accessible(page)
    saves(page)

    assert [2026, 2027] == [one["year"] for one in page.request.get("/api/setup").json()["setup"]["calendar"]["year"]]


def test_a_refusal_stands_at_its_field(setup, witness, accessible):
    """Markup in a notice, sessions that overlap, a letter used twice: one sentence, where it is to be mended."""
    witness.expects("422")
    page = setup("/notice?id=n1")
    name_of(page, "text").fill("<b>欢迎</b>")
    refused(page)
    expect(field(page, "text").locator(".problem")).to_have_text("简体中文文字里不能有 <、> 或控制字符。")
    expect(name_of(page, "text")).to_be_focused()
    assert [] == accessible(page)
    page.locator('[data-act="drop"]').click()
    expect(page.locator(".problem:visible")).to_have_count(0)
    page.goto("/manage/setup/hours")
    page.locator('[data-field="sessions"] [data-item]').nth(1).locator('[data-field="open"] input').fill("11:00")
    refused(page)
    expect(page.locator(".problem:visible")).to_have_text("时段 pm 与 am 重叠。")
    page.locator('[data-act="drop"]').click()
    expect(page.locator(".problem:visible")).to_have_count(0)
    page.goto("/manage/setup/group?id=B")
    field(page, "prefix").locator("input").fill("A")
    refused(page)

    expect(field(page, "prefix").locator(".problem")).to_have_text("这里重复了。")


def test_who_would_be_stranded_is_named(setup, hall, witness):
    """A counter at work cannot be removed; what stands in the way is listed."""
    witness.expects("409")
    hall.desk(12)
    page = setup("/counter?id=12")
    field(page, "priority_only").get_by_label("绿色通道").check()
    hall.takes("pickup")
    refused(page)

    expect(page.locator("[data-refused] li")).to_have_text(["还没办完的号：D001"])


def test_a_removal_is_asked_once(setup, hall):
    """Kept when one says so; gone when one says so."""
    page = setup("/notice?id=n2")
    page.locator('[data-act="gone"]').click()
    page.get_by_role("button", name="不移除").click()
    expect(page.locator("dialog")).to_be_hidden()
    page.locator('[data-act="gone"]').click()
    page.locator("dialog").get_by_role("button", name="移除", exact=True).click()
    page.wait_for_url(re.compile(r"/manage/setup/notice$"))

    expect(page.locator("tbody tr")).to_have_count(4)


def test_leaving_with_changes_asks_once(setup):
    """What was written is not lost by a wrong click."""
    page = setup("/hall")
    field(page, "consult_phone").locator("input").fill("000-12345678")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.locator(".menu a").first.click(no_wait_after=True)

    assert ["beforeunload"] == asked
    expect(field(page, "consult_phone").locator("input")).to_have_value("000-12345678")
    field(page, "consult_phone").locator("input").fill("000-00000001")
    page.locator(".menu a").first.click()
    page.wait_for_url(re.compile(r"/manage/setup/service$"))
    assert ["beforeunload"] == asked


def test_two_managers_write_only_what_each_has_changed(setup, hall):
    """The second is told, and overwrites nothing of the first."""
    page, other = setup("/service?id=consult"), setup("/service?id=consult")
    field(page, "expected_minutes").locator("input").fill("7")
    name_of(other, "name").fill("综合咨询")
    saves(other)
    expect(page.locator("[data-standing]")).to_contain_text("设置刚被别人改动")
    saves(page)

    expect(name_of(page, "name")).to_have_value("综合咨询")
    expect(field(other, "expected_minutes").locator("input")).to_have_value("7")


@pytest.mark.parametrize("who", [None, "CH002", "CH005"])
def test_only_managers_see_it(visit, who):
    """Everybody else is led to the sign-in, and back to where they wanted to go."""
    page = visit("/./manage/setup/service?id=consult", who=who)

    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fmanage%2Fsetup%2Fservice%3Fid%3Dconsult$"))
