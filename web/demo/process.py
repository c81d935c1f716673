"""The demo's handovers on their way: keys, risks, and the CFO's handover reviewed and half received.

Runs once, after the documents are in, by the same services that the pages call.
"""

from __future__ import annotations

from sqlmodel import Session, select

from kb import keys
from kb.access import Classification, Module
from kb.db import transaction
from kb.evidence.verdict import Verdict
from kb.grants import write_grant
from kb.handover import appointing, arranging, obligations, proceeding, review, risk_check
from kb.handover.case import Decision, Deliverable, Handover
from kb.handover.contents import by_deliverable, files_of
from kb.handover.risks import RiskLevel, risks_of, state_risk
from kb.people import find_person
from kb.viewing import OPERATOR_VIEWER
from web.demo.cast import handover_of, hr_of, viewer_of
from web.demo.plan import Plan

_LIMITS = "单笔 200 万元以内的付款和 50 万元以内的费用可自行审批，超出须报董事长"
_WAITS = {"cfo": (Module.finance, Module.legal)}
"""What the CFO's successor has not signed for yet: finance and its high risk wait, so that a red box can be seen."""
_EXCUSES = {"cfo": "由集团财务共享中心统一管理，没有单独的这份资料"}
_RESERVED = {"cfo": "预算口径以十二月董事会定稿为准"}


def walk(plan: Plan) -> None:
    """Do all of it, each step in a transaction of its own; what is done already is left as it is."""
    with transaction() as session:
        if session.exec(select(keys.SigningKey)).first() is not None:
            return
        for wanted in plan.people:
            keys.create_key(session, find_person(session, wanted.login), plan.pin)
        _risks(session, plan)
    for step in (_deliver, _approve, _confirm, _receive):
        with transaction() as session:
            step(session, plan, "cfo")


def end(plan: Plan, key: str) -> None:
    """Bring a handover of the past to its end in one transaction; nothing happens where it has ended."""
    with transaction() as session:
        handover = handover_of(session, plan, key)
        if handover.ended:
            return
        for step in (_deliver, _approve, _confirm, _receive):
            step(session, plan, key)
        obligations.confirm_returns(session, hr_of(session, plan), handover.id, "门禁卡、车钥匙和邮箱都已交回停用")
        proceeding.archive(session, hr_of(session, plan), handover.id, plan.pin)


def _risks(session: Session, plan: Plan) -> None:
    for told in plan.risks:
        handover = handover_of(session, plan, told.handover)
        state_risk(session, viewer_of(session, handover.leaver_id), handover.id, Module(told.module), title=told.title,
                   level=RiskLevel(told.level), countermeasure=told.countermeasure, department=told.department)


def _deliver(session: Session, plan: Plan, key: str) -> None:
    """The leaver hands in what there is; HR lets the rest off; the reviewer may read everything."""
    handover, hr = handover_of(session, plan, key), hr_of(session, plan)
    handed = by_deliverable(files_of(session, handover.id))
    for row in session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id)):
        if row.id not in handed:
            arranging.excuse(session, hr, row.id, _EXCUSES.get(key, "由集团职能部门统一管理，基地没有单独的这份资料"))
    arranging.set_limits(session, hr, handover.id, _LIMITS)
    for module in Module:
        write_grant(session, OPERATOR_VIEWER, handover.head_id or "", handover.id, module, Classification.restricted)
    proceeding.submit(session, viewer_of(session, handover.leaver_id), handover.id, plan.pin)


def _approve(session: Session, plan: Plan, key: str) -> None:
    handover = handover_of(session, plan, key)
    head = viewer_of(session, handover.head_id or "")
    said = {(r.deliverable, r.criterion): (r.verdict, r.note) for r in plan.remarks if r.handover == key}
    for row in (r for r in review.reviewed(session, handover) if not r.excused):
        verdicts = {n: said.get((row.deliverable.key, c), (Verdict.met, "")) for n, c in enumerate(row.criteria)}
        review.judge(session, head, row.deliverable.id, verdicts)
        review.decide(session, head, row.deliverable.id, Decision.approved)
    proceeding.approve(session, head, handover.id, plan.pin)


def _confirm(session: Session, plan: Plan, key: str) -> None:
    handover = handover_of(session, plan, key)
    hr = hr_of(session, plan)
    appointing.name_receivers(session, hr, handover.id, Module, find_person(session, handover.successor_id or ""))
    proceeding.confirm(session, hr, handover.id, plan.pin)


def _receive(session: Session, plan: Plan, key: str) -> None:
    handover = handover_of(session, plan, key)
    owed = {r.deliverable.module for r in review.reviewed(session, handover) if not r.excused}
    for module in (m for m in Module if m in owed and m not in _WAITS.get(key, ())):
        _read(session, handover, module)
        words = _RESERVED.get(key, "") if module is Module.strategy else ""
        proceeding.receive(session, viewer_of(session, handover.successor_id or ""), handover.id, module, plan.pin,
                           reservations=words)


def _read(session: Session, handover: Handover, module: Module) -> None:
    for risk in risks_of(session, handover.id, module):
        successor = viewer_of(session, handover.successor_id or "")
        risk_check.open_risk(session, successor, risk.id)
        risk_check.answer_check(session, successor, risk.id, risk.countermeasure)

