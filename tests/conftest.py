"""Fixtures for everyone: a fresh home with its tables, a session, one person per role, a logged-in client.

``home``        a temporary KB_HOME; every cache that remembers settings or engines is emptied before and after
``session``     a writing session on it, committed at the end (call ``session.commit()`` to let a client see your rows)
``people``      {"leaver": Person, "successor": …, "head", "hr", "auditor", "admin"}, committed; no passwords
``app``         the web application on that home; its lifespan (workers) is not started
``client_for``  client_for("hr") → a TestClient logged in as that log-in name, with the CSRF header set;
                client_for(None) → a visitor
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, SQLModel

from kb import db
from kb.people import Person, Role, add_person
from kb.settings import settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

NAMES = {
    "leaver": "周启明", "successor": "林若溪", "head": "高志远", "hr": "苏敏", "auditor": "钱正", "admin": "何工",
}


def import_tables() -> None:
    """Import every module that may define a table, so that the metadata is complete."""
    for root in ("kb", "ingest", "search"):
        package = importlib.import_module(root)
        for found in pkgutil.walk_packages(package.__path__, f"{root}."):
            if ".migrations" in found.name or "table=True" not in _source(found):
                continue
            try:
                importlib.import_module(found.name)
            except Exception as error:  # a colleague's half-written file must not stop everyone's tests
                warnings.warn(f"{found.name} does not import: {error}", stacklevel=2)


def _source(found: pkgutil.ModuleInfo) -> str:
    base = Path(getattr(found.module_finder, "path", ""))
    stem = found.name.rpartition(".")[2]
    path = base / stem / "__init__.py" if found.ispkg else base / f"{stem}.py"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def forget() -> None:
    """Empty every cache that remembers the settings, an engine or an index of an earlier test."""
    vectors = sys.modules.get("kb.vectors")
    if vectors is not None:
        vectors.close()
    if db.engine_for.cache_info().currsize:
        db.engine().dispose()
    db.engine_for.cache_clear()
    settings.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    forget()
    for name in ("KB_DATABASE_URL", "KB_QDRANT_URL", "KB_QDRANT_API_KEY", "KB_LOCALE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "kb-home"
    folder.mkdir()
    monkeypatch.setenv("KB_HOME", str(folder))
    settings.cache_clear()
    import_tables()
    SQLModel.metadata.create_all(db.engine())
    yield folder
    forget()


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
