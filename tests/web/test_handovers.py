from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Classification
from kb.grants import grant
from kb.handover import gaps
from kb.handover.case import Decision, Deliverable, GapSource, Handover
from kb.handover.review import reviewed
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests.kb.handover.walking import hand_in
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def test_the_room_shows_checklist_guidance_and_search(client_for: ClientFor, shelf: Shelf, session: Session) -> None:
    owed = session.exec(select(Deliverable).where(Deliverable.handover_id == shelf.handover.id)).first()
    assert owed is not None
    session.commit()
    shelf.put(deliverable_id=owed.id)
    page = client_for("leaver").get(f"/handovers/{shelf.handover.id}").text
    assert page.count('id="d-del-') == 12
    assert f"/search?deliverable={owed.id}" in page
    assert "说明与验收标准" in page
    assert 'id="room-q"' in page
    assert page.count("data-drop") == 12


def test_what_was_let_off_is_not_counted_as_owed(client_for: ClientFor, shelf: Shelf, session: Session) -> None:
    finance = select(Deliverable).where(Deliverable.handover_id == shelf.handover.id, Deliverable.module == "finance")
    for owed in session.exec(finance):
        owed.excused_by, owed.excused_reason = "hr", "由共享中心统一管理"
    session.commit()
    page = client_for("leaver").get(f"/handovers/{shelf.handover.id}").text
    title = page[page.index('<h2 id="m-finance">') :].split("</h2>")[0]
    assert "0/" not in title


def test_a_question_in_the_room_stays_in_the_room(client_for: ClientFor, shelf: Shelf) -> None:
    shelf.put()
    leaver = client_for("leaver")
    address = f"/handovers/{shelf.handover.id}"
    whole = leaver.get(address, params={"q": "退出华北市场", "side": "search"}).text
    assert "room show-search" in whole
    part = leaver.get(address, params={"q": "退出华北市场"}, headers={"HX-Target": "found"}).text
    assert part.lstrip().startswith('<div id="found"')
    assert "<mark>" in part


def test_without_a_grant_a_successor_sees_locks_and_no_titles(client_for: ClientFor, shelf: Shelf) -> None:
    shelf.put()
    page = client_for("successor").get(f"/handovers/{shelf.handover.id}").text
    assert "未向您开放" in page
    assert "退出华北市场的决策" not in page
    assert 'action="/upload"' not in page


def test_hr_opens_a_handover_and_goes_on_to_grant(client_for: ClientFor, people: dict[str, Person]) -> None:
    hr = client_for("hr")
    assert "12 项交付物" in hr.get("/handovers/new").text
    named = {"leaver": people["leaver"].id, "successor": people["successor"].id}
    given = {"role": "coo", **named, "last_day": "2026-12-31"}
    answer = hr.post("/handovers/new", data=given)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/grants/hov-")
    assert "2026-12-31" in hr.get("/handovers").text


def test_a_wrong_date_keeps_what_was_entered(client_for: ClientFor, people: dict[str, Person]) -> None:
    given = {"role": "cfo", "leaver": people["leaver"].id, "last_day": "年底"}
    answer = client_for("hr").post("/handovers/new", data=given)
    assert answer.status_code == 422
    assert "日期格式不对" in answer.text
    assert f'value="{people["leaver"].id}" selected' in answer.text


def test_an_unknown_handover_is_not_there(client_for: ClientFor, handover: Handover) -> None:
    assert client_for("head").get("/handovers/hov-222222222222").status_code == 404


def test_why_something_was_returned_or_is_unknown_is_told_where_its_module_is_open(
    client_for: ClientFor, handover: Handover, session: Session, people: dict[str, Person]
) -> None:
    wanted = select(Deliverable).where(Deliverable.handover_id == handover.id, Deliverable.key == "okr")
    owed = session.exec(wanted).one()
    hand_in(session, handover, owed)
    (row,) = [r for r in reviewed(session, handover) if r.deliverable.id == owed.id]
    owed.decision, owed.decided_digest, owed.reason = Decision.returned, row.digest, "没有写与锐付的诉讼"
    gap = gaps.note_gap(session, handover.id, owed.module, GapSource.exam, "q1", "为什么退出？")
    gaps.declare_unknown(session, viewer_for(session, people["leaver"]), gap.id, "只有锐付的人知道")
    session.commit()
    room, interview = f"/handovers/{handover.id}", f"/handovers/{handover.id}/gaps"
    for login in ("hr", "auditor", "admin", "successor"):
        client = client_for(login)
        assert "锐付" not in client.get(room).text
        assert "锐付" not in client.get(interview).text
    assert "与锐付的诉讼" in client_for("head").get(room).text
    grant(session, OPERATOR_VIEWER, people["hr"], handover.id, owed.module, Classification.internal)
    session.commit()
    for login in ("hr", "leaver"):
        client = client_for(login)
        assert "与锐付的诉讼" in client.get(room).text
        assert "锐付的人知道" in client.get(interview).text


def test_a_refused_opening_keeps_what_was_ticked(client_for: ClientFor, people: dict[str, Person]) -> None:
    given = {"role": "coo", "leaver": people["leaver"].id, "last_day": "明年", "urgent": "1"}
    page = client_for("hr").post("/handovers/new", data=given)
    assert page.status_code == 422
    assert 'name="urgent" value="1" checked' in page.text
    assert 'name="agreements" value="1">' in page.text
