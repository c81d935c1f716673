from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from kb.access import Classification, Module
from tests.counting import queries_of
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def test_refused_ones_stand_there_with_their_reason(client_for: ClientFor, shelf: Shelf) -> None:
    shelf.put()
    shelf.put("空白.docx", "")
    leaver = client_for("leaver")
    page = leaver.get("/documents").text
    assert "可检索" in page
    assert "未收录" in page
    only = leaver.get("/documents", params={"status": "refused"}).text
    assert "空白.docx" in only
    assert "退出华北市场的决策" not in only


@pytest.mark.parametrize("asked", [{"module": "projects"}, {"text": "谈判"}, {"classification": "confidential"}])
def test_the_list_is_narrowed(client_for: ClientFor, shelf: Shelf, asked: dict[str, str]) -> None:
    shelf.put()
    shelf.put("客户谈判.md", "# 客户谈判\n\n只认签字。\n", Module.projects, Classification.confidential)
    page = client_for("leaver").get("/documents", params=asked).text
    assert "客户谈判" in page
    assert "退出华北市场的决策" not in page


def test_more_rows_cost_no_more_queries(client_for: ClientFor, shelf: Shelf) -> None:
    leaver = client_for("leaver")
    shelf.put("一.md", "# 一\n\n第一份说明的正文。\n")
    leaver.get("/documents")
    few = queries_of(lambda: leaver.get("/documents"))
    for n in range(5):
        shelf.put(f"又一份{n}.md", f"# 又一份 {n}\n\n第 {n} 份说明的正文。\n")
    assert queries_of(lambda: leaver.get("/documents")) == few


def test_tags_are_separated_as_people_write_them(client_for: ClientFor, shelf: Shelf) -> None:
    document, leaver = shelf.put(), client_for("leaver")
    answer = leaver.post(f"/documents/{document}/tags", data={"tags": "退出，华北、复盘"})
    assert answer.status_code == 303
    page = leaver.get(f"/documents/{document}").text
    assert all(f"/search?tag={tag}" in page for tag in ("%E9%80%80%E5%87%BA", "%E5%8D%8E%E5%8C%97"))


def test_moving_closes_it_to_those_who_lack_the_other_module(client_for: ClientFor, shelf: Shelf) -> None:
    document, leaver = shelf.put(), client_for("leaver")
    leaver.post(f"/documents/{document}/move", data={"module": "finance", "classification": "restricted"})
    assert "财务权限" in leaver.get(f"/documents/{document}").text
    assert leaver.post(f"/documents/{document}/move", data={"module": "nonsense"}).status_code == 422


def test_deleting_asks_first_and_is_for_good(client_for: ClientFor, shelf: Shelf) -> None:
    document, leaver = shelf.put(), client_for("leaver")
    assert "不能恢复" in leaver.get(f"/documents/{document}/delete").text
    assert leaver.post(f"/documents/{document}/delete").status_code == 303
    assert leaver.get(f"/documents/{document}").status_code == 404
    assert "没有找到相关内容" in leaver.get("/search", params={"q": "退出华北市场"}).text
