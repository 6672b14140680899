"""The languages of the pages: how catalogues are read, who gets which language, and that nothing is left unsaid."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors import HallError
from server.language import catalogues, choose, read_po, translator
from server.web.pages import HOUSE, SHARED, SURFACES, environment, messages_in_script, script_words

THREE = ("zh-CN", "zh-Hant", "en")
SAYING = {"_", "gettext", "say"}


def test_a_catalogue_is_read_as_it_is_written() -> None:
    """Comments are skipped, strings over several lines are joined, escapes are undone."""
    text = """
# A note.
#: kiosk/home.html
msgid "Wait, \\"please\\""
msgstr ""
"请\\n"
"稍候"

msgid "Done"
msgstr "完成"
"""

    assert {'Wait, "please"': "请\n稍候", "Done": "完成"} == read_po(text)


def test_only_settled_translations_are_used() -> None:
    """The header, what is fuzzy, what is obsolete and what is empty are left out."""
    text = """
msgid ""
msgstr "Language: zh_CN\\n"

#, fuzzy
msgid "A"
msgstr "甲"

#~ msgid "B"
#~ msgstr "乙"

msgid "C"
msgstr ""
"""

    assert {} == read_po(text)


def test_a_line_that_is_none_is_named() -> None:
    """A slip of the pen is refused with its own line, not passed over."""
    with pytest.raises(ValueError, match="msgstr 完成"):
        read_po('msgid "Done"\nmsgstr 完成\n')


@pytest.mark.parametrize(
    ("asked", "accept", "expected"),
    [
        ("zh-Hant", "en", "zh-Hant"),
        ("EN", None, "en"),
        (None, "en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        (None, "fr,en;q=0.5,zh;q=0.8", "zh-CN"),
        (None, "zh-TW", "zh-Hant"),
        (None, "zh-Hant-HK", "zh-Hant"),
        (None, "zh-Hans-SG", "zh-CN"),
        (None, "en;q=0, zh_TW", "zh-Hant"),
        (None, "fr", "zh-CN"),
        (None, "", "zh-CN"),
        (None, None, "zh-CN"),
        ("xx", "en", "en"),
        ("../../etc", None, "zh-CN"),
    ],
)
def test_a_reader_gets_the_language_asked_for_else_the_browser_s_else_the_hall_s(
    asked: str | None, accept: str | None, expected: str
) -> None:
    """What is asked for goes first, then the browser's order; Chinese is told apart by script and region."""
    assert expected == choose(THREE, asked=asked, accept=accept, default="zh-CN")


def test_a_hall_of_one_language_speaks_it_to_everybody() -> None:
    """A language the hall does not speak is never chosen."""
    assert choose(["zh-CN"], asked="en", accept="en", default="zh-CN") == "zh-CN"


def test_a_message_is_filled_in_any_language() -> None:
    """Named places are filled, so that a translation may move them."""
    assert translator("zh-CN")("Counter %(n)s", n=3) == "3 号窗口"
    assert translator("en")("Counter %(n)s", n=3) == "Counter 3"


def test_what_nobody_has_translated_is_still_said() -> None:
    """A missing message is said in plain English rather than not at all."""
    assert translator("zh-CN")("Nobody has %(what)s this", what="translated") == "Nobody has translated this"


def test_scripts_find_their_words_on_the_page() -> None:
    """Each page carries the translations of what its scripts say, and of nothing else."""
    words = script_words("kiosk", say=translator("zh-CN"))

    assert words["%(n)s people ahead"] == "前面等候 %(n)s 人"
    assert "Please choose your service" not in words


def test_no_message_lacks_its_chinese() -> None:
    """Every message of every template, script and module has a zh-CN translation."""
    say = translator("zh-CN")
    missing = {f"{place}: {message}" for place, message in _said() if message not in say.words}

    assert set() == missing


def test_no_refusal_lacks_its_chinese() -> None:
    """Whatever the hall refuses, it says why in Chinese: the docstring of each refusal is translated."""
    say = translator("zh-CN")
    missing = {error.code for error in _refusals(HallError) if " ".join((error.__doc__ or "").split()) not in say.words}

    assert set() == missing


@pytest.mark.parametrize("locale", THREE)
def test_a_translation_fills_the_same_places(locale: str) -> None:
    """A named place that exists on one side only would fail or stay empty on the page."""
    words = translator(locale).words
    uneven = {message for message, said in words.items() if _places(message) != _places(said)}

    assert set() == uneven


@pytest.mark.parametrize("locale", THREE)
def test_catalogues_do_not_contradict_each_other(locale: str) -> None:
    """A message that stands in two catalogues is translated alike in both, so their order does not matter."""
    said: dict[str, set[str]] = {}
    for file in catalogues(locale):
        for message, translation in read_po(file.read_text(encoding="utf-8")).items():
            said.setdefault(message, set()).add(translation)

    assert {} == {message: ways for message, ways in said.items() if len(ways) > 1}


def _said() -> Iterator[tuple[str, str]]:
    """Every message in the tree, with the file that says it."""
    env = environment("en")
    for folder in (SHARED, *SURFACES.values()):
        for file in sorted((folder / "templates").glob("**/*.html")):
            for _, _, said in env.extract_translations(file.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
                if said is not None:  # a message that a variable names stands elsewhere as itself
                    yield _named(file), said if isinstance(said, str) else said[0]
        for file in sorted((folder / "static").glob("**/*.js")):
            yield from ((_named(file), message) for message in messages_in_script(file))
    for package in ("server", "kiosk", "counter", "display"):
        for file in sorted((HOUSE / package).glob("**/*.py")):
            yield from ((_named(file), message) for message in _in_python(file))


def _refusals(family: type[HallError]) -> Iterator[type[HallError]]:
    """The refusals themselves: the classes that have a code of their own."""
    for kind in family.__subclasses__():
        if "code" in vars(kind):
            yield kind
        yield from _refusals(kind)


def _in_python(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        match node.args[0]:
            case ast.Constant(value=str(message)) if name in SAYING:
                yield message


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def _named(file: Path) -> str:
    return file.relative_to(HOUSE).as_posix()
