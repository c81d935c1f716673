"""Reading the operation log: of one handover for those who take part in it, of everything for who oversees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import spreadsheet
from kb.access import Module, Permission
from kb.errors import NotAllowed
from kb.handover.participation import visible_handover
from kb.ledger import LedgerEntry
from kb.people import names_of
from kb.viewing import Viewer

PAGE = 100
"""Entries on a page."""
_ABOUT_CONTENT = ("document.", "risk.", "review.", "suggestion.", "deliverable.")
_BARE = frozenset({"handover", "module", "before", "after", "level", "files", "digest", "version", "criterion"})
"""What an entry about content says to somebody to whom that content is closed: states and hashes, no words."""

ENTRY_NAMES = {
    "handover.opened": "发起交接", "handover.submit": "提交审核", "handover.approve": "审核通过",
    "handover.send_back": "退回补充", "handover.confirm": "HR 确认", "handover.reject": "拒收退回",
    "handover.archive": "归档", "handover.cancel": "取消交接", "handover.paused": "暂停", "handover.resumed": "恢复",
    "handover.urgency": "调整加急", "handover.limits": "写审批边界", "module.received": "签收模块",
    "receiver.named": "指定接收方", "deputy.appointed": "指定代理", "deputy.ended": "结束代理",
    "head.named": "指定审核人",
    "deliverable.approved": "通过交付物", "deliverable.returned": "退回交付物", "deliverable.excused": "免交",
    "deliverable.reassigned": "调整负责人", "review.judged": "判定验收标准", "risk.stated": "登记风险",
    "risk.withdrawn": "撤回风险", "risk.opened": "打开风险", "risk.confirmed": "答对确认题",
    "risk.wrong_answer": "答错确认题", "signature.made": "签名", "agreement.completed": "签完协议",
    "key.created": "生成签名密钥", "key.pin_changed": "更换签名口令", "grant.given": "授权",
    "grant.revoked": "撤销授权",
    "document.received": "上传资料", "document.deleted": "删除资料", "certificate.issued": "出具交接证书",
    "key.revoked": "吊销签名密钥", "key.wrong_pin": "签名口令输错", "evidence.exported": "导出证据包",
    "answer.sent": "段落发给作答接口", "template.published": "发布模板", "person.added": "新增人员",
}  # fmt: skip
"""What an action is called; one that is absent is shown by its own name."""


@dataclass(frozen=True)
class Filters:
    """What to show. Empty and None do not restrict; ``before`` is the number below which a page begins."""

    actor_id: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """One entry for people: number, when, who, what, on what, from where, its detail, and its hash (hex)."""

    number: int
    at: datetime
    actor: str
    action: str
    object_id: str
    origin: str
    detail: dict[str, Any]
    hash: str


def entries_of(session: Session, viewer: Viewer, handover_id: str, filters: Filters) -> list[Entry]:
    """The entries of one handover, the newest first, a page of them.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they neither take part in it nor oversee it.
    """
    handover = visible_handover(session, viewer, handover_id)
    named = (handover.leaver_id, handover.successor_id, handover.head_id)
    if not viewer.may(Permission.view_every_checklist) and viewer.person_id not in named:
        raise NotAllowed("log.closed", "操作日志只对交接各方、人事和审计开放。")
    wanted = _filtered(filters).where(or_(
        col(LedgerEntry.object_id) == handover_id, col(LedgerEntry.body).contains(f'"handover":"{handover_id}"'),
    ))  # fmt: skip
    return _entries(session, wanted, viewer, open_to=handover.leaver_id == viewer.person_id)


def all_entries(session: Session, viewer: Viewer, filters: Filters) -> list[Entry]:
    """Every entry, the newest first, a page of them.

    Raises:
        NotAllowed: the viewer does not oversee handovers.
    """
    viewer.require(Permission.view_every_checklist)
    return _entries(session, _filtered(filters), viewer)


def as_csv(entries: list[Entry]) -> str:
    """The entries for a spreadsheet."""
    head = ("序号", "时间(UTC)", "操作人", "动作", "对象", "来源", "内容", "哈希")
    return spreadsheet.as_csv(head, [
        (str(entry.number), entry.at.isoformat(), entry.actor, ENTRY_NAMES.get(entry.action, entry.action),
         entry.object_id, entry.origin, json.dumps(entry.detail, ensure_ascii=False), entry.hash)
        for entry in entries
    ])  # fmt: skip


def _filtered(filters: Filters) -> SelectOfScalar[LedgerEntry]:
    wanted = select(LedgerEntry).order_by(col(LedgerEntry.number).desc()).limit(PAGE)
    if filters.actor_id:
        wanted = wanted.where(LedgerEntry.actor_id == filters.actor_id)
    if filters.action:
        wanted = wanted.where(LedgerEntry.action == filters.action)
    if filters.since:
        wanted = wanted.where(col(LedgerEntry.at) >= _start(filters.since))
    if filters.until:
        wanted = wanted.where(col(LedgerEntry.at) <= datetime.combine(filters.until, time.max).astimezone())
    if filters.before is not None:
        wanted = wanted.where(col(LedgerEntry.number) < filters.before)
    return wanted


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone()


def _entries(
    session: Session, wanted: SelectOfScalar[LedgerEntry], viewer: Viewer, *, open_to: bool = False
) -> list[Entry]:
    rows = list(session.exec(wanted))
    names = names_of(session, {r.actor_id for r in rows})
    return list(_told(rows, names, viewer, open_to=open_to))


def _told(rows: list[LedgerEntry], names: dict[str, str], viewer: Viewer, *, open_to: bool) -> Iterator[Entry]:
    for row in rows:
        body = json.loads(row.body)
        detail = body["detail"]
        if not open_to and row.action.startswith(_ABOUT_CONTENT) and not _sees(viewer, detail):
            detail = {k: v for k, v in detail.items() if k in _BARE}
        yield Entry(row.number, row.at, names.get(row.actor_id, row.actor_id), row.action, row.object_id,
                    str(body.get("from", "")), detail, row.hash)


def _sees(viewer: Viewer, detail: dict[str, Any]) -> bool:
    """Whether the part of the handover that an entry is about is open to the viewer."""
    handover, module = str(detail.get("handover", "")), str(detail.get("module", ""))
    if viewer.scope.everything:
        return True
    return module in list(Module) and viewer.scope.opens(handover, Module(module))
