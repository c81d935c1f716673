"""The migrations make exactly the tables that the code defines, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kb import db, schema
from kb.settings import settings


def _differences() -> list[object]:
    with db.engine().connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata())
        )


def test_migrations_and_code_agree_on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KB_DATABASE_URL", raising=False)
    settings.cache_clear()
    schema.upgrade()
    schema.upgrade()
    assert _differences() == []
    settings.cache_clear()


@pytest.mark.integration
def test_migrations_and_code_agree_on_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: str
) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KB_DATABASE_URL", postgres)
    settings.cache_clear()
    schema.upgrade()
    schema.upgrade()
    assert _differences() == []
    settings.cache_clear()
