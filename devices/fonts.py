"""Which Chinese typeface this machine has; the same candidates for slips, signs and small displays."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

# Regular and bold of one family, tried in this order; a family without a bold file is drawn bold by stroke width.
FAMILIES: tuple[tuple[str, str | None], ...] = (
    *(
        (f"{folder}/NotoSansCJK-Regular.ttc", f"{folder}/NotoSansCJK-Bold.ttc")
        for folder in (
            "/usr/share/fonts/opentype/noto",
            "/usr/share/fonts/noto-cjk",
            "/usr/share/fonts/google-noto-cjk",
            "/usr/share/fonts/google-noto-sans-cjk-fonts",
        )
    ),
    *(
        (f"{folder}/{name}-Regular.otf", f"{folder}/{name}-Bold.otf")
        for folder, name in (
            ("/usr/share/fonts/adobe-source-han-sans", "SourceHanSansCN"),
            ("/usr/share/fonts/opentype/source-han-sans", "SourceHanSansSC"),
        )
    ),
    ("/usr/share/fonts/adobe-source-han-sans/SourceHanSans.ttc", None),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", None),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", None),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", None),
    ("/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc", None),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", None),
    ("/System/Library/Fonts/PingFang.ttc", None),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", None),
    ("/System/Library/Fonts/STHeiti Light.ttc", "/System/Library/Fonts/STHeiti Medium.ttc"),
    ("/Library/Fonts/Arial Unicode.ttf", None),
    ("C:/Windows/Fonts/msyh.ttc", "C:/Windows/Fonts/msyhbd.ttc"),
    ("C:/Windows/Fonts/simhei.ttf", None),
    ("C:/Windows/Fonts/simsun.ttc", None),
)

# How a collection names the face for each writing; the first face serves when none matches.
_FACE_ENDINGS = {"zh-CN": ("SC", "CN", "GB"), "zh-Hant": ("TC", "HK", "TW"), "en": ("SC", "CN", "GB")}
_FACES_MOST = 16  # no collection above carries more


def has_chinese() -> bool:
    """Whether Chinese can be drawn on this machine at all."""
    return _family() is not None


def face(size_dots: int, *, bold: bool = False, locale: str = "zh-CN", mono: bool = False) -> ImageFont.FreeTypeFont:
    """A typeface at a size; without any Chinese typeface, Pillow's own Latin one."""
    family = _family()
    if family is None:
        fallback = ImageFont.load_default(size_dots)
        if not isinstance(fallback, ImageFont.FreeTypeFont):
            raise OSError("Pillow was built without FreeType")
        return fallback
    regular, heavy = family
    path = heavy if bold and heavy else regular
    return _loaded(path, _index(path, locale, mono=mono), size_dots)


def thickens(*, bold: bool) -> bool:
    """Whether bold has to be made by stroke width, since the family has no bold file."""
    family = _family()
    return bold and family is not None and family[1] is None


@cache
def _family() -> tuple[str, str | None] | None:
    for regular, heavy in FAMILIES:
        if Path(regular).is_file():
            return regular, heavy if heavy and Path(heavy).is_file() else None
    return None


@cache
def _index(path: str, locale: str, *, mono: bool) -> int:
    best, best_rank = 0, -1
    for index in range(_FACES_MOST if path.endswith(".ttc") else 1):
        try:
            name = ImageFont.truetype(path, 16, index=index).getname()[0] or ""
        except OSError:  # past the last face of the collection
            break
        rank = 2 * any(name.endswith(ending) for ending in _FACE_ENDINGS.get(locale, ())) + (("Mono" in name) == mono)
        if rank > best_rank:
            best, best_rank = index, rank
    return best


@cache
def _loaded(path: str, index: int, size_dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_dots, index=index, layout_engine=ImageFont.Layout.BASIC)
