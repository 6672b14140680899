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
