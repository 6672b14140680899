"""The long runs use the same process and the same looks as the short ones."""

import importlib.util
from pathlib import Path

import pytest

_file = Path(__file__).parents[1] / "durability" / "conftest.py"
_spec = importlib.util.spec_from_file_location("jiaohao_durability", _file)
_short = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_short)

a_process, kills = _short.a_process, _short.kills


def pytest_collection_modifyitems(items):
    """Whatever lies in this folder is a long run."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.soak)
