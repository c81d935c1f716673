"""A person's own page: language, password, tokens, and what is open to them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials, throttle
from kb.handover.opening import open_handover
from kb.people import Person, find_person
from kb.viewing import OPERATOR_VIEWER
from web.security import csrf_token_for, session_cookie

People = dict[str, Person]
ClientFor = Callable[[str | None], TestClient]
OLD, NEW = "云帆-交接-2026", "全新-密码-9876"


@pytest.fixture
def hr(session: Session, people: People) -> Person:
    people["hr"].password_hash = credentials.hash_password(OLD)
    session.add(people["hr"])
    session.commit()
    return people["hr"]


def test_what_is_open_is_listed(client_for: ClientFor, people: People, session: Session) -> None:
    assert "还没有向您开放任何模块" in client_for("leaver").get("/settings").text
    handover = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"])
    session.commit()
    page = client_for("leaver").get("/settings").text
    assert handover.title in page
    assert "法律合规" in page
    assert "至绝密" in page


def test_a_language_is_kept_with_the_person(client_for: ClientFor, people: People, session: Session) -> None:
    client = client_for("hr")
    assert client.post("/language", data={"locale": "en", "next": "/settings"}).headers["location"] == "/settings"
    assert "What I may see" in client.get("/settings").text
    assert "What I may see" in client_for("hr").get("/settings").text, "also in another browser"
    refused = client.get("/people")
    assert "Your role cannot do this" in refused.text
    assert client.get("/api/v1/people/none").json()["detail"].startswith("This page does not exist")


class TestPassword:
    def _change(self, client: TestClient, old: str, new: str, again: str):  # type: ignore[no-untyped-def]
        return client.post("/settings/password", data={"old": old, "new": new, "again": again})

    def test_others_are_logged_out_and_this_browser_goes_on(self, client_for: ClientFor, hr: Person) -> None:
        here, there = client_for("hr"), client_for("hr")
        before = here.cookies[session_cookie()]
        answered = self._change(here, OLD, NEW, NEW)
        assert answered.headers["location"] == "/settings?saved=password"
        assert here.cookies[session_cookie()] != before
        here.headers["X-CSRF-Token"] = csrf_token_for(here.cookies[session_cookie()])
        assert "密码已更换" in here.get("/settings?saved=password").text
        assert there.get("/settings").status_code == 303

    @pytest.mark.parametrize(
        ("old", "new", "again", "says"),
        [
            ("错误的旧密码", NEW, NEW, "当前密码不对"),
            (OLD, NEW, NEW + "1", "不一致"),
            (OLD, "短", "短", "密码至少 10 个字符"),
            (OLD, OLD, OLD, "不能与当前密码相同"),
            (OLD, "aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "太容易被猜到"),
        ],
    )
    def test_mistakes(
        self, client_for: ClientFor, hr: Person, session: Session, old: str, new: str, again: str, says: str
    ) -> None:
        client = client_for("hr")
        answered = self._change(client, old, new, again)
        assert answered.status_code == 422
        assert says in answered.text
        assert client.get("/settings").status_code == 200, "still logged in"
        session.expire_all()
        assert credentials.check_password(find_person(session, "hr").password_hash, OLD)


    def test_the_old_password_cannot_be_guessed_from_a_session(self, client_for: ClientFor, hr: Person) -> None:
        client = client_for("hr")
        statuses = [self._change(client, f"猜的密码-{n}", NEW, NEW).status_code for n in range(throttle.PER_LOGIN)]
        assert set(statuses) == {422}
        assert self._change(client, OLD, NEW, NEW).status_code == 429
        assert client.get("/settings").status_code == 200
        assert self._change(client_for("leaver"), "猜的密码-1", NEW, NEW).status_code == 422, "counted by person"


class TestTokens:
    def test_the_secret_is_shown_once_and_works(self, client_for: ClientFor, people: People) -> None:
        client, program = client_for("hr"), client_for(None)
        page = client.post("/settings/tokens", data={"name": "人力系统", "days": "30"}).text
        secret = re.search(r'class="secret">(kb_[^<]+)<', page)
        assert secret
        headers = {"Authorization": f"Bearer {secret[1]}"}
        assert program.get("/api/v1/me", headers=headers).json()["login"] == "hr"
        listed = client.get("/settings/tokens").text
        assert "kb mcp --url http" in listed
        assert secret[1] not in listed
        assert "人力系统" in listed
        assert "从未使用" not in listed, "the use above was noted"

    def test_revoked_ones_stop_with_the_next_request(
        self, client_for: ClientFor, people: People, session: Session
    ) -> None:
        row, secret = credentials.create_token(session, people["hr"].id, "人力系统")
        session.commit()
        client, program = client_for("hr"), client_for(None)
        headers = {"Authorization": f"Bearer {secret}"}
        assert program.get("/api/v1/me", headers=headers).status_code == 200
        assert client.post(f"/settings/tokens/{row.id}/revoke").status_code == 303
        refused = program.get("/api/v1/me", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert client.post(f"/settings/tokens/{row.id}/revoke").status_code == 404

    def test_anothers_is_not_found(self, client_for: ClientFor, people: People, session: Session) -> None:
        row, _ = credentials.create_token(session, people["hr"].id, "人力系统")
        session.commit()
        admin = client_for("admin")
        hidden, absent = (admin.post(f"/settings/tokens/{i}/revoke") for i in (row.id, "tok-none"))
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(row.id, "") == absent.text.replace("tok-none", "")

    @pytest.mark.parametrize("data", [{"name": "", "days": "30"}, {"name": "永久", "days": "99999"}])
    def test_mistakes(self, client_for: ClientFor, people: People, data: dict[str, str]) -> None:
        answered = client_for("hr").post("/settings/tokens", data=data)
        assert answered.status_code == 422
        assert 'role="alert"' in answered.text
