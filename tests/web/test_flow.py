"""A handover from opening to archive through its pages, as each person would click it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import keys
from kb.access import Classification, Module
from kb.clock import today
from kb.grants import set_grants, write_grant
from kb.handover.case import Handover
from kb.handover.opening import open_handover
from kb.handover.review import reviewed
from kb.handover.risks import risks_of
from kb.handover.turns import unreceived
from kb.handover.workflow import Node
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER
from tests.kb.handover.walking import PIN, hand_in, owed

Clients = Callable[[str | None], TestClient]


@pytest.fixture
def handover(session: Session, people: dict[str, Person]) -> Handover:
    made = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"], head=people["head"],
                         agreements=True)
    for login in ("successor", "head"):
        for module in Module:
            write_grant(session, OPERATOR_VIEWER, people[login].id, made.id, module, Classification.restricted)
    for deliverable in owed(session, made):
        hand_in(session, made, deliverable)
    session.commit()
    return made


def _sign_up(client: TestClient, handover: Handover) -> None:
    made = client.post("/settings/key", data={"pin": PIN, "again": PIN, "next": f"/handovers/{handover.id}"})
    assert made.headers["location"] == f"/handovers/{handover.id}"
    page = client.get(f"/handovers/{handover.id}/agreements")
    for purpose in re.findall(r'name="purpose" value="(\w+)"', page.text):
        assert client.post(f"/handovers/{handover.id}/agreements", data={"purpose": purpose, "pin": PIN}
                           ).status_code == 303


def _fresh(session: Session, handover: Handover) -> Handover:
    session.rollback()  # ends the read snapshot
    session.expire_all()
    return session.get_one(Handover, handover.id)


def test_the_whole_way_through_the_pages(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    clients = {login: client_for(login) for login in ("leaver", "head", "hr", "successor")}
    for login in ("leaver", "head", "successor"):
        _sign_up(clients[login], handover)
    keys.create_key(session, people["hr"], PIN)
    session.commit()
    base = f"/handovers/{handover.id}"
    stated = clients["leaver"].post(f"{base}/risks", data={
        "module": "projects", "title": "核心技术人员可能离职", "level": "high", "countermeasure": "双人备份",
        "department": "研发中心",
    })
    assert stated.status_code == 303
    page = clients["leaver"].get(f"{base}/steps/submit")
    assert "核心技术人员可能离职" in page.text
    assert "disabled" not in re.findall(r"<button class=\"primary\"[^>]*>", page.text)[-1]
    assert clients["leaver"].post(f"{base}/steps/submit", data={"pin": "123456"}).status_code == 422
    assert clients["leaver"].post(f"{base}/steps/submit", data={"pin": PIN}).status_code == 303
    assert _fresh(session, handover).node is Node.head_review

    assert "签字通过审核" not in clients["head"].get(base).text
    for row in reviewed(session, handover):
        item = f"/deliverables/{row.deliverable.id}/review"
        assert clients["head"].get(item).status_code == 200
        verdicts = {f"v-{n}": "met" for n in range(len(row.criteria))}
        sent = clients["head"].post(item, data={**verdicts, "digest": row.digest, "decision": "approve"})
        assert sent.status_code == 303, sent.text
    assert clients["head"].get(f"{base}/review").status_code == 200
    assert clients["head"].post(f"{base}/steps/approve", data={"pin": PIN}).status_code == 303
    assert clients["hr"].post(f"{base}/steps/confirm", data={"pin": PIN}).status_code == 303
    assert _fresh(session, handover).node is Node.receiving

    early = clients["successor"].post(f"{base}/steps/receive", data={"pin": PIN, "module": "projects"})
    assert early.status_code == 422
    assert "高风险" in early.text
    risk = risks_of(session, handover.id)[0]
    assert clients["successor"].get(f"/risks/{risk.id}").status_code == 200
    wrong = clients["successor"].post(f"/risks/{risk.id}/answer", data={"choice": "不知道"})
    assert wrong.headers["location"].endswith("wrong=true")
    assert "再读一遍" in clients["successor"].get(wrong.headers["location"]).text
    clients["successor"].post(f"/risks/{risk.id}/answer", data={"choice": "双人备份"})
    clients["successor"].post(f"/risks/{risk.id}/answer", data={"choice": "研发中心"})
    for module in unreceived(session, _fresh(session, handover)):
        page = clients["successor"].get(f"{base}/steps/receive?module={module.value}")
        assert page.status_code == 200
        sent = clients["successor"].post(f"{base}/steps/receive", data={
            "pin": PIN, "module": module.value, "reservations": "库存待核" if module is Module.finance else "",
        })
        assert sent.status_code == 303, sent.text
    early = clients["hr"].post(f"{base}/steps/archive", data={"pin": PIN})
    assert "归还" in early.text
    assert clients["hr"].post(f"{base}/arrange/returns", data={"reason": "电脑与账号均已归还停用"}).status_code == 303
    assert clients["hr"].post(f"{base}/steps/archive", data={"pin": PIN}).status_code == 303
    assert _fresh(session, handover).node is Node.archived
    for login, client in clients.items():
        page = client.get(base)
        assert page.status_code == 200, login
        # HR runs the process and reads no module: that there is a reservation, not what it says
        assert ("库存待核" in page.text) == (login != "hr"), login
        assert "保留意见" in page.text
        assert client.get("/").status_code == 200
        assert client.get("/handovers").status_code == 200
    log = clients["hr"].get(f"{base}/log")
    assert "归档" in log.text
    assert clients["hr"].get(f"{base}/log?format=csv").text.startswith("\ufeff")


def test_arrangements_by_hr(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    hr, base = client_for("hr"), f"/handovers/{handover.id}/arrange"
    assert hr.get(base).status_code == 200
    assert hr.post(f"{base}/receivers", data={"modules": ["finance"], "person": people["auditor"].id}
                   ).status_code == 303
    assert hr.post(f"{base}/deputy", data={"modules": "legal", "person": people["auditor"].id, "until": "2020-01-01"}
                   ).status_code == 422
    assert hr.post(f"{base}/deputy", data={"modules": "legal", "person": people["auditor"].id}).status_code == 303
    assert hr.post(f"{base}/limits", data={"limits": "单笔 50 万元以内"}).status_code == 303
    assert hr.post(f"{base}/urgency", data={"urgent": "1"}).headers["location"] == f"{base}#progress"
    assert hr.post(f"{base}/last_day", data={"until": "2020-01-01"}).status_code == 422
    last = today() + timedelta(days=120)
    assert hr.post(f"{base}/last_day", data={"until": last.isoformat()}).status_code == 303
    assert f'value="{last}"' in hr.get(base).text
    first = owed(session, handover)[0].id
    due = {"until": (today() + timedelta(days=30)).isoformat()}
    moved = hr.post(f"{base}/owner", data={"deliverable": first, "person": people["auditor"].id, **due})
    assert moved.headers["location"] == f"{base}#d-{first}", "one goes on where one was"
    assert f'id="d-{first}"' in hr.get(base).text
    assert hr.post(f"{base}/pause", data={"reason": ""}).status_code == 422
    assert hr.post(f"{base}/pause", data={"reason": "离任者住院"}).status_code == 303
    assert "离任者住院" in hr.get(f"/handovers/{handover.id}").text
    assert hr.post(f"{base}/resume").status_code == 303
    assert client_for("successor").get(base).status_code == 403
    assert client_for("leaver").post(f"{base}/pause", data={"reason": "拖一拖"}).status_code == 403
    assert hr.post(f"{base}/cancel", data={"reason": "离任者留任"}).status_code == 303
    assert "离任者留任" in client_for("leaver").get(f"/handovers/{handover.id}").text
    assert _fresh(session, handover).node is Node.cancelled


@pytest.mark.parametrize(
    "what", ["arrange/receivers", "arrange/deputy", "arrange/head", "arrange/owner", "after/deputy"]
)
def test_only_hr_learns_whether_a_name_exists(
    client_for: Clients, people: dict[str, Person], handover: Handover, what: str
) -> None:
    client, asked = client_for("successor"), {"modules": "legal", "deliverable": "del-x"}
    for who in ("admin", "nobody"):
        refused = client.post(f"/handovers/{handover.id}/{what}", data=asked | {"person": who})
        assert refused.status_code == 403


def test_before_the_agreements_are_signed_only_what_is_internal_opens(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    from kb.access import cell_of
    from kb.viewing import viewer_for

    secret = cell_of(handover.id, Module.finance, Classification.restricted)
    assert not viewer_for(session, people["successor"]).scope.sees(secret)
    _sign_up(client_for("successor"), handover)
    session.rollback()
    session.expire_all()
    assert viewer_for(session, people["successor"]).scope.sees(secret)


def test_a_step_is_offered_exactly_where_it_would_be_taken(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    """HR signs no agreement of its own: the page must not close a button that the service would accept."""
    from kb.handover.declaring import preview
    from kb.handover.workflow import Action
    from kb.viewing import viewer_for

    handover.node = Node.hr_confirmation
    session.commit()
    shown = preview(session, viewer_for(session, people["hr"]), handover.id, Action.confirm)
    assert shown.agreements == ()
    assert not shown.ready  # nothing is reviewed yet


def test_a_reviewer_is_not_led_to_what_is_closed_to_them(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    head, (first, *_) = client_for("head"), owed(session, handover)
    _sign_up(head, handover)
    link = f'href="/deliverables/{first.id}/review"'
    assert link in head.get(f"/handovers/{handover.id}/review").text
    session.rollback()  # ends the read snapshot
    set_grants(session, OPERATOR_VIEWER, people["head"], handover.id, {first.module: None})
    session.commit()
    page = head.get(f"/handovers/{handover.id}/review").text
    assert link not in page
    assert "有文件未向您开放" in page


@pytest.mark.parametrize(("node", "login", "page", "back"), [
    (Node.hr_confirmation, "hr", "confirm", "send_back"),
    (Node.receiving, "successor", "receive?module=finance", "reject?module=finance"),
])
def test_whoever_signs_may_send_it_back_from_the_same_page(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover, node: Node, login: str,
    page: str, back: str,
) -> None:
    keys.create_key(session, people[login], PIN)
    handover.node = node
    session.commit()
    client, base = client_for(login), f"/handovers/{handover.id}/steps"
    assert f'href="{base}/{back}"' in client.get(f"{base}/{page}").text
    assert client.get(f"{base}/{back}").status_code == 200
    action, _, module = back.partition("?module=")
    assert client.post(f"{base}/{action}", data={"reason": "数字对不上", "module": module}).status_code == 303
    assert _fresh(session, handover).node is Node.delivering
    assert "离任者已收到通知" in client.get(f"/handovers/{handover.id}?done={action}").text


def test_a_head_may_send_back_from_the_page_of_signing_once_something_is_returned(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    handover.node = Node.head_review
    session.commit()
    _sign_up(client_for("head"), handover)
    head, base = client_for("head"), f"/handovers/{handover.id}"
    assert "steps/send_back" not in head.get(f"{base}/steps/approve").text
    first = owed(session, handover)[0].id
    returned = head.post(f"/deliverables/{first}/review", data={"decision": "return", "reason": "缺日期"})
    assert returned.status_code == 303
    assert "审核剩下的 11 项" in head.get(base).text  # the one that was returned is not to be reviewed again
    for row in reviewed(session, _fresh(session, handover))[1:]:
        verdicts = {f"v-{n}": "met" for n in range(len(row.criteria))}
        head.post(f"/deliverables/{row.deliverable.id}/review", data={**verdicts, "decision": "approve"})
    assert "把退回的 1 项交离任者补充" in head.get(base).text
    assert f'href="{base}/steps/send_back"' in head.get("/").text
    assert "steps/send_back" in head.get(f"{base}/steps/approve").text


def test_the_leaver_reads_why_it_came_back_and_what_each_criterion_lacks(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    handover.node = Node.head_review
    session.commit()
    _sign_up(client_for("head"), handover)
    head, base, first = client_for("head"), f"/handovers/{handover.id}", owed(session, handover)[0].id
    head.post(f"/deliverables/{first}/review", data={
        "decision": "return", "reason": "第二张表没有日期", "v-1": "partly", "n-1": "举措没有完成日期",
    })
    assert head.post(f"{base}/steps/send_back", data={"reason": "请按批注补齐后重新提交"}).status_code == 303
    leaver = client_for("leaver")
    page = leaver.get(base).text
    for words in ("第二张表没有日期", "举措没有完成日期", "部分满足", "请按批注补齐后重新提交"):
        assert words in page
    assert "被退回，请看原因并补充" in leaver.get("/notices").text
    assert "请按批注补齐后重新提交" in client_for("hr").get(base).text
    assert "举措没有完成日期" not in client_for("hr").get(base).text  # HR reads no module


def test_who_does_not_read_chinese_is_told_what_they_sign(
    client_for: Clients, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    handover.node = Node.receiving
    session.commit()
    successor = client_for("successor")
    page = f"/handovers/{handover.id}/steps/receive?module=finance"
    assert "意思是" not in successor.get(page).text
    english = successor.get(page, headers={"accept-language": "en"}).text
    assert "本人已打开并理解" in english  # the words that are signed
    assert "I have opened and understood" in english
    agreed = successor.get(f"/handovers/{handover.id}/agreements", headers={"accept-language": "en"}).text
    assert "本人承诺只用于履行本岗位职责" in agreed
    assert "I will not approve beyond my authority" in agreed
    first = owed(session, handover)[0]
    criteria = client_for("head").get(f"/deliverables/{first.id}/review", headers={"accept-language": "en"}).text
    assert reviewed(session, handover)[0].criteria_en[0] in unescape(criteria)
