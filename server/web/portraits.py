"""A photo as a camera made it becomes a portrait as the clerk cards show it: upright, one size, small, only the picture."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from server.errors import NoPicture, PictureSize

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

WIDTH, HEIGHT = 480, 640  # px; 3:4, sharp on every card there is
LEAST_WIDTH, LEAST_HEIGHT = 120, 160  # px; smaller ones are no likeness
MOST_MEGAPIXELS = 40  # larger ones are refused by their header, before anything is unpacked
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITIES = range(88, 18, -10)
MOST_BYTES = 60_000  # a board of fifteen portraits is under a megabyte
FACE_AT = (0.5, 0.35)  # what is cut off a tall picture is cut off below rather than above

_one_at_a_time = Lock()  # an unpacked picture takes up to 160 MB


def portrait(raw: bytes) -> bytes:
    """
    The JPEG of 480 × 640 that a photo makes: turned as its EXIF says, cut to 3:4, without any metadata. Blocks; for a thread.

    Raises:
        NoPicture: it is no JPEG, PNG or WebP, or not a whole one.
        PictureSize: it has too few pixels, or too many.
    """
    with _one_at_a_time:
        opened = _opened(raw)
        if min(opened.size) < LEAST_WIDTH or max(opened.size) < LEAST_HEIGHT or _megapixels(opened) > MOST_MEGAPIXELS:
            raise _wrong_size(*opened.size)
        return _encoded(_cut(opened))


def _opened(raw: bytes) -> ImageFile:
    """The picture with its header read; raises NoPicture, or PictureSize where even Pillow calls it a bomb."""
    try:
        return Image.open(BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _wrong_size() from error
    except Exception as error:
        raise NoPicture(field="photo") from error


def _cut(opened: ImageFile) -> Image.Image:
    """The upright picture in its final size, in RGB, what is transparent on white; raises NoPicture."""
    try:
        opened.draft("RGB", (WIDTH * 2, HEIGHT * 2))  # a JPEG is unpacked no larger than is of use
        ImageOps.exif_transpose(opened, in_place=True)
        pixels = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        cut = ImageOps.fit(pixels, (WIDTH, HEIGHT), Image.Resampling.LANCZOS, centering=FACE_AT)
        return Image.alpha_composite(Image.new("RGBA", cut.size, "white"), cut) if cut.mode == "RGBA" else cut
    except Exception as error:  # whatever a decoder stumbles over, it is the file's fault, and is said to whoever sent it
        raise NoPicture(field="photo") from error


def _encoded(picture: Image.Image) -> bytes:
    """A JPEG of at most `MOST_BYTES`, unless even the lowest quality is larger."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)  # pixels only: comments and profiles stay behind
    content = b""
    for quality in QUALITIES:
        out = BytesIO()
        bare.save(out, "JPEG", quality=quality, optimize=True)
        content = out.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content


def _megapixels(picture: Image.Image) -> float:
    return picture.width * picture.height / 1e6


def _wrong_size(width: int | str = "?", height: int | str = "?") -> PictureSize:
    return PictureSize(
        field="photo", width=width, height=height, least=f"{LEAST_WIDTH} × {LEAST_HEIGHT}", megapixels=MOST_MEGAPIXELS
    )
