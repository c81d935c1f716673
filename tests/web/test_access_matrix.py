"""Every route × every role × one's own, a foreign and an absent id, generated from the application's routes.

A route that is not in ``policy.py`` fails. What a person may not know of must answer exactly like what is not there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlmodel import Session, SQLModel
from starlette.testclient import TestClient

from kb import credentials, db, grants
from kb.access import Classification, Module, cell_of
from kb.documents import Document, ParsedText, Stage, Version
from kb.handover.case import Deliverable, Submission
from kb.handover.opening import open_handover
from kb.people import Person, Role, add_person
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER
from tests.conftest import NAMES, forget, import_tables
from tests.web.policy import BODIES, EVERYBODY, FORMS, POLICY, PUBLIC, TAKES_A_WRONG_FORM
from web.app import create_app
from web.security import csrf_token_for, visitor_cookie

ClientFor = Callable[[str | None], TestClient]
ABSENT = {
    "handover_id": "hov-222222222222", "document_id": "doc-222222222222", "version_id": "ver-222222222222",
    "person_id": "per-222222222222", "token_id": "tok-222222222222", "grant_id": "gra-222222222222",
    "deliverable_id": "del-222222222222",
}


def _routes() -> list[str]:
    found = {
        f"{method} {route.path}"
        for route in iter_route_contexts(create_app().routes)
        for method in (route.methods or ()) if method != "HEAD"
    }
    return sorted(found)


ROUTES = _routes()


@dataclass(frozen=True)
class World:
    """The ids of handover A (``own``) and of handover B (``foreign``), in which nobody but its leaver takes part."""

    home: Path
    own: dict[str, str]
    foreign: dict[str, str]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world on disk, copied for every test: building it takes longer than a copy."""
    home = tmp_path_factory.mktemp("matrix") / "kb-home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_HOME", str(home))
        patch.delenv("KB_DATABASE_URL", raising=False)
        forget()
        import_tables()
        SQLModel.metadata.create_all(db.engine())
        with db.transaction() as session:
            own, foreign = _build(session)
        forget()
    return World(home, own, foreign)


def _build(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    people = {login: add_person(session, login, Role(login), name=name) for login, name in NAMES.items()}
    other = add_person(session, "other", Role.leaver, name="别人")
    ids = []
    for leaver, successor, head in ((people["leaver"], people["successor"], people["head"]), (other, None, None)):
        ids.append(_case(session, leaver, successor, head))
    given = grants.grant(session, OPERATOR_VIEWER, people["successor"], ids[0]["handover_id"], Module.strategy,
                         Classification.internal)
    ids[0]["grant_id"], ids[0]["person_id"] = given.id, people["successor"].id
    ids[1]["person_id"] = other.id
    ids[1]["grant_id"] = grants.list_grants(session, OPERATOR_VIEWER, person_id=other.id)[0].id
    return ids[0], ids[1]


def _case(session: Session, leaver: Person, successor: Person | None, head: Person | None) -> dict[str, str]:
    handover = open_handover(session, OPERATOR_VIEWER, "coo", leaver, successor, head=head)
    deliverable = session.exec(
        Deliverable.__table__.select().where(  # type: ignore[attr-defined]
            Deliverable.handover_id == handover.id, Deliverable.module == Module.strategy)
    ).first()
    document = Document(
        handover_id=handover.id, module=Module.strategy, title="退出华北市场的理由", file_name="理由.md",
        cell=cell_of(handover.id, Module.strategy, Classification.internal), uploader_id=leaver.id,
    )
    version = Version(document_id=document.id, number=1, sha256="0" * 64, file_name="理由.md", size_bytes=1,
                      stage=Stage.ready, uploader_id=leaver.id, characters=9)
    document.current_version_id = version.id
    session.add(document)
    session.flush()
    session.add(version)
    session.flush()
    session.add(ParsedText(version_id=version.id, text="退出华北市场的理由。"))
    session.add(Submission(deliverable_id=deliverable.id, document_id=document.id, submitted_by=leaver.id))
    token, _ = credentials.create_token(session, leaver.id, "脚本")
    return {
        "handover_id": handover.id, "document_id": document.id, "version_id": version.id, "token_id": token.id,
        "deliverable_id": deliverable.id, "person_id": leaver.id,
    }


@pytest.fixture
def world(built: World, home: Path) -> World:
    forget()
    shutil.copytree(built.home, home, dirs_exist_ok=True)
    settings.cache_clear()
    return built


def _fill(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, ids) for key, inner in value.items()}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: ids.get(m[1], "1"), value) if isinstance(value, str) else value


def _call(client: TestClient, route: str, ids: dict[str, str]):  # type: ignore[no-untyped-def]
    method, path = route.split(" ", 1)
    sent: dict[str, Any] = {}
    if route in FORMS:
        sent["data"] = _fill(FORMS[route], ids)
    elif route in BODIES:
        sent["json"] = _fill(BODIES[route], ids)
    return client.request(method, _fill(path, ids), **sent)


def _denied(answered: Any) -> bool:
    to_login = answered.status_code == 303 and answered.headers["location"].startswith("/login")
    return answered.status_code in (401, 403, 404) or to_login


def _everything(answered: Any, ids: dict[str, str]) -> tuple[int, str, str]:
    """Status, headers and body; the id that was asked for stands in the language form's ``next`` and is blanked."""
    headers = {k: v for k, v in answered.headers.items() if k not in ("set-cookie", "date")}
    body = answered.text
    for known in ids.values():
        body = body.replace(known, "…")
    return answered.status_code, json.dumps(headers, sort_keys=True), body


def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    assert sorted(ROUTES) == sorted(POLICY), "new routes belong into tests/web/policy.py, old ones out of it"


@pytest.mark.parametrize("route", [r for r in ROUTES if POLICY.get(r) != PUBLIC])
def test_a_visitor_gets_nowhere(route: str, world: World, app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    client.get("/login")
    client.headers["X-CSRF-Token"] = csrf_token_for(client.cookies[visitor_cookie()])
    for ids in (world.own, world.foreign, ABSENT):
        answered = _call(client, route, ids)
        assert answered.status_code == (401 if "/api/" in route else 303), answered.text
        assert "/api/" in route or answered.headers["location"].startswith("/login")


@pytest.mark.parametrize("route", ROUTES)
def test_roles(route: str, world: World, client_for: ClientFor) -> None:
    """Those whom the policy does not name are refused; those whom it names are served."""
    served = POLICY[route]
    if served == PUBLIC:
        assert not _denied(_call(client_for("head"), route, world.own)) or route == "POST /logout"
        return
    for login in sorted(EVERYBODY - served):
        answered = _call(client_for(login), route, world.own)
        assert answered.status_code in (403, 404), f"{login} must not: {answered.status_code}"
    for turn, login in enumerate(sorted(served)):
        answered = _call(client_for(login), route, world.own)
        expected = {422} if route in TAKES_A_WRONG_FORM else set()
        if turn == 0:
            assert answered.status_code < 400 or answered.status_code in expected, f"{login}: {answered.text[:500]}"
        else:  # an earlier one may have changed the world
            assert answered.status_code not in (401, 403), f"{login}: {answered.status_code}"


@pytest.mark.parametrize("route", [r for r in ROUTES if "{" in r])
@pytest.mark.parametrize("login", sorted(EVERYBODY))
def test_the_foreign_is_like_the_absent(route: str, login: str, world: World, client_for: ClientFor) -> None:
    """Body, status and headers of what one may not know of equal those of what was never there."""
    client = client_for(login)
    if _knows(login, route):
        assert _call(client, route, ABSENT).status_code in (403, 404, 422)
        return
    absent, foreign = _call(client, route, ABSENT), _call(client, route, world.foreign)
    assert _everything(absent, ABSENT) == _everything(foreign, world.foreign)
    assert absent.status_code in (403, 404)


def _knows(login: str, route: str) -> bool:
    """Overseers know every handover and person; nobody knows a document or token without more."""
    private = "{document_id}" in route or "{version_id}" in route or "{token_id}" in route
    return login in ("hr", "auditor", "admin") and not private
