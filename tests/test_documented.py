"""The tables of server/README.md and the code say the same: nothing is undocumented, nothing documented is no more."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import server.verbs
from server import errors, events
from server.app import API
from server.cli import _parser
from server.config.hall import HallSetup
from server.config.machine import DatabaseConfig, DeviceConfig, ServerConfig, VoiceConfig
from server.web.errors import status_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "server" / "README.md").read_text(encoding="utf-8")
BESIDES = {  # errors of the web alone, and routes of no part
    "errors": {("method_not_allowed", "405"), ("internal", "500")},
    "routes": {"GET /api/docs", "GET /api/openapi.json", "WebSocket /live"},
    "keys": {"schema"},
}


def table(title):
    """The rows of the table below a heading, each a list of cells."""
    part = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    rows = [line.strip("| ").split(" | ") for line in part[1].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def names(title):
    """Everything in backticks in the first column of a table."""
    return [name for row in table(title) for name in re.findall(r"`([^`]+)`", row[0])]


def known_events():
    """Every kind of event."""
    return [
        e
        for e in vars(events).values()
        if inspect.isclass(e) and issubclass(e, events.Event) and isinstance(getattr(e, "kind", 0), str)
    ]


def known_errors():
    """Every refusal that has a code of its own."""
    return [e for e in vars(errors).values() if inspect.isclass(e) and issubclass(e, errors.HallError) and "code" in vars(e)][1:]


def known_routes():
    """Every route of the API, with its method."""
    return {f"{method} /api{route.path}" for part in API for route in part.router.routes for method in route.methods}


def keys_of(model, before):
    """Every key of a model, dotted; a list of tables ends in []."""
    for name, field in model.model_fields.items():
        inner = inner_model(field.annotation)
        path = f"{before}{name}" + ("[]" if inner and "tuple" in str(field.annotation) else "")
        if inner:
            yield from keys_of(inner, f"{path}.")
        else:
            yield path


def inner_model(annotation):
    """The model inside an annotation, if there is one."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := inner_model(part))), None)


def known_keys():
    """Every key that config.toml may have."""
    parts = {"server.": ServerConfig, "database.": DatabaseConfig, "voice.": VoiceConfig, "device[].": DeviceConfig}
    parts |= {"": HallSetup}
    return {key for before, model in parts.items() for key in keys_of(model, before)}


def verbs():
    """Every verb by its room and name, with its docstring."""
    for room in pkgutil.iter_modules(server.verbs.__path__):
        module = importlib.import_module(f"server.verbs.{room.name}")
        for name, verb in vars(module).items():
            if inspect.isfunction(verb) and verb.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{room.name}.{name}", inspect.getdoc(verb) or ""


def used_keys(raw, before=""):
    """The keys that a config.toml uses, down to where free names begin."""
    known = known_keys() | BESIDES["keys"]
    for name, value in raw.items():
        path = before + name
        if path in known:
            yield path
        elif isinstance(value, dict):
            yield from used_keys(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for each in value:
                yield from used_keys(each, f"{path}[].")
        else:
            yield path


@pytest.mark.parametrize("title", ["Commands", "Verbs", "Events", "Errors", "Routes", "Keys of config.toml"])
def test_nothing_is_documented_twice(title):
    """Two rows of one name would sooner or later say two things."""
    assert sorted(set(names(title))) == sorted(names(title))


def test_every_event_is_documented_with_its_fields():
    """By the kind that is on the wire."""
    rows = {row[0].strip("`"): (re.findall(r"`(\w+)`", row[2]), row[3:] == ["yes"]) for row in table("Events")}

    assert {e.kind: ([f.name for f in dataclasses.fields(e)], e.on_board) for e in known_events()} == rows


def test_every_error_is_documented_with_its_status():
    """By the code that programs rely on."""
    rows = {(row[0].strip("`"), row[1]) for row in table("Errors")}

    assert {(e.code, str(status_of(e))) for e in known_errors()} | BESIDES["errors"] == rows


def test_every_route_is_documented():
    """By its method and its whole address."""
    assert known_routes() | BESIDES["routes"] == set(names("Routes"))


def test_every_key_of_the_configuration_is_documented():
    """Dotted, as the messages of a wrong configuration name it."""
    assert known_keys() | BESIDES["keys"] == set(names("Keys of config.toml"))


def test_what_the_shipped_configuration_uses_is_documented():
    """Every key in config.toml has its line."""
    raw = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))

    assert set() == set(used_keys(raw)) - set(names("Keys of config.toml"))


def test_every_key_says_what_it_means():
    """An empty meaning helps nobody."""
    assert [] == [row[0] for row in table("Keys of config.toml") if len(row) < 2 or not row[1]]


def test_every_verb_that_journals_is_documented():
    """And every one that is documented exists, and journals events that exist."""
    documented, there = set(names("Verbs")), dict(verbs())
    told = {kind for row in table("Verbs") for kind in re.findall(r"`([a-z_]+\.[a-z_]+)`", row[-1])}

    assert set() == {name for name, doc in there.items() if "Journals" in doc} - documented
    assert set() == documented - set(there)
    assert {event.kind for event in known_events()} == told


def test_every_command_is_documented():
    """As the command line itself lists them."""
    listed = re.findall(r"^    (\w+)", _parser().format_help(), re.MULTILINE)

    assert set(listed) == set(names("Commands"))
