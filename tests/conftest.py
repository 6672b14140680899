"""
What every test of the hall begins with: a storyteller, on a database and a clock of its own.

The databases are files of SQLite; with DATABASE=postgresql in the environment they are those of a throw-away PostgreSQL server.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from server.clock import SteppedClock
from server.config import load
from server.database import open_store

HERE = Path(__file__).parent


def _module(path):
    """A module of this folder or below, by its path: a folder of tests is no package."""
    name = path.rpartition("/")[2]
    spec = importlib.util.spec_from_file_location(name, HERE / f"{path}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


story = _module("storyteller")
clusters = _module("clusters")
_module("kit")
_module("web/routes")


def pytest_collection_modifyitems(items):
    """What is told of one database alone is told there alone; PostgreSQL's own tests need its programs."""
    for item in items:
        if item.get_closest_marker("sqlite") and clusters.ON_POSTGRESQL:
            item.add_marker(pytest.mark.skip(reason="told of SQLite"))
        if item.get_closest_marker("postgresql") and not clusters.programs():
            item.add_marker(pytest.mark.skip(reason="no PostgreSQL on this machine"))


def pytest_sessionfinish():
    """Nothing of a PostgreSQL server outlives the tests."""
    if clusters.shared.cache_info().currsize:
        clusters.shared().ends()


@pytest.fixture(scope="session")
def cluster():
    """The PostgreSQL server of these tests."""
    return clusters.shared()


@pytest.fixture(scope="session")
def sample():
    """The sample hall, as config.toml sets it up."""
    return load(HERE.parent / "config.toml").hall


@pytest.fixture(scope="session")
def a_file(tmp_path_factory, sample):
    """Makes SQLite files that were migrated, at a path: copies of one."""
    template = tmp_path_factory.mktemp("migrated") / "hall.sqlite3"

    def make(path):
        if not template.exists():
            open_store(template, setup=sample, clock=SteppedClock(story.MORNING))
            story.empty(template)
        return Path(shutil.copyfile(template, path))

    return make


@pytest.fixture(scope="session")
def a_database(sample):
    """Makes databases of a PostgreSQL server that were migrated: copies of one."""
    templates = {}

    def make(cluster):
        if cluster not in templates:
            templates[cluster] = cluster.new()
            open_store(templates[cluster], setup=sample, clock=SteppedClock(story.MORNING))
            story.empty(templates[cluster])
        return cluster.new(templates[cluster].database)

    return make


@pytest.fixture
def a_place(tmp_path, a_file, a_database):
    """Makes migrated databases of the kind that is being tried, or on a PostgreSQL server. They go with the test."""
    made = []

    def make(on=None):
        cluster = clusters.shared() if on is None and clusters.ON_POSTGRESQL else on
        if cluster:
            made.append((cluster, a_database(cluster)))
            return made[-1][1]
        return a_file(tmp_path / f"hall-{len(list(tmp_path.glob('hall-*.sqlite3')))}.sqlite3")

    yield make
    for cluster, place in made:
        cluster.drops(place)


@pytest.fixture
def new_hall(a_place, sample):
    """Opens halls: `new_hall(calling={"max_calls": 1})`; each is closed when the test is over."""
    opened = []

    def open_one(*, at=story.MORNING, setup=None, on=None, **changes):
        opened.append(story.Hall(a_place(on), setup=setup or story.changed(sample, **changes), at=at))
        return opened[-1]

    yield open_one
    for hall in opened:
        hall.closes()


@pytest.fixture
def hall(new_hall):
    """The sample hall on a Monday morning: open at any hour, no quotas."""
    return new_hall()


@pytest.fixture
def by_hand():
    """See `storyteller.by_hand`."""
    return story.by_hand


@pytest.fixture
def beside(hall):
    """Another server of the same hall."""
    other = hall.beside()
    yield other
    other.closes()
