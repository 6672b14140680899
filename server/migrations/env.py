"""Alembic's entry: always on a connection that is handed in."""

from __future__ import annotations

from alembic import context

from server.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_server_default=True)
with context.begin_transaction():
    context.run_migrations()
