"""Faces on the clerk cards: given on the set-up page of a person, shown at once on sign, tablet and board, gone as quickly."""

import io
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FORM = "/manage/setup/staff?id=s05"
MANAGER = "CH001"


def face(colour=(150, 190, 220), *, kind="JPEG", size=(1200, 1600)):
    """A drawn face, as a file that a browser can send."""
    made = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(made)
    width, height = size
    draw.ellipse((width * 0.1, height * 0.75, width * 0.9, height * 1.4), fill=(40, 60, 90))
    draw.ellipse((width * 0.28, height * 0.18, width * 0.72, height * 0.68), fill=(235, 200, 170))
    for left in (0.38, 0.55):
        draw.ellipse((width * left, height * 0.38, width * (left + 0.07), height * 0.41), fill=(30, 30, 30))
    out = io.BytesIO()
    made.save(out, kind)
    return {"name": f"face.{kind.lower()}", "mimeType": f"image/{kind.lower()}", "buffer": out.getvalue()}


def drawn(image):
    """See that a portrait is there, and that it is a whole picture."""
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", value=True)
    expect(image).to_have_js_property("naturalWidth", 480)


@pytest.fixture
def form(visit):
    """The set-up page of 周航, who sits at counter 3."""
    return lambda **options: visit(FORM, size=(1280, 800), who=MANAGER, **options)


def test_a_photo_is_on_every_card_at_once(form, visit, hall, screens, accessible):
    """Chosen, it is shown beside the field as the cards show it; sign, tablet and board have it without being touched."""
    hall.desk(3)
    sign = visit("/display/counter/3", size=screens.sign)
    tablet = visit("/counter/3/rating", size=screens.tablet)
    board = visit("/display/staff", size=screens.lobby)
    for page in (sign, tablet):
        expect(page.locator("img.portrait")).to_be_hidden()
    expect(board.locator("img.portrait")).to_have_count(0)
    page = form()
    expect(page.locator("[data-photo] .nobody")).to_be_visible()
    page.get_by_label("选择照片").set_input_files(face())

    expect(page.locator("[data-photo] .done")).to_have_text(re.compile(r"^已生效 \d\d:\d\d$"))
    for image in (
        page.locator("[data-photo] img"),
        sign.locator("img.portrait"),
        tablet.locator("img.portrait"),
        board.locator('.person[data-key="s05"] img.portrait'),
    ):
        drawn(image)
    for one in (page, sign, tablet, board):
        assert [] == accessible(one)
        assert one.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_photo_is_given_and_taken_away_by_keyboard(form, hall):
    """Tab leads to both buttons, Enter and Space press them; what else was being written stays."""
    page = form()
    name = page.locator('[data-field="name"] [data-key="en"]')
    with page.expect_file_chooser() as chooser:  # from here on: a key pressed before the browser knows of it opens nothing
        name.fill("Zhou Hang Jr")
        expect(page.locator("[data-standing]")).to_have_text("有 1 处改动还没有保存")
        page.get_by_label("选择照片").focus()
        expect(page.get_by_label("选择照片")).to_be_focused()
        page.keyboard.press("Space")
    chooser.value.set_files(face(kind="PNG"))
    drawn(page.locator("[data-photo] img"))
    page.get_by_label("选择照片").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="移除照片")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("[data-photo] .nobody")).to_be_visible()
    expect(page.get_by_label("选择照片")).to_be_focused()
    expect(name).to_have_value("Zhou Hang Jr")
    expect(page.locator("[data-standing]")).to_have_text("有 1 处改动还没有保存")
    assert hall.desk(3).client.get("/api/counters/3").json()["clerk"]["photo"] is None


@pytest.mark.parametrize(
    ("locale", "choose", "sentence", "large"),
    [
        ("zh-CN", "选择照片", "照片文件不是完整的 JPEG、PNG 或 WebP 图片。", "照片超过 5 MB。"),
        ("zh-Hant", "選擇照片", "照片檔案不是完整的 JPEG、PNG 或 WebP 圖片。", "照片超過 5 MB。"),
        ("en", "Choose a photo", "The photo is no whole JPEG, PNG or WebP picture.", "The photo is larger than 5 MB."),
    ],
)
def test_a_refusal_stands_beside_the_field(visit, witness, accessible, locale, choose, sentence, large):
    """What is no picture, and what is too large; the portrait before it stays, in the page's language."""
    witness.expects("422")
    page = visit(f"{FORM}&lang={locale}", size=(1280, 800), who=MANAGER)
    field, file = page.locator("[data-photo]"), page.get_by_label(choose)
    file.set_input_files(face())
    drawn(field.locator("img"))
    before = field.locator("img").get_attribute("src")
    file.set_input_files({"name": "face.jpg", "mimeType": "image/jpeg", "buffer": face()["buffer"][:3000]})
    expect(field.get_by_role("alert")).to_have_text(sentence)
    expect(file).to_have_attribute("aria-invalid", "true")
    assert [] == accessible(page)
    file.set_input_files({"name": "face.jpg", "mimeType": "image/jpeg", "buffer": face()["buffer"] + bytes(10_000_000)})

    expect(field.get_by_role("alert")).to_have_text(large)
    expect(field.locator("img")).to_have_attribute("src", before)


def test_another_manager_s_photo_is_shown_here_too(form, visit):
    """Two have the same person open: the second sees what the first has chosen, and loses nothing written."""
    first, second = form(), form()
    second.locator('[data-field="name"] [data-key="en"]').fill("Hang")
    first.get_by_label("选择照片").set_input_files(face())
    drawn(second.locator("[data-photo] img"))
    first.get_by_role("button", name="移除照片").click()

    expect(second.locator("[data-photo] .nobody")).to_be_visible()
    expect(second.locator('[data-field="name"] [data-key="en"]')).to_have_value("Hang")


def test_a_new_person_is_saved_first(visit):
    """There is nobody yet to give a photo to, and the page says so."""
    page = visit("/manage/setup/staff?new=1", size=(1280, 800), who=MANAGER)

    expect(page.locator(".field.photo")).to_contain_text("保存以后就可以加照片")
    expect(page.locator('input[type="file"]')).to_have_count(0)


def test_the_face_stays_while_one_is_asked(visit, hall, screens):
    """After 办结 it stands small in the band beside the name; the five buttons have all their room."""
    page = visit("/counter/3/rating", size=screens.tablet)
    desk = hall.desk(3)
    sent = face()["buffer"]
    manager = hall.desk(1, job_no=MANAGER, opens=False).client
    manager.put("/api/staff/s05/photo", content=sent).raise_for_status()
    drawn(page.locator("img.portrait"))
    hall.takes("biz-setup")
    desk.serves()
    expect(page.locator("body")).to_have_attribute("data-view", "ask")

    drawn(page.locator("img.portrait"))
    assert page.locator(".clerk").bounding_box()["height"] < 240
