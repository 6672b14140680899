"""Measurements use the same process as the tests of durability."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("jiaohao_process", HERE.parent / "durability" / "conftest.py")
_process = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_process)

a_process = _process.a_process


@pytest.fixture
def password():
    """Everybody's, in such a process."""
    return _process.PASSWORD


def pytest_collection_modifyitems(items):
    """Whatever lies in this folder is a measurement."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.bench)
