"""Logging in and out: throttling, fixation, cookies, one-time passwords, languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb import credentials, throttle
from kb.ledger import LedgerEntry
from kb.people import Person
from web.security import csrf_token_for, session_cookie, visitor_cookie

People = dict[str, Person]
ClientFor = Callable[[str | None], TestClient]
PASSWORD = "云帆-交接-2026"


@pytest.fixture
def hr(session: Session, people: People) -> Person:
    people["hr"].password_hash = credentials.hash_password(PASSWORD)
    session.add(people["hr"])
    session.commit()
    return people["hr"]


def token_on(page: str) -> str:
    """The CSRF token in a page's first form."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def log_in(client: TestClient, login: str, password: str, **more: str):  # type: ignore[no-untyped-def]
    page = client.get("/login")
    data = {"login": login, "password": password, "csrf_token": token_on(page.text), **more}
    return client.post("/login", data=data)


def test_the_right_password_opens(client_for: ClientFor, hr: Person) -> None:
    client = client_for(None)
    answered = log_in(client, "hr", PASSWORD, next="/settings/tokens")
    assert (answered.status_code, answered.headers["location"]) == (303, "/settings/tokens")
    assert client.get("/settings").status_code == 200


def test_the_cookie_is_closed_to_scripts_and_other_sites(client_for: ClientFor, hr: Person) -> None:
    answered = log_in(client_for(None), "hr", PASSWORD)
    cookie = next(c for c in answered.headers.get_list("set-cookie") if c.startswith(session_cookie()))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/" in cookie


@pytest.mark.parametrize(
    ("login", "password"), [("hr", "错误的密码-12"), ("没有这个人", PASSWORD), ("hr", ""), ("", "")]
)
def test_the_wrong_one_says_the_same_to_everybody(
    client_for: ClientFor, hr: Person, login: str, password: str
) -> None:
    answered = log_in(client_for(None), login, password)
    assert answered.status_code == 422
    assert "登录名或密码不对，请重新输入。" in answered.text
    assert session_cookie() not in answered.headers.get("set-cookie", "")


def test_a_deactivated_person_stays_out(client_for: ClientFor, hr: Person, session: Session) -> None:
    hr.active = False
    session.commit()
    assert log_in(client_for(None), "hr", PASSWORD).status_code == 422


def test_a_cookie_from_before_the_log_in_is_worth_nothing(client_for: ClientFor, hr: Person) -> None:
    client = client_for(None)
    client.cookies.set(session_cookie(), "planted-by-somebody", domain="testserver.local")
    answered = log_in(client, "hr", PASSWORD)
    assert "planted-by-somebody" not in answered.headers["set-cookie"]
    planted = client_for(None)
    planted.cookies.set(session_cookie(), "planted-by-somebody")
    assert planted.get("/settings").status_code == 303


def test_guessing_is_throttled_and_even_the_right_one_waits(client_for: ClientFor, hr: Person) -> None:
    client = client_for(None)
    token = token_on(client.get("/login").text)
    data = {"login": "hr", "password": "错误的密码-12", "csrf_token": token}
    statuses = [client.post("/login", data=data).status_code for _ in range(throttle.PER_LOGIN)]
    assert set(statuses) == {422}
    answered = client.post("/login", data={**data, "password": PASSWORD})
    assert answered.status_code == 429
    assert int(answered.headers["retry-after"]) > 0
    assert "分钟后再试" in answered.text


def test_log_out_kills_the_copied_cookie(client_for: ClientFor, hr: Person) -> None:
    client = client_for("hr")
    thief = client_for(None)
    thief.cookies.set(session_cookie(), client.cookies[session_cookie()])
    assert thief.get("/settings").status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    assert thief.get("/settings").status_code == 303


@pytest.mark.parametrize(
    "there", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", "\t//x"]
)
def test_it_leads_to_no_other_site(client_for: ClientFor, hr: Person, there: str) -> None:
    assert log_in(client_for(None), "hr", PASSWORD, next=there).headers["location"] == "/"


def test_a_visitor_is_led_to_log_in_and_back(client_for: ClientFor, people: People) -> None:
    answered = client_for(None).get("/settings/tokens?x=1")
    assert (answered.status_code, answered.headers["location"]) == (303, "/login?next=/settings/tokens%3Fx%3D1")
    fragment = client_for(None).get("/settings", headers={"HX-Request": "true"})
    assert fragment.headers["hx-redirect"] == "/login?next=/settings"


def test_who_is_in_need_not_log_in_again(client_for: ClientFor, people: People) -> None:
    assert client_for("hr").get("/login?next=/settings").headers["location"] == "/settings"


def test_a_one_time_password_must_be_replaced_first(client_for: ClientFor, hr: Person, session: Session) -> None:
    hr.password_temporary = True
    session.commit()
    client = client_for(None)
    log_in(client, "hr", PASSWORD)
    assert client.get("/settings").headers["location"] == "/settings/password"
    assert client.get("/api/v1/me").status_code == 403
    page = client.get("/settings/password")
    assert page.status_code == 200
    client.post("/settings/password", data={
        "old": PASSWORD, "new": "全新-密码-9876", "again": "全新-密码-9876", "csrf_token": token_on(page.text),
    })
    assert client.get("/settings").status_code == 200


def test_visitors_get_a_cookie_for_the_form_and_lose_it_at_log_in(client_for: ClientFor, hr: Person) -> None:
    client = client_for(None)
    client.get("/login")
    assert client.cookies.get(visitor_cookie())
    log_in(client, "hr", PASSWORD)
    assert not client.cookies.get(visitor_cookie())


def test_a_visitor_chooses_a_language(client_for: ClientFor, people: People) -> None:
    client = client_for(None)
    page = client.get("/login")
    answered = client.post("/language", data={"locale": "en", "next": "/login", "csrf_token": token_on(page.text)})
    assert answered.headers["location"] == "/login"
    assert "Log in" in client.get("/login").text
    wrong = client.post("/language", data={"locale": "fr", "csrf_token": token_on(page.text)})
    assert wrong.status_code == 422


def test_accept_language_decides_for_a_stranger(client_for: ClientFor, people: People) -> None:
    client = client_for(None)
    assert "Log in" in client.get("/login", headers={"Accept-Language": "en-GB,zh;q=0.5"}).text
    assert "登录" in client.get("/login", headers={"Accept-Language": "zh-Hans-CN,en;q=0.5"}).text


def test_an_id_is_no_log_in_name(client_for: ClientFor, hr: Person) -> None:
    assert log_in(client_for(None), hr.id, PASSWORD).status_code == 422


def test_failures_are_logged_without_what_was_typed(client_for: ClientFor, hr: Person, session: Session) -> None:
    log_in(client_for(None), "hr", "错误的密码-12")
    log_in(client_for(None), "nobody", "错误的密码-12")
    log_in(client_for(None), "hr", PASSWORD)
    entries = session.exec(select(LedgerEntry)).all()
    assert [(e.action, e.actor_id, e.object_id) for e in entries] == [
        ("session.refused", hr.id, hr.id), ("session.refused", "system", ""), ("session.opened", hr.id, hr.id),
    ]  # fmt: skip
    assert "nobody" not in "".join(e.body for e in entries)


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client_for: ClientFor, people: People) -> None:
    client = client_for(None)
    client.get("/login")
    client.headers["X-CSRF-Token"] = csrf_token_for(client.cookies[visitor_cookie()])
    page = "http://testserver/handovers/h/risks?x=1"
    sent = client.post("/handovers/h/risks", headers={"Referer": page})
    assert sent.headers["location"] == "/login?next=/handovers/h/risks%3Fx%3D1&ended=true"
    assert "登录已过期" in client.get(sent.headers["location"]).text
    typed = client.post("/cards/c/autosave", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/cards/c"})
    assert typed.headers["hx-redirect"] == "/login?next=/cards/c&ended=true"


def test_switching_the_language_stays_on_the_page_that_is_shown(client_for: ClientFor, people: People) -> None:
    client = client_for("hr")
    assert 'name="next" value="/documents?q=%E5%8D%8E"' in client.get("/documents?q=%E5%8D%8E").text
    refused = client.post("/handovers/new", data={"role": "coo"}, headers={"Referer": "http://testserver/handovers/new"})
    assert refused.status_code == 422
    assert 'name="next" value="/handovers/new"' in refused.text
