"""Every route × every role × one's own, a foreign and an absent id, generated from the application's routes.

A route that is not in ``policy.py`` fails. What a person may not know of must answer exactly like what is not there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials, db, grants, originals, schema
from kb.access import Classification, Module, cell_of
from kb.cards import drafts, notes
from kb.documents import Document, ParsedText, Stage, Version
from kb.handover.case import Deliverable, GapSource, Submission
from kb.handover.gaps import note_gap
from kb.handover.opening import open_handover
from kb.handover.risks import RiskLevel, state_risk
from kb.notices import ChannelKind, add_channel, notices_of
from kb.people import Person, Role, add_person
from kb.settings import settings
from kb.tags import Suggestion
from kb.viewing import OPERATOR_VIEWER, viewer_for
from search.history import save_search
from tests.conftest import NAMES, forget
from tests.web.policy import BODIES, EVERYBODY, FILES, FORMS, POLICY, PUBLIC, QUERIES, TAKES_A_WRONG_FORM
from web.app import create_app
from web.security import csrf_token_for, visitor_cookie

pytestmark = pytest.mark.integration

ClientFor = Callable[[str | None], TestClient]
ABSENT = {
    "card_id": "crd-absent", "notes_id": "mtg-absent", "gap_id": "gap-absent",
    "handover_id": "hov-222222222222", "document_id": "doc-222222222222", "version_id": "ver-222222222222",
    "person_id": "per-222222222222", "token_id": "tok-222222222222", "grant_id": "gra-222222222222",
    "deliverable_id": "del-222222222222", "saved_id": "sav-222222222222", "number": "1",
    "risk_id": "rsk-222222222222", "notice_id": "ntc-222222222222", "channel_id": "chn-222222222222",
    "action": "submit", "what": "urgency", "staged_id": "imp-222222222222",
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
    if os.environ.get("KB_TEST_DATABASE"):
        pytest.skip("its world is copied as a SQLite file")
    home = tmp_path_factory.mktemp("matrix") / "kb-home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_HOME", str(home))
        patch.delenv("KB_DATABASE_URL", raising=False)
        forget()
        schema.metadata().create_all(db.engine())
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
    ids[0] |= {"role": "coo", "key": "okr"}
    ids[1]["grant_id"] = grants.list_grants(session, OPERATOR_VIEWER, person_id=other.id)[0].id
    return ids[0], ids[1]


def _case(session: Session, leaver: Person, successor: Person | None, head: Person | None) -> dict[str, str]:
    handover = open_handover(session, OPERATOR_VIEWER, "coo", leaver, successor, head=head)
    deliverable = session.exec(
        Deliverable.__table__.select().where(  # type: ignore[attr-defined]
            Deliverable.handover_id == handover.id, Deliverable.module == Module.strategy)
    ).first()
    original = settings().home / "理由.md"
    original.write_text(f"退出华北市场的理由。{leaver.login}", "utf-8")
    stored = originals.store(original)
    document = Document(
        handover_id=handover.id, module=Module.strategy, title="退出华北市场的理由", file_name="理由.md",
        cell=cell_of(handover.id, Module.strategy, Classification.internal), uploader_id=leaver.id,
    )
    version = Version(document_id=document.id, number=1, sha256=stored.sha256, file_name="理由.md",
                      size_bytes=stored.size_bytes, stage=Stage.ready, uploader_id=leaver.id, characters=9)
    document.current_version_id = version.id
    session.add(document)
    session.flush()
    session.add(version)
    session.flush()
    session.add(ParsedText(version_id=version.id, text="退出华北市场的理由。"))
    session.add(Submission(deliverable_id=deliverable.id, document_id=document.id, submitted_by=leaver.id))
    session.add(Suggestion(document_id=document.id, field="tag", value="复盘", score=0.5))
    me = viewer_for(session, leaver)
    risk = state_risk(session, me, handover.id, Module.strategy, title="华北客户可能跟着走", level=RiskLevel.high,
                      countermeasure="逐家拜访", department="销售部")
    channel = add_channel(session, me, ChannelKind.email, f"{leaver.login}@example.com")
    notice = notices_of(session, me)[0]
    token, _ = credentials.create_token(session, leaver.id, "脚本")
    saved = save_search(session, viewer_for(session, leaver), "华北", "q=华北")
    card = drafts.begin(session, me, handover.id, "decision", Module.strategy, title="退出华北")
    meeting = notes.keep(session, me, handover.id, Module.strategy, title="例会", text="第一段\n\n第二段")
    gap = note_gap(session, handover.id, Module.strategy, GapSource.exam, "q1", "为什么退出华北？")
    return {
        "card_id": card.id, "notes_id": meeting.id, "gap_id": gap.id,
        "handover_id": handover.id, "document_id": document.id, "version_id": version.id, "token_id": token.id,
        "deliverable_id": deliverable.id, "person_id": leaver.id, "saved_id": saved.id, "risk_id": risk.id,
        "notice_id": notice.id, "channel_id": channel.id, "action": "submit", "what": "urgency",
        "staged_id": _staged(leaver),
    }


def _staged(leaver: Person) -> str:
    """An archive that the leaver tried to import."""
    name = f"imp-{leaver.id[-12:]}"
    folder = settings().home / "imports" / leaver.id / name
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "files.zip", "w") as archive:
        archive.writestr("往事.md", "# 往事")
    return name


@pytest.fixture
def world(built: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    forget()
    shutil.copytree(built.home, home, dirs_exist_ok=True)
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")  # who may search is not a matter of meaning
    settings.cache_clear()
    return built


def _fill(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, ids) for key, inner in value.items()}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: ids.get(m[1], "1"), value) if isinstance(value, str) else value


def _call(client: TestClient, route: str, ids: dict[str, str]):  # type: ignore[no-untyped-def]
    method, path = route.split(" ", 1)
    sent: dict[str, Any] = {"params": _fill(QUERIES.get(route, ""), ids)} if route in QUERIES else {}
    if route in FORMS:
        sent["data"] = _fill(FORMS[route], ids)
        sent["files"] = {"files": ("名单.md", "# 名单".encode())} if route in FILES else None
    elif route in BODIES:
        sent["json"] = _fill(BODIES[route], ids)
    return client.request(method, _fill(path, ids), **sent)


def _denied(answered: Any) -> bool:
    to_login = answered.status_code == 303 and answered.headers["location"].startswith("/login")
    return answered.status_code in (401, 403, 404) or to_login


def _everything(answered: Any, ids: dict[str, str]) -> tuple[int, str, str]:
    """Status, headers and body, but for the time it took and the id that was asked for, where the page repeats it."""
    headers = {k: v for k, v in answered.headers.items() if k not in ("set-cookie", "date", "content-length")}
    body = re.sub(r'"took_ms":[\d.]+|[\d.]+ (ms|毫秒)', "", answered.text)
    for name, known in ids.items():
        body = body.replace(known, "…") if name.endswith("_id") else body
    return answered.status_code, json.dumps(headers, sort_keys=True), body


def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    assert sorted(ROUTES) == sorted(POLICY), "new routes belong into tests/web/policy.py, old ones out of it"


def test_a_visitor_gets_nowhere(world: World, app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    client.get("/login")
    client.headers["X-CSRF-Token"] = csrf_token_for(client.cookies[visitor_cookie()])
    for route in (r for r in ROUTES if POLICY[r] != PUBLIC):
        for ids in (world.own, world.foreign, ABSENT):
            answered = _call(client, route, ids)
            assert answered.status_code == (401 if "/api/" in route else 303), f"{route}: {answered.text}"
            assert "/api/" in route or answered.headers["location"].startswith("/login"), route


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
        expected = {409, 422} if route in TAKES_A_WRONG_FORM else set()
        if turn == 0:
            assert answered.status_code < 400 or answered.status_code in expected, f"{login}: {answered.text[:500]}"
        else:  # an earlier one may have changed the world
            assert answered.status_code not in (401, 403), f"{login}: {answered.status_code}"


@pytest.mark.parametrize("route", [r for r in ROUTES if "{" in r + QUERIES.get(r, "")])
def test_the_foreign_is_like_the_absent(route: str, world: World, client_for: ClientFor) -> None:
    """Body, status and headers of what one may not know of equal those of what was never there."""
    refusing = (403, 404) if "{" in route else (200,)
    for login in sorted(EVERYBODY):
        client = client_for(login)
        absent = _call(client, route, ABSENT)
        if _knows(login, route):
            assert absent.status_code in (*refusing, 422), login
            continue
        assert absent.status_code in refusing, login
        foreign = _call(client, route, world.foreign)
        assert _everything(absent, ABSENT) == _everything(foreign, world.foreign), login


def _knows(login: str, route: str) -> bool:
    """Overseers know every handover and person; nobody knows a document or token without more."""
    hidden = ("document_id", "version_id", "token_id", "saved_id", "risk_id", "notice_id", "channel_id",
              "card_id", "notes_id", "staged_id")
    private = any(f"{{{name}}}" in route for name in hidden)
    return login in ("hr", "auditor", "admin") and not private
