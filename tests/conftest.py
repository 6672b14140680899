"""What every test of the hall begins with: a storyteller, on a database and a clock of its own."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from server.clock import SteppedClock
from server.config import load
from server.database import open_store

HERE = Path(__file__).parent


def _storyteller():
    """`storyteller.py`, by its path: a folder of tests is no package."""
    spec = importlib.util.spec_from_file_location("storyteller", HERE / "storyteller.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["storyteller"] = module
    spec.loader.exec_module(module)
    return module


story = _storyteller()


@pytest.fixture(scope="session")
def sample():
    """The sample hall, as config.toml sets it up."""
    return load(HERE.parent / "config.toml").hall


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, sample):
    """A database that was set up once: each hall of a test begins with a copy of it, emptied of its set-up."""
    path = tmp_path_factory.mktemp("migrated") / "hall.sqlite3"
    open_store(path, setup=sample, clock=SteppedClock(story.MORNING))
    story.empty(path)
    return path


@pytest.fixture
def new_hall(tmp_path, migrated, sample):
    """Opens halls: `new_hall(calling={"max_calls": 1})`; each is closed when the test is over."""
    opened = []

    def open_one(*, at=story.MORNING, setup=None, **changes):
        path = tmp_path / f"hall-{len(opened)}.sqlite3"
        shutil.copyfile(migrated, path)
        opened.append(story.Hall(path, setup=setup or story.changed(sample, **changes), at=at))
        return opened[-1]

    yield open_one
    for hall in opened:
        hall.closes()


@pytest.fixture
def beside(hall):
    """Another server of the same hall."""
    other = hall.beside()
    yield other
    other.closes()


@pytest.fixture
def hall(new_hall):
    """The sample hall on a Monday morning: open at any hour, no quotas."""
    return new_hall()
