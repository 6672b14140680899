"""Commands become paper: what a thermal printer would have drawn; pure but for the typeface."""

from unicodedata import category

import qrcode
from PIL import Image, ImageDraw
from qrcode.exceptions import DataOverflowError

from devices import fonts
from devices.printers.commands import Command
from devices.printers.raster import QR_MASK

_KNIFE_DOTS = 112  # the knife stands 14 mm past the head: what is fed to reach it is not seen below the print
_LINE_DOTS, _FONT_DOTS, _HALF_DOTS = 30, 24, 12
_QR_LEVELS = {
    0x30: qrcode.ERROR_CORRECT_L,
    0x31: qrcode.ERROR_CORRECT_M,
    0x32: qrcode.ERROR_CORRECT_Q,
    0x33: qrcode.ERROR_CORRECT_H,
}


class Paper:
    """A roll in a printer: takes commands, gives a slip at each cut."""

    def __init__(self, *, width_dots: int, encoding: str = "gb18030") -> None:
        self.width_dots, self.encoding = width_dots, encoding
        self.text = ""  # everything printed as characters on the slip in the making
        self._parts: list[Image.Image] = []
        self._reset()

    def take(self, command: Command) -> Image.Image | None:  # noqa: C901 (one arm a command)
        """Obey one command; the finished slip when it was a cut."""
        arguments = command.arguments
        match command.name:
            case "ESC @":
                self._reset()
            case "GS !":
                self._wide, self._high = (arguments[0] >> 4 & 7) + 1, (arguments[0] & 7) + 1
            case "ESC E":
                self._bold = bool(arguments[0] & 1)
            case "GS B":
                self._reverse = bool(arguments[0] & 1)
            case "ESC a":
                self._align = arguments[0] & 3
            case "text":
                self._write(arguments)
            case "LF":
                self._break()
            case "ESC d":
                self._break(blank=arguments[0])
            case "ESC J":
                self._parts.append(self._blank(arguments[0]))
            case "GS v 0":
                self._picture(arguments)
            case "GS ( k":
                self._qr(arguments)
            case "GS V":
                return self._cut()
        return None

    def _reset(self) -> None:
        self._wide = self._high = 1
        self._bold = self._reverse = False
        self._align = 0
        self._line: list[Image.Image] = []
        self._qr_data, self._qr_module, self._qr_level = b"", 3, qrcode.ERROR_CORRECT_L

    def _write(self, data: bytes) -> None:
        text = data.decode(self.encoding, "replace")
        self.text += text
        for letter in text:
            glyph = self._glyph("\ufffd" if category(letter).startswith("C") else letter)
            if sum(part.width for part in self._line) + glyph.width > self.width_dots:
                self._break()
            self._line.append(glyph)

    def _glyph(self, letter: str) -> Image.Image:
        wide = (_HALF_DOTS if ord(letter) < 0x80 else _FONT_DOTS) * self._wide
        high = _FONT_DOTS * self._high
        glyph = Image.new("L", (wide * self._high // self._wide, high), 0 if self._reverse else 255)
        font = fonts.face(high, bold=self._bold, mono=True)
        baseline = round(high * 0.88)
        ImageDraw.Draw(glyph).text((0, baseline), letter, font=font, fill=255 if self._reverse else 0, anchor="ls")
        return glyph.resize((wide, high)) if self._wide != self._high else glyph

    def _break(self, *, blank: int = 1) -> None:
        if not self._line:
            self._parts += [self._blank(_LINE_DOTS)] * blank
            return
        high = max(part.height for part in self._line)
        strip = Image.new("L", (sum(part.width for part in self._line), high), 255)
        left = 0
        for part in self._line:
            strip.paste(part, (left, high - part.height))
            left += part.width
        self.text += "\n"
        self._line = []
        self._parts += [self._placed(strip), self._blank(_LINE_DOTS - _FONT_DOTS), *[self._blank(_LINE_DOTS)] * (blank - 1)]

    def _picture(self, arguments: bytes) -> None:
        wide, high = (arguments[1] | arguments[2] << 8) * 8, arguments[3] | arguments[4] << 8
        if wide and high:
            dots = Image.frombytes("1", (wide, high), bytes(byte ^ 0xFF for byte in arguments[5:]))
            self._parts.append(self._placed(dots.convert("L")))

    def _qr(self, arguments: bytes) -> None:
        function, rest = arguments[3], arguments[4:]  # after pL pH and cn = 0x31
        if function == 0x43:
            self._qr_module = rest[0]
        elif function == 0x45:
            self._qr_level = _QR_LEVELS.get(rest[0], qrcode.ERROR_CORRECT_L)
        elif function == 0x50:
            self._qr_data = rest[1:]
        elif function == 0x51 and self._qr_data:
            code = qrcode.QRCode(error_correction=self._qr_level, box_size=1, border=0, mask_pattern=QR_MASK)
            code.add_data(self._qr_data)
            try:
                code.make(fit=True)
            except (ValueError, DataOverflowError):  # more than any code holds: a printer prints none
                return
            self._parts.append(self._placed(_modules(code.get_matrix(), self._qr_module)))

    def _placed(self, part: Image.Image) -> Image.Image:
        room = self.width_dots - part.width
        row = self._blank(part.height)
        row.paste(part, ({0: 0, 1: room // 2, 2: room}.get(self._align, 0), 0))
        return row

    def _blank(self, high: int) -> Image.Image:
        return Image.new("L", (self.width_dots, high), 255)

    def _cut(self) -> Image.Image:
        if self._line:
            self._break()
        length = sum(part.height for part in self._parts) - _KNIFE_DOTS
        slip = Image.new("L", (self.width_dots, max(1, length)), 255)
        top = 0
        for part in self._parts:
            slip.paste(part, (0, top))
            top += part.height
        self._parts, self.text = [], ""
        return slip.point(lambda shade: 255 if shade > 150 else 0).convert("1", dither=Image.Dither.NONE)


def _modules(matrix: list[list[bool]], module_dots: int) -> Image.Image:
    small = Image.new("L", (len(matrix), len(matrix)), 255)
    small.putdata([0 if dark else 255 for row in matrix for dark in row])
    return small.resize((len(matrix) * module_dots,) * 2, Image.Resampling.NEAREST)
