"""Taking a handover from node to node: submit, approve, send back, confirm, receive, reject, archive.

Each function is one row of ``workflow.TRANSITIONS``: it checks who acts and what must be true, takes the signature,
moves the node with its deadline, tells those whose turn it is, and writes the log – all in the caller's transaction.
"""

from __future__ import annotations

from sqlmodel import Session

from kb import keys, ledger
from kb.access import MODULE_NAMES, Module
from kb.errors import Conflict
from kb.handover import agreements, certificate, examination
from kb.handover.case import Handover
from kb.handover.contents import FileOf, files_of
from kb.handover.participation import receivers_of
from kb.handover.review import reviewed
from kb.handover.risk_check import readings_by, unread_by
from kb.handover.risks import risks_of
from kb.handover.signing import Declaration, Purpose, Signature, sign, sign_with
from kb.handover.turns import (
    all_files,
    begin,
    hr_ids,
    move,
    of_module,
    owed_modules,
    reason_given,
    require_receiver,
    tell,
    unreceived,
)
from kb.handover.workflow import Action, Actor
from kb.viewing import Viewer

STATEMENTS = {
    Purpose.deliver: "本人声明：以上文件是本人就「{title}」交付的全部内容，真实、完整，已知风险均已登记，没有隐瞒。",
    Purpose.head_review: "本人已逐条核对「{title}」的验收标准，以上结论和批注是本人的判断，同意进入 HR 确认。",
    Purpose.hr_confirmation: "本人确认「{title}」的交付物已经审核，接收方和权限已经安排，同意进入签收。",
    Purpose.receive: "本人已打开并理解「{title}」中「{module}」模块的以上文件和风险，确认接收。",
    Purpose.archive: "本人确认「{title}」的各模块均已签收，同意归档。",
}


def submit(session: Session, viewer: Viewer, handover_id: str, pin: str, *, reservations: str = "") -> Signature:
    """The leaver declares the delivery complete and signs; the reviewer is next.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        Conflict: something is neither handed in nor let off, an item that was returned did not change, or nobody is
            named to review.
    """
    handover, step = begin(session, viewer, handover_id, Action.submit)
    rows = reviewed(session, handover)
    owed = [r.deliverable.title for r in rows if r.missing]
    if owed:
        raise Conflict("handover.incomplete", "还有 {count} 项没有提交：{titles}。请补齐，或请人事注明免交原因。",
                       count=len(owed), titles="、".join(owed[:3]) + ("…" if len(owed) > 3 else ""))
    unchanged = [r.deliverable.title for r in rows if r.returned]
    if unchanged:
        raise Conflict("handover.unchanged", "被退回的「{title}」还没有更新，请先补充再提交。", title=unchanged[0])
    if handover.head_id is None:
        raise Conflict("handover.no_head", "还没有指定部门负责人，请联系人事指定后再提交审核。")
    _require_agreements(session, handover, viewer)
    made = _sign(session, viewer, handover, Purpose.deliver, all_files(rows), pin, reservations=reservations,
                 with_risks=True)
    move(session, viewer, handover, step)
    return made


def approve(session: Session, viewer: Viewer, handover_id: str, pin: str) -> Signature:
    """The head signs the review: every deliverable is approved or let off.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        Conflict: a deliverable has no decision that holds.
    """
    handover, step = begin(session, viewer, handover_id, Action.approve)
    rows = reviewed(session, handover)
    pending = [r.deliverable.title for r in rows if not r.done]
    if pending:
        raise Conflict("handover.unreviewed", "还有 {count} 项没有审核通过：{titles}。", count=len(pending),
                       titles="、".join(pending[:3]) + ("…" if len(pending) > 3 else ""))
    _require_agreements(session, handover, viewer)
    verdicts = [
        {"deliverable": r.deliverable.key, "criterion": v.text, "verdict": v.verdict.value, "note": v.note}
        for r in rows for _, v in sorted(r.verdicts.items())
    ]  # fmt: skip
    made = _sign(session, viewer, handover, Purpose.head_review, all_files(rows), pin, verdicts=verdicts)
    move(session, viewer, handover, step)
    return made


def send_back(session: Session, viewer: Viewer, handover_id: str, reason: str) -> Handover:
    """Head or HR sends the delivery back with a reason; a new round begins.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        Invalid: there is no reason.
        Conflict: the head returned no deliverable.
    """
    handover, step = begin(session, viewer, handover_id, Action.send_back)
    returned = [r for r in reviewed(session, handover) if r.returned]
    if step.actor is Actor.head and not returned:
        raise Conflict("handover.nothing_returned", "请先退回至少一项交付物并写明原因。")
    move(session, viewer, handover, step, reason=reason_given(reason))
    return handover


def confirm(session: Session, viewer: Viewer, handover_id: str, pin: str) -> Signature:
    """HR confirms and signs; the receivers are next.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        Conflict: files changed after the review, or a module has no receiver.
    """
    handover, step = begin(session, viewer, handover_id, Action.confirm)
    rows = reviewed(session, handover)
    changed = [r.deliverable.title for r in rows if not r.done]
    if changed:
        raise Conflict("handover.changed", "「{title}」在审核后有变动，原结论已失效。请退回重新审核。",
                       title=changed[0])
    without = [MODULE_NAMES[m] for m in owed_modules(rows) if m not in receivers_of(session, handover.id).rows]
    if without:
        raise Conflict("handover.no_receiver", "「{modules}」还没有接收方，请先指定。", modules="、".join(without))
    made = _sign(session, viewer, handover, Purpose.hr_confirmation, all_files(rows), pin)
    move(session, viewer, handover, step)
    return made


def receive(
    session: Session, viewer: Viewer, handover_id: str, module: Module, pin: str, *, reservations: str = ""
) -> Signature:
    """A receiver (or their deputy) signs one module, with reservations of up to 2000 characters or none.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        NotAllowed: the module is not theirs.
        Conflict: a high risk is unread, files changed after the review, or the examination is not passed.
    """
    handover, _ = begin(session, viewer, handover_id, Action.receive)
    first = require_receiver(session, viewer, handover, module).person_id
    _require_agreements(session, handover, viewer)
    risks = risks_of(session, handover.id, module)
    unread = unread_by(session, viewer.person_id, risks)
    if unread:
        raise Conflict("receive.unread", "还有 {count} 条高风险没有读完并答对：{title}。", count=len(unread),
                       title=unread[0].title)
    examination.require_passed(session, handover, module, first)
    rows = of_module(reviewed(session, handover), module)
    if any(not r.done for r in rows):
        raise Conflict("receive.changed", "这个模块的文件在审核后有变动，请等部门负责人重新审核。")
    made = _sign(session, viewer, handover, Purpose.receive, all_files(rows), pin, module=module, with_risks=True,
                 reservations=reservations.strip()[:2000], on_behalf_of=first if first != viewer.person_id else "")
    ledger.record(session, viewer.person_id, "module.received", handover.id, module=module.value, signature=made.id)
    if not unreceived(session, handover):
        tell(session, handover, hr_ids(session), "「{title}」各模块均已签收，请归档。", title=handover.title)
    return made


def reject(session: Session, viewer: Viewer, handover_id: str, module: Module, reason: str) -> Handover:
    """A receiver refuses a module with a reason; the handover goes back to the leaver in a new round.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        NotAllowed: the module is not theirs.
        Invalid: there is no reason.
    """
    handover, step = begin(session, viewer, handover_id, Action.reject)
    require_receiver(session, viewer, handover, module)
    move(session, viewer, handover, step, reason=reason_given(reason), module=module.value)
    return handover


def archive(session: Session, viewer: Viewer, handover_id: str, pin: str) -> Signature:
    """HR signs the end; every module is received as it now is. The certificate is issued with the same key.

    Raises:
        NotFound, NotAllowed, Conflict: as ``begin``.
        Conflict: a module is not signed, its files changed after the signature, or nobody confirmed what was returned.
    """
    handover, step = begin(session, viewer, handover_id, Action.archive)
    waiting = unreceived(session, handover)
    if waiting:
        raise Conflict("handover.unreceived", "「{modules}」还没有签收，不能归档。",
                       modules="、".join(MODULE_NAMES[m] for m in waiting))
    if handover.returned_at is None:
        raise Conflict("handover.not_returned", "请先在「安排」里确认资产与账号已归还，再归档。")
    key = keys.unlock(session, viewer.person_id, pin)
    made = sign_with(key, session, viewer, handover, Declaration(
        Purpose.archive, statement_of(handover, Purpose.archive), files=files_of(session, handover.id),
    ))  # fmt: skip
    move(session, viewer, handover, step)
    certificate.issue(session, viewer, handover, key)
    return made


def statement_of(handover: Handover, purpose: Purpose, module: Module | None = None) -> str:
    """The sentence a step declares, in Chinese; a module only where it is received."""
    return STATEMENTS[purpose].format(title=handover.title, module=MODULE_NAMES[module] if module else "")


def _sign(
    session: Session, viewer: Viewer, handover: Handover, purpose: Purpose, files: list[FileOf], pin: str, *,
    module: Module | None = None, verdicts: list[dict[str, str]] | None = None, with_risks: bool = False,
    reservations: str = "", on_behalf_of: str = "",
) -> Signature:
    risks = risks_of(session, handover.id, module) if with_risks else []
    statement = statement_of(handover, purpose, module)
    return sign(session, viewer, handover, Declaration(
        purpose, statement, module.value if module else "", files, verdicts or [], risks,
        readings_by(session, viewer.person_id, risks), reservations.strip(), on_behalf_of,
    ), pin)  # fmt: skip


def _require_agreements(session: Session, handover: Handover, viewer: Viewer) -> None:
    if agreements.outstanding(session, handover, viewer.person_id):
        raise Conflict("agreement.first", "请先签署保密协议和审批边界声明，再进行这一步。")
