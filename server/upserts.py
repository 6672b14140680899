"""Statements that insert, or change what is there already: in the words that SQLite and PostgreSQL share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import TextClause, text

if TYPE_CHECKING:
    from sqlalchemy import Table


def save(table: Table) -> TextClause:
    """A whole row, bound by the names of its columns, in the place of the one with its key."""
    others = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    return text(f"{_insert(table)} DO UPDATE SET {others}")


def count_up(table: Table) -> TextClause:
    """One more in `count`, from 1 on, under a key bound by the names of its columns; the new count."""
    said = f'{_insert(table, count="1")} DO UPDATE SET "count" = {table.name}."count" + 1 RETURNING {table.name}."count"'
    return text(said)


def _insert(table: Table, **given: str) -> str:
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    values = ", ".join(given.get(c.name, f":{c.name}") for c in table.columns)
    key = ", ".join(f'"{c.name}"' for c in table.primary_key)
    return f"INSERT INTO {table.name} ({names}) VALUES ({values}) ON CONFLICT ({key})"
