"""Portraits over HTTP: whatever a telephone took becomes one small upright JPEG; what is no picture is refused, and nothing changes."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from server.queries.staff import serving_today

HERE, CARD = "/api/staff/s05/photo", "GET /api/counters/3/sign"
SIZE = (480, 640)
MOST = 5 * 1024 * 1024
RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (30, 60, 200)


def picture(size=(900, 1200), *, kind="JPEG", mode="RGB", colour=BLUE, top=None, **how):
    """A picture of one colour, its upper half of another where `top` is given."""
    made = Image.new(mode, size, colour)
    if top:
        ImageDraw.Draw(made).rectangle((0, 0, size[0], size[1] // 2), fill=top)
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def turned(orientation):
    """EXIF that says how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a maker's name"
    return exif


def png_of(width, height):
    """A PNG that says it is so large, and has hardly a byte."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 4000)) + chunk(b"IEND", b"")


def near_to(colour, pixel):
    """Whether a pixel is of this colour, as JPEG has it."""
    return all(abs(a - b) < 24 for a, b in zip(colour, pixel, strict=True))


@pytest.fixture
def hall(near):
    """Counter 3 is open for its clerk, s05."""
    near.open(3, clerk="s05")
    return near


@pytest.fixture
def manager(hall):
    """The manager, signed in."""
    return hall.staff("s01")


@pytest.fixture
def sign(hall):
    """The window's own machine."""
    return hall.station("counter-3")


def shown(sign):
    """The portrait that the clerk card at counter 3 leads to."""
    answer = sign(f"GET {sign(CARD).json()['clerk']['photo']}")
    assert (200, "image/jpeg") == (answer.status_code, answer.headers["content-type"])
    return Image.open(io.BytesIO(answer.content))


# ------------------------------------------------------------------ what is possible


def test_a_card_without_a_photo_has_none(sign):
    """No invented face; asking for it is a 404 that names the person."""
    answer = sign(f"GET {HERE}")

    assert sign(CARD).json()["clerk"]["photo"] is None
    assert (404, "no_such_photo", {"staff": "s05"}) == (answer.status_code, answer.json()["error"], answer.json()["facts"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_one_upright_portrait(hall, manager, sign, kind):
    """Of every kind: 480 × 640, JPEG, small, cut not squeezed; the answer and the card say where it is."""
    answer = manager(f"PUT {HERE}", content=picture((1600, 1200), kind=kind))

    assert (200, sign(CARD).json()["clerk"]["photo"]) == (answer.status_code, answer.json()["photo"])
    assert (SIZE, "JPEG", "RGB") == (shown(sign).size, shown(sign).format, shown(sign).mode)
    assert len(sign(f"GET {HERE}").content) <= 60_000


def test_a_noisy_photo_is_small_too(manager, sign):
    """Quality gives way until fifteen of them are no burden to a board."""
    noise = Image.effect_noise((900, 1200), 60).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=90)
    manager(f"PUT {HERE}", content=out.getvalue())

    assert len(sign(f"GET {HERE}").content) <= 60_000


@pytest.mark.parametrize(("orientation", "size"), [(1, (900, 1200)), (3, (900, 1200)), (6, (1200, 900)), (8, (1200, 900))])
def test_a_photo_is_turned_as_the_camera_was_held(manager, sign, orientation, size):
    """The red half is above, however it was stored."""
    upright = Image.new("RGB", (900, 1200), BLUE)
    ImageDraw.Draw(upright).rectangle((0, 0, 900, 600), fill=RED)
    stored = upright.rotate({1: 0, 3: 180, 6: 90, 8: 270}[orientation], expand=True)
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=turned(orientation))
    manager(f"PUT {HERE}", content=out.getvalue())
    seen = shown(sign)

    assert size == stored.size
    assert near_to(RED, seen.getpixel((240, 40)))
    assert near_to(BLUE, seen.getpixel((240, 600)))


def test_nothing_but_the_picture_is_kept(manager, sign):
    """No maker, no place, no comment, no thumbnail."""
    manager(f"PUT {HERE}", content=picture(exif=turned(1), comment=b"taken at home", dpi=(300, 300)))
    seen = shown(sign)

    assert ({}, None) == (dict(seen.getexif()), seen.info.get("comment"))
    assert b"maker" not in sign(f"GET {HERE}").content


def test_what_is_transparent_is_white(manager, sign):
    """A cut-out portrait stands on white, as on a card of paper."""
    manager(f"PUT {HERE}", content=picture(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))

    assert near_to((255, 255, 255), shown(sign).getpixel((240, 320)))


@pytest.mark.parametrize(("mode", "colour"), [("L", 40), ("P", 3), ("CMYK", (0, 200, 200, 0)), ("1", 1), ("LA", (40, 200))])
def test_every_way_of_storing_colours_is_understood(manager, mode, colour):
    """Grey, palette, print colours."""
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert manager(f"PUT {HERE}", content=picture(kind=kind, mode=mode, colour=colour)).status_code == 200


def test_a_browser_keeps_a_portrait_until_there_is_another(manager, sign):
    """The address on the card has the version and may be kept for ever; without it, one asks each time and is told 304."""
    manager(f"PUT {HERE}", content=picture(colour=BLUE))
    first = sign(CARD).json()["clerk"]["photo"]
    kept, plain = sign(f"GET {first}"), sign(f"GET {HERE}")
    again = sign(f"GET {HERE}", headers={"If-None-Match": plain.headers["etag"]})
    manager(f"PUT {HERE}", content=picture(colour=RED))
    second = sign(CARD).json()["clerk"]["photo"]

    assert ("private, max-age=31536000, immutable", "private, no-cache") == (
        kept.headers["cache-control"], plain.headers["cache-control"],
    )  # fmt: skip
    assert (304, b"") == (again.status_code, again.content)
    assert first != second
    assert "private, no-cache" == sign(f"GET {first}").headers["cache-control"]  # an address that is over is kept by nobody


def test_the_same_photo_again_changes_nothing(hall, manager):
    """Nor does taking away what is not there."""
    before = hall.seq
    counts = []
    for what, body in (("PUT", picture()), ("PUT", picture()), ("DELETE", None), ("DELETE", None)):
        assert 200 == manager(f"{what} {HERE}", content=body).status_code
        counts.append(hall.seq - before)

    assert [1, 1, 2, 2] == counts


def test_a_photo_is_taken_away(manager, sign):
    """The card is as it was before there was one."""
    manager(f"PUT {HERE}", content=picture())
    answer = manager(f"DELETE {HERE}")

    assert (200, {"photo": None}) == (answer.status_code, answer.json())
    assert sign(CARD).json()["clerk"]["photo"] is None
    assert 404 == sign(f"GET {HERE}").status_code


def test_every_card_has_it(hall, manager):
    """The desk, the list of counters, and the board of who serves."""
    photo = manager(f"PUT {HERE}", content=picture()).json()["photo"]
    clerk = hall.staff("s05")

    assert photo == clerk("GET /api/counters/3").json()["clerk"]["photo"]
    assert photo == next(c for c in clerk("GET /api/counters").json()["counters"] if c["number"] == 3)["clerk"]["photo"]
    assert photo == next(p for p in hall.read(serving_today, locale="en")["people"] if p["id"] == "s05")["photo"]


# ------------------------------------------------------------------ what is refused

WHOLE = picture()
BAD = {
    "nothing": (b"", "no_picture"),
    "words": (b"this is a photo, believe me", "no_picture"),
    "a drawing in XML": (b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800"/>', "no_picture"),
    "a GIF": (picture(kind="GIF"), "no_picture"),
    "a bitmap": (picture(kind="BMP"), "no_picture"),
    "a header alone": (WHOLE[:200], "no_picture"),
    "half a JPEG": (WHOLE[: len(WHOLE) // 2], "no_picture"),
    "half a PNG": ((png := picture(kind="PNG"))[: len(png) // 2], "no_picture"),
    "half a WebP": ((webp := picture(kind="WEBP"))[: len(webp) // 2], "no_picture"),
    "a PNG of nonsense": (png_of(300, 400), "no_picture"),
    "a stamp": (picture((100, 130)), "picture_size"),
    "a hair": (picture((100, 3000)), "picture_size"),
    "too many pixels": (png_of(7000, 7000), "picture_size"),
    "a bomb": (png_of(12_000, 12_000), "picture_size"),
    "a larger bomb": (png_of(60_000, 60_000), "picture_size"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_portrait_is_refused(hall, manager, sign, what):
    """422, in one sentence about the photo; the portrait and the journal stay as they were. What it is called counts for nothing."""
    photo = manager(f"PUT {HERE}", content=picture(colour=GREEN)).json()["photo"]
    before = hall.seq
    content, error = BAD[what]
    answer = manager(f"PUT {HERE}", content=content, headers={"Content-Type": "image/jpeg"})
    said = answer.json()

    assert (422, error, "photo") == (answer.status_code, said["error"], said["facts"]["field"])
    assert "照片" in said["detail"]
    assert (before, photo) == (hall.seq, sign(CARD).json()["clerk"]["photo"])


@pytest.mark.parametrize("size", [MOST + 1, 2 * MOST])
def test_a_photo_that_is_too_large_is_not_read(hall, manager, size):
    """413, whether its length is said or only found out; nothing of it is unpacked."""
    before, whole = hall.seq, picture() + b"\0" * size
    read = 0

    async def pieces():
        nonlocal read
        for at in range(0, len(whole), 65_536):
            read += 65_536
            yield whole[at : at + 65_536]

    said, found = manager(f"PUT {HERE}", content=whole), manager(f"PUT {HERE}", content=pieces())

    for answer in (said, found):
        assert (413, "too_large", {"limit": MOST}) == (answer.status_code, answer.json()["error"], answer.json()["facts"])
    assert read <= MOST + 2 * 65_536
    assert before == hall.seq


def test_a_photo_of_five_megabytes_is_taken(manager):
    """What follows the picture in the file is nobody's business."""
    whole = picture()

    assert 200 == manager(f"PUT {HERE}", content=whole + b"\0" * (MOST - len(whole))).status_code


@pytest.mark.parametrize("what", ["GET", "PUT", "DELETE"])
def test_nobody_has_no_photo(hall, manager, what):
    """404, before the picture is looked at."""
    before = hall.seq
    answer = manager(f"{what} /api/staff/s99/photo", content=b"no picture" if what == "PUT" else None)

    assert (404, "no_such_staff", {"staff": "s99"}) == (answer.status_code, answer.json()["error"], answer.json()["facts"])
    assert before == hall.seq


def test_a_clerk_gives_nobody_a_face(hall):
    """Not even the own one: 403, and the body is not read."""
    answer = hall.staff("s05")(f"PUT {HERE}", content=picture())

    assert (403, "not_allowed") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("zh-CN", "照片文件不是完整的 JPEG、PNG 或 WebP 图片。"),
        ("zh-Hant", "照片檔案不是完整的 JPEG、PNG 或 WebP 圖片。"),
        ("en", "The photo is no whole JPEG, PNG or WebP picture."),
    ],
)
def test_a_refusal_is_said_in_the_reader_s_language(manager, locale, sentence):
    """As every refusal is."""
    answer = manager(f"PUT {HERE}", content=b"GIF89a", headers={"Accept-Language": locale})

    assert sentence == answer.json()["detail"]
