"""Alembic's entry: run on the connection that ``acd.archive.open_database`` hands over."""

from alembic import context

from acd.records import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
