"""/api/v1/handovers: opening, listing, the checklist in both languages and as far as each may know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from kb.handover.case import Handover
from kb.people import Person

People = dict[str, Person]
ProgramFor = Callable[[str], TestClient]
BASE = "/api/v1/handovers"


def test_opening(program_for: ProgramFor, people: People) -> None:
    hr = program_for("hr")
    made = hr.post(BASE, json={
        "template": "coo", "leaver": "leaver", "successor": people["successor"].id, "head": "head",
        "last_day": "2026-12-31",
    })
    assert made.status_code == 201
    handover = made.json()
    assert (handover["leaver_id"], handover["state"]) == (people["leaver"].id, "running")
    for login in ("leaver", "successor", "head", "hr", "auditor", "admin"):
        assert program_for(login).get(f"{BASE}/{handover['id']}").json()["id"] == handover["id"]
    assert len(program_for("leaver").get("/api/v1/me").json()["grants"]) == 5
    assert program_for("successor").get("/api/v1/me").json()["grants"] == []


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"template": "no-such", "leaver": "leaver"}, 422),
        ({"template": "coo", "leaver": "nobody"}, 422),
        ({"template": "coo", "leaver": ""}, 422),
        ({"template": "coo", "leaver": "leaver", "successor": "leaver"}, 422),
        ({"template": "coo", "leaver": "leaver", "last_day": "gestern"}, 422),
        ({"template": "coo"}, 422),
    ],
)
def test_mistakes_open_nothing(program_for: ProgramFor, people: People, wish: dict[str, str], status: int) -> None:
    hr = program_for("hr")
    assert hr.post(BASE, json=wish).status_code == status
    assert hr.get(BASE).json()["total"] == 0


@pytest.mark.parametrize("login", ["leaver", "successor", "head", "auditor"])
def test_others_may_not_open(program_for: ProgramFor, people: People, login: str) -> None:
    assert program_for(login).post(BASE, json={"template": "coo", "leaver": "nobody"}).status_code == 403


def test_templates(program_for: ProgramFor, people: People) -> None:
    listed = program_for("hr").get(f"{BASE}/templates").json()["items"]
    coo = next(t for t in listed if t["key"] == "coo")
    assert coo["deliverables"] == 12
    assert len(coo["modules"]) == 5


def test_the_checklist_speaks_the_persons_language(
    program_for: ProgramFor, people: People, handover: Handover
) -> None:
    leaver = program_for("leaver")
    chinese = leaver.get(f"{BASE}/{handover.id}/checklist").json()
    english = leaver.get(f"{BASE}/{handover.id}/checklist", headers={"Accept-Language": "en"}).json()
    assert (chinese["submitted"], chinese["missing"], chinese["withheld"]) == (0, 12, 0)
    first, second = chinese["deliverables"][0], english["deliverables"][0]
    assert first["id"] == second["id"]
    assert first["title"] != second["title"]
    assert first["criteria"]
    assert first["guidance"]


def test_the_successor_learns_no_state(program_for: ProgramFor, people: People, handover: Handover) -> None:
    told = program_for("successor").get(f"{BASE}/{handover.id}/checklist").json()
    assert (told["submitted"], told["missing"], told["withheld"]) == (0, 0, 12)
    assert {d["state"] for d in told["deliverables"]} == {"withheld"}


def test_listing_by_state(program_for: ProgramFor, people: People, handover: Handover) -> None:
    hr = program_for("hr")
    assert hr.get(BASE, params={"state": "running"}).json()["total"] == 1
    assert hr.get(BASE, params={"state": "archived"}).json()["total"] == 0
    assert hr.get(BASE, params={"state": "x"}).status_code == 422
