"""The red boxes of a handover: what is late, unsigned, unread or undecided, derived from its rows and never stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from kb.access import MODULE_NAMES, Module, Permission, granted_cells_in
from kb.handover import agreements
from kb.handover.case import Handover
from kb.handover.participation import receivers_of
from kb.handover.review import Reviewed, reviewed
from kb.handover.risk_check import confirmations
from kb.handover.risks import RiskLevel, risks_of
from kb.handover.turns import ModuleReceipt, receipts_of
from kb.handover.workdays import working_days_between
from kb.handover.workflow import NODE_NAMES, Node
from kb.viewing import Viewer


class Severity(StrEnum):
    """Red needs somebody today; amber soon."""

    red = "red"
    amber = "amber"


@dataclass(frozen=True)
class Alert:
    """One thing that is not as it should be: a sentence (msgid) with what fills it, and where it is mended."""

    severity: Severity
    message: str
    link: str
    params: dict[str, str | int] = field(default_factory=dict)


def alerts(
    session: Session, viewer: Viewer, handover: Handover, on: date, rows: Sequence[Reviewed] | None = None
) -> list[Alert]:
    """Everything that the viewer may know of, the red ones first; none for an ended or paused handover.

    ``rows`` is what ``reviewed`` gave, None where it was not asked yet.
    """
    if handover.ended or handover.paused:
        return []
    base = f"/handovers/{handover.id}"
    unsigned = {who for who, agreed in agreements.agreed(session, handover).items() if agreed.outstanding}
    found = [*_node(handover, base, on), *_people(session, handover, base, len(unsigned))]
    rows = reviewed(session, handover) if rows is None else rows
    known = [r for r in rows if _sees(viewer, handover, r.deliverable.module)]
    if handover.node is Node.delivering:
        found += _deliverables(known, base, on)
    found += _changed(known, handover, base)
    receipts = receipts_of(session, handover, rows) if handover.node is Node.receiving else []
    link = f"/grants/{handover.id}" if viewer.may(Permission.manage_grants) else base
    found += _closed(handover, _shut(session, handover, known, receipts, unsigned), link)
    if handover.node is Node.receiving:
        found += _receiving(session, viewer, handover, receipts, base)
    return sorted(found, key=lambda a: a.severity is not Severity.red)


def _sees(viewer: Viewer, handover: Handover, module: Module) -> bool:
    oversees = viewer.may(Permission.view_every_checklist) or viewer.person_id in (handover.leaver_id, handover.head_id)
    return oversees or viewer.scope.opens(handover.id, module)


def _concerns(viewer: Viewer, handover: Handover, receipt: ModuleReceipt) -> bool:
    return viewer.person_id in (receipt.receiver_id, receipt.deputy_id) or _sees(viewer, handover, receipt.module)


def _node(handover: Handover, base: str, on: date) -> list[Alert]:
    found = []
    if handover.node_due is not None and handover.node_due < on:
        late = working_days_between(handover.node_due, on)
        found.append(Alert(Severity.red, "「{node}」已逾期 {days} 个工作日。", base,
                           {"node": NODE_NAMES[handover.node], "days": max(1, late)}))
    elif handover.node_due is not None and working_days_between(on, handover.node_due) <= 2:
        found.append(Alert(Severity.amber, "「{node}」{day} 到期。", base,
                           {"node": NODE_NAMES[handover.node], "day": handover.node_due.isoformat()}))
    if handover.due_provisional:
        found.append(Alert(Severity.amber, "期限超出已公布的节假日安排，暂按周末计算，公布后会自动更新。", base))
    return found


def _people(session: Session, handover: Handover, base: str, unsigned: int) -> list[Alert]:
    found = []
    named = receivers_of(session, handover.id).rows
    without = [MODULE_NAMES[m] for m in Module if m not in named]
    if without:
        found.append(Alert(Severity.amber, "「{modules}」还没有接收方。", f"{base}/arrange",
                           {"modules": "、".join(without)}))
    if handover.head_id is None:
        found.append(Alert(Severity.amber, "还没有指定部门负责人。", f"{base}/arrange"))
    if unsigned:
        found.append(Alert(Severity.amber, "还有 {count} 人没有签完保密协议或审批边界声明。", f"{base}/agreements",
                           {"count": unsigned}))
    return found


def _deliverables(rows: list[Reviewed], base: str, on: date) -> list[Alert]:
    found = []
    late = [r for r in rows if r.missing and r.deliverable.due_on and r.deliverable.due_on < on]
    if late:
        first = late[0].deliverable
        found.append(Alert(Severity.red, "{count} 项交付物已逾期未交，最早是「{title}」。", f"{base}#d-{first.id}",
                           {"count": len(late), "title": first.title}))
    returned = [r for r in rows if r.returned]
    if returned:
        found.append(Alert(Severity.red, "{count} 项被退回，还没有补充。", f"{base}#d-{returned[0].deliverable.id}",
                           {"count": len(returned)}))
    return found


def _changed(rows: list[Reviewed], handover: Handover, base: str) -> list[Alert]:
    stale = [r for r in rows if r.stale] if handover.node is not Node.delivering else []
    if not stale:
        return []
    return [Alert(Severity.red, "{count} 项在审核之后文件有变动，原结论已失效。", f"{base}#d-{stale[0].deliverable.id}",
                  {"count": len(stale)})]


def _shut(
    session: Session, handover: Handover, rows: Sequence[Reviewed], receipts: Sequence[ModuleReceipt],
    unsigned: Collection[str],
) -> list[Reviewed]:
    """What whoever must read it now may not; what waits for their agreements is said elsewhere."""
    readers = {r.module: r.receiver_id for r in receipts if not r.signed_by}
    if handover.node is Node.head_review and handover.head_id:
        readers = dict.fromkeys(Module, handover.head_id)
        rows = [r for r in rows if not r.done]
    people = {who for who in readers.values() if who} - {*unsigned}
    opened = granted_cells_in(session, handover.id, people) if people else {}
    return [
        r for r in rows
        if (who := readers.get(r.deliverable.module)) in opened and not all(f.cell in opened[who] for f in r.files)
    ]


def _closed(handover: Handover, shut: Sequence[Reviewed], link: str) -> list[Alert]:
    if not shut:
        return []
    if handover.node is Node.head_review:
        return [Alert(Severity.red, "部门负责人还看不到 {count} 项交付物的文件，无法审核，请人事授权。", link,
                      {"count": len(shut)})]
    closed = {r.deliverable.module for r in shut}
    return [Alert(Severity.red, "「{modules}」的接收方还看不到其中的文件，请人事授权后再签收。", link,
                  {"modules": "、".join(MODULE_NAMES[m] for m in Module if m in closed)})]


def _receiving(
    session: Session, viewer: Viewer, handover: Handover, receipts: Sequence[ModuleReceipt], base: str
) -> list[Alert]:
    found, risks = [], [r for r in risks_of(session, handover.id) if r.level is RiskLevel.high]
    confirmed = confirmations(session, risks)
    for receipt in receipts:
        if receipt.signed_by or not receipt.receiver_id or not _concerns(viewer, handover, receipt):
            continue
        unread = [r for r in risks if r.module is receipt.module and (r.id, receipt.receiver_id) not in confirmed]
        if unread:
            found.append(Alert(Severity.red, "「{module}」有 {count} 条高风险未确认。", f"{base}/risks",
                               {"module": MODULE_NAMES[receipt.module], "count": len(unread)}))
        else:
            found.append(Alert(Severity.amber, "「{module}」还没有签收。", base,
                               {"module": MODULE_NAMES[receipt.module]}))
    return found
