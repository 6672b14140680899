"""Posts, badges, papers to bring and reasons to pause: said in the reader's language where the hall has it, else in its own."""

import re

import pytest

from server.config import load_text
from server.manage.forms import fields_of
from server.manage.nouns import model_of

LOCALES = ("zh-CN", "zh-Hant", "en")
POST = {"zh-CN": "综合受理", "zh-Hant": "綜合受理", "en": "All services"}
BADGE = {"zh-CN": "党员示范岗", "zh-Hant": "黨員示範崗", "en": "Party member model post"}
PAPERS = {
    "zh-CN": ["身份证件", "户口簿"],
    "zh-Hant": ["身份證件", "戶口簿"],
    "en": ["Identity document", "Household register"],
}


@pytest.fixture
def hall(near):
    """Counter 2 is open for its clerk, s04."""
    near.open(2, clerk="s04")
    return near


@pytest.fixture
def manager(hall):
    """The manager, signed in."""
    return hall.staff("s01")


def asks(who, what, locale):
    """What somebody is told in this language."""
    return who(what, headers={"Accept-Language": locale}).json()


def changed(manager, noun, key, **parts):
    """Change one thing of a list."""
    setup = manager("GET /api/setup").json()["setup"]
    known = next(one for one in setup[noun] if str(one["number" if noun == "counter" else "id"]) == key)
    return manager("POST /api/setup/changes", {"changes": [{"noun": noun, "id": key, "doc": {**known, **parts}}]})


# ------------------------------------------------------------------ in the reader's language


@pytest.mark.parametrize("locale", LOCALES)
def test_a_sign_says_post_and_badges_in_the_language_asked_for(hall, locale):
    """And in which language that is, for the page to mark it."""
    sign = asks(hall.station("counter-2"), "GET /api/counters/2/sign", locale)

    assert (POST[locale], locale) == (sign["clerk"]["post"], sign["clerk"]["post_lang"])
    assert ([BADGE[locale]], [locale]) == (sign["badges"], sign["badge_langs"])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_phone_says_what_to_bring_in_the_language_asked_for(hall, locale):
    """Each paper with its language."""
    ticket = hall.issue("med-insurance")
    seen = asks(hall.at("10.9.9.9"), f"GET /api/follow/{ticket.follow}", locale)

    assert (PAPERS[locale], [locale] * 2) == (seen["bring"], seen["bring_langs"])


@pytest.mark.parametrize(("locale", "post"), [("zh-CN", "值班科长"), ("zh-Hant", "值班科長"), ("en", "Duty leader")])
def test_the_duty_leader_s_post_is_said_so_too(hall, locale, post):
    """To whoever asks about the hall."""
    leader = asks(hall.at("10.9.9.9"), "GET /api/hall", locale)["duty_leader"]

    assert (post, locale) == (leader["post"], leader["post_lang"])


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_mark_the_language(hall, locale):
    """The sign, the tablet, the board of the staff."""
    station = hall.station("counter-2")
    for path in ("/display/counter/2", "/counter/2/rating", "/display/staff"):
        page = station(f"GET {path}?lang={locale}").text
        assert f'class="tag" lang="{locale}">{BADGE[locale]}<' in page, path
    assert f'class="post" lang="{locale}">{POST[locale]}<' in page


# ------------------------------------------------------------------ one text alone, as it always was


@pytest.mark.parametrize("locale", LOCALES)
def test_one_text_is_said_in_every_language(hall, manager, locale):
    """And marked as the hall's own language, which it is."""
    changed(manager, "staff", "s04", post="机动")
    changed(manager, "counter", "2", badges=["红旗窗口", {"en": "Red flag"}])
    sign = asks(hall.station("counter-2"), "GET /api/counters/2/sign", locale)

    assert ("机动", "zh-CN") == (sign["clerk"]["post"], sign["clerk"]["post_lang"])
    assert (["红旗窗口", "Red flag"], ["zh-CN", "en"]) == (sign["badges"], sign["badge_langs"])
    assert 'lang="zh-CN">机动<' in hall.station("counter-2")(f"GET /display/counter/2?lang={locale}").text


def test_a_language_that_is_missing_is_said_in_the_hall_s_own(hall, manager):
    """As every name is."""
    changed(manager, "staff", "s04", post={"zh-CN": "机动", "en": "Relief"})
    sign = asks(hall.station("counter-2"), "GET /api/counters/2/sign", "zh-Hant")

    assert ("机动", "zh-CN") == (sign["clerk"]["post"], sign["clerk"]["post_lang"])


def test_a_file_with_single_texts_is_still_read():
    """A config.toml as it was written before."""
    from pathlib import Path

    text = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    before = re.sub(r'^post = \{ zh-CN = ("[^"]*").*$', r"post = \1", text, flags=re.MULTILINE)
    before = re.sub(r'\{ name = \{ zh-CN = ("[^"]*")[^}]*\}', r"{ name = \1", before)
    before = re.sub(r"^badges = .*$", 'badges = ["党员示范岗"]', before, flags=re.MULTILINE)
    setup = load_text(before).hall

    assert before != text
    assert ("大厅主任", "登记申请书", ("党员示范岗",)) == (
        setup.staff[0].post, setup.service[0].materials[0].name, setup.counter[1].badges,
    )  # fmt: skip


@pytest.mark.parametrize("post", ["综合受理", "", {"zh-CN": "综合受理"}, {}, {"zh-CN": "综合受理", "en": "All services"}])
def test_what_is_written_is_read_back(manager, post):
    """One text stays one text, also after a restart's reading of the database."""
    answer = changed(manager, "staff", "s04", post=post)

    assert post == next(one for one in answer.json()["setup"]["staff"] if one["id"] == "s04")["post"]


WRONG = {
    "markup": ({"post": {"zh-CN": "综合", "en": "<b>"}}, "staff[4] s04.post"),
    "a control character": ({"post": {"zh-CN": "综合\x1b"}}, "staff[4] s04.post"),
    "a number": ({"post": 5}, "staff[4] s04.post = 5: a text is needed, or one for each language"),
    "nothing": ({"post": None}, "staff[4] s04.post: a text is needed"),
    "a list": ({"post": ["综合"]}, "staff[4] s04.post: a text is needed"),
    "a text that is none": ({"post": {"zh-CN": 5}}, "staff[4] s04.post: a text is needed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_text_is_refused_with_its_place(hall, manager, case):
    """One sentence, and nothing changed."""
    before, (parts, place) = hall.seq, WRONG[case]
    answer = changed(manager, "staff", "s04", **parts)

    assert (422, "setup_invalid") == (answer.status_code, answer.json()["error"])
    assert answer.json()["facts"]["problem"].startswith(place), answer.json()["facts"]
    assert 1 == len(answer.json()["facts"]["problems"])
    assert before == hall.seq


def test_a_paper_has_a_name_in_the_hall_s_language(manager):
    """As services have; one text alone is that."""
    answer = changed(manager, "service", "pickup", materials=[{"name": {"en": "Passport"}}])
    assert "service pickup.materials[1].name: the text in zh-CN is missing" == answer.json()["facts"]["problem"]

    assert 200 == changed(manager, "service", "pickup", materials=[{"name": "护照"}]).status_code


@pytest.mark.parametrize(
    ("noun", "field", "kind"),
    [("staff", "post", "names"), ("counter", "badges", "names_list"), ("service", "materials", "parts")],
)
def test_forms_ask_for_each_language(noun, field, kind):
    """As for names."""
    found = next(one for one in fields_of(model_of(noun)) if one.name == field)

    assert kind == found.kind
    assert kind != "parts" or "names" == found.fields[0].kind


# ------------------------------------------------------------------ why a counter pauses


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("开会", ("开会", "開會", "Meeting")),
        ("Meeting", ("开会", "開會", "Meeting")),
        ("开會 on Mars", ("开會 on Mars",) * 3),
        ("呼叫器", ("呼叫器", "呼叫器", "Caller pad")),
    ],
)
def test_a_usual_reason_to_pause_is_said_in_the_reader_s_language(hall, manager, given, said):
    """Whichever language it was given in; what somebody has written stays as it is. Sign, desk, board and list say the same."""
    clerk, station = hall.staff("s04"), hall.station("counter-2")
    clerk("PUT /api/counters/2/state", {"state": "paused", "reason": given})
    for locale, expected in zip(LOCALES, said, strict=True):
        heard = [
            asks(station, "GET /api/counters/2/sign", locale)["reason"],
            asks(clerk, "GET /api/counters/2", locale)["reason"],
            next(c for c in asks(clerk, "GET /api/counters", locale)["counters"] if c["number"] == 2)["reason"],
            next(c for c in asks(station, "GET /api/board?area=f1", locale)["counters"] if c["number"] == 2)["reason"],
            next(c for c in asks(manager, "GET /api/reports/live", locale)["counters"] if c["number"] == 2)["reason"],
        ]
        assert [expected] * 5 == heard
