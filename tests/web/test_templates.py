"""Role templates in the browser: reading, samples, editing into a new edition, copying, and who may."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb.handover import drafting, editions
from kb.handover.opening import open_handover
from kb.handover.template import parse
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER

Clients = Callable[[str | None], TestClient]
pytestmark = pytest.mark.usefixtures("people")


def _form(session: Session, role: str = "coo", **changed: str) -> dict[str, str]:
    draft = drafting.draft_of(editions.current(session, role))
    form = {"title": draft.title, "title_en": draft.title_en, "based_on": editions.current_version(session, role)}
    for place, row in enumerate(draft.deliverables):
        form |= {f"{field}-{place}": value for field, value in row.items()}
    session.rollback()
    return form | changed


@pytest.mark.parametrize("role", ["ceo", "cfo", "cho", "coo", "cto"])
def test_the_form_keeps_every_word_of_a_template(session: Session, role: str) -> None:
    found = editions.current(session, role)
    assert parse(role, drafting.to_toml(drafting.draft_of(found))) == found


def test_hr_edits_and_a_running_handover_keeps_its_version(
    client_for: Clients, session: Session, people: dict[str, Person]
) -> None:
    running = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"])
    session.commit()
    hr = client_for("hr")
    assert hr.get("/templates").status_code == 200
    assert hr.get("/templates/coo/edit").status_code == 200
    compared = hr.post("/templates/coo/edit", data=_form(session, **{"title-0": "三年目标分解", "compare": "1"}))
    assert "三年目标分解" in compared.text
    changed = {"title-0": "三年目标分解", "publish": "1", "note": "改名"}
    sent = hr.post("/templates/coo/edit", data=_form(session, **changed))
    assert sent.headers["location"] == "/templates/coo"
    session.rollback()
    assert editions.current_version(session, "coo") == "1"
    assert editions.current(session, "coo").deliverables[0].title == "三年目标分解"
    assert editions.load_for(session, "coo", running.template_version).deliverables[0].title != "三年目标分解"
    assert "改名" in hr.get("/templates/coo").text
    assert "看最新版" in hr.get("/templates/coo?version=").text


def test_two_editors_and_a_wrong_number_lose_nothing(client_for: Clients, session: Session) -> None:
    hr = client_for("hr")
    stale = _form(session, **{"title-0": "甲的改法", "publish": "1"})
    hr.post("/templates/coo/edit", data=_form(session, **{"title-0": "乙的改法", "publish": "1"}))
    refused = hr.post("/templates/coo/edit", data=stale)
    assert refused.status_code == 422
    assert "第 1 版" in refused.text
    assert "甲的改法" in refused.text
    wrong = hr.post("/templates/coo/edit", data=_form(session, **{"weight-0": "九", "publish": "1"}))
    assert wrong.status_code == 422
    assert "九" in wrong.text
    first = drafting.draft_of(editions.current(session, "coo")).deliverables[0]
    assert f"模板 {first['title']} 的「权重（1–5）」应是 1 到 5 的整数" in wrong.text
    assert wrong.text.count('<details class="sheet" open>') == 1
    lacking = hr.post("/templates/coo/edit", data=_form(session, **{"guidance-2": "", "publish": "1"}))
    assert "缺少「填写说明」" in lacking.text


def test_adding_dropping_and_moving_go_through_the_server(client_for: Clients, session: Session) -> None:
    hr = client_for("hr")
    titles = [d["title"] for d in drafting.draft_of(editions.current(session, "coo")).deliverables]
    moved = hr.post("/templates/coo/edit", data=_form(session, up="1")).text
    assert moved.index(titles[1]) < moved.index(titles[0])
    assert titles[0] not in hr.post("/templates/coo/edit", data=_form(session, **{"drop-0": "1"})).text
    assert "新的交付物" in hr.post("/templates/coo/edit", data=_form(session, add="team")).text


def test_a_copy_becomes_a_role_of_its_own(client_for: Clients, session: Session) -> None:
    hr = client_for("hr")
    copied = {"copy": "1", "new_key": "regional_gm", "title": "区域总经理", "publish": "1"}
    made = hr.post("/templates/coo/edit", data=_form(session, **copied))
    assert made.headers["location"] == "/templates/regional_gm"
    assert hr.get("/templates/regional_gm").status_code == 200
    taken = hr.post("/templates/coo/edit", data=_form(session, copy="1", new_key="cfo", publish="1"))
    assert taken.status_code == 422
    assert "区域总经理" in hr.get("/handovers/new").text


def test_a_sample_is_a_word_file_with_every_criterion(client_for: Clients, session: Session) -> None:
    spec = editions.current(session, "coo").deliverables[0]
    got = client_for("leaver").get(f"/templates/coo/samples/{spec.key}")
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(got.content)).paragraphs)
    assert all(c.text in text for c in spec.criteria)
    assert client_for("leaver").get("/templates/coo/samples/nothing").status_code == 404


def test_only_who_opens_handovers_edits(client_for: Clients, session: Session) -> None:
    for login in ("leaver", "successor", "head", "auditor"):
        assert client_for(login).get("/templates/coo").status_code == 200
        assert client_for(login).get("/templates/coo/edit").status_code == 403
        assert client_for(login).post("/templates/coo/edit", data=_form(session, publish="1")).status_code == 403
