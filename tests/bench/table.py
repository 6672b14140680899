"""The table of a bench: every ratio beside what it was measured against, its target and whether it was met."""

import os
import platform
import sqlite3
import unicodedata
from dataclasses import dataclass
from pathlib import Path

HEADS = ("measurement", "measured", "target", "", "what against what")


@dataclass(frozen=True)
class Row:
    """One measurement. `unit` is "×" for a ratio; exactly one of `at_most` and `at_least` is given."""

    name: str
    value: float
    against: str
    at_most: float | None
    at_least: float | None
    unit: str

    @property
    def met(self):
        return self.value <= self.at_most if self.at_least is None else self.value >= self.at_least

    @property
    def verdict(self):
        """Met, or missed and by how much."""
        if self.met:
            return "met"
        target = self.at_most if self.at_least is None else self.at_least
        return f"missed by {abs(self.value / target - 1):.0%}" if target else "missed"

    @property
    def cells(self):
        sign, target = ("≤", self.at_most) if self.at_least is None else ("≥", self.at_least)
        return (self.name, _said(self.value, self.unit), f"{sign} {_said(target, self.unit)}", self.verdict, self.against)


def lines(rows):
    """The table, aligned, in the order of the measurements."""
    cells = [HEADS, *(row.cells for row in rows)]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(HEADS))]
    return ["  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def machine(folder):
    """What it was measured on; the databases lay in `folder`."""
    cpu = next((line.partition(":")[2].strip() for line in _proc("cpuinfo") if line.startswith("model name")), platform.machine())
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, databases on {filesystem(folder)}, load now {load}"
    )


def filesystem(folder):
    """The kind of file system `folder` lies on."""
    mounts = [line.split()[1:3] for line in _proc("mounts")]
    under = [(at, kind) for at, kind in mounts if Path(folder).resolve().is_relative_to(at)]
    return max(under, key=lambda mount: len(mount[0]), default=("", "an unknown file system"))[1]


def _said(value, unit):
    text = f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def _width(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text, width):
    return text + " " * (width - _width(text))


def _proc(name):
    path = Path("/proc", name)
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
