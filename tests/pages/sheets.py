"""The gallery on disk: each view as a picture, the languages of a page side by side, an index of all."""

from html import escape

from PIL import Image, ImageDraw, ImageFont

MOST_PX = 900
GAP_PX = 16
LABEL_PX = 28
WHOLE_PX = 3000  # of a page that scrolls


def keep(page, folder, view, locale, *, whole):
    """One view as a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    high = page.evaluate("document.documentElement.scrollHeight") if whole else 0
    path = folder / f"{view}.{locale}.png"
    page.screenshot(path=path, animations="disabled", full_page=whole and high <= WHOLE_PX)


def lay_out(folder, locales):
    """A sheet for each view with its languages, and the index."""
    views = sorted({path.name.split(".")[0] for path in folder.glob("*.png") if path.name.count(".") > 1})
    for view in views:
        _sheet(folder, view, locales)
    items = "".join(f'<h2>{escape(view)}</h2><img loading="lazy" src="sheets/{escape(view)}.png">' for view in views)
    (folder / "index.html").write_text(f"<!doctype html><meta charset=utf-8><title>Gallery</title>{items}", encoding="utf-8")


def _sheet(folder, view, locales):
    shots = []
    for locale in locales:
        path = folder / f"{view}.{locale}.png"
        if path.exists():
            shot = Image.open(path).convert("RGB")
            shot.thumbnail((MOST_PX, MOST_PX))
            shots.append((locale, shot))
    width = sum(shot.width for _, shot in shots) + GAP_PX * (len(shots) + 1)
    sheet = Image.new("RGB", (width, max(shot.height for _, shot in shots) + LABEL_PX + GAP_PX), "#888")
    pen, left = ImageDraw.Draw(sheet), GAP_PX
    for locale, shot in shots:
        pen.text((left, 6), f"{view}  {locale}", fill="white", font=ImageFont.load_default(size=16))
        sheet.paste(shot, (left, LABEL_PX))
        left += shot.width + GAP_PX
    (folder / "sheets").mkdir(exist_ok=True)
    sheet.save(folder / "sheets" / f"{view}.png")
