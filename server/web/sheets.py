"""
Tables as files: CSV for any program, XLSX for a spreadsheet's. What was text stays text.

A spreadsheet runs a cell that begins like a formula; in CSV such a text gets an apostrophe before it, in XLSX it is written as
text and as nothing else.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell = str | int | float | datetime | None

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # without it Excel reads a CSV in the machine's own code page
WIDEST = 48  # characters of a column
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, a line of heads and the rows below; times are aware and shown in `zone`."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    zone: str


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark in front, lines ended as RFC 4180 has them; times as "2026-11-23 09:12:05" in the hall's zone."""
    out = StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([_plain(head) for head in sheet.heads])
    zone = ZoneInfo(sheet.zone)
    for row in sheet.rows:
        writer.writerow([_plain(_local(cell, zone)) for cell in row])
    return out.getvalue().encode()


def as_xlsx(sheet: Sheet) -> bytes:
    """One worksheet, its head frozen and ready to be filtered; numbers are numbers, times are times."""
    import xlsxwriter  # noqa: PLC0415 (some MB, and a hall may never ask for such a file)

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(_page_name(sheet.title))
        bold, clock = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "hh:mm:ss"})
        zone = ZoneInfo(sheet.zone)
        for column, head in enumerate(sheet.heads):
            page.write_string(0, column, head, bold)
            page.set_column(column, column, _width([head, *(row[column] for row in sheet.rows)]))
        for at, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(at, column, cell.astimezone(zone).replace(tzinfo=None), clock)
                elif isinstance(cell, str):
                    page.write_string(at, column, cell)
                elif cell is not None:
                    page.write_number(at, column, cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.heads) - 1)
    return out.getvalue()


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def _local(cell: Cell, zone: ZoneInfo) -> Cell:
    return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else cell


def _width(cells: Sequence[Cell]) -> int:
    """Characters of the widest cell; Han characters take two."""
    widest = max(8 if isinstance(cell, datetime) else sum(2 if ord(c) > 0x2E80 else 1 for c in str(cell or "")) for cell in cells)  # noqa: PLR2004 (CJK begins)
    return min(widest + 3, WIDEST)


def _page_name(title: str) -> str:
    """A worksheet's name: at most 31 characters, none of those that a file name may not have either."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "jiaohao"
