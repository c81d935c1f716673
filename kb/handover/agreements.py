"""Confidentiality agreement and approval limits: signed before anything confidential is shown.

Where a handover requires them, whoever is granted something in it (the leaver apart) reads only what is internal until
they have signed: their grants are locked, and the signature opens them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from kb import ledger
from kb.access import Clearance, Grant, Permission
from kb.errors import Invalid
from kb.handover.case import Handover
from kb.handover.participation import receivers_of, visible_handover
from kb.handover.signing import Declaration, Purpose, Signature, sign
from kb.viewing import Viewer

CONFIDENTIALITY = (
    "本人已知悉：通过「{title}」接触到的商业秘密、客户信息、技术资料与人事信息归公司所有。本人承诺只用于履行本岗位职责，"
    "不向任何未经授权的人披露、复制或带走；离开岗位后继续保密；发现泄露立即报告。违反本承诺，本人承担法律责任。"
)
LIMITS = (
    "本人已知悉交接后的审批边界：{limits}。超出边界的事项，本人将按公司制度上报审批，不越权签批，也不拆分金额规避。"
)
_NO_LIMITS = "以公司现行授权制度为准，未经书面授权不行使任何财务审批权"


def text_of(handover: Handover, purpose: Purpose) -> str:
    """What is signed, word for word."""
    if purpose is Purpose.agreement_confidentiality:
        return CONFIDENTIALITY.format(title=handover.title)
    return LIMITS.format(limits=handover.approval_limits.strip().rstrip("。") or _NO_LIMITS)


def required_of(session: Session, handover: Handover, person_id: str) -> tuple[Purpose, ...]:
    """What a person has to sign in this handover before confidential things open: nothing where it is not required.

    Everybody concerned signs confidentiality; who takes a module over, and the leaver, the approval limits as well.
    """
    if not handover.agreements_required:
        return ()
    receives = person_id in receivers_of(session, handover.id).people()
    if receives or person_id == handover.leaver_id:
        return (Purpose.agreement_confidentiality, Purpose.agreement_limits)
    return (Purpose.agreement_confidentiality,)


def signed_by(session: Session, handover_id: str, person_id: str) -> frozenset[Purpose]:
    """The agreements the person has signed in this handover."""
    rows = session.exec(select(Signature).where(
        Signature.handover_id == handover_id, Signature.signer_id == person_id,
        col(Signature.purpose).in_([Purpose.agreement_confidentiality, Purpose.agreement_limits]),
    ))  # fmt: skip
    return frozenset(row.purpose for row in rows)


def outstanding(session: Session, handover: Handover, person_id: str) -> tuple[Purpose, ...]:
    """What the person still has to sign, in order."""
    done = signed_by(session, handover.id, person_id)
    return tuple(p for p in required_of(session, handover, person_id) if p not in done)


def limits_signed(session: Session, handover: Handover) -> bool:
    """Whether anybody has signed the approval limits as they stand."""
    return session.exec(select(Signature.id).where(
        Signature.handover_id == handover.id, Signature.purpose == Purpose.agreement_limits
    )).first() is not None


def concerned(session: Session, handover: Handover) -> frozenset[str]:
    """Ids of the people who have agreements to sign: leaver, head, receivers, deputies, and whoever holds a grant."""
    granted = session.exec(select(Grant.person_id).where(
        Grant.handover_id == handover.id, col(Grant.revoked_at).is_(None)
    ))
    named = {handover.leaver_id, handover.head_id, handover.successor_id}
    return frozenset(p for p in {*named, *receivers_of(session, handover.id).people(), *granted} if p)


def standing(session: Session, viewer: Viewer, handover: Handover) -> dict[str, tuple[Purpose, ...]]:
    """By person id: what they still have to sign. Empty for a viewer who does not oversee handovers."""
    if not viewer.may(Permission.view_every_checklist) or not handover.agreements_required:
        return {}
    return {p: outstanding(session, handover, p) for p in sorted(concerned(session, handover))}


def sign_agreement(session: Session, viewer: Viewer, handover_id: str, purpose: Purpose, pin: str) -> Signature:
    """Sign one agreement; with the last one the viewer's grants in this handover open up to their class.

    Raises:
        NotFound: the viewer may not know of the handover, or has no signing key.
        Invalid: it is not theirs to sign, or the PIN is wrong.
        Conflict: it is signed already.
    """
    handover = visible_handover(session, viewer, handover_id)
    if purpose not in required_of(session, handover, viewer.person_id):
        raise Invalid("agreement.not_required", "您在这个交接里不需要签署这份文件。")
    made = sign(session, viewer, handover, Declaration(purpose, text_of(handover, purpose)), pin)
    if not outstanding(session, handover, viewer.person_id):
        _unlock(session, handover, viewer.person_id)
    return made


def _unlock(session: Session, handover: Handover, person_id: str) -> None:
    session.merge(Clearance(person_id=person_id, handover_id=handover.id))
    ledger.record(session, person_id, "agreement.completed", handover.id)
    lock_again(session, handover, [person_id])


def lock_again(session: Session, handover: Handover, person_ids: Iterable[str]) -> None:
    """Lock the grants of those who still have something to sign, and open those of the others."""
    for person_id in person_ids:
        waiting = person_id != handover.leaver_id and bool(outstanding(session, handover, person_id))
        cleared = session.get(Clearance, (person_id, handover.id))
        if waiting and cleared is not None:
            session.delete(cleared)
        for grant in _grants(session, handover.id, person_id):
            grant.locked = waiting
    session.flush()


def _grants(session: Session, handover_id: str, person_id: str) -> list[Grant]:
    wanted = select(Grant).where(
        Grant.handover_id == handover_id, Grant.person_id == person_id, col(Grant.revoked_at).is_(None)
    )
    return list(session.exec(wanted))
