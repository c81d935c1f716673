"""/api/v1/me, the token that opens it, and the description of the whole API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.handover.case import Handover
from kb.people import Person, find_person

People = dict[str, Person]
ProgramFor = Callable[[str], TestClient]


def test_it_says_who_and_what_is_open(program_for: ProgramFor, people: People, handover: Handover) -> None:
    told = program_for("leaver").get("/api/v1/me").json()
    assert (told["login"], told["name"], told["role"]) == ("leaver", "周启明", "leaver")
    assert told["permissions"] == ["document.contribute"]
    assert {g["module"]: g["up_to"] for g in told["grants"]} == dict.fromkeys(
        ("strategy", "projects", "team", "finance", "legal"), "restricted"
    )


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer kb_unknown", "Basic aHI6aHI=", "bearer 中文".encode()]
)
def test_without_a_valid_token_it_is_401(
    client_for: Callable[[str | None], TestClient], people: People, header: str | bytes
) -> None:
    refused = client_for(None).get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["slug"] == "login.required"


def test_a_bad_token_is_not_excused_by_a_cookie(
    client_for: Callable[[str | None], TestClient], people: People
) -> None:
    client = client_for("hr")
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer kb_unknown"}).status_code == 401


def test_a_token_dies_with_the_account_and_its_use_is_noted(
    program_for: ProgramFor, people: People, session: Session
) -> None:
    program = program_for("head")
    assert program.get("/api/v1/me").status_code == 200
    session.expire_all()
    (row,) = credentials.list_tokens(session, people["head"].id)
    assert row.last_used_at is not None
    people["head"].active = False
    session.add(people["head"])
    session.commit()
    assert program.get("/api/v1/me").status_code == 401


def test_a_language_is_chosen(program_for: ProgramFor, people: People, session: Session) -> None:
    program = program_for("head")
    assert program.put("/api/v1/me/locale", json={"locale": "en"}).status_code == 204
    session.expire_all()
    assert find_person(session, "head").locale == "en"
    assert program.put("/api/v1/me/locale", json={"locale": "fr"}).json()["detail"].startswith("Only Chinese")


def test_every_call_is_described(program_for: ProgramFor, people: People) -> None:
    described = program_for("hr").get("/api/v1/openapi.json").json()
    assert described["info"]["title"] == "Handover KB"
    for path, calls in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, call in calls.items():
            assert call.get("summary"), f"{method} {path} has no summary"
            assert call.get("description"), f"{method} {path} has no description"
            assert call.get("tags"), f"{method} {path} has no noun"
            assert "401" in call["responses"], f"{method} {path} does not say 401"
    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


def test_the_reference_page_names_every_call(
    client_for: Callable[[str | None], TestClient], people: People
) -> None:
    client = client_for("hr")
    page = client.get("/settings/api").text
    for path, calls in client.get("/api/v1/openapi.json").json()["paths"].items():
        for method in calls:
            assert f"{method.upper()} {path}" in page
