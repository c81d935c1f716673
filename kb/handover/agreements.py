"""Confidentiality agreement and approval limits: signed before anything confidential is shown.

Where a handover requires them, whoever is granted something in it (the leaver apart) reads only what is internal until
they have signed: their grants are locked, and the signature opens them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import ledger
from kb.access import Clearance, Grant, Permission
from kb.errors import Invalid
from kb.handover.case import Handover
from kb.handover.participation import Receivers, receivers_of, receivers_of_all, visible_handover
from kb.handover.signing import Declaration, Purpose, Signature, sign
from kb.viewing import Viewer

CONFIDENTIALITY = (
    "本人已知悉：通过「{title}」接触到的商业秘密、客户信息、技术资料与人事信息归公司所有。本人承诺只用于履行本岗位职责，"
    "不向任何未经授权的人披露、复制或带走；离开岗位后继续保密；发现泄露立即报告。违反本承诺，本人承担法律责任。"
)
LIMITS = (
    "本人已知悉交接后的审批边界：{limits}。超出边界的事项，本人将按公司制度上报审批，不越权签批，也不拆分金额规避。"
)
_UNSET_SENTENCES = {"limits": "以公司现行授权制度为准，未经书面授权不行使任何财务审批权"}
"""What stands where HR has filled nothing in."""


def text_of(handover: Handover, purpose: Purpose) -> str:
    """What is signed, word for word."""
    message, params = wording_of(handover, purpose)
    return message.format(**params)


def wording_of(handover: Handover, purpose: Purpose) -> tuple[str, dict[str, str]]:
    """What is signed as a msgid and what is filled in, for whoever reads it in another language."""
    if purpose is Purpose.agreement_confidentiality:
        return CONFIDENTIALITY, {"title": handover.title}
    return LIMITS, {"limits": handover.approval_limits.strip().rstrip("。") or _UNSET_SENTENCES["limits"]}


@dataclass(frozen=True)
class Agreed:
    """What one person has to sign in a handover, in order, and what of it they have signed."""

    required: tuple[Purpose, ...]
    signed: frozenset[Purpose]

    @property
    def outstanding(self) -> tuple[Purpose, ...]:
        """What is still to be signed, in order."""
        return tuple(purpose for purpose in self.required if purpose not in self.signed)


def required_of(session: Session, handover: Handover, person_id: str) -> tuple[Purpose, ...]:
    """What a person has to sign in this handover before confidential things open: nothing where it is not required.

    Everybody concerned signs confidentiality; who takes a module over, and the leaver, the approval limits as well.
    """
    if not handover.agreements_required:
        return ()
    return _required(handover, person_id, receivers_of(session, handover.id).people())


def _required(handover: Handover, person_id: str, receiving: Collection[str]) -> tuple[Purpose, ...]:
    if person_id in receiving or person_id == handover.leaver_id:
        return (Purpose.agreement_confidentiality, Purpose.agreement_limits)
    return (Purpose.agreement_confidentiality,)


def signed_by(session: Session, handover_id: str, person_id: str) -> frozenset[Purpose]:
    """The agreements the person has signed in this handover."""
    rows = session.exec(_signatures([handover_id]).where(Signature.signer_id == person_id))
    return frozenset(row.purpose for row in rows)


def outstanding(session: Session, handover: Handover, person_id: str) -> tuple[Purpose, ...]:
    """What the person still has to sign, in order."""
    receivers = receivers_of_all(session, [handover.id])
    return outstanding_in(session, [handover], person_id, receivers)[handover.id]


def outstanding_in(
    session: Session, handovers: Sequence[Handover], person_id: str, receivers: Mapping[str, Receivers]
) -> dict[str, tuple[Purpose, ...]]:
    """By handover id what ``outstanding`` gives of each, the receivers being known; in one query, or none."""
    asking = [h for h in handovers if h.agreements_required]
    signed: dict[str, set[Purpose]] = {h.id: set() for h in asking}
    if asking:
        for row in session.exec(_signatures(list(signed)).where(Signature.signer_id == person_id)):
            signed[row.handover_id].add(row.purpose)
    found: dict[str, tuple[Purpose, ...]] = {h.id: () for h in handovers}
    for h in asking:
        required = _required(h, person_id, receivers[h.id].people())
        found[h.id] = Agreed(required, frozenset(signed[h.id])).outstanding
    return found


def limits_signed(session: Session, handover: Handover) -> bool:
    """Whether anybody has signed the approval limits as they stand."""
    return session.exec(select(Signature.id).where(
        Signature.handover_id == handover.id, Signature.purpose == Purpose.agreement_limits
    )).first() is not None


def agreed(session: Session, handover: Handover) -> dict[str, Agreed]:
    """By person id, sorted: the agreements of leaver, head, receivers, deputies and whoever holds a grant.

    Empty where the handover requires none. As many queries for all of them as for one.
    """
    if not handover.agreements_required:
        return {}
    receiving = receivers_of(session, handover.id).people()
    granted = session.exec(select(Grant.person_id).where(
        Grant.handover_id == handover.id, col(Grant.revoked_at).is_(None)
    ))
    signed: dict[str, set[Purpose]] = {}
    for row in session.exec(_signatures([handover.id])):
        signed.setdefault(row.signer_id, set()).add(row.purpose)
    people = {handover.leaver_id, handover.head_id, handover.successor_id, *receiving, *granted}
    return {
        person: Agreed(_required(handover, person, receiving), frozenset(signed.get(person, ())))
        for person in sorted(p for p in people if p)
    }


def _signatures(handover_ids: Sequence[str]) -> SelectOfScalar[Signature]:
    return select(Signature).where(
        col(Signature.handover_id).in_(handover_ids),
        col(Signature.purpose).in_([Purpose.agreement_confidentiality, Purpose.agreement_limits]),
    )


def standing(session: Session, viewer: Viewer, handover: Handover) -> dict[str, tuple[Purpose, ...]]:
    """By person id: what they still have to sign. Empty for a viewer who does not oversee handovers."""
    if not viewer.may(Permission.view_every_checklist):
        return {}
    return {person: found.outstanding for person, found in agreed(session, handover).items()}


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
