"""Headers, forged requests, bodies that are too large, failures: what every answer and every request goes through."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import FastAPI
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.handover.case import Handover
from kb.people import Person
from kb.settings import settings
from web.app import create_app
from web.security import HEADERS, csrf_token_for, session_cookie, visitor_cookie

People = dict[str, Person]
ClientFor = Callable[[str | None], TestClient]
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "web/templates"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


@pytest.mark.parametrize(
    "path",
    ["/login", "/settings", "/none", "/api/v1/me", "/api/v1/openapi.json", "/healthz", "/static/htmx/htmx.min.js"],
)
def test_every_answer_carries_the_headers(client_for: ClientFor, people: People, path: str) -> None:
    for login in (None, "hr"):
        headers = client_for(login).get(path).headers
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        if not path.startswith("/static"):
            assert headers["cache-control"] == "no-store"


def test_a_failure_carries_them_too_and_tells_nothing(app: FastAPI, people: People) -> None:
    @app.get("/fails")
    @app.get("/api/v1/fails")
    def fails() -> None:
        raise RuntimeError("geheimes Passwort")

    client = TestClient(app, raise_server_exceptions=False)
    for path in ("/fails", "/api/v1/fails"):
        answered = client.get(path)
        assert answered.status_code == 500
        assert "geheim" not in answered.text
        assert answered.headers["content-security-policy"] == CSP
    assert answered.json()["slug"] == "server.failed"


class TestForgery:
    PATH = "/settings/tokens"
    DATA: ClassVar = {"name": "报表", "days": "30"}

    def test_without_a_token_nothing_happens(self, client_for: ClientFor, session: Session, people: People) -> None:
        client = client_for("hr")
        del client.headers["X-CSRF-Token"]
        for data in (self.DATA, {**self.DATA, "csrf_token": ""}, {**self.DATA, "csrf_token": "0" * 64},
                     {**self.DATA, "csrf_token": csrf_token_for("fremd")}, {**self.DATA, "csrf_token": "中文"}):
            assert client.post(self.PATH, data=data).status_code == 403
        assert client.post(self.PATH).status_code == 403
        assert client.post(self.PATH, json={}).status_code == 403
        assert credentials.list_tokens(session, people["hr"].id) == []

    def test_with_one_in_form_or_header_it_does(self, client_for: ClientFor, people: People) -> None:
        client = client_for("hr")
        token = client.headers.pop("X-CSRF-Token")
        assert client.post(self.PATH, data={**self.DATA, "csrf_token": token}).status_code == 201
        assert client.post(self.PATH, data=self.DATA, headers={"X-CSRF-Token": token}).status_code == 201

    def test_in_a_multipart_form_too(self, client_for: ClientFor, people: People) -> None:
        client = client_for("hr")
        token = client.headers.pop("X-CSRF-Token")
        fields = {name: (None, value) for name, value in {**self.DATA, "csrf_token": token}.items()}
        assert client.post(self.PATH, files=fields).status_code == 201

    def test_anothers_token_does_not(self, client_for: ClientFor, people: People) -> None:
        client, other = client_for("hr"), client_for("admin")
        answered = client.post(self.PATH, data=self.DATA, headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]})
        assert answered.status_code == 403

    @pytest.mark.parametrize(
        "headers",
        [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
         {"Origin": "null"}],
    )
    def test_other_sites_do_not(self, client_for: ClientFor, people: People, headers: dict[str, str]) -> None:
        assert client_for("hr").post(self.PATH, data=self.DATA, headers=headers).status_code == 403

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
    def test_this_site_does(self, client_for: ClientFor, people: People, headers: dict[str, str]) -> None:
        assert client_for("hr").post(self.PATH, data=self.DATA, headers=headers).status_code == 201

    def test_log_in_and_log_out_are_guarded(self, client_for: ClientFor, people: People) -> None:
        assert client_for(None).post("/login", data={"login": "hr", "password": "x"}).status_code == 403
        client = client_for("hr")
        del client.headers["X-CSRF-Token"]
        assert client.post("/logout").status_code == 403
        assert client.get("/settings").status_code == 200

    def test_the_api_with_a_cookie_needs_it_and_with_a_token_not(
        self, client_for: ClientFor, session: Session, people: People
    ) -> None:
        client = client_for("hr")
        del client.headers["X-CSRF-Token"]
        assert client.put("/api/v1/me/locale", json={"locale": "en"}).status_code == 403
        _, secret = credentials.create_token(session, people["hr"].id, "脚本")
        session.commit()
        answered = client_for(None).put(
            "/api/v1/me/locale", json={"locale": "en"}, headers={"Authorization": f"Bearer {secret}"}
        )
        assert answered.status_code == 204

    def test_a_bearer_header_does_not_open_pages_or_skip_the_check(
        self, client_for: ClientFor, session: Session, people: People
    ) -> None:
        _, secret = credentials.create_token(session, people["hr"].id, "脚本")
        session.commit()
        headers = {"Authorization": f"Bearer {secret}"}
        assert client_for(None).get("/settings", headers=headers).status_code == 303
        assert client_for(None).post(self.PATH, data=self.DATA, headers=headers).status_code == 403


def test_every_form_of_the_templates_carries_the_token() -> None:
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
            if re.search(r'method="post"', form, re.IGNORECASE):
                assert re.search(r'name="csrf_token"|\{\{ (parts\.)?csrf\(\) \}\}', form), f"{path}: {form[:120]}"


def test_no_template_breaks_the_policy() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|javascript:|<style", re.IGNORECASE)
    for path in TEMPLATES.rglob("*.html"):
        found = inline.search(path.read_text("utf-8"))
        assert found is None, f"{path}: {found and found[0]}"


class TestBodies:
    def test_a_stranger_sends_little(self, client_for: ClientFor, people: People) -> None:
        client = client_for(None)
        big = {"files": ("很大.txt", b"0" * (2 * 1024 * 1024))}
        assert client.post("/login", files=big).status_code == 413
        assert client.post("/login", data={"login": "x" * (2 * 1024 * 1024)}).status_code == 413

    def test_without_a_declared_length_neither(self, client_for: ClientFor, people: People) -> None:
        def endless():  # type: ignore[no-untyped-def]
            for _ in range(40):
                yield b"x" * 65536

        for kind in ("application/x-www-form-urlencoded", "application/json"):
            for path in ("/login", "/api/v1/people"):
                answered = client_for(None).post(path, content=endless(), headers={"Content-Type": kind})
                assert answered.status_code in (401, 403, 413)

    def test_a_person_may_send_files(self, client_for: ClientFor, people: People) -> None:
        big = {"name": (None, "报表"), "days": (None, "30"), "extra": ("大.txt", b"0" * (2 * 1024 * 1024))}
        assert client_for("hr").post("/settings/tokens", files=big).status_code == 201


def test_behind_tls_cookies_are_secure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SECURE_COOKIES", "true")
    settings.cache_clear()
    client = TestClient(create_app(), base_url="https://testserver", follow_redirects=False)
    answered = client.get("/login")
    assert visitor_cookie().startswith("__Host-")
    assert session_cookie().startswith("__Host-")
    assert "secure" in answered.headers["set-cookie"].lower()
    assert answered.headers["strict-transport-security"].startswith("max-age=")


def test_absent_pages_are_one_page(client_for: ClientFor, people: People) -> None:
    client = client_for("hr")
    bodies = {client.get(path).text.replace(path, "") for path in ("/none", "/settings/none", "/static/none.css")}
    assert client.get("/grants/hov-none").status_code == 404
    assert len(bodies) == 1, "they differ in nothing but the address itself, to which the language form leads back"


def test_wrong_methods_and_bad_input_are_pages(client_for: ClientFor, people: People) -> None:
    client = client_for("hr")
    assert client.post("/settings").status_code == 405
    assert client.post("/settings/tokens", data={"name": "x", "days": "viele"}).status_code == 422
    problem = client.get("/api/v1/people?limit=0")
    assert problem.status_code == 422
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["fields"][0]["field"] == "query.limit"


def test_the_headers_table_is_what_the_documents_say() -> None:
    assert HEADERS["Content-Security-Policy"] == CSP


ODD = ("²", "٣", "-1", "x", "9" * 30, "9" * 5000)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", ["/documents?page=", "/search?q=a&page=", "/log?before=", "/log?since="])
def test_an_odd_number_in_an_address_breaks_nothing(
    client_for: ClientFor, people: People, path: str, odd: str
) -> None:
    assert client_for("hr").get(path + odd).status_code in (200, 422)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_number_in_a_form_breaks_nothing(client_for: ClientFor, handover: Handover, odd: str) -> None:
    hr, leaver = client_for("hr"), client_for("leaver")
    assert hr.post(f"/handovers/{handover.id}/exam/gate", data={"percent": odd}).status_code in (303, 422)
    for form in ({f"key-{odd}": "a"}, {"key-0": "a", "up": odd}, {"key-0": "a", "weight-0": odd, "publish": "1"}):
        assert hr.post("/templates/coo/edit", data=form).status_code in (200, 422)
    card = leaver.post(f"/handovers/{handover.id}/cards", data={"form": "decision"}).headers["location"]
    assert leaver.post(card, data={"revision": odd, "title": "甲"}).status_code in (303, 422)
    notes = leaver.post(f"/handovers/{handover.id}/notes/new", data={"text": "甲\n\n乙"}).headers["location"]
    assert leaver.post(notes, data={"p": odd, "into": "decision"}).status_code in (303, 422)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_of_no_calendar_is_refused(client_for: ClientFor, people: People, day: str) -> None:
    assert client_for("hr").get(f"/log?since={day}").status_code == 422
