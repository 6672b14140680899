"""Small displays of virtual devices, drawn: LED matrices dot for dot, LCDs as dark text on green."""

import io

from PIL import Image, ImageDraw

from devices import fonts
from devices.ports import PadText

LED_LIT, LED_DARK = (0xFF, 0x34, 0x20), (0x26, 0x08, 0x06)
LCD_INK, LCD_GROUND = (0x10, 0x1F, 0x1B), (0xB9, 0xC8, 0xA5)
_LCD_SIZE = (520, 72)
_LIT_ABOVE = 100  # of 255; the strokes of 窗 stay apart and those of 一 whole


def matrix(text: str, *, width_dots: int, height_dots: int) -> bytes:
    """
    The text on an LED matrix as PNG, one image pixel a dot, centred; what is too long is cut at the right, as a card does.

    Chinese takes 16 dots, Latin 8, scaled with the height of the sign.
    """
    lit = Image.new("1", (width_dots, height_dots), 0)
    advance = sum(_advance(letter, height_dots) for letter in text)
    left = max(0, (width_dots - advance) // 2)
    for letter in text:
        cell = _glyph(letter, height_dots)
        lit.paste(1, (left, 0), cell)
        left += cell.width
    picture = Image.new("RGB", lit.size, LED_DARK)
    picture.paste(LED_LIT, (0, 0), lit)
    return _png(picture)


def lcd(text: PadText) -> bytes:
    """A pad's or keypad's display as PNG: left and right in dark on green."""
    picture = Image.new("RGB", _LCD_SIZE, LCD_GROUND)
    ink, font = ImageDraw.Draw(picture), fonts.face(40, bold=True)
    baseline = 50
    ink.text((24, baseline), text.left, font=font, fill=LCD_INK, anchor="ls")
    ink.text((_LCD_SIZE[0] - 24, baseline), text.right, font=font, fill=LCD_INK, anchor="rs")
    return _png(picture)


def _advance(letter: str, height_dots: int) -> int:
    return height_dots // 2 if ord(letter) < 0x80 else height_dots


def _glyph(letter: str, height_dots: int) -> Image.Image:
    """One character in its cell, one dot narrower than the cell so that neighbours stay apart; each dot is on or off."""
    cell = Image.new("L", (_advance(letter, height_dots), height_dots), 0)
    font = fonts.face(round(height_dots * 15 / 16), mono=True)
    left = (cell.width - font.getlength(letter)) / 2
    ImageDraw.Draw(cell).text((left, round(height_dots * 13 / 16)), letter, font=font, fill=255, anchor="ls")
    return cell.point(lambda shade: 255 if shade > _LIT_ABOVE else 0).convert("1", dither=Image.Dither.NONE)


def _png(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
