from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb.access import Module
from kb.handover.case import Handover
from kb.handover.workflow import Node
from kb.people import Person
from tests.counting import queries_of
from tests.kb.handover.walking import hand_in, owed
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def test_the_leaver_sees_what_is_owed_and_hands_it_in_from_here(client_for: ClientFor, handover: Handover) -> None:
    page = client_for("leaver").get("/").text
    assert "您还有 12 项要交付" in page
    assert 'action="/upload"' in page
    assert f'name="handover" value="{handover.id}"' in page


def test_the_successor_finds_a_search_box_and_the_newest_documents(
    client_for: ClientFor, shelf: Shelf, session: Session, people: dict[str, Person]
) -> None:
    shelf.put()
    shelf.put("绝密报价.md", "# 绝密报价\n\n只给董事会看的报价。\n", Module.finance)
    shelf.open_to(session, people["successor"])
    page = client_for("successor").get("/").text
    assert 'id="home-q"' in page
    assert "退出华北市场的决策" in page
    assert "绝密报价" not in page


@pytest.mark.parametrize(("login", "said"), [("hr", "发起交接"), ("auditor", "0 / 12"), ("admin", "人员与账号")])
def test_each_role_finds_its_own_work(client_for: ClientFor, handover: Handover, login: str, said: str) -> None:
    assert said in client_for(login).get("/").text


def test_hr_sees_what_is_stuck_without_opening_each_handover(
    client_for: ClientFor, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    handover.head_id, handover.node = people["head"].id, Node.head_review
    hand_in(session, handover, owed(session, handover)[0])
    session.commit()
    page = client_for("hr").get("/").text
    assert "部门负责人还看不到 1 项交付物的文件" in page
    assert f'href="/grants/{handover.id}"' in page
    assert "看不到" not in client_for("leaver").get("/").text


def test_a_head_without_a_handover_is_told_that_nothing_waits(client_for: ClientFor, people: dict[str, Person]) -> None:
    assert "目前没有需要您处理的事项" in client_for("head").get("/").text


def test_the_first_page_of_an_empty_company_leads_to_its_first_handover(
    client_for: ClientFor, people: dict[str, Person]
) -> None:
    hr, admin = client_for("hr").get("/").text, client_for("admin").get("/").text
    assert all('href="/handovers/new"' in page and "还没有交接" in page for page in (hr, admin))
    assert 'class="button primary" href="/people"' in admin


def test_a_refused_file_is_named_with_what_to_do(client_for: ClientFor, shelf: Shelf) -> None:
    shelf.put("空白.docx", "")
    page = client_for("leaver").get("/").text
    assert "没有收录成功的资料" in page
    assert "空白" in page


def test_more_documents_cost_no_more_queries(client_for: ClientFor, shelf: Shelf) -> None:
    client = client_for("leaver")
    shelf.put("一.md", "# 一\n\n第一份说明的正文。\n")
    client.get("/")
    few = queries_of(lambda: client.get("/"))
    for n in range(4):
        shelf.put(f"又一份{n}.md", f"# 又一份 {n}\n\n第 {n} 份说明的正文。\n")
    assert queries_of(lambda: client.get("/")) == few
