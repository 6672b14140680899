"""The guide desk: a number for somebody, one ticket looked up with what may be done, who asks for help, who is on duty."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

GUIDE, LEADER, CLERK = "CH003", "CH002", "CH005"


@pytest.fixture
def table(visit, screens):
    """Opens the guide desk, with the guide signed in."""
    return lambda path="/guide", who=GUIDE, **options: visit(path, size=screens.desk, who=who, **options)


def looks_up(page, typed):
    """F2, the number, Enter."""
    page.keyboard.press("F2")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def on_table(page, number, state):
    """The ticket that lies on the table."""
    expect(page.locator("#ticket")).to_have_attribute("data-number", number)
    expect(page.locator("#ticket")).to_have_attribute("data-state", state)


def key(page, act):
    """The key of an act."""
    return page.locator(f'#ticket [data-ask="{act}"]')


def test_the_guide_desk_is_for_guides(visit, screens, witness):
    """Nobody in particular signs in first; a clerk is told whose desk it is."""
    witness.expects("403")
    nobody = visit("/guide", size=screens.desk)
    clerk = visit("/guide", size=screens.desk, who=CLERK)

    assert "/sign-in?next=" in nobody.url
    expect(clerk.locator("h1")).to_have_text("导办台只供导办员、值班科长和大厅主任使用。")


def test_a_number_is_taken_for_somebody_by_keyboard(table, hall, accessible):
    """F4, arrows to the service, Enter: the ticket lies on the table with its code, and is in the list."""
    page = table()
    page.keyboard.press("F4")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    on_table(page, "A001", "waiting")

    expect(page.locator("#ticket .service-name")).to_have_text("食品经营许可")
    expect(page.locator("#ticket .qr img")).to_have_js_property("complete", value=True)
    expect(page.locator('.rows [data-open="A001"]')).to_have_attribute("aria-current", "true")
    assert [] == accessible(page)


def test_a_class_needs_its_reason(table, hall):
    """The key is off and says so; a ready reason is one press, and stays with the ticket."""
    page = table()
    page.locator('#issue [value="med-aid"]').check()
    page.locator('#issue [name="priority"][value="special"]').check()
    issue = page.locator('#issue [type="submit"]')
    expect(issue).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#issue-note")).to_have_text("请填写优先理由")
    page.locator("#issue").get_by_role("button", name="孕妇").click()
    issue.click()
    on_table(page, "B001", "waiting")

    expect(page.locator("#ticket .about .head")).to_contain_text("特殊人群优先")
    expect(page.locator("#ticket .about .head")).to_contain_text("孕妇")


def test_a_number_is_looked_up_as_it_is_said(table, hall):
    """Without its noughts, in any case; one that does not exist is said to be none."""
    hall.takes("biz-setup")
    page = table()
    looks_up(page, "a1")
    on_table(page, "A001", "waiting")
    looks_up(page, "A099")

    expect(page.locator("#refusal")).to_have_text("今天没有 A099 这个号")


def test_who_waits_is_moved_and_the_history_says_so(table, hall, accessible):
    """To a service, with the number; both waits stand in the history."""
    hall.takes("biz-setup")
    page = table("/guide?number=A001")
    key(page, "move").click()
    assert [] == accessible(page)
    page.locator('#ask-move [data-service="food-permit"]').click()
    expect(page.locator("#ticket .service-name")).to_have_text("食品经营许可")

    expect(page.locator(".history li")).to_have_count(2)
    expect(page.locator("#said")).to_have_text("A001 已移动")


def test_who_waits_gets_another_class(table, hall):
    """With a reason, or it does not happen."""
    hall.takes("biz-setup")
    page = table("/guide?number=A001")
    key(page, "prioritise").click()
    page.locator('#ask-prioritise [value="elder"]').check()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-prioritise .refusal")).to_have_text("请填写优先理由")
    page.keyboard.type("行动不便")
    page.keyboard.press("Enter")

    expect(page.locator("#ticket .about .head")).to_contain_text("敬老优先")


def test_giving_a_number_back_is_asked_once(table, hall):
    """Esc keeps it; only the second press gives it back."""
    hall.takes("biz-setup")
    page = table("/guide?number=A001")
    key(page, "cancel").click()
    page.keyboard.press("Escape")
    on_table(page, "A001", "waiting")
    key(page, "cancel").click()
    page.locator("#ask-cancel [data-yes]").click()

    on_table(page, "A001", "cancelled")


def test_a_slip_is_printed_again(table, hall):
    """At the kiosk that a digit names."""
    hall.takes("biz-setup", slip_at="kiosk-2")
    page = table("/guide?number=A001")
    key(page, "reprint").click()
    page.keyboard.press("1")

    expect(page.locator("#said")).to_have_text("正在补打 A001 的号条")


def test_a_call_turns_the_table_yellow_and_takes_the_keys_away(table, hall):
    """What cannot be done is dashed with its reason, and a press says it; the page heard of it by itself."""
    hall.takes("biz-setup")
    page = table("/guide?number=A001")
    hall.desk().calls()
    on_table(page, "A001", "called")
    expect(key(page, "move")).to_have_attribute("aria-disabled", "true")
    key(page, "move").dispatch_event("click")

    expect(page.locator("#refusal")).to_have_text("A001 在别的窗口。")
    expect(page.locator("#ticket .face")).to_have_css("background-color", "rgb(255, 198, 41)")


def test_a_passed_number_is_brought_back(table, hall):
    """By the guide, whoever passed it."""
    hall.takes("biz-setup")
    desk = hall.desk()
    desk.calls()
    for _ in range(2):
        hall.later(seconds=9)
        desk.recalls()
    desk.passes()
    page = table("/guide?number=A001")
    on_table(page, "A001", "no_show")
    key(page, "restore").click()

    on_table(page, "A001", "waiting")


def test_a_call_for_help_stands_until_somebody_has_come(table, hall, accessible):
    """It comes by itself, outlives the page, and goes for everybody when one says 已到."""
    page = table()
    desk = hall.desk()
    desk.asks_help()
    expect(page.locator('[data-help="3"]')).to_be_visible()
    page.reload()
    other = table(who=LEADER)
    assert [] == accessible(page)
    page.locator('[data-help="3"]').click()

    expect(page.locator("[data-help]")).to_have_count(0)
    expect(other.locator("[data-help]")).to_have_count(0)


def test_a_leader_says_who_is_on_duty(table, visit, screens):
    """The guide sees it, and may not; the lobby screen names who it is."""
    lobby = visit("/display?area=f1", size=screens.lobby)
    guide, leader = table(), table(who=LEADER)
    guide.locator('[data-ask="duty"]').dispatch_event("click")
    expect(guide.locator("#refusal")).to_contain_text("值班科长由")
    expect(lobby.locator("[data-duty]")).to_have_text("郭宁")
    leader.locator('[data-ask="duty"]').click()
    leader.locator('#ask-duty [data-staff="s01"]').click()

    expect(guide.locator(".duty b")).to_have_text("高远")
    expect(lobby.locator("[data-duty]")).to_have_text("高远")


def test_today_s_list_is_narrowed_by_state_and_service(table, hall):
    """With the count of each state beside it; the choice stands in the address."""
    hall.takes("biz-setup")
    hall.takes("consult")
    hall.desk().calls()
    page = table()
    rows = page.locator(".rows .row")
    expect(rows).to_have_count(2)
    page.locator('[data-filter-state="waiting"]').click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_have_attribute("data-open", "D001")
    page.locator('[data-filter="service"]').select_option("payment")

    expect(rows).to_have_count(0)
    assert re.search(r"state=waiting&service=payment", page.url)


def test_what_is_typed_survives_the_news(table, hall):
    """Somebody takes a number while the guide fills in another: figures change, choices stay."""
    page = table()
    page.locator('#issue [value="consult"]').check()
    page.locator('#issue [name="priority"][value="elder"]').check()
    page.locator("#issue-reason").fill("行动不便")
    hall.takes("consult")
    expect(page.locator(".rows .row")).to_have_count(1)

    expect(page.locator('#issue [value="consult"]')).to_be_checked()
    expect(page.locator("#issue-reason")).to_have_value("行动不便")
    expect(page.locator('.service:has([value="consult"]) .ahead b')).to_have_text("1")
