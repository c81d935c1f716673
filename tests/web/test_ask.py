"""Asking through every door: page, prose, REST, command line; with a real server that plays the endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Classification, Module
from kb.ledger import LedgerEntry
from kb.people import Person
from kb.settings import settings
from search.history import SearchRecord
from tests.search.answer.endpoint import Endpoint, endpoint
from tests.web.shelf import Shelf, shelf
from web import commands
from web.console import Console

__all__ = ["endpoint", "shelf"]
pytestmark = pytest.mark.integration
ClientFor = Callable[[str | None], TestClient]
QUESTION = "当初退出华北市场的理由是什么"
GOOD = "当初退出华北市场，是因为单一客户占了 60% 的收入。[2]"
"""The confidential quote comes first; it is not sent, and the numbers stay."""


@pytest.fixture
def leaver(client_for: ClientFor, shelf: Shelf) -> TestClient:
    shelf.put()
    text = "# 退出华北市场的理由\n\n退出华北市场的理由是董事长不签字，赔偿 320 万元。\n"
    shelf.put("机密 退出华北市场的谈判.md", text,
              Module.projects, Classification.confidential)
    return client_for("leaver")


def test_quotes_stand_with_their_source_and_version(leaver: TestClient) -> None:
    page = leaver.get("/ask", params={"q": QUESTION}).text
    assert "占了六成收入" in page.replace("<mark>", "").replace("</mark>", "")
    assert "第 1 版" in page
    assert re.search(r'href="/documents/doc-[a-z0-9]+\?q=[^"]+&amp;at=[0-9a-f-]{36}&amp;version=1"', page)
    assert "/ask/prose" not in page, "no endpoint, nothing missing but the prose"


def test_without_a_question_there_is_a_form(leaver: TestClient) -> None:
    assert 'action="/ask"' in leaver.get("/ask").text
    assert leaver.get("/ask/prose").status_code == 422
    assert leaver.get("/ask", params={"q": "   "}).status_code == 200


def test_the_page_does_not_wait_and_the_prose_comes_after(leaver: TestClient, endpoint: Endpoint) -> None:
    endpoint.says = GOOD + "\n公司明年搬家。"
    page = leaver.get("/ask", params={"q": QUESTION}).text
    assert endpoint.asked == []
    (address,) = re.findall(r'hx-get="(/ask/prose[^"]+)"', page)
    part = leaver.get(address.replace("&amp;", "&")).text
    assert "单一客户占了 60% 的收入。" in part
    assert "搬家" not in part
    assert "有 1 句没有出处，已略去。" in part
    assert "<html" not in part


def test_without_javascript_a_link_loads_the_prose(leaver: TestClient, endpoint: Endpoint) -> None:
    endpoint.says = GOOD
    page = leaver.get("/ask", params={"q": QUESTION, "prose": "1"}).text
    assert "单一客户占了 60% 的收入。" in page
    assert 'class="source-mark"' in page


@pytest.mark.parametrize("status", [401, 500])
def test_a_broken_endpoint_is_a_quiet_note(leaver: TestClient, endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    answer = leaver.get("/ask", params={"q": QUESTION, "prose": "1"})
    assert answer.status_code == 200
    assert "作答接口暂时没有给出回答" in answer.text
    assert 'class="hits quotes"' in answer.text


def test_what_a_reply_holds_is_escaped(leaver: TestClient, endpoint: Endpoint) -> None:
    endpoint.says = "当初退出华北市场，是因为单一客户占了六成收入<script>路权</script>。[1]"
    assert "<script>路权" not in leaver.get("/ask", params={"q": QUESTION, "prose": "1"}).text


def test_it_is_one_search_on_record_and_the_log_says_what_left(
    leaver: TestClient, endpoint: Endpoint, session: Session
) -> None:
    endpoint.says = GOOD
    leaver.get("/ask", params={"q": QUESTION})
    leaver.get("/ask/prose", params={"q": QUESTION})
    session.expire_all()
    assert len(session.exec(select(SearchRecord)).all()) == 1
    (entry,) = session.exec(select(LedgerEntry).where(LedgerEntry.action == "answer.sent")).all()
    said = json.loads(entry.body)["detail"]
    assert len(said["documents"]) == 1
    assert said["to"] == "127.0.0.1"
    assert "华北" not in entry.body


def test_confidential_is_shown_but_never_sent(leaver: TestClient, endpoint: Endpoint) -> None:
    page = leaver.get("/ask", params={"q": QUESTION, "prose": "1"}).text
    assert "320 万元" in page
    assert "320 万元" not in json.dumps(endpoint.asked, ensure_ascii=False)
    assert "有 1 段因密级没有发给作答接口" in page
    leaver.get("/ask/prose", params={"q": QUESTION, "module": "projects"})
    assert len(endpoint.asked) == 1


def test_what_one_may_not_see_is_neither_quoted_nor_sent(
    leaver: TestClient, client_for: ClientFor, shelf: Shelf, session: Session, people: dict[str, Person],
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KB_ANSWER_UP_TO", "restricted")
    settings.cache_clear()
    shelf.open_to(session, people["successor"])
    page = client_for("successor").get("/ask", params={"q": QUESTION, "prose": "1"}).text
    assert "320 万元" not in page
    assert len(endpoint.asked) == 1
    assert "320 万元" not in json.dumps(endpoint.asked, ensure_ascii=False)
    assert 'class="hits quotes"' not in client_for("hr").get("/ask", params={"q": QUESTION, "prose": "1"}).text
    assert len(endpoint.asked) == 1


def test_nothing_reliable_is_a_refusal_and_nothing_is_sent(leaver: TestClient, endpoint: Endpoint) -> None:
    page = leaver.get("/ask", params={"q": "深圳食堂的供应商代码 ZX-9981 是哪家", "prose": "1"}).text
    assert "没有找到可靠的答案" in page or "没有找到相关内容" in page
    assert endpoint.asked == []


def test_a_program_asks_with_a_token(
    leaver: TestClient, program_for: Callable[[str], TestClient], endpoint: Endpoint
) -> None:
    endpoint.says = GOOD
    program = program_for("leaver")
    said = program.get("/api/v1/ask", params={"q": QUESTION}).json()
    assert said["outcome"] == "written"
    assert said["prose"][0]["cites"] == [2]
    first = said["quotes"][0]
    text = program.get(f"/api/v1/documents/{first['document_id']}/text").json()["text"]
    assert text[first["start"] : first["end"]] == first["text"]
    assert program.get("/api/v1/ask", params={"q": QUESTION, "prose": "false"}).json()["outcome"] == "off"
    assert len(endpoint.asked) == 1
    assert program.get("/api/v1/ask", params={"q": ""}).status_code == 422


def test_on_the_command_line(leaver: TestClient, endpoint: Endpoint) -> None:
    endpoint.says = GOOD
    out: list[str] = []
    commands.run("ask", Console(out.append, out.append), {"question": QUESTION, "as_user": "leaver"})
    assert "[1]" in "".join(out)
    assert "单一客户占了 60% 的收入。 [2]" in "".join(out)
    told: list[str] = []
    commands.run("ask", Console(told.append, told.append, as_json=True), {"question": QUESTION, "as_user": "hr"})
    assert json.loads("".join(told))["quotes"] == []
