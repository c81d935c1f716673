"""After the end: the successor's question goes to the deputy, is answered, taken in, and found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import grants
from kb.access import Classification, Module
from kb.db import now
from kb.handover.case import Handover
from kb.handover.workflow import Node
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER
from tests import working

ClientFor = Callable[[str | None], TestClient]


@pytest.fixture
def ended(handover: Handover, session: Session, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> str:
    working.without_model(monkeypatch)
    grants.write_grant(session, OPERATOR_VIEWER, people["successor"].id, handover.id, Module.team,
                       Classification.internal)
    handover.node, handover.ended_at = Node.archived, now()
    session.add(handover)
    session.commit()
    return handover.id


def test_a_question_is_sent_to_the_deputy_and_comes_back_answered(
    ended: str, client_for: ClientFor, people: dict[str, Person]
) -> None:
    hr, successor, deputy = client_for("hr"), client_for("successor"), client_for("admin")
    page = f"/handovers/{ended}/after"
    successor.get(f"/handovers/{ended}", params={"q": "三号机的备件谁来订"})
    assert "三号机的备件谁来订" in successor.get(page).text
    assert "三号机的备件谁来订" not in hr.get(page).text
    assert hr.post(f"{page}/deputy", data={"person": people["admin"].id}).status_code == 303
    sent = successor.post(f"{page}/ask", data={"question": "三号机的备件谁来订", "module": "team"})
    assert sent.status_code == 303, sent.text[:400]
    home = deputy.get("/").text
    link = home[home.index("/gaps/") :].split('"')[0]
    assert deputy.get(link).status_code == 200
    answered = deputy.post(f"{link}/answer", data={"text": "三号机的备件由设备部谢工订，供货两周，先打电话。"})
    assert answered.status_code == 303, answered.text[:400]
    working.work()
    assert "补上了" in deputy.post(f"{link}/retest", headers={"hx-request": "true"}).text
    found = successor.get("/api/v1/search", params={"q": "三号机备件", "handover_id": ended}).json()["items"]
    assert "谢工" in found[0]["passage"]["text"]
    assert "看答案" in successor.get(page).text
    assert client_for("leaver").get(page).status_code == 403
