"""
Forms made from the models of the set-up: which fields a thing has, of what kind each is, and in which words it is asked for.

Nothing here knows a single noun's form. What the models cannot say (a friendlier label, a unit, which noun a key points to)
stands in the tables of `server.manage.form_words`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from server.manage.form_words import CHOICES, LABELS, LONG, REFERENCES, UNITS

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

PLAIN = {str: "text", int: "number", float: "decimal", bool: "flag", time: "time", date: "date", datetime: "moment"}
WORDS = str | dict[str, str]  # one text, or one for each language: edited as names are
LISTED = {str: "lines", date: "dates", WORDS: "names_list"}
ALONE = frozenset({"text", "number", "decimal", "flag", "choice", "reference", "time", "date", "moment", "lines"})
"""Kinds with one control, which a label can name; all others are groups of controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form. Label, help, unit and the words of options are messages, to be said in the page's language."""

    name: str
    kind: str  # one of PLAIN, LISTED, or: names names_list choice choices reference references quotas part parts
    label: str
    help: str
    unit: str = ""
    nullable: bool = False  # may be left out: null
    long: bool = False  # a text of sentences
    low: float | None = None
    high: float | None = None
    options: tuple[tuple[str, str], ...] = ()  # value, words
    refers: str = ""  # the noun that a reference names
    numbers: bool = False  # its values are numbers
    default: Any = None  # JSON
    fields: tuple[Field, ...] = ()  # of a part

    @property
    def alone(self) -> bool:
        """Whether one label names one control."""
        return self.kind in ALONE


def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a form for `model`, in the order of the model; what no form can show is left out."""
    made = (_field(model, name, about) for name, about in model.model_fields.items())
    return tuple(field for field in made if field is not None)


def blank(fields: tuple[Field, ...]) -> dict[str, Any]:
    """A new thing before anybody has written anything: the defaults of the model."""
    return {field.name: field.default for field in fields}


def _field(model: type[BaseModel], name: str, about: FieldInfo) -> Field | None:
    inner, nullable = _without_none(about.annotation)
    shaped = _shape(inner)
    if shaped is None:
        return None
    kind, more = shaped
    refers = REFERENCES.get(f"{model.__name__}.{name}", "")
    if refers:
        kind = {"text": "reference", "number": "reference", "lines": "references"}.get(kind, "references")
    bounds = {key: value for meta in about.metadata for key in ("ge", "le") if (value := getattr(meta, key, None)) is not None}
    made = Field(
        name=name,
        kind=kind,
        label=LABELS.get(f"{model.__name__}.{name}") or LABELS.get(name) or name.replace("_", " ").capitalize(),
        help=about.description or "",
        unit=UNITS.get(f"{model.__name__}.{name}") or UNITS.get(name) or _unit(name),
        nullable=nullable,
        long=name in LONG,
        low=bounds.get("ge"),
        high=bounds.get("le"),
        refers=refers,
        default=_default(about, kind=kind, nullable=nullable),
    )
    if kind in ("choice", "choices"):
        more["options"] = tuple((value, _words(name, value)) for value in more["options"])
    return replace(made, **more)


def _shape(inner: Any) -> tuple[str, dict[str, Any]] | None:
    """The kind of a field of this type, and what else that says."""
    if inner in PLAIN:
        return PLAIN[inner], {"numbers": inner in (int, float)}
    if inner == WORDS:
        return "names", {}
    origin, parts = get_origin(inner), get_args(inner)
    if origin is Literal:
        return "choice", {"options": parts}
    if origin is dict and parts[0] is str:
        return {str: ("names", {}), int: ("quotas", {"numbers": True})}.get(parts[1])
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "part", {"fields": fields_of(inner)}
    return _listed(_bare(parts[0])) if origin is tuple else None


def _listed(item: Any) -> tuple[str, dict[str, Any]] | None:
    if item in LISTED:
        return LISTED[item], {}
    if item is int:
        return "references", {"numbers": True}
    if get_origin(item) is Literal:
        return "choices", {"options": get_args(item)}
    if get_origin(item) is dict:
        return "names_list", {}
    if isinstance(item, type) and issubclass(item, BaseModel):
        return "parts", {"fields": fields_of(item)}
    return None


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """`X` of `X | None`, and whether None may be."""
    if NoneType in get_args(annotation) and get_origin(annotation) in (Union, UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not NoneType)), True
    return _bare(annotation), False


def _bare(annotation: Any) -> Any:
    """A type without what is noted at it."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _default(about: FieldInfo, *, kind: str, nullable: bool) -> Any:
    if not about.is_required():
        return to_jsonable_python(about.get_default(call_default_factory=True))
    empty: dict[str, Any] = {"names": {}, "quotas": {}, "part": {}, "flag": False, "text": ""}
    lists = ("lines", "dates", "choices", "references", "parts", "names_list")
    return None if nullable else [] if kind in lists else empty.get(kind)


def _words(name: str, value: str) -> str:
    return CHOICES.get(f"{name}.{value}") or CHOICES.get(value) or value.replace("_", " ").capitalize()


def _unit(name: str) -> str:
    words = name.split("_")
    return "seconds" if "seconds" in words else "minutes" if {"min", "minutes"} & set(words) else ""
