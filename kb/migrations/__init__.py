"""Alembic's folder: one file a change of the schema, run by ``kb.schema.upgrade``."""
