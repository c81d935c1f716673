"""Walking a handover through its nodes in tests: files without ingestion, keys with a known PIN."""

from __future__ import annotations

import hashlib

from sqlmodel import Session, col, select

from kb import grants, keys
from kb.access import Classification, Module, cell_of
from kb.documents import Document, Stage, Version
from kb.evidence.verdict import Verdict
from kb.handover import proceeding, review, risk_check
from kb.handover.case import Decision, Deliverable, Handover, Submission
from kb.handover.obligations import confirm_returns
from kb.handover.opening import open_handover
from kb.handover.risks import RiskLevel, risks_of, state_risk
from kb.handover.turns import unreceived
from kb.people import Person, Role, add_person
from kb.viewing import OPERATOR_VIEWER, Viewer, viewer_for

PIN = "交接-2026-口令"


def see(session: Session, person: Person) -> Viewer:
    """The person as a viewer right now."""
    return viewer_for(session, person)


def cast(session: Session, *, second: bool = False) -> dict[str, Person]:
    """Leaver, successor, head and HR, each with a signing key; with a second successor where asked."""
    wanted = {"han": Role.leaver, "ren": Role.successor, "qiu": Role.head, "hr1": Role.hr}
    names = {"han": "韩立群", "ren": "任远舟", "qiu": "邱敏", "hr1": "姚静", "guo": "郭岩"}
    if second:
        wanted["guo"] = Role.successor
    people = {login: add_person(session, login, role, name=names[login]) for login, role in wanted.items()}
    for person in people.values():
        keys.create_key(session, person, PIN)
    return people


def opened(session: Session, people: dict[str, Person], **options: bool) -> Handover:
    """A COO's handover on which everybody reads everything."""
    handover = open_handover(
        session, OPERATOR_VIEWER, "coo", people["han"], people["ren"], head=people["qiu"], **options
    )
    for login in ("ren", "qiu", "guo"):
        if login in people:
            for module in Module:
                grants.write_grant(session, OPERATOR_VIEWER, people[login].id, handover.id, module,
                                   Classification.restricted)
    return handover


def hand_in(session: Session, handover: Handover, deliverable: Deliverable, text: str = "正文") -> Document:
    """A document for a deliverable, as if it had been ingested."""
    cell = cell_of(handover.id, deliverable.module, Classification.internal)
    document = Document(handover_id=handover.id, module=deliverable.module, cell=cell,
                        title=f"{deliverable.title}（定稿）", file_name=f"{deliverable.key}.docx")
    session.add(document)
    session.flush()
    add_version(session, document, text, 1)
    session.add(Submission(deliverable_id=deliverable.id, document_id=document.id))
    session.flush()
    return document


def add_version(session: Session, document: Document, text: str, number: int) -> None:
    """Another file of the document."""
    digest = hashlib.sha256(f"{document.id}{text}".encode()).hexdigest()
    session.add(Version(document_id=document.id, number=number, sha256=digest, file_name=document.file_name,
                        size_bytes=len(text), stage=Stage.ready))
    session.flush()


def owed(session: Session, handover: Handover) -> list[Deliverable]:
    """The deliverables in order."""
    wanted = select(Deliverable).where(Deliverable.handover_id == handover.id).order_by(col(Deliverable.ordinal))
    return list(session.exec(wanted))


def deliver(session: Session, people: dict[str, Person], handover: Handover) -> None:
    """Hand everything in, state one high and one low risk, and sign."""
    for deliverable in owed(session, handover):
        hand_in(session, handover, deliverable)
    leaver = see(session, people["han"])
    state_risk(session, leaver, handover.id, Module.projects, title="核心技术人员可能在年内离职",
               level=RiskLevel.high, countermeasure="双人备份并签竞业协议", department="研发中心")
    state_risk(session, leaver, handover.id, Module.team, title="排班系统合同到期", level=RiskLevel.low,
               countermeasure="提前一个月续签", department="行政部")
    proceeding.submit(session, leaver, handover.id, PIN)


def approve_all(session: Session, people: dict[str, Person], handover: Handover) -> None:
    """Judge every criterion met, approve every deliverable, and sign."""
    head = see(session, people["qiu"])
    for row in review.reviewed(session, handover):
        if row.decision is None and not row.excused:
            verdicts = dict.fromkeys(range(len(row.criteria)), (Verdict.met, ""))
            review.judge(session, head, row.deliverable.id, verdicts)
            review.decide(session, head, row.deliverable.id, Decision.approved)
    proceeding.approve(session, head, handover.id, PIN)


def reach_receiving(session: Session, people: dict[str, Person], handover: Handover) -> None:
    """Delivered, reviewed and confirmed: the receivers are next."""
    deliver(session, people, handover)
    approve_all(session, people, handover)
    proceeding.confirm(session, see(session, people["hr1"]), handover.id, PIN)


def read_risks(session: Session, person: Person, handover: Handover, module: Module) -> None:
    """Open each risk of a module and answer its question."""
    for risk in risks_of(session, handover.id, module):
        risk_check.open_risk(session, see(session, person), risk.id)
        risk_check.answer_check(session, see(session, person), risk.id, risk.countermeasure)


def receive_all(session: Session, people: dict[str, Person], handover: Handover) -> None:
    """The successor reads and signs every module."""
    for module in unreceived(session, handover):
        read_risks(session, people["ren"], handover, module)
        proceeding.receive(session, see(session, people["ren"]), handover.id, module, PIN)


def finish(session: Session, people: dict[str, Person], handover: Handover) -> None:
    """From delivering to archived."""
    reach_receiving(session, people, handover)
    receive_all(session, people, handover)
    confirm_returns(session, see(session, people["hr1"]), handover.id, "电脑、门禁卡已归还，邮箱与 CRM 账号已停用")
    proceeding.archive(session, see(session, people["hr1"]), handover.id, PIN)
