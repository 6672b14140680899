"""Read config.toml, or say in one list what is wrong with it: the place, the value, what the key means."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from server.config.hall import HallSetup
from server.config.machine import DatabaseConfig, DeviceConfig, ServerConfig, VoiceConfig
from server.config.part import Part
from server.config.references import wrong_references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MACHINE_KEYS = ("server", "database", "voice", "device")


class ConfigError(Exception):
    """config.toml is not valid; `problems` has one sentence for each wrong place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Config(Part):
    """The whole of config.toml."""

    server: ServerConfig = ServerConfig()
    database: DatabaseConfig = DatabaseConfig()
    voice: VoiceConfig = VoiceConfig()
    device: tuple[DeviceConfig, ...] = ()
    hall: HallSetup


def load(path: Path) -> Config:
    """
    The configuration in `path`.

    Raises:
        ConfigError: the file is missing, is no TOML, or any key in it is unknown, impossible or points nowhere.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read ({error})"]) from error
    return load_text(text, name=path.name)


def load_text(text: str, *, name: str = "config.toml") -> Config:
    """As `load`, from text; `name` stands in the messages."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name}: no valid TOML: {error}"]) from error
    if raw.pop("schema", 1) != 1:
        raise ConfigError([f"{name}: schema: this version reads schema 1"])
    shaped = {key: raw.pop(key) for key in MACHINE_KEYS if key in raw} | {"hall": raw}
    try:
        config = Config.model_validate(shaped)
    except ValidationError as error:
        raise ConfigError([f"{name}: {problem}" for problem in problems_of(error, shaped)]) from error
    if problems := [*wrong_references(config.hall, config.device), *_unoffered(config)]:
        raise ConfigError([f"{name}: {problem}" for problem in problems])
    return config


def _unoffered(config: Config) -> list[str]:
    """Languages of the voice that the hall does not offer."""
    return [
        f"voice.order: {locale!r} is none of the hall's locales ({', '.join(config.hall.locales)})"
        for locale in config.voice.order
        if locale not in config.hall.locales
    ]


def problems_of(error: ValidationError, raw: Mapping[str, Any]) -> list[str]:
    """
    One sentence for each wrong place of `raw`, which is shaped as `Config`.

    A `HallSetup` of its own is given as `{"hall": raw}`.
    """
    hall_alone = set(raw) == {"hall"} and error.title == HallSetup.__name__
    return [
        _sentence({**problem, "loc": ("hall", *problem["loc"])} if hall_alone else problem, raw) for problem in error.errors()
    ]


def _sentence(problem: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """One error of pydantic as "place = value: what is wrong (what the key means)"."""
    place, meaning, known = _place(problem["loc"], raw)
    value = problem["input"]
    shown = f" = {value!r}" if isinstance(value, str | int | float | bool) else ""
    no_such = f"there is no such key; known are {', '.join(known)}"
    said = {"extra_forbidden": no_such, "missing": "this key is needed"}.get(problem["type"])
    said = said or problem["msg"].removeprefix("Value error, ")
    return f"{place}{shown}: {said}" + (f" ({meaning})" if meaning else "")


def _place(loc: tuple[str | int, ...], raw: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """("service[3] outdoor-ad.session_quota", the key's meaning, the keys that may stand there)."""
    if loc and loc[0] == "hall":
        loc, raw = loc[1:], raw["hall"]
        model: type[BaseModel] = HallSetup
    else:
        model = Config
    place, meaning = "", ""
    known: list[str] = []
    here: Any = raw
    at: type[BaseModel] | None = model
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else {}
            named = next((str(here[key]) for key in ("id", "name", "number") if isinstance(here, dict) and key in here), "")
            place += f"[{step + 1}]" + (f" {named}" if named and "{" not in named else "")
        else:
            place += f".{step}" if place else step
            here = here.get(step, {}) if isinstance(here, dict) else {}
            known = sorted(at.model_fields) if at else []
            field = at.model_fields.get(step) if at else None
            meaning = (field.description or "") if field else ""
            at = _model_of(field.annotation) if field else None
    return place, meaning, known


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X`, `X | None`, `tuple[X, ...]`, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_of(part))), None)
