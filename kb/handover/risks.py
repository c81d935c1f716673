"""Risks that the leaver states: level, countermeasure, responsible department. Withdrawn, never deleted."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

import rfc8785
from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.access import Module
from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.handover.case import Handover
from kb.handover.participation import receivers_of, visible_handover
from kb.viewing import Viewer


class RiskLevel(StrEnum):
    """How much it would hurt."""

    high = "high"
    medium = "medium"
    low = "low"


RISK_LEVEL_NAMES = {RiskLevel.high: "高", RiskLevel.medium: "中", RiskLevel.low: "低"}


class Risk(SQLModel, table=True):
    """One risk with its measure and the department that answers for it. ``withdrawn_at`` None means that it stands."""

    __tablename__ = "risk"
    id: str = Field(default_factory=lambda: new_id("rsk"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    title: str
    level: RiskLevel
    countermeasure: str
    department: str
    stated_by: str
    stated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def digest_of_risk(risk: Risk) -> str:
    """SHA-256 (hex) over what the risk says."""
    said = {"title": risk.title, "level": risk.level.value, "countermeasure": risk.countermeasure,
            "department": risk.department, "module": risk.module.value}
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def risks_of(session: Session, handover_id: str, module: Module | None = None) -> list[Risk]:
    """The standing risks of a handover, the highest first; of one module where it is given."""
    wanted = select(Risk).where(Risk.handover_id == handover_id, col(Risk.withdrawn_at).is_(None))
    if module is not None:
        wanted = wanted.where(Risk.module == module)
    order = list(RiskLevel)
    return sorted(session.exec(wanted), key=lambda r: (list(Module).index(r.module), order.index(r.level), r.id))


def visible_risks(session: Session, viewer: Viewer, handover_id: str) -> list[Risk]:
    """The standing risks in the modules that the viewer may read.

    Raises:
        NotFound: there is no such handover, or the viewer may not know of it.
    """
    handover = visible_handover(session, viewer, handover_id)
    return [r for r in risks_of(session, handover.id) if may_read_risks(session, viewer, handover, r.module)]


def may_read_risks(session: Session, viewer: Viewer, handover: Handover, module: Module) -> bool:
    """Whether the viewer reads the risks of a module: whoever may read in it, and whoever takes it over."""
    opened = viewer.scope.opens(handover.id, module)
    return opened or viewer.person_id in receivers_of(session, handover.id).acting_for(module)


def visible_risk(session: Session, viewer: Viewer, risk_id: str) -> Risk:
    """A risk.

    Raises:
        NotFound: there is no such risk, or the viewer may not read it.
    """
    risk = session.get(Risk, risk_id)
    handover = visible_handover(session, viewer, risk.handover_id) if risk is not None else None
    if risk is None or handover is None or not may_read_risks(session, viewer, handover, risk.module):
        raise NotFound("risk.unknown", "没有这条风险，请检查链接。")
    return risk


def state_risk(
    session: Session, viewer: Viewer, handover_id: str, module: Module, *, title: str, level: RiskLevel,
    countermeasure: str, department: str,
) -> Risk:
    """State a risk. Only the leaver may, while the handover is not ended.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they are not its leaver.
        Conflict: the handover has ended.
        Invalid: a field is empty or too long (200 characters, the measure 1000).
    """
    handover = _of_leaver(session, viewer, handover_id)
    title, countermeasure, department = title.strip(), countermeasure.strip(), department.strip()
    if not (title and countermeasure and department):
        raise Invalid("risk.incomplete", "请写明风险、应对措施和责任部门，三项都不能为空。")
    if len(title) > 200 or len(department) > 200 or len(countermeasure) > 1000:
        raise Invalid("risk.too_long", "风险和责任部门最多 200 字，应对措施最多 1000 字，请缩短。")
    risk = Risk(handover_id=handover.id, module=module, title=title, level=level, countermeasure=countermeasure,
                department=department, stated_by=viewer.person_id)
    session.add(risk)
    ledger.record(session, viewer.person_id, "risk.stated", risk.id, handover=handover.id, module=module.value,
                  title=title, level=level.value, countermeasure=countermeasure, department=department)
    return risk


def withdraw_risk(session: Session, viewer: Viewer, risk_id: str, reason: str) -> Risk:
    """Take a risk back with a reason; it stays in the log.

    Raises:
        NotFound: there is no such risk for the viewer.
        NotAllowed: they are not the leaver.
        Invalid: there is no reason.
        Conflict: the handover has ended.
    """
    risk = visible_risk(session, viewer, risk_id)
    _of_leaver(session, viewer, risk.handover_id)
    if not reason.strip():
        raise Invalid("risk.no_reason", "请写明撤回这条风险的原因。")
    risk.withdrawn_at = now()
    ledger.record(session, viewer.person_id, "risk.withdrawn", risk.id, handover=risk.handover_id,
                  module=risk.module.value, title=risk.title, reason=reason.strip())
    return risk


def _of_leaver(session: Session, viewer: Viewer, handover_id: str) -> Handover:
    handover = visible_handover(session, viewer, handover_id)
    if viewer.person_id != handover.leaver_id:
        raise NotAllowed("risk.not_leaver", "只有离任者本人可以登记或撤回风险。")
    if handover.ended:
        raise Conflict("handover.ended", "这个交接已经结束，不能再修改。")
    return handover
