"""A slip as ESC/POS bytes, and the bytes as paper again."""

import io
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.printers.commands import Reader
from devices.printers.escpos import encode, raster_job
from devices.printers.paper import Paper
from devices.printers.raster import draw, qr_picture
from devices.printers.slip import lay_out


def printed(data, *, width_dots, encoding="gb18030"):
    """The slip a printer makes of the bytes, and what it printed as characters."""
    paper, texts = Paper(width_dots=width_dots, encoding=encoding), []
    for command in Reader().feed(data):
        texts.append(paper.text)
        slip = paper.take(command)
        if slip is not None:
            return slip, texts[-1]
    raise AssertionError("nothing was cut")


def contains(picture, part):
    """Whether `part` stands somewhere in the left half of the picture, dot for dot."""
    column = picture.convert("1")
    return any(
        column.crop((left, top, left + part.width, top + part.height)).tobytes() == part.convert("1").tobytes()
        for left in (28, *range((picture.width - part.width) // 2 - 1, (picture.width - part.width) // 2 + 2))
        for top in range(picture.height - part.height)
    )


def test_pictures_are_the_form_every_clone_knows(slip):
    """Initialise, GS v 0 fragments of at most 256 dots, feed, cut; no character goes as text."""
    commands = Reader().feed(encode(slip(), width_dots=576, mode="raster"))

    names = [command.name for command in commands]
    assert ["ESC @", "GS v 0", "ESC d", "GS V"] == list(dict.fromkeys(names))
    assert all(command.arguments[3] | command.arguments[4] << 8 <= 256 for command in commands if command.name == "GS v 0")


@pytest.mark.parametrize("width_dots", [576, 384])
def test_a_picture_arrives_dot_for_dot(slip, width_dots):
    """What the printer draws is what was laid out."""
    wanted = draw(lay_out(slip()), width_dots=width_dots, locale="zh-CN")

    paper, _ = printed(encode(slip(), width_dots=width_dots, mode="raster"), width_dots=width_dots)

    assert wanted.tobytes() == paper.crop((0, 0, *wanted.size)).tobytes()


@pytest.mark.parametrize("mode", ["raster", "text"])
def test_the_code_on_the_paper_is_the_link(slip, mode):
    """Level M, every module drawn; 7 dots a module in a picture, 6 by the printer itself."""
    paper, _ = printed(encode(slip(), width_dots=576, mode=mode), width_dots=576)

    assert contains(paper, qr_picture(slip().follow_url, module_dots=7 if mode == "raster" else 6))


@pytest.mark.parametrize("width_dots", [576, 384])
def test_a_picture_is_what_python_escpos_makes_of_it(slip, width_dots):
    """Written here for speed; byte for byte the same."""
    from escpos.printer import Dummy

    picture = draw(lay_out(slip()), width_dots=width_dots, locale="zh-CN")
    theirs = Dummy(profile="TM-T20II" if width_dots == 576 else "POS-5890")
    theirs.image(picture, impl="bitImageRaster", fragment_height=256)

    assert b"\x1b@" + bytes(theirs.output) + b"\x1bd\x06\x1dV\x00" == raster_job(picture)


def test_text_is_gb18030_behind_the_switch_to_chinese(slip):
    """ESC @, FS &, GS ! 00 first: some clones keep size and code page from the job before."""
    data = encode(slip(), width_dots=576, mode="text")

    assert data.startswith(b"\x1b@\x1c&\x1d!\x00")
    assert b"\x1d!\x33\x1bE\x01A027\n" in data
    assert "春和区政务服务中心".encode("gb18030") in data
    assert len(data) < 1_000  # one second at 9600 baud


def test_a_text_slip_says_all_that_a_picture_says(slip):
    """Hall, number, service, figures, place, counters, time and reminders."""
    _, text = printed(encode(slip(), width_dots=384, mode="text"), width_dots=384)

    wanted = [
        "春和区政务服务中心",
        "A027",
        "企业设立登记",
        "6 人",
        "18-30 分",
        "一楼综合服务区",
        "取号 10:26",
        "2026-11-23 周一",
        "请留意",
    ]
    assert [] == [word for word in wanted if word not in text]
    assert "2 3 4 5 6 8" in text


def test_a_wide_space_is_white():
    """U+3000 between floor and area is no character to be drawn."""
    paper, text = printed("\u3000\n".encode("gb18030") + b"\x1bd\x06\x1dV\x00", width_dots=576)

    assert ("\u3000\n", None) == (text.rstrip("\n") + "\n", paper.convert("L").point(lambda shade: 255 - shade).getbbox())


def test_characters_a_printer_does_not_own_are_drawn(slip):
    """GB18030's four-byte forms are garbled by cheap printers: the line becomes a picture."""
    data = encode(slip(service="㐂镕登记"), width_dots=576, mode="text")

    assert "㐂".encode("gb18030") not in data
    assert b"\x1dv0" in data


def test_another_encoding_is_spoken_throughout(slip):
    """A Big5 printer gets Big5, and what Big5 lacks as a picture."""
    traditional = slip(locale="zh-Hant", hall="春和區政務服務中心", service="企業設立登記", area="一樓綜合服務區", reminders=())
    _, text = printed(encode(traditional, width_dots=576, mode="text", encoding="big5"), width_dots=576, encoding="big5")

    assert "企業設立登記" in text


def test_the_renderer_leaves_logging_and_the_temporary_folder_alone(tmp_path):
    """python-escpos adds a root handler and a folder on import; both are taken back."""
    program = (
        "import logging, os\n"
        "from devices.printers.escpos import raster_job\n"
        "from PIL import Image\n"
        "raster_job(Image.new('1', (576, 8), 1))\n"
        "print(len(logging.root.handlers), len(os.listdir(os.environ['TMPDIR'])))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": "."},
    )

    assert ("0 0\n", "") == (result.stdout, result.stderr)
    assert logging.root is logging.getLogger()


@given(st.binary(max_size=200), st.integers(1, 50))
def test_a_stream_is_read_the_same_however_it_is_cut(data, size):
    """Bytes arrive in pieces; the commands are those of the whole."""
    whole, pieces = Reader(), Reader()

    expected = whole.feed(data)
    actual = [command for at in range(0, len(data), size) for command in pieces.feed(data[at : at + size])]

    assert expected == actual


@given(st.binary(max_size=300))
def test_no_bytes_break_the_paper(data):
    """Noise on the cable is printed as noise, or as nothing."""
    paper = Paper(width_dots=384)

    for command in Reader().feed(data + b"\n\x1dV\x00"):
        slip = paper.take(command)
        assert slip is None or isinstance(slip, Image.Image)


def test_a_picture_is_a_png(slip):
    """What the page shows is drawn from the paper."""
    paper, _ = printed(encode(slip(), width_dots=576, mode="text"), width_dots=576)
    data = io.BytesIO()
    paper.save(data, "PNG")

    assert data.getvalue().startswith(b"\x89PNG")
