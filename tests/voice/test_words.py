"""What is said: letters, digits and windows as a hall says them, in two phrases."""

import pytest

from server.voice.sentences import Sentence, halves
from server.voice.words import cardinal, ticket_number, tokens

ZH, HANT, EN = (
    "请{number}号到{counter}号窗口办理",
    "請{number}號到{counter}號窗口辦理",
    "Number {number}, please go to window {counter}.",
)


@pytest.mark.parametrize(
    ("number", "locale", "yao", "said"),
    [
        ("A001", "zh-CN", False, "A零零一"),
        ("A001", "zh-Hant", False, "A零零一"),
        ("A121", "zh-CN", True, "A幺二幺"),
        ("B1023", "zh-CN", False, "B一零二三"),
        ("A120", "en", True, "A one two zero"),
        ("A012", "fr", False, "A 0 1 2"),
    ],
)
def test_a_number_is_said_digit_by_digit(number, locale, yao, said):
    """A001 is no "one"; 幺 is Chinese alone."""
    assert said == ticket_number(number, locale=locale, yao=yao)


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (20, "二十", "twenty"),
        (35, "三十五", "thirty five"),
        (100, "一百", "one hundred"),
        (105, "一百零五", "one hundred and five"),
        (112, "一百一十二", "one hundred and twelve"),
        (990, "九百九十", "nine hundred and ninety"),
    ],
)
def test_a_window_is_counted(count, zh, en):
    """十二号窗口, window twelve."""
    assert (zh, en) == (cardinal(count, locale="zh-CN"), cardinal(count, locale="en"))


@pytest.mark.parametrize(
    ("text", "locale", "phrases"),
    [
        (ZH, "zh-CN", ("请A零零一号", "到十二号窗口办理")),
        (HANT, "zh-Hant", ("請A零零一號", "到十二號窗口辦理")),
        (EN, "en", ("Number A zero zero one,", "please go to window twelve.")),
        ("{number}请到二楼{counter}号", "zh-CN", ("A零零一", "请到二楼十二号")),
        ("{number}请到2楼{counter}号", "zh-CN", ("A零零一", "请到二楼十二号")),
        ("{counter}号窗口请{number}", "zh-CN", ("十二号", "窗口请A零零一")),
        ("请{number}", "zh-CN", ("请A零零一",)),
        ("请办理", "zh-CN", ("请办理",)),
    ],
)
def test_a_call_is_two_phrases(text, locale, phrases):
    """The half with the number and the half with the window, each of which can be made before they meet."""
    assert phrases == Sentence(text=text, number="A001", counter=12, locale=locale).phrases()


def test_the_halves_are_the_text():
    """Nothing is lost between them."""
    assert [ZH, HANT, EN] == ["".join(halves(text)) for text in (ZH, HANT, EN)]


def test_spoken_pieces_are_characters_and_words():
    """Punctuation is silent; a capital alone is a letter."""
    assert ("请", "A", "零", "一", "号") == tokens("请A零一号，")
    assert ("number", "A", "zero") == tokens("Number A, zero.")
