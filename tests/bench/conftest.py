"""
What every measurement begins with: a table that is printed at the end, a folder on a real disk, the process of the tests of durability.

A missed target is said and fails nothing; what is exact, or about being right, must hold (`must=True`) and fails its test.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ON_DISK = Path("/var/tmp")  # noqa: S108 (outlives a restart, so it is no file system in memory)


def _module(name, path):
    """A module by its path: a folder of tests is no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


table = _module("table", HERE / "table.py")
for beside in ("turns", "crowds", "commits", "raw", "programs"):
    _module(beside, HERE / f"{beside}.py")
_process = _module("jiaohao_process", HERE.parent / "durability" / "conftest.py")

a_process = _process.a_process
rows = []


@pytest.fixture
def password():
    """Everybody's, in such a process."""
    return _process.PASSWORD


@pytest.fixture
def tmp_path():
    """A folder whose files really reach a disk; it goes with the test."""
    folder = Path(tempfile.mkdtemp(prefix="jiaohao-bench-", dir=ON_DISK if os.access(ON_DISK, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def program(tmp_path):
    """Starts programs of this folder: `program("served", path, 3)`, see `programs.Program`. They end with the test."""
    started = []

    def start(name, *words):
        started.append(sys.modules["programs"].Program(name, *words, log=tmp_path / "log"))
        return started[-1]

    yield start
    for one in reversed(started):
        one.ends()


@pytest.fixture
def measured(tmp_path):
    """Puts a measurement into the table: `measured("pick.vmsteps", 1.0, "100,000 waiting, 100 waiting", at_most=1.1)`."""

    def put(name, value, against, *, at_most=None, at_least=None, unit="×", must=False):
        rows.append(table.Row(name, value, against, at_most, at_least, unit))
        place["name"] = table.machine(tmp_path)
        assert rows[-1].met or not must, rows[-1].cells

    return put


place = {}


def pytest_collection_modifyitems(items):
    """Whatever lies in this folder is a measurement."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.bench)


def pytest_terminal_summary(terminalreporter):
    """The table."""
    if rows:
        terminalreporter.section("measured")
        terminalreporter.write_line(place["name"])
        for line in table.lines(rows):
            terminalreporter.write_line(line)
