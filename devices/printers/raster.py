"""A slip's layout as a black-and-white picture: no grey, no dithering, every measure at 576 dots and scaled below that."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import qrcode
from PIL import Image, ImageDraw

from devices import fonts
from devices.printers import slip as blocks
from devices.printers.wrapping import wrapped

FULL_DOTS = 576
MARGIN_DOTS = 28
_TALLEST_DOTS = 6_000
QR_MASK = 2  # columns of three: no long dark runs
_THRESHOLD = 150  # thin strokes stay whole on thermal paper


def draw(layout: tuple[blocks.Block, ...], *, width_dots: int, locale: str) -> Image.Image:
    """
    The slip as a 1-bit picture, exactly `width_dots` wide and as tall as it needs.

    White areas on black stay at 40 dots or less, where a thermal head keeps its edges.
    """
    pen = _Pen(width_dots, locale)
    for block in layout:
        _DRAW[type(block)](pen, block)
    return pen.finished()


class _Pen:
    """Where on the paper we are; all sizes are given at 576 dots."""

    def __init__(self, width_dots: int, locale: str) -> None:
        self.width, self.locale, self.scale = width_dots, locale, width_dots / FULL_DOTS
        self.image = Image.new("L", (width_dots, _TALLEST_DOTS), 255)
        self.ink = ImageDraw.Draw(self.image)
        self.margin = self.dots(MARGIN_DOTS)
        self.y = self.dots(28)

    def dots(self, at_full: float) -> int:
        return round(at_full * self.scale)

    def down(self, at_full: float) -> None:
        self.y += self.dots(at_full)

    @property
    def inner(self) -> int:
        return self.width - 2 * self.margin

    def measure(self, text: str, size: float, *, bold: bool = False) -> int:
        return _length(text, self._dots_of(size), bold=bold, locale=self.locale)

    def write(self, text: str, x: float, baseline: float, size: float, *, bold: bool = False, white: bool = False) -> int:
        """Write on a baseline and return the width used."""
        mask, above, before = _mask(text, self._dots_of(size), bold=bold, locale=self.locale)
        self.image.paste(255 if white else 0, (round(x) - before, round(baseline) - above), mask)
        return self.measure(text, size, bold=bold)

    def box(self, left: float, top: float, width: float, height: float, *, radius: float = 0) -> None:
        self.ink.rounded_rectangle((left, top, left + width - 1, top + height - 1), radius=radius, fill=0)

    def finished(self) -> Image.Image:
        page = self.image.crop((0, 0, self.width, self.y + self.dots(28)))
        return page.point(_black_or_white).convert("1", dither=Image.Dither.NONE)

    def _dots_of(self, size: float) -> int:
        return max(12, self.dots(size))


@lru_cache(maxsize=4_096)
def _length(text: str, dots: int, *, bold: bool, locale: str) -> int:
    """How wide a text is; most of what stands on a slip stood on the one before."""
    return round(fonts.face(dots, bold=bold, locale=locale).getlength(text))


@lru_cache(maxsize=512)
def _mask(text: str, dots: int, *, bold: bool, locale: str) -> tuple[Image.Image, int, int]:
    """A text to be pasted, how far it reaches above its baseline and before its beginning."""
    font, stroke = fonts.face(dots, bold=bold, locale=locale), 1 if fonts.thickens(bold=bold) else 0
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, anchor="ls", stroke_width=stroke))
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(mask).text((-left, -top), text, font=font, fill=255, anchor="ls", stroke_width=stroke)
    return mask, -top, -left


def _black_or_white(shade: int) -> int:
    return 255 if shade > _THRESHOLD else 0


def _heading(pen: _Pen, block: blocks.Heading) -> None:
    def fits(text: str) -> bool:
        return pen.measure(text, block.size_dots, bold=True) <= pen.inner

    for line in wrapped(block.text, fits=fits):
        pen.down(block.size_dots * 0.94)
        left = (pen.width - pen.measure(line, block.size_dots, bold=True)) / 2
        pen.write(line, left, pen.y, block.size_dots, bold=True)
        pen.down(block.size_dots * 0.28)
    pen.down(8)


def _bar(pen: _Pen, block: blocks.Bar) -> None:
    size, height = 30, 40
    pen.down(6)
    pen.box(pen.margin, pen.y, pen.inner, pen.dots(height))
    left = (pen.width - pen.measure(block.text, size, bold=True)) / 2
    pen.write(block.text, left, pen.y + pen.dots(31), size, bold=True, white=True)
    pen.down(height + 6)


def _number(pen: _Pen, block: blocks.Number) -> None:
    letters = block.text.rstrip("0123456789")
    digits, gap = block.text[len(letters) :], 12 if letters else 0
    size = 196.0
    while size > 60 and pen.measure(letters, size) + pen.measure(digits, size, bold=True) + pen.dots(gap) > pen.inner:
        size -= 4
    wide = pen.measure(letters, size) + pen.dots(gap) + pen.measure(digits, size, bold=True)
    pen.down(20 + size * 0.74)
    left = (pen.width - wide) / 2
    left += pen.write(letters, left, pen.y, size) + pen.dots(gap) if letters else 0
    pen.write(digits, left, pen.y, size, bold=True)
    pen.down(22)


def _rule(pen: _Pen, block: blocks.Rule) -> None:
    thick, dash, space = pen.dots(3), pen.dots(9), pen.dots(6)
    pen.down(14)
    right = pen.width - pen.margin
    if block.dashed:
        for left in range(pen.margin, right, dash + space):
            pen.box(left, pen.y, min(dash, right - left), thick)
    else:
        pen.box(pen.margin, pen.y, pen.inner, thick)
    pen.down(3 + 14)


def _figures(pen: _Pen, block: blocks.Figures) -> None:
    pen.down(26)
    for column, figure in enumerate(block.items):
        left = pen.margin + column * pen.inner / 2
        pen.write(figure.label, left, pen.y, 26)
        size, room = 72, pen.inner / 2 - pen.dots(20) - pen.measure(figure.unit, 30)
        while size > 40 and pen.measure(figure.value, size, bold=True) > room:
            size -= 2
        used = pen.write(figure.value, left, pen.y + pen.dots(78), size, bold=True)
        pen.write(figure.unit, left + used + pen.dots(10), pen.y + pen.dots(78), 30)
    pen.down(86)


def _place(pen: _Pen, block: blocks.Place) -> None:
    def fits(text: str) -> bool:
        return pen.measure(text, 32, bold=True) <= pen.inner

    for line in wrapped(block.text, fits=fits):
        pen.down(32)
        pen.write(line, pen.margin, pen.y, 32, bold=True)
        pen.down(10)
    pen.down(6)


def _plates(pen: _Pen, block: blocks.Plates) -> None:
    size, height, gap, pad = 36, pen.dots(40), pen.dots(10), pen.dots(16)
    left: float = pen.margin
    if block.before:
        left += pen.write(block.before, left, pen.y + pen.dots(32), 30) + gap
    for counter in block.counters:
        text = str(counter)
        wide = max(pen.measure(text, size, bold=True) + 2 * pad, pen.dots(56))
        if left + wide > pen.width - pen.margin:
            left, pen.y = pen.margin, pen.y + height + gap
        pen.box(left, pen.y, wide, height, radius=pen.dots(5))
        pen.write(text, left + (wide - pen.measure(text, size, bold=True)) / 2, pen.y + pen.dots(33), size, bold=True, white=True)
        left += wide + gap
    if block.after:
        if left + pen.measure(block.after, 30) > pen.width - pen.margin:
            left, pen.y = pen.margin, pen.y + height + gap
        pen.write(block.after, left, pen.y + pen.dots(31), 30)
    pen.y += height
    pen.down(4)


def _scan(pen: _Pen, block: blocks.Scan) -> None:
    top, left = pen.y, float(pen.margin)
    if block.url:
        code = qr_picture(block.url, module_dots=max(4, pen.dots(7)))
        pen.image.paste(code, (pen.margin, top))
        left += code.width + pen.dots(26)
    tall = pen.dots(38) * len(block.lines) + (pen.dots(44) if block.title else 0)
    bottom = max(top + tall, top + (code.height if block.url else 0))
    baseline = top + (bottom - top - tall) / 2
    if block.title:
        baseline += pen.dots(36)
        pen.write(block.title, left, baseline, 30, bold=True)
        baseline += pen.dots(8)
    for line in block.lines:
        baseline += pen.dots(32)
        pen.write(line, left, baseline, 26)
        baseline += pen.dots(6)
    pen.y = bottom


def qr_picture(text: str, *, module_dots: int) -> Image.Image:
    """
    A QR code, level M, without its quiet zone: the margin of the slip is wider than four modules.

    One mask for all: readers read any, and trying all eight takes as long as the rest of the slip.
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=1, border=0, mask_pattern=QR_MASK)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    side = len(modules)
    small = Image.new("L", (side, side), 255)
    small.putdata([0 if dark else 255 for row in modules for dark in row])
    return small.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)


def _reminder(pen: _Pen, block: blocks.Reminder) -> None:
    def fits(text: str) -> bool:
        return pen.measure(text, 24) <= pen.inner

    for line in wrapped(block.text, fits=fits):
        pen.down(28)
        pen.write(line, pen.margin, pen.y, 24)
        pen.down(8)


_DRAW: dict[type, Callable[[_Pen, Any], None]] = {
    blocks.Heading: _heading,
    blocks.Bar: _bar,
    blocks.Number: _number,
    blocks.Rule: _rule,
    blocks.Figures: _figures,
    blocks.Place: _place,
    blocks.Plates: _plates,
    blocks.Scan: _scan,
    blocks.Reminder: _reminder,
}
