"""Writing a card and being interviewed, through the pages, the real pipeline and the real search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb import grants
from kb.access import Classification, Module
from kb.db import transaction
from kb.handover.case import GapSource, GapState
from kb.handover.gaps import gaps_of, note_gap
from kb.handover.opening import open_handover
from kb.people import Person
from kb.tags import DocumentTag
from kb.viewing import OPERATOR_VIEWER
from tests import working

ClientFor = Callable[[str | None], TestClient]
DECISION = {
    "title": "为什么退出华北市场", "f-context": "华北三个仓连续两年亏损，合计 1,860 万元。",
    "f-options": "只关天津仓：空驶率会升到 41%，所以没有选。", "f-choice": "2025 年 3 月董事长拍板，9 月底前清退。",
    "f-why": "真正的原因是最大客户换了采购负责人，续约没有把握。", "then": "hand_in",
}


@pytest.fixture
def handover(session: Session, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> str:
    working.without_model(monkeypatch)
    made = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"])
    for module in (Module.strategy, Module.team):
        grants.write_grant(session, OPERATOR_VIEWER, people["successor"].id, made.id, module, Classification.internal)
    session.commit()
    return made.id


def begun(client: TestClient, handover: str, form: str = "decision") -> str:
    answer = client.post(f"/handovers/{handover}/cards", data={"form": form, "module": "strategy"})
    assert answer.status_code == 200
    return str(answer.url.path)


def revision(page: str) -> str:
    return page.split('name="revision" value="')[1].split('"')[0]


def test_a_card_is_kept_while_typing_then_found_as_what_it_is(
    handover: str, app: FastAPI, client_for: ClientFor
) -> None:
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    card = begun(leaver, handover)
    kept = leaver.post(f"{card}/autosave", data={"title": "为什么退出华北市场", "f-why": "客户换人", "revision": "1"})
    assert 'id="card-state"' in kept.text
    assert "客户换人" in leaver.get(card).text
    stale = leaver.post(f"{card}/autosave", data={"title": "别的", "revision": "1"})
    assert "另一个窗口" in stale.text
    unfinished = leaver.post(card, data={"title": "为什么退出华北市场", "revision": "2", "then": "hand_in"})
    assert unfinished.status_code == 422
    done = leaver.post(card, data=DECISION | {"revision": revision(leaver.get(card).text)})
    assert done.status_code == 200, done.text[:400]
    working.work()
    found = client_for("successor").get("/api/v1/search", params={"q": "真正的原因 采购负责人"}).json()["items"]
    assert found[0]["kind"] == "decision"
    assert found[0]["title"] == "为什么退出华北市场"
    assert any("为什么这样选" in p["heading_path"] for p in [found[0]["passage"], *found[0]["more"]])
    with transaction(writes=False) as reading:
        assert [t.tag for t in reading.exec(select(DocumentTag))] == ["strategy.rationale"]


def test_two_windows_do_not_overwrite_each_other_and_both_keep_what_they_typed(
    handover: str, client_for: ClientFor
) -> None:
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    card = begun(leaver, handover)
    leaver.post(f"{card}/autosave", data={"title": "退出华北", "f-why": "第一个窗口写的", "revision": "1"})
    second = {"title": "退出华北", "f-signs": "第二个窗口写的", "revision": "1"}
    for _ in range(2):  # the letter typed after the refusal is refused as well
        state = leaver.post(f"{card}/autosave", data=second).text
        assert "另一个窗口" in state
        second["revision"] = revision(state)
    sent = leaver.post(card, data=second)
    assert sent.status_code == 422
    assert "第二个窗口写的" in sent.text, "what was typed is still there to copy"
    assert "第一个窗口写的" in leaver.get(card).text


def test_a_field_that_is_too_long_is_still_on_the_page(handover: str, client_for: ClientFor) -> None:
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    card = begun(leaver, handover)
    sent = leaver.post(card, data={"title": "退出华北", "f-why": "长" * 20_001, "f-signs": "短的", "revision": "1"})
    assert sent.status_code == 422
    assert "长" * 20_001 in sent.text
    assert "短的" in sent.text


def test_nobody_else_sees_a_draft(handover: str, client_for: ClientFor) -> None:
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    card = begun(leaver, handover)
    for login in ("successor", "hr", "admin"):
        assert client_for(login).get(card).status_code == 404


def test_a_gap_is_answered_in_lines_and_tested_again_at_once(
    handover: str, session: Session, client_for: ClientFor
) -> None:
    gap = note_gap(session, handover, Module.team, GapSource.exam, "q1", "温控系统报警阈值只有谁会改？")
    session.commit()
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    assert "温控系统" in leaver.get(f"/gaps/{gap.id}").text
    answer = leaver.post(f"/gaps/{gap.id}/answer", data={"text": "温控系统的报警阈值只有罗芸会改，备份人是周工。"})
    assert answer.status_code == 200, answer.text[:400]
    assert "正在收录" in leaver.post(f"/gaps/{gap.id}/retest", headers={"hx-request": "true"}).text
    working.work()
    assert "补上了" in leaver.post(f"/gaps/{gap.id}/retest", headers={"hx-request": "true"}).text
    with transaction(writes=False) as reading:
        assert gaps_of(reading, handover)[0].state is GapState.closed


def test_an_examination_is_held_with_the_successors_rights(handover: str, people: dict[str, Person],
                                                           client_for: ClientFor) -> None:
    hr = client_for("hr")
    hr.follow_redirects = True
    page = hr.post(f"/handovers/{handover}/exam", data={"person": people["successor"].id})
    assert page.status_code == 200
    assert "答不上" in page.text
    assert hr.post(f"/handovers/{handover}/exam/gate", data={"percent": "101"}).status_code == 422
    assert hr.post(f"/handovers/{handover}/exam/gate", data={"percent": "60"}).status_code == 200
    assert "60%" in client_for("successor").get(f"/handovers/{handover}/exam").text
    refused = client_for("head").post(f"/handovers/{handover}/exam", data={"person": people["successor"].id})
    assert refused.status_code in (403, 404)


def test_notes_are_split_by_hand(handover: str, client_for: ClientFor) -> None:
    leaver = client_for("leaver")
    leaver.follow_redirects = True
    page = leaver.post(f"/handovers/{handover}/notes/new", data={"module": "team", "text": "甲段\n\n乙段"})
    assert page.text.count('name="p"') == 2
    made = leaver.post(page.url.path, data={"p": "1", "into": "client_note:promises"})
    assert "乙段" in made.text
    assert leaver.post(page.url.path, data={"into": "client_note:promises"}).status_code == 422
    assert client_for("hr").get(page.url.path).status_code == 404
