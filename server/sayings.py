"""
Statements said straight to the driver.

SQLAlchemy writes the SQL of a statement once; every further execution by it would cost several times what the database needs
(measured: two thirds of a call). So a statement that is said a second time is compiled and kept, with the order of its
parameters and the shape of its rows, as long as somebody keeps the statement. What is said only once, or has a list among its
parameters, goes by SQLAlchemy as ever.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect, Executable

    Becoming = Callable[[Any], Any]
    Making = Callable[[Sequence[Any]], Any]

ONCE = object()  # of a statement that was said once

_kept: WeakKeyDictionary[Any, dict[tuple[str, ...], Any]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement as the driver has it; `names` is the order of its parameters, None where they go by name."""

    sql: str
    names: tuple[str, ...] | None
    fixed: dict[str, Any]  # literals that stand in the statement
    bound: tuple[tuple[str, Becoming], ...]  # what a parameter becomes on its way in
    become: tuple[Becoming | None, ...]  # and each column on its way out; empty: they stay as they are
    makings: list[Making] = field(default_factory=list)  # what makes a row, once the driver has described one

    def values(self, params: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        if self.fixed or self.bound:
            params = {**self.fixed, **params}
            for name, become in self.bound:
                params[name] = become(params[name])
        return params if self.names is None else [params[name] for name in self.names]


class Found(tuple[Any, ...]):
    """A row: by place and by name, as SQLAlchemy's."""

    __slots__ = ()

    @property
    def _mapping(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))  # type: ignore[attr-defined] # of the namedtuple it is beside


def say(connection: Connection, statement: Executable, params: Mapping[str, Any]) -> tuple[Any, Making | None]:
    """
    Execute; a cursor, or SQLAlchemy's result, and what makes a row of the former's (None: a row is one already).

    Raises:
        DBAPIError: as SQLAlchemy would have raised it.
    """
    dialect = connection.dialect
    key = (dialect.name, *params)
    forms = _kept.get(statement)
    if forms is None:
        forms = _kept[statement] = {}
    saying = forms.get(key)
    if saying is None:
        forms[key] = ONCE
    elif saying is ONCE:
        saying = forms[key] = _saying(statement, dialect, tuple(params)) or False
    if not isinstance(saying, Saying):
        return connection.execute(statement, params), None
    values = saying.values(params)
    try:
        cursor: Any = connection.connection.driver_connection.execute(saying.sql, values)  # type: ignore[union-attr]
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(saying.sql, values, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    if not saying.makings and cursor.description:
        saying.makings.append(_making(cursor.description, saying.become))
    return cursor, saying.makings[0] if saying.makings else _no_rows


def _no_rows(_raw: Sequence[Any]) -> None:
    """Of a statement that answers none."""


def _saying(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> Saying | None:
    """The statement with these parameters; None when only SQLAlchemy can say it."""
    given = names if statement.is_insert or statement.is_update else None
    compiled = statement.compile(dialect=dialect, column_keys=given)
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    bound, fixed = [], {}
    for name, parameter in compiled.binds.items():
        become = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if become is not None:
            bound.append((name, become))
        if not parameter.required and name not in names:
            fixed[name] = parameter.effective_value
    for column in (*getattr(compiled, "insert_prefetch", ()), *getattr(compiled, "update_prefetch", ())):
        if not (column.default and column.default.is_scalar):
            return None
        fixed[column.key] = column.default.arg  # what a row has unless it is given
    order = tuple(compiled.positiontup) if compiled.positional else None
    types = () if isinstance(statement, TextClause) else [column.type for column in statement.exported_columns]
    become_so = tuple(one.dialect_impl(dialect).result_processor(dialect, None) for one in types)
    return Saying(str(compiled), order, fixed, tuple(bound), become_so if any(become_so) else ())


def _making(description: Sequence[Any], become: Sequence[Becoming | None]) -> Making:
    """What makes a row of what the driver describes."""
    named: Any = namedtuple  # noqa: PYI024 (made at run time)
    names = named("Found", [column[0] for column in description], rename=True)
    row: Any = type("Found", (Found, names), {"__slots__": ()})
    if become:
        return lambda raw: row._make(one if to is None else to(one) for one, to in zip(raw, become, strict=True))
    make: Making = row._make
    return make
