"""/api/v1/grants: giving and revoking as a program does it; both work with the next request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.handover.case import Handover
from kb.people import Person

People = dict[str, Person]
ProgramFor = Callable[[str], TestClient]
BASE = "/api/v1/grants"


def _wish(handover: Handover, **more: Any) -> dict[str, Any]:
    return {"person": "successor", "handover_id": handover.id, "module": "strategy", "up_to": "internal", **more}


def test_given_and_revoked_with_the_next_request(
    program_for: ProgramFor, people: People, handover: Handover
) -> None:
    hr, successor = program_for("hr"), program_for("successor")
    given = hr.post(BASE, json=_wish(handover))
    assert given.status_code == 201
    assert [g["module"] for g in successor.get("/api/v1/me").json()["grants"]] == ["strategy"]
    assert hr.delete(f"{BASE}/{given.json()['id']}").status_code == 204
    assert successor.get("/api/v1/me").json()["grants"] == []
    assert hr.delete(f"{BASE}/{given.json()['id']}").status_code == 404
    history = hr.get(BASE, params={"person_id": people["successor"].id, "revoked": True}).json()["items"]
    assert [g["revoked_by"] for g in history] == [people["hr"].id]


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"person": "hr"}, 403, "grant.self"),
        ({"person": "nobody"}, 422, "person.unknown"),
        ({"handover_id": "hov-none"}, 404, "not_found"),
        ({"module": "everything"}, 422, "request.invalid"),
        ({"up_to": "top"}, 422, "request.invalid"),
    ],
)
def test_mistakes(
    program_for: ProgramFor, people: People, handover: Handover, change: dict[str, str], status: int, slug: str
) -> None:
    refused = program_for("hr").post(BASE, json=_wish(handover, **change))
    assert (refused.status_code, refused.json()["slug"]) == (status, slug)


@pytest.mark.parametrize("login", ["leaver", "successor", "head", "auditor"])
def test_others_may_not(program_for: ProgramFor, people: People, handover: Handover, login: str) -> None:
    assert program_for(login).post(BASE, json=_wish(handover, person="auditor")).status_code == 403
    assert program_for(login).post(BASE, json=_wish(handover, person="nobody")).status_code == 403, "no oracle"


def test_people_list_their_own(program_for: ProgramFor, people: People, handover: Handover) -> None:
    program_for("hr").post(BASE, json=_wish(handover))
    assert program_for("successor").get(BASE).json()["total"] == 1
    assert program_for("leaver").get(BASE).json()["total"] == 5
    assert program_for("auditor").get(BASE, params={"handover_id": handover.id}).json()["total"] == 6
    other = program_for("successor").get(BASE, params={"person_id": people["leaver"].id}).json()
    assert other["total"] == 0
