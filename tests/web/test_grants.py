"""The matrix of grants: set, revoke, see; and that both work with the person's next request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import grants
from kb.access import Classification, Module
from kb.handover.case import Handover
from kb.people import Person, Role, add_person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests.counting import queries_of

People = dict[str, Person]
ClientFor = Callable[[str | None], TestClient]


def _address(handover: Handover, person: Person) -> str:
    return f"/grants/{handover.id}/people/{person.id}"


@pytest.mark.parametrize("by", ["hr", "admin"])
def test_setting_and_revoking_a_row(
    client_for: ClientFor, people: People, session: Session, handover: Handover, by: str
) -> None:
    client, successor = client_for(by), people["successor"]
    program = client_for("successor")
    data = {"strategy": "confidential", "projects": "internal", "team": "none", "finance": "none"}
    assert client.post(_address(handover, successor), data=data).headers["location"] == (
        f"/grants/{handover.id}#p-{successor.id}")
    open_now = {g["module"]: g["up_to"] for g in program.get("/api/v1/me").json()["grants"]}
    assert open_now == {"strategy": "confidential", "projects": "internal"}
    client.post(_address(handover, successor), data={**data, "strategy": "none", "projects": "none"})
    assert program.get("/api/v1/me").json()["grants"] == []


def test_the_page_shows_the_matrix_and_its_history(
    client_for: ClientFor, people: People, session: Session, handover: Handover
) -> None:
    made = grants.grant(
        session, viewer_for(session, people["hr"]), people["successor"], handover.id, Module.team,
        Classification.internal,
    )
    grants.revoke(session, viewer_for(session, people["admin"]), made.id)
    session.commit()
    page = client_for("hr").get(f"/grants/{handover.id}").text
    assert all(person.name in page for person in people.values())
    assert "林若溪 · 财务权限" in page
    assert "授权记录" in page
    assert "何工" in page
    assert handover.title in client_for("hr").get("/grants").text


def test_an_auditor_reads_and_changes_nothing(client_for: ClientFor, people: People, handover: Handover) -> None:
    client = client_for("auditor")
    page = client.get(f"/grants/{handover.id}")
    assert page.status_code == 200
    assert "<select" not in page.text.partition("<main")[2]
    assert client.post(_address(handover, people["successor"]), data={"team": "internal"}).status_code == 403


def test_nobody_grants_to_themselves(client_for: ClientFor, people: People, handover: Handover) -> None:
    client = client_for("hr")
    assert client.post(_address(handover, people["hr"]), data={"finance": "restricted"}).status_code == 403
    assert "不能给自己授权" in client.get(f"/grants/{handover.id}").text


@pytest.mark.parametrize("login", ["leaver", "successor", "head"])
def test_others_see_no_grants(client_for: ClientFor, people: People, handover: Handover, login: str) -> None:
    client = client_for(login)
    assert client.get("/grants").status_code == 403
    assert client.get(f"/grants/{handover.id}").status_code == client.get("/grants/hov-none").status_code == 403


def test_mistakes(client_for: ClientFor, people: People, handover: Handover) -> None:
    client = client_for("hr")
    assert client.get("/grants/hov-none").status_code == 404
    assert client.post(_address(handover, people["head"]), data={"team": "geheim"}).status_code == 422
    assert client.post(f"/grants/{handover.id}/people/per-none", data={"team": "internal"}).status_code == 404
    assert client.post(f"/grants/hov-none/people/{people['head'].id}", data={"team": "internal"}).status_code == 404


def test_queries_do_not_grow_with_people(
    client_for: ClientFor, people: People, session: Session, handover: Handover
) -> None:
    hr = client_for("hr")

    def count() -> int:
        return queries_of(lambda: hr.get(f"/grants/{handover.id}").raise_for_status())

    before = count()
    for n in range(10):
        person = add_person(session, f"u{n}", Role.head)
        grants.grant(session, OPERATOR_VIEWER, person, handover.id, Module.team, Classification.internal)
    session.commit()
    assert count() == before
