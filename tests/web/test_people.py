"""The administrator's page for accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.people import Person, Role, add_person, find_person
from tests.counting import queries_of

People = dict[str, Person]
ClientFor = Callable[[str | None], TestClient]


def test_the_page_lists_and_finds(client_for: ClientFor, people: People) -> None:
    admin = client_for("admin")
    assert all(person.name in admin.get("/people").text for person in people.values())
    found = admin.get("/people", params={"q": "若溪"}).text
    assert "林若溪" in found
    assert "钱正" not in found
    assert "没有符合条件的人员" in admin.get("/people", params={"q": "不存在"}).text


def test_adding_shows_a_password_that_works_once(client_for: ClientFor, people: People, session: Session) -> None:
    admin = client_for("admin")
    answered = admin.post("/people", data={"login": "chenjing", "name": "陈静", "role": "successor"})
    assert answered.status_code == 201
    issued = re.search(r'class="secret">([^<]+)<', answered.text)
    assert issued
    person = find_person(session, "chenjing")
    assert (person.name, person.role, person.password_temporary) == ("陈静", Role.successor, True)
    assert credentials.check_password(person.password_hash, issued[1])
    assert issued[1] not in admin.get("/people").text


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        ({"login": "hr", "role": "hr"}, 409, "已被使用"),
        ({"login": "有 空格", "role": "hr"}, 422, "不能有空格"),
        ({"login": "neu", "role": ""}, 422, "请选择一个角色"),
        ({"login": "neu", "role": "king"}, 422, "请选择一个角色"),
        ({}, 422, "请选择一个角色"),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(
    client_for: ClientFor, people: People, data: dict[str, str], status: int, says: str
) -> None:
    answered = client_for("admin").post("/people", data=data)
    assert answered.status_code == status
    assert says in answered.text
    assert 'role="alert"' in answered.text
    assert f'value="{data.get("login", "")}"' in answered.text


def test_deactivating_works_on_the_next_request(client_for: ClientFor, people: People, session: Session) -> None:
    victim, admin = client_for("successor"), client_for("admin")
    _, secret = credentials.create_token(session, people["successor"].id, "脚本")
    session.commit()
    headers = {"Authorization": f"Bearer {secret}"}
    program = client_for(None)
    assert victim.get("/settings").status_code == 200
    assert program.get("/api/v1/me", headers=headers).status_code == 200
    assert admin.post(f"/people/{people['successor'].id}/deactivate").status_code == 303
    assert victim.get("/settings").status_code == 303
    assert program.get("/api/v1/me", headers=headers).status_code == 401
    assert admin.post(f"/people/{people['successor'].id}/reactivate").status_code == 303
    assert victim.get("/settings").status_code == 303, "a new log-in is needed"


def test_resetting_a_password_logs_out(client_for: ClientFor, people: People) -> None:
    victim = client_for("successor")
    answered = client_for("admin").post(f"/people/{people['successor'].id}/password")
    assert 'class="secret"' in answered.text
    assert victim.get("/settings").status_code == 303


def test_changing_a_role(client_for: ClientFor, people: People, session: Session) -> None:
    admin = client_for("admin")
    address = f"/people/{people['successor'].id}/role"
    assert admin.post(address, data={"role": "head"}).status_code == 303
    session.expire_all()
    assert find_person(session, "successor").role is Role.head
    assert admin.post(address, data={"role": "king"}).status_code == 422
    assert admin.post(f"/people/{people['admin'].id}/role", data={"role": "hr"}).status_code == 403


def test_names_are_text_and_never_markup(client_for: ClientFor, people: People, session: Session) -> None:
    add_person(session, "xss", Role.head, name="<script>alert(1)</script>")
    session.commit()
    assert "<script>alert" not in client_for("admin").get("/people").text


def test_queries_do_not_grow_with_people(client_for: ClientFor, people: People, session: Session) -> None:
    admin = client_for("admin")

    def count() -> int:
        return queries_of(lambda: admin.get("/people").raise_for_status())

    before = count()
    for n in range(20):
        add_person(session, f"u{n}", Role.head)
    session.commit()
    assert count() == before
