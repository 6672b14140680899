"""
A slip as ESC/POS bytes, in pictures or in text; pure: nothing is opened, python-escpos renders text jobs, nothing else.

Sources: Epson ESC/POS command reference for TM printers (ESC @, FS &, GS !, ESC a, GS v 0, GS ( k, GS V, GS B);
python-escpos 3.1, `escpos/escpos.py`, for the exact order of the bytes it emits.
"""

import logging
import os
import shutil
from functools import cache
from typing import Any, Literal

from PIL import Image, ImageDraw

from devices import fonts
from devices.clock import utc_now
from devices.ports import Slip
from devices.printers import slip as blocks
from devices.printers.raster import draw
from devices.printers.wrapping import wrapped

Mode = Literal["raster", "text"]

INITIALISE = b"\x1b@"
CHINESE_ON = b"\x1c&"
FEED_AND_CUT = b"\x1bd\x06\x1dV\x00"  # six lines up to the knife; printers without one pass over GS V
PLAIN_SIZE = b"\x1d!\x00"  # ESC @ alone leaves the size as it was on some clones
FRAGMENT_DOTS = 256  # height of one GS v 0 picture; small buffers choke on taller ones
_COLUMN_DOTS = 12  # font A; a Chinese character takes two columns
_PROFILES = {576: "TM-T20II", 384: "POS-5890"}  # only their width is used
_QR_BYTES = 2331  # the largest code, level M
_LEFT, _CENTRE = b"\x1ba\x00", b"\x1ba\x01"


def encode(slip: Slip, *, width_dots: int, mode: Mode, encoding: str = "gb18030") -> bytes:
    """
    The whole job for one slip: initialise, print, cut.

    Raster: GS v 0 pictures of at most 256 dots in height, the form every clone knows; 30-60 kB, for USB and network.
    Text: GB18030 (or the printer's own encoding) with GS ! sizes and a native QR; under 1 kB, for serial ports.

    Raises ValueError for a link that no code holds.
    """
    if len(slip.follow_url.encode()) > _QR_BYTES:
        raise ValueError(f"the link has more than {_QR_BYTES} bytes")
    layout = blocks.lay_out(slip)
    if mode == "raster":
        return raster_job(draw(layout, width_dots=width_dots, locale=slip.locale))
    return _TextJob(width_dots, encoding, slip.locale).of(layout)


def warm_up(*, width_dots: int, mode: Mode) -> None:
    """The renderer and the typefaces are loaded; without this the first slip would wait for them, for a third of a second."""
    today = utc_now()
    sample = Slip(
        id="", ticket="", number="A001", service="叫号", hall="叫号", area="叫号", floor=1, counters=(1,), ahead=1,
        wait_min=(1, 2), taken_at=today, valid_day=today.date(), priority_label="叫号", follow_url="http://h/t/1",
        reminders=("叫号",), reprint=False, locale="zh-CN", queued_at=today,
    )  # fmt: skip
    encode(sample, width_dots=width_dots, mode=mode)
    _dummy()


def raster_job(picture: Image.Image) -> bytes:
    """One black-and-white picture as a job of its own; it has its own margins, so nothing is centred by the printer."""
    return INITIALISE + _pictures(picture) + FEED_AND_CUT


def _pictures(picture: Image.Image) -> bytes:
    """
    GS v 0 m xL xH yL yH d…: x in bytes, a set bit is a black dot; a picture in pieces of FRAGMENT_DOTS.

    The bytes python-escpos makes of it (a test compares), without its many copies: 17 ms a slip.
    """
    wide = -(-picture.width // 8)
    rows = picture.tobytes("raw", "1;I")
    pieces = [rows[at : at + wide * FRAGMENT_DOTS] for at in range(0, len(rows), wide * FRAGMENT_DOTS)]
    return b"".join(
        b"\x1dv0\x00" + wide.to_bytes(2, "little") + (len(piece) // wide).to_bytes(2, "little") + piece for piece in pieces
    )


class _TextJob:
    """A slip in the printer's own characters, written from top to bottom."""

    def __init__(self, width_dots: int, encoding: str, locale: str) -> None:
        self.job = _renderer(width_dots)
        self.width_dots, self.encoding, self.locale = width_dots, encoding, locale
        self.columns = width_dots // _COLUMN_DOTS

    def of(self, layout: tuple[blocks.Block, ...]) -> bytes:
        _put(self.job, INITIALISE + (b"" if self.encoding == "utf-8" else CHINESE_ON) + PLAIN_SIZE)
        for block in layout:
            self._write(block)
        _put(self.job, FEED_AND_CUT)
        return bytes(self.job.output)

    def _write(self, block: blocks.Block) -> None:  # noqa: C901, PLR0912 (one arm a block)
        match block:
            case blocks.Heading(text):
                double = _columns(text) * 2 <= self.columns
                self._lines(text, times=2 if double else 1, centre=True, bold=True)
            case blocks.Bar(text):
                _put(self.job, b"\x1dB\x01")
                self._lines(f"\u3000{text}\u3000", times=2, centre=True)
                _put(self.job, b"\x1dB\x00")
            case blocks.Number(text):
                self._lines(text, times=4, centre=True, bold=True)
            case blocks.Rule(dashed):
                self._lines(("- " if dashed else "--") * (self.columns // 2))
            case blocks.Figures(items):
                for figure in items:
                    self._lines(
                        f"{figure.label}  {figure.value.replace('–', '-')} {figure.unit}", times=2 if self.columns >= 40 else 1
                    )
            case blocks.Place(text):
                self._lines(text, bold=True)
            case blocks.Plates(counters, before, after):
                whole = " ".join(filter(None, (before, *map(str, counters), after)))
                fits = _columns(whole) * 2 <= self.columns
                for part in (whole,) if fits else filter(None, (before, " ".join(map(str, counters)), after)):
                    self._lines(part, times=1 if part in (before, after) else 2)
            case blocks.Scan(url, title, lines):
                if url:
                    _put(self.job, _CENTRE)
                    self.job.qr(url, ec=1, size=6, native=True)
                    _put(self.job, b"\n")
                for line in filter(None, (title, *lines)):
                    self._lines(line, centre=True)
            case blocks.Reminder(text):
                self._lines(text)

    def _lines(self, text: str, *, times: int = 1, centre: bool = False, bold: bool = False) -> None:
        size = bytes((0x1D, 0x21, (times - 1) * 0x11))
        _put(self.job, (_CENTRE if centre else _LEFT) + size + (b"\x1bE\x01" if bold else b"\x1bE\x00"))
        for line in wrapped(text, fits=lambda part: _columns(part) * times <= self.columns) or [""]:
            if _owns(line, self.encoding) or not fonts.has_chinese():
                _put(self.job, line.encode(self.encoding, "replace") + b"\n")
            else:
                _put(self.job, _pictures(self._picture(line, times)))
        _put(self.job, PLAIN_SIZE)

    def _picture(self, line: str, times: int) -> Image.Image:
        """A line with characters the printer does not own: a rare character of a name, another writing."""
        font = fonts.face(24 * times, locale=self.locale)
        width = min(self.width_dots, -(-round(font.getlength(line)) // 8) * 8)
        picture = Image.new("1", (max(8, width), 30 * times), 1)
        from_top = (0, 26 * times)
        ImageDraw.Draw(picture).text(from_top, line, font=font, fill=0, anchor="ls")
        return picture


def _put(job: Any, data: bytes) -> None:
    job._raw(data)  # noqa: SLF001 (python-escpos' own way for bytes it has no method for)


def _columns(text: str) -> int:
    return sum(1 if ord(letter) < 0x80 else 2 for letter in text)


def _owns(text: str, encoding: str) -> bool:
    """Whether a printer of this encoding owns every character: cheap ones garble GB18030's four-byte forms."""
    if encoding == "utf-8":
        return True
    try:
        return all(len(letter.encode(encoding)) <= 2 for letter in text)
    except UnicodeEncodeError:
        return False


def _renderer(width_dots: int) -> Any:
    return _dummy()(profile=_PROFILES.get(width_dots, "TM-T20II"))


@cache
def _dummy() -> Any:
    """
    python-escpos' Dummy, imported late.

    Importing it adds a handler to the root logger and leaves a temporary folder behind (`escpos/capabilities.py`, 3.1);
    both are taken back here.
    """
    handlers = list(logging.root.handlers)
    from escpos import capabilities  # noqa: PLC0415 (see above)
    from escpos.printer import Dummy  # noqa: PLC0415 (see above)

    for handler in set(logging.root.handlers) - set(handlers):
        logging.root.removeHandler(handler)
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy
