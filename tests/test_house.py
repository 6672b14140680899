"""The house: who may import whom, where the packages lie, and that the tree speaks of no particular machine."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ["server", "kiosk", "counter", "display", "devices"]

# What may lie in a working folder and is no part of the project (see .gitignore)
OUTSIDE = {".git", ".venv", "uv.lock", "data", "build", "dist", "__pycache__"}
OUTSIDE |= {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", ".schemathesis"}

SOMEBODYS_FOLDER = re.compile(r"(?<![\w.~/-])(?:/(?:home|Users|root|work|mnt|private)/\w|[A-Z]:\\Users\\)")
REGISTRY = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)|npmmirror\.|proxy\.golang\.|deb\.debian\.org"
    r"|\bmirrors?\.[\w-]+\.(?:com|cn|edu|net|org)|--(?:extra-)?index-url|--find-[l]inks",
    re.IGNORECASE,
)


def tree():
    """Every text file of the project, with its text."""
    folders = [ROOT]
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.name in OUTSIDE:
                continue
            if path.is_dir():
                folders.append(path)
            else:
                try:
                    yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
                except UnicodeDecodeError:  # a picture, a sound
                    continue


def lines_with(pattern):
    """Where in the tree `pattern` is met, as file:line and what was met."""
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        for name, text in tree()
        for found in pattern.finditer(text)
    ]


def test_each_storey_sees_only_the_ones_below():
    """The import contracts of pyproject.toml hold."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_five_packages_lie_beside_each_other():
    """Their plain names are ours alone: no installed distribution got in between."""
    assert {ROOT / name for name in PACKAGES} == {Path(importlib.import_module(name).__file__).parent for name in PACKAGES}


def test_nothing_in_the_tree_names_a_machine():
    """No path that exists on one machine only."""
    assert lines_with(SOMEBODYS_FOLDER) == []


def test_nothing_in_the_tree_names_a_registry():
    """Where packages come from is for whoever installs to say."""
    assert lines_with(REGISTRY) == []
