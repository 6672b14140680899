"""Numbers of identity cards: what can be one, and how old its holder is."""

from datetime import date

import pytest
from stdnum.cn import ric

from server.errors import BadIdNumber
from server.rules.codes import follow_in
from server.rules.identity import age_on, birth_date, masked

TODAY = date(2026, 11, 23)


def card(front):
    """A number with its check digit."""
    return front + ric.calc_check_digit(front + "0")


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",  # the standard's own example
        "11010519491231002x",
        " 360426199101010071 ",
        "810000199408230021",  # a resident from Hong Kong
        card("82000019900101001"),  # … Macau
        card("83000019900101001"),  # … Taiwan
        card("91115619900101001"),  # a foreigner, since 2023
        "440524188001010014".replace("1880", "1980")[:17]
        + ric.calc_check_digit("44052419800101001" + "0"),  # a county that is no more
    ],
)
def test_every_card_that_is_issued_is_accepted(number):
    """By no region is anybody refused."""
    assert birth_date(number, today=TODAY) is not None


def test_an_old_foreigner_s_permit_has_no_birth_date_to_rely_on():
    """Three letters and twelve digits; the year has no century."""
    assert birth_date("chn110080010101", today=TODAY) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("110105194912310021", "check_digit"),
        ("11010519491231002", "form"),
        ("1101051949123100２X", "form"),  # a full-width digit
        ("110105 19491231002X", "form"),
        ("010105194912310021", "form"),
        (card("11010520250230001"), "birth_date"),
        (card("11010520271231001"), "birth_date"),  # not born yet
        (card("11010518801231001"), "birth_date"),
        ("", "form"),
        ("X" * 18, "form"),
        ("E12345678", "form"),
    ],
)
def test_what_is_no_number_is_refused_without_being_said(number, problem):
    """The refusal says what is wrong with it; the number itself stands nowhere in it."""
    with pytest.raises(BadIdNumber) as refused:
        birth_date(number, today=TODAY)

    assert {"problem": problem} == refused.value.facts
    assert not number.strip() or number.strip() not in str(refused.value)


def test_whole_years():
    """One is as old as one's last birthday; born on 29 February, from 1 March on."""
    assert [64, 65, 17, 18] == [
        age_on(date(2026, 11, 22), date(1961, 11, 23)),
        age_on(date(2026, 11, 23), date(1961, 11, 23)),
        age_on(date(2026, 2, 28), date(2008, 2, 29)),
        age_on(date(2026, 3, 1), date(2008, 2, 29)),
    ]


def test_of_a_name_the_first_letter_is_left():
    """Also of one letter, of none, and of names in Latin letters."""
    assert ["张*", "欧*", "S*", ""] == [masked(name) for name in ("张三", "欧阳某某", " SMITH JOHN ", " ")]


@pytest.mark.parametrize(
    ("text", "follow"),
    [
        ("http://192.168.10.20:8000/t/9f3cA8Kd72mQp1xZ", "9f3cA8Kd72mQp1xZ"),
        ("HTTPS://hall.example.cn/h/nanhu/t/9f3c-8Kd_2mQp1xZ?lang=en", "9f3c-8Kd_2mQp1xZ"),
        (" Q9f3cA8Kd72mQp1xZ\r", "9f3cA8Kd72mQp1xZ"),
        ("http://192.168.10.20:8000/", None),
        ("http://192.168.10.20:8000/t/../../api", None),
        ("weixin://wxpay/bizpayurl?pr=abc", None),
        ("6901234567892", None),
        ("Q", None),
        ("", None),
        ("http://x/t/" + "a" * 600, None),
        ("http://x/t/abcdefgh\nhttp://x/t/abcdefgh", None),
        ("\x00\xff", None),
    ],
)
def test_a_link_is_found_in_what_was_scanned(text, follow):
    """A ticket's link under any address of the hall, or its short form; every other code is foreign."""
    assert follow == follow_in(text)
