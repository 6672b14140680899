"""What stands on a slip, in which order, in whose language."""

from devices.printers import slip as blocks
from devices.printers.raster import draw
from devices.printers.slip import lay_out
from devices.printers.wrapping import wrapped


def kinds(layout):
    """What stands on the slip, from top to bottom."""
    return [type(block).__name__ for block in layout]


def test_a_slip_reads_from_hall_to_reminders(slip):
    """Hall, number, service, figures, place, QR, reminders: what is needed first stands first."""
    layout = lay_out(slip())

    assert [
        "Heading",
        "Number",
        "Heading",
        "Rule",
        "Figures",
        "Rule",
        "Place",
        "Plates",
        "Rule",
        "Scan",
        "Rule",
        "Reminder",
    ] == kinds(layout)
    assert blocks.Number("A027") in layout


def test_a_priority_stands_above_the_number(slip):
    """Staff see the class before the number."""
    layout = lay_out(slip(priority_label="敬老优先"))

    assert kinds(layout).index("Bar") == kinds(layout).index("Number") - 1


def test_a_reprint_says_so_twice(slip):
    """补打 stands on top, and beside the time where the original has nothing."""
    layout = lay_out(slip(reprint=True))

    assert blocks.Bar("补打") in layout
    assert "补打" in next(block for block in layout if isinstance(block, blocks.Scan)).lines


def test_what_is_not_known_is_left_out(slip):
    """No estimate, no figure for it; neither figure, no row at all."""
    ahead_only = next(block for block in lay_out(slip(wait_min=None)) if isinstance(block, blocks.Figures))
    neither = lay_out(slip(wait_min=None, ahead=None))

    assert ["6"] == [figure.value for figure in ahead_only.items]
    assert "Figures" not in kinds(neither)


def test_the_slip_speaks_the_tickets_language(slip):
    """Labels in the three languages; number and counters are the same in all."""
    words = {
        locale: next(block for block in lay_out(slip(locale=locale)) if isinstance(block, blocks.Scan)).title
        for locale in ("zh-CN", "zh-Hant", "en", "fr")
    }

    assert {"zh-CN": "扫码看进度", "zh-Hant": "掃碼看進度", "en": "Scan to follow", "fr": "扫码看进度"} == words


def test_a_slip_is_black_and_white_and_as_wide_as_the_head(slip):
    """Thermal heads know no grey; 576 dots at 80 mm, 384 at 58 mm."""
    wide = draw(lay_out(slip()), width_dots=576, locale="zh-CN")
    narrow = draw(lay_out(slip(counters=tuple(range(1, 13)))), width_dots=384, locale="zh-CN")

    assert ("1", 576, "1", 384) == (wide.mode, wide.width, narrow.mode, narrow.width)


def test_nothing_is_printed_in_the_margins(slip):
    """Long numbers, names and figures shrink or wrap; the outer 20 dots stay white."""
    long = slip(
        number="A10270", service="Foreign-invested enterprise: joint certificates", ahead="200+", wait_min=(118, 130), locale="en"
    )

    picture = draw(lay_out(long), width_dots=576, locale="en")

    edges = [picture.crop((0, 0, 20, picture.height)), picture.crop((556, 0, 576, picture.height))]
    assert [None, None] == [edge.convert("L").point(lambda shade: 255 - shade).getbbox() for edge in edges]


def test_lines_break_between_words_and_never_before_a_full_stop():
    """Latin breaks at spaces, Chinese anywhere but before closing punctuation."""

    def fits(text):
        return len(text) <= 6

    assert ["After", "three", "calls."] == wrapped("After three calls.", fits=fits)
    assert ["请留意屏幕", "和,到。"] == wrapped("请留意屏幕和,到。", fits=lambda text: len(text) <= 5)
