from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Classification, Module
from kb.handover.case import Deliverable
from kb.people import Person
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


@pytest.fixture
def leaver(client_for: ClientFor, shelf: Shelf) -> TestClient:
    shelf.put(tags=("华北",))
    shelf.put("机密 客户谈判.md", "# 客户谈判\n\n华北客户只认董事长签字，报价低于成本不谈。\n", Module.projects,
              Classification.confidential)
    return client_for("leaver")


def test_a_question_finds_the_passage_with_its_place(leaver: TestClient) -> None:
    page = leaver.get("/search", params={"q": "当初为什么退出华北市场"}).text
    assert "<mark>" in page
    assert "退出华北市场的决策" in page
    assert "战略规划" in page
    assert re.search(r'href="/documents/doc-[a-z0-9]+\?q=[^"]+&amp;at=[0-9a-f-]{36}&amp;version=1"', page)


@pytest.mark.parametrize(
    ("filters", "found", "gone"),
    [
        ({"module": "projects"}, "客户谈判", "退出华北市场的决策"),
        ({"classification": "internal"}, "退出华北市场的决策", "客户谈判"),
        ({"tag": "华北"}, "退出华北市场的决策", "客户谈判"),
    ],
)
def test_a_filter_narrows_and_stands_in_the_address(
    leaver: TestClient, filters: dict[str, str], found: str, gone: str
) -> None:
    page = leaver.get("/search", params={"q": "华北客户", **filters}).text
    hits = page[page.index('class="hits"') :]
    assert found in hits
    assert gone not in hits
    (value,) = filters.values()
    assert re.search(rf'value="{value}"\s+checked', page)


def test_unknown_values_and_dates_are_left_out(leaver: TestClient) -> None:
    asked = {"q": "华北", "module": "nonsense", "from": "gestern", "page": "-3", "kind": "x"}
    assert leaver.get("/search", params=asked).status_code == 200


def test_a_chosen_module_can_be_joined_by_another_and_counts_do_not_promise(leaver: TestClient) -> None:
    page = leaver.get("/search", params={"q": "华北", "module": "strategy"}).text
    assert re.search(r'value="projects"\s*><span>核心项目</span><span></span></label>', page)
    assert "份数会有不同" in page
    assert "份数会有不同" not in leaver.get("/search", params={"module": "strategy"}).text
    both = leaver.get("/search", params={"q": "华北", "module": ["strategy", "projects"]}).text
    hits = both[both.index('class="hits"') :]
    assert "客户谈判" in hits
    assert "退出华北市场的决策" in hits


def test_a_page_behind_the_last_leads_to_the_last(leaver: TestClient) -> None:
    page = leaver.get("/search", params={"q": "华北", "page": "7", "module": "strategy"}).text
    assert "结果到第 1 页为止" in page
    assert 'href="/search?q=%E5%8D%8E%E5%8C%97&amp;module=strategy&amp;page=1"' in page
    assert "换一种说法" not in page


def test_dates_the_wrong_way_round_are_named(leaver: TestClient) -> None:
    said = "开始日期晚于结束日期"
    assert said in leaver.get("/search", params={"q": "华北", "from": "2026-12-01", "to": "2024-01-01"}).text
    assert said not in leaver.get("/search", params={"q": "华北", "from": "2024-01-01", "to": "2024-01-02"}).text


def test_htmx_gets_the_results_alone(leaver: TestClient) -> None:
    part = leaver.get("/search", params={"q": "华北"}, headers={"HX-Request": "true", "HX-Target": "results"}).text
    assert part.lstrip().startswith('<div id="results"')
    assert "<html" not in part


@pytest.mark.parametrize(
    ("before", "asked", "header"),
    [
        ("?q=华", {"q": "华北"}, "HX-Replace-Url"),
        ("?from=&to=&q=华&q=华北", {"q": "华北"}, "HX-Replace-Url"),
        ("?q=华北&module=strategy", {"q": "华北客户", "module": "strategy"}, "HX-Replace-Url"),
        ("?q=华北", {"q": "华北", "module": "strategy"}, "HX-Push-Url"),
        ("?q=华北", {"q": "客户谈判"}, "HX-Push-Url"),
        ("", {"q": "华北"}, "HX-Push-Url"),
    ],
)
def test_typing_on_takes_the_address_of_what_was_typed_before(
    leaver: TestClient, before: str, asked: dict[str, str], header: str
) -> None:
    stood = f"http://testserver/search{quote(before, safe='?=&')}"
    headers = {"HX-Request": "true", "HX-Target": "results", "HX-Current-URL": stood}
    given = [*asked.items(), ("from", ""), ("to", "")]
    answer = leaver.get("/search", params=given, headers=headers)
    assert answer.headers[header] == "/search?" + urlencode(asked)


def test_results_stay_while_the_box_is_emptied(leaver: TestClient) -> None:
    asked = {"q": "", "from": "", "to": ""}
    part = leaver.get("/search", params=asked, headers={"HX-Request": "true", "HX-Target": "results"})
    assert (part.status_code, part.text) == (204, "")


def test_saving_a_search_goes_on_with_it_and_keeps_it_once(leaver: TestClient) -> None:
    for _ in range(2):
        kept = leaver.post("/search/saved", data={"name": "华北", "query": "q=%E5%8D%8E%E5%8C%97"})
        assert kept.headers["location"] == "/search?q=%E5%8D%8E%E5%8C%97&saved=1"
    page = leaver.get(kept.headers["location"]).text
    assert "退出华北" in page
    assert "已保存" in page
    assert len(re.findall(r"/search/saved/sav-", leaver.get("/search").text)) == 1


def test_what_one_may_not_see_is_in_no_count_and_no_filter(
    leaver: TestClient, client_for: ClientFor, shelf: Shelf, session: Session, people: dict[str, Person]
) -> None:
    shelf.open_to(session, people["successor"])
    page = client_for("successor").get("/search", params={"q": "华北客户谈判"}).text
    assert "1 份资料" in page
    assert 'value="projects"' not in page
    assert "董事长签字" not in page


def test_within_a_deliverable(client_for: ClientFor, shelf: Shelf, session: Session) -> None:
    owed = session.exec(select(Deliverable).where(Deliverable.handover_id == shelf.handover.id)).first()
    assert owed is not None
    session.commit()
    shelf.put(deliverable_id=owed.id)
    shelf.put("别的.md", "# 别的\n\n华北以外的事。\n")
    page = client_for("leaver").get("/search", params={"q": "华北", "deliverable": owed.id}).text
    assert f"只在交付物中检索：{owed.title}" in page
    assert "1 份资料" in page


def test_a_search_is_kept_opened_and_dropped(leaver: TestClient) -> None:
    assert leaver.post("/search/saved", data={"name": "华北", "query": "q=华北&module=strategy"}).status_code == 303
    page = leaver.get("/search").text
    assert 'href="/search?q=华北&amp;module=strategy"' in page
    saved = re.search(r"/search/saved/(sav-[a-z0-9]+)/delete", page)
    assert saved is not None
    leaver.post(saved[0])
    assert "sav-" not in leaver.get("/search").text


def test_recent_questions_are_ones_own_and_can_be_forgotten(leaver: TestClient, client_for: ClientFor) -> None:
    leaver.get("/search", params={"q": "退出华北的理由"})
    assert "退出华北的理由" in leaver.get("/search").text
    assert "退出华北的理由" not in client_for("hr").get("/search").text
    leaver.post("/search/recent/delete")
    assert "退出华北的理由" not in leaver.get("/search").text


def test_what_is_typed_is_escaped(leaver: TestClient) -> None:
    page = leaver.get("/search", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_an_english_question_is_searched_by_its_chinese_words_too(leaver: TestClient) -> None:
    page = leaver.get("/search", params={"q": "Why did we leave the North China market?"}).text
    assert "退出华北市场的决策" in page[page.index('class="hits"') :]
