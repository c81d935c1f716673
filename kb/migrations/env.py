"""Alembic's entry: runs the migrations on the connection that ``kb.schema.upgrade`` hands over."""

from alembic import context

from kb.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata(), render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True, transactional_ddl=False,
)
with context.begin_transaction():
    context.run_migrations()
