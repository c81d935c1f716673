"""After the end: the successor's question goes to the deputy, is answered, taken in, and found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, func, select
from starlette.testclient import TestClient

from kb import grants
from kb.access import Classification, Module
from kb.db import now
from kb.documents import Version
from kb.handover import enquiries, turns
from kb.handover.case import Deliverable, Handover, Submission
from kb.handover.workflow import Node
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests import working
from tests.kb.handover.walking import hand_in

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


def test_whoever_is_asked_changes_nothing_that_was_handed_over(
    ended: str, client_for: ClientFor, session: Session, people: dict[str, Person]
) -> None:
    deputy, words, name = people["admin"], "# 备件\n\n由设备部订。".encode(), "备件.md"
    handover = session.get_one(Handover, ended)
    owed = session.exec(select(Deliverable).where(Deliverable.handover_id == ended, Deliverable.module == Module.team))
    kept = hand_in(session, handover, owed.all()[0])
    kept.file_name = name
    session.add(kept)
    handover.deputy_id = deputy.id
    enquiries.send(session, viewer_for(session, people["successor"]), handover, Module.team, "三号机的备件谁来订")
    grants.write_grant(session, OPERATOR_VIEWER, deputy.id, ended, Module.team, Classification.restricted)
    session.commit()
    before, asked = turns.receipts_of(session, handover), {"handover_id": ended, "module": "team"}
    session.rollback()
    there = session.exec(select(Submission.deliverable_id).where(Submission.document_id == kept.id)).one()
    session.rollback()
    refused = client_for("admin").post(
        "/api/v1/documents", data=asked | {"deliverable_id": there}, files={"files": ("新.md", words)}
    )
    assert refused.status_code == 409, refused.text
    taken = client_for("admin").post("/api/v1/documents", data=asked, files={"files": (name, words)})
    assert taken.status_code == 202
    assert taken.json()[0]["document_id"] != kept.id
    session.expire_all()
    assert session.exec(select(func.count()).where(Version.document_id == kept.id)).one() == 1
    assert turns.receipts_of(session, handover) == before
    again = client_for("admin").post("/api/v1/documents", data=asked, files={"files": (name, words + b"!")})
    assert again.json()[0]["document_id"] == taken.json()[0]["document_id"]
