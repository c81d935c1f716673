"""The proof that a receiver has read each high risk of the module they take over.

They open the risk and answer one check question drawn from it: which measure, or which department, belongs to it. Only
then may they sign the module. The answer holds for the wording that was read: a changed risk is unread again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.db import UtcDateTime, now
from kb.errors import Conflict, NotAllowed
from kb.handover.participation import receivers_of
from kb.handover.risks import Risk, RiskLevel, digest_of_risk, visible_risk
from kb.viewing import Viewer


class RiskReading(SQLModel, table=True):
    """That a person opened a risk, and when they answered its question; ``digest`` pins the wording they read."""

    __tablename__ = "risk_reading"
    risk_id: str = Field(primary_key=True, foreign_key="risk.id")
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    digest: str
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    attempts: int = 0
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True)
class CheckQuestion:
    """What is asked after reading a risk: choose one of the ``options``; the right one is not marked."""

    text: str
    options: tuple[str, ...]


_QUESTION_NAMES = {True: "这条风险的应对措施是哪一项？", False: "这条风险由哪个部门负责？"}
_DEPARTMENTS = ("人力资源部", "财务部", "法务部", "市场部", "信息技术部", "生产运营部", "采购部", "审计部")
_MEASURES = (
    "每季度复盘一次，由总经理办公室存档", "暂不处理，等下一年度预算时再定", "转为观察项，由审计部抽查",
    "由接任者到岗后自行评估，不设期限",
)


def check_question(risk: Risk, others: Sequence[Risk]) -> CheckQuestion:
    """The question of a risk: its department or its measure among three others, drawn from the other risks first.

    Drawn from the risk's own digest, so that it stays the same until the wording changes.
    """
    dice = random.Random(digest_of_risk(risk))  # noqa: S311 - not a secret: it must be the same on every page load
    by_measure = dice.random() < 0.5
    right = risk.countermeasure if by_measure else risk.department
    pool = [r.countermeasure if by_measure else r.department for r in others if r.id != risk.id]
    pool = [p for p in dict.fromkeys((*sorted(pool), *(_MEASURES if by_measure else _DEPARTMENTS))) if p != right]
    options = [right, *pool[:3]]
    dice.shuffle(options)
    return CheckQuestion(_QUESTION_NAMES[by_measure], tuple(options))


def open_risk(session: Session, viewer: Viewer, risk_id: str) -> Risk:
    """Read a risk; for whoever takes the module over it is recorded that they opened this wording.

    Raises:
        NotFound: there is no such risk for the viewer.
    """
    risk = visible_risk(session, viewer, risk_id)
    reading = session.get(RiskReading, (risk.id, viewer.person_id))
    if reading is not None and reading.digest == digest_of_risk(risk):
        return risk
    if viewer.person_id in receivers_of(session, risk.handover_id).acting_for(risk.module):
        if reading is None:
            reading = RiskReading(risk_id=risk.id, person_id=viewer.person_id, digest="")
            session.add(reading)
        reading.digest, reading.opened_at, reading.answered_at = digest_of_risk(risk), now(), None
        ledger.record(session, viewer.person_id, "risk.opened", risk.id, handover=risk.handover_id,
                      module=risk.module.value, digest=reading.digest)
    return risk


def answer_check(session: Session, viewer: Viewer, risk_id: str, answer: str) -> bool:
    """Answer a risk's question; True where it is right. Every attempt is counted and recorded.

    Raises:
        NotFound: there is no such risk for the viewer.
        NotAllowed: they do not take the module over.
        Conflict: they have not opened the risk as it now reads.
    """
    risk = visible_risk(session, viewer, risk_id)
    if viewer.person_id not in receivers_of(session, risk.handover_id).acting_for(risk.module):
        raise NotAllowed("risk.not_receiver", "确认题由这个模块的接收方回答。")
    reading = session.get(RiskReading, (risk.id, viewer.person_id))
    if reading is None or reading.digest != digest_of_risk(risk):
        raise Conflict("risk.not_opened", "请先打开并读完这条风险，再回答问题。")
    right = answer.strip() in (risk.countermeasure, risk.department)
    reading.attempts += 1
    if right and reading.answered_at is None:
        reading.answered_at = now()
    ledger.record(session, viewer.person_id, "risk.confirmed" if right else "risk.wrong_answer", risk.id,
                  handover=risk.handover_id, module=risk.module.value, digest=reading.digest, attempts=reading.attempts)
    return right


def readings_by(session: Session, person_id: str, risks: Sequence[Risk]) -> dict[str, RiskReading]:
    """By risk id: the person's reading of the present wording; risks they have not opened are absent."""
    wanted = {risk.id: digest_of_risk(risk) for risk in risks}
    rows = session.exec(select(RiskReading).where(
        RiskReading.person_id == person_id, col(RiskReading.risk_id).in_(sorted(wanted))
    ))
    return {row.risk_id: row for row in rows if row.digest == wanted[row.risk_id]}


def confirmations(session: Session, risks: Sequence[Risk]) -> frozenset[tuple[str, str]]:
    """Risk id and person id of every question that is answered on the present wording of these risks; one query."""
    wanted = {risk.id: digest_of_risk(risk) for risk in risks}
    rows = session.exec(select(RiskReading).where(
        col(RiskReading.risk_id).in_(sorted(wanted)), col(RiskReading.answered_at).is_not(None)
    ))
    return frozenset((row.risk_id, row.person_id) for row in rows if row.digest == wanted[row.risk_id])


def unread_by(session: Session, person_id: str, risks: Sequence[Risk]) -> list[Risk]:
    """Of these risks the high ones whose question the person has not answered."""
    confirmed = confirmations(session, risks)
    return [r for r in risks if r.level is RiskLevel.high and (r.id, person_id) not in confirmed]
