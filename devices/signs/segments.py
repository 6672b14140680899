"""A seven-segment display as a picture."""

import io

from PIL import Image, ImageDraw

from devices.dots import LED_DARK, LED_LIT
from devices.signs.modbus_led485 import SEGMENTS

_DIGITS = 4
_WIDTH, _HEIGHT, _STROKE, _GAP = 28, 48, 5, 10
_GROUND = (0x14, 0x05, 0x04)
# segment bit → left, top, right, bottom in a digit's cell: a top, then clockwise, g the middle
_BARS = (
    (_STROKE, 0, _WIDTH - _STROKE, _STROKE),
    (_WIDTH - _STROKE, _STROKE, _WIDTH, _HEIGHT // 2 - 1),
    (_WIDTH - _STROKE, _HEIGHT // 2 + 1, _WIDTH, _HEIGHT - _STROKE),
    (_STROKE, _HEIGHT - _STROKE, _WIDTH - _STROKE, _HEIGHT),
    (0, _HEIGHT // 2 + 1, _STROKE, _HEIGHT - _STROKE),
    (0, _STROKE, _STROKE, _HEIGHT // 2 - 1),
    (_STROKE, _HEIGHT // 2 - 2, _WIDTH - _STROKE, _HEIGHT // 2 + 3),
)


def picture(text: str) -> bytes:
    """Four digits as PNG, right-aligned; what has no seven-segment form stays dark."""
    image = Image.new("RGB", (_DIGITS * (_WIDTH + _GAP) + _GAP, _HEIGHT + 2 * _GAP), _GROUND)
    draw = ImageDraw.Draw(image)
    for place, letter in enumerate(text.upper()[-_DIGITS:].rjust(_DIGITS)):
        left = _GAP + place * (_WIDTH + _GAP)
        for bit, (x0, y0, x1, y1) in enumerate(_BARS):
            lit = SEGMENTS.get(letter, 0x00) >> bit & 1
            draw.rectangle((left + x0, _GAP + y0, left + x1, _GAP + y1), fill=LED_LIT if lit else LED_DARK)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
