"""/api/v1/people: the administrator's calls, as a program makes them."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.people import Person, find_person

People = dict[str, Person]
ProgramFor = Callable[[str], TestClient]
BASE = "/api/v1/people"


def test_listing_is_paged_and_searched(program_for: ProgramFor, people: People) -> None:
    hr = program_for("hr")
    page = hr.get(BASE, params={"limit": 2, "offset": 4}).json()
    assert (page["total"], page["limit"], page["offset"], len(page["items"])) == (6, 2, 4, 2)
    assert [p["login"] for p in hr.get(BASE, params={"q": "若溪"}).json()["items"]] == ["successor"]
    assert "password" not in hr.get(BASE).text
    for wrong in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": "viele"}):
        assert hr.get(BASE, params=wrong).status_code == 422


def test_adding_issues_a_password_once(program_for: ProgramFor, people: People, session: Session) -> None:
    admin = program_for("admin")
    made = admin.post(BASE, json={"login": "chenjing", "role": "successor", "name": "陈静"})
    assert made.status_code == 201
    person = find_person(session, "chenjing")
    assert credentials.check_password(person.password_hash, made.json()["one_time_password"])
    again = admin.post(BASE, json={"login": "chenjing", "role": "successor"})
    assert (again.status_code, again.json()["slug"]) == (409, "person.login_taken")
    assert admin.post(BASE, json={"login": "a b", "role": "successor"}).json()["slug"] == "person.bad_login"
    assert admin.post(BASE, json={"login": "x", "role": "king"}).status_code == 422


def test_changing_and_closing(program_for: ProgramFor, people: People) -> None:
    admin, head = program_for("admin"), program_for("head")
    address = f"{BASE}/{people['head'].id}"
    assert admin.patch(address, json={"role": "successor"}).json()["role"] == "successor"
    assert admin.patch(address, json={"active": False}).json()["active"] is False
    assert head.get("/api/v1/me").status_code == 401
    assert admin.patch(address, json={"active": True}).json()["active"] is True
    assert admin.patch(f"{BASE}/{people['admin'].id}", json={"active": False}).json()["slug"] == "person.self"
    assert admin.patch(f"{BASE}/per-none", json={}).status_code == 404


def test_one_is_read_by_id_or_log_in(program_for: ProgramFor, people: People) -> None:
    hr = program_for("hr")
    assert hr.get(f"{BASE}/leaver").json() == hr.get(f"{BASE}/{people['leaver'].id}").json()
    leaver = program_for("leaver")
    assert leaver.get(f"{BASE}/leaver").status_code == 200
    hidden, absent = leaver.get(f"{BASE}/hr"), leaver.get(f"{BASE}/per-none")
    assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text)


def test_a_reset_ends_tokens(program_for: ProgramFor, people: People) -> None:
    head = program_for("head")
    issued = program_for("admin").post(f"{BASE}/{people['head'].id}/password").json()
    assert len(issued["one_time_password"]) == 16
    assert head.get("/api/v1/me").status_code == 401
