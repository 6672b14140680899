"""Two pages of several halls: where applicants choose one, and where a supervisor reads those of a district."""

import re

import pytest

from server.web.start import dialled

FAR = "10.9.9.9"  # an address in no trusted network
CITY, HERE, STREET = "sample-city", "chunhe-district", "nanhu-street"
PAGE = "/manage/district"
CARD = re.compile(r'<li class="hall([^"]*)" data-key="([^"]*)".*?</li>', re.DOTALL)


def words(html):
    """What is read, in one line."""
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def cards(page):
    """Every card by its hall: its class and its words, in the order of the page."""
    return {found[2]: (found[1].strip(), words(found[0])) for found in CARD.finditer(page)}


@pytest.fixture(scope="module")
def district(shared):
    """The district's hall with one served and two waiting; a street's that is not busy, one elsewhere, one that is closed."""
    nanhu = shared.adds(
        "nanhu", org_path=(CITY, HERE, STREET), name={"zh-CN": "南湖", "en": "Nanhu"}, consult_phone="010-123 4567 转 8"
    )
    shared.adds("faraway", org_path=("other-city",), name={"zh-CN": "远方"}, consult_phone="")
    hours = shared.config.hall.hall.hours.model_copy(update={"days": ("tue",)})
    shared.adds("lihu", org_path=(CITY, HERE, STREET), always_open=False, hours=hours, name={"zh-CN": "丽湖"})
    shared.open(2, clerk="s04")
    for _ in range(3):
        shared.issue()
    nanhu.issue()
    nanhu.open(2, clerk="s04")
    shared.clock.step(minutes=5)
    shared.start(shared.call(2, clerk="s04"), clerk="s04")
    shared.clock.step(minutes=12, seconds=5)  # stamps of one moment differ by microseconds
    return shared


# ------------------------------------------------------------------ choose a hall


def test_anybody_may_choose_a_hall(district):
    """The least busy first; each leads to its own first page."""
    answer = district.at(FAR)("GET /halls?lang=zh-CN")
    found = cards(answer.text)

    assert 200 == answer.status_code
    assert ["nanhu", "chunhe", "faraway", "lihu"] == list(found)
    assert "等 1 人 现在最久已等 17 分钟 窗口 1/12 开放" in found["nanhu"][1]
    assert "等 2 人" in found["chunhe"][1]
    assert {"/", "/h/nanhu/", "/h/faraway/", "/h/lihu/"} <= set(re.findall(r'<h2><a href="([^"]*)"', answer.text))


def test_a_closed_hall_says_when_it_gives_numbers(district):
    """Another outline, and words."""
    look, said = cards(district.at(FAR)("GET /halls?lang=en").text)["lihu"]

    assert "off" == look
    assert "No numbers just now Again Tuesday 24 November from 08:15" in said
    assert "counters open" not in said


def test_a_name_is_marked_with_its_own_language(district):
    """A hall without an English name is called by its Chinese one."""
    page = district.at(FAR)("GET /halls?lang=en").text

    assert '<a href="/h/nanhu/" lang="en">Nanhu</a>' in page
    assert '<a href="/h/faraway/" lang="zh-CN">远方</a>' in page


def test_a_phone_is_dialled_without_its_extension(district):
    """What stands there is what was written; a hall without a phone has no link."""
    page = district.at(FAR)("GET /halls").text

    assert '<a href="tel:0101234567">010-123 4567 转 8</a>' in page
    assert 3 == page.count('href="tel:')


@pytest.mark.parametrize(
    ("written", "number"), [("+86 (571) 8888-1111", "+8657188881111"), ("12345", "12345"), ("转 8", ""), ("", "")]
)
def test_what_a_telephone_dials(written, number):
    """Figures and a leading plus."""
    assert number == dialled(written)


def test_every_hall_shows_the_same_choice(district):
    """Under its own address, with the way back to it."""
    page = district.at(FAR)("GET /h/nanhu/halls").text

    assert ["nanhu", "chunhe", "faraway", "lihu"] == list(cards(page))
    assert '<header class="band"><a href="/h/nanhu/">' in page


def test_the_first_page_leads_there(district):
    """From each hall to the choice under its own address."""
    who = district.at(FAR)

    assert 'href="/halls"' in who("GET /").text
    assert 'href="/h/nanhu/halls"' in who("GET /h/nanhu/").text


def test_one_hall_alone_is_the_one_that_is_shown(near):
    """And its first page does not offer a choice."""
    who = near.at(FAR)

    assert ["chunhe"] == list(cards(who("GET /halls").text))
    assert "/halls" not in who("GET /").text


# ------------------------------------------------------------------ the district


@pytest.mark.parametrize("staff", ["s01", "s04", "s90"])
def test_only_supervisors_read_a_district(district, staff):
    """Everybody else is led to the sign-in and back, as from the other pages of those who run a hall."""
    answer = district.staff(staff)(f"GET {PAGE}?day=2026-11-20")

    assert 303 == answer.status_code
    assert answer.headers["location"] == "/sign-in?next=%2Fmanage%2Fdistrict%3Fday%3D2026-11-20"
    assert 303 == district.at(FAR)(f"GET {PAGE}").status_code


def test_a_row_for_each_hall_leads_to_its_report(district):
    """Only those that are read, with what they do now."""
    page = district.staff("s91")(f"GET {PAGE}?lang=zh-CN").text
    rows = re.findall(r'<tr><th scope="row"><a href="([^"]*)".*?</tr>', page, re.DOTALL)

    assert {f"{at}manage/report?day=2026-11-23" for at in ("/", "/h/nanhu/", "/h/lihu/")} == set(rows)
    assert "3 人等候" in words(page)
    assert "2 个窗口在岗" in words(page)
    assert "远方" not in page


def test_the_sums_say_what_all_halls_share_once(district):
    """The whole first, then what lies below."""
    page = district.staff("s91")(f"GET {PAGE}?lang=zh-CN").text
    heads = [words(found) for found in re.findall(r'<th scope="row" class="deep-\d">.*?</th>', page)]

    assert [f"全部 {CITY} › {HERE}", STREET] == heads


def test_another_day_says_nothing_of_now(district):
    """Nobody took a number then; how busy it is now is not of that day."""
    page = district.staff("s91")(f"GET {PAGE}?day=2026-11-20&lang=zh-CN").text

    assert "人等候" not in words(page)
    assert 'value="2026-11-20"' in page
    assert '"live": false' in page


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_any_day_there_is_can_be_asked_for(district, date):
    """Also the first and the last of the calendar."""
    assert 200 == district.staff("s91")(f"GET {PAGE}?day={date}").status_code


def test_the_tab_is_for_those_who_have_halls_below(district):
    """A manager has none; at a hall below, the visitor's tab leads home."""
    visitor = district.staff("s91")

    assert f'href="{PAGE}"' in visitor("GET /manage").text
    assert f'href="{PAGE}"' in visitor("GET /h/nanhu/manage/report").text
    assert PAGE not in district.staff("s01")("GET /manage").text


def test_a_hall_with_none_below_is_read_alone(near):
    """No tab leads to the page, and it is still right."""
    near.adds("faraway", org_path=("other-city",), name={"zh-CN": "远方"})
    page = near.staff("s91")(f"GET {PAGE}")

    assert 200 == page.status_code
    assert "远方" not in page.text
    assert PAGE not in near.staff("s91")("GET /manage").text


def test_the_pages_ask_for_no_style_or_script_of_their_own(district):
    """What the policy of the house would stop is not on them."""
    for page in ("/halls", PAGE):
        text = district.staff("s91")(f"GET {page}").text
        assert " style=" not in text
        assert " onclick" not in text
