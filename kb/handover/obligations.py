"""What every handover asks besides its deliverables, whatever the post: four things that are done, not handed in.

Confidentiality agreement, approval limits, written confirmation of each high risk, return of assets and accounts. The
first two are signed (``agreements``), the third is answered risk by risk (``risk_check``), the fourth HR confirms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from kb import ledger
from kb.db import now
from kb.errors import Conflict, Invalid
from kb.handover import agreements
from kb.handover.arranging import arrangeable
from kb.handover.case import Handover
from kb.handover.participation import receivers_of
from kb.handover.risk_check import confirmations
from kb.handover.risks import RiskLevel, risks_of
from kb.handover.signing import Purpose
from kb.viewing import Viewer


class Obligation(StrEnum):
    """One of the four."""

    confidentiality = "confidentiality"
    limits = "limits"
    risks = "risks"
    returns = "returns"


OBLIGATION_NAMES = {
    Obligation.confidentiality: "保密协议", Obligation.limits: "审批边界声明",
    Obligation.risks: "高风险逐条书面确认", Obligation.returns: "资产与账号归还",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How far one of them is: ``done`` of ``total``; total 0 where the handover does not ask for it."""

    obligation: Obligation
    done: int
    total: int

    @property
    def met(self) -> bool:
        """Whether nothing is owed on it."""
        return self.done >= self.total


def standings(session: Session, handover: Handover) -> tuple[Standing, ...]:
    """All four, in order."""
    everybody = agreements.agreed(session, handover).values()

    def signing(obligation: Obligation, purpose: Purpose) -> Standing:
        asked = [found for found in everybody if purpose in found.required]
        return Standing(obligation, sum(purpose in found.signed for found in asked), len(asked))

    high = [r for r in risks_of(session, handover.id) if r.level is RiskLevel.high]
    receivers = receivers_of(session, handover.id)
    confirmed = confirmations(session, high)
    read = [r for r in high if any((r.id, p) in confirmed for p in receivers.acting_for(r.module))]
    return (
        signing(Obligation.confidentiality, Purpose.agreement_confidentiality),
        signing(Obligation.limits, Purpose.agreement_limits),
        Standing(Obligation.risks, len(read), len(high)),
        Standing(Obligation.returns, int(handover.returned_at is not None), 1),
    )


def confirm_returns(session: Session, viewer: Viewer, handover_id: str, note: str) -> Handover:
    """HR confirms in writing what was given back: laptop, seals, cards, accounts; up to 1000 characters.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arranging.arrangeable``.
        Conflict: it was confirmed already.
        Invalid: there is no list.
    """
    handover = arrangeable(session, viewer, handover_id)
    if handover.returned_at is not None:
        raise Conflict("returns.confirmed", "资产与账号归还已经确认过。")
    if not note.strip():
        raise Invalid("returns.no_list", "请列出归还和停用了哪些资产、印章、证照和账号；没有的也请写明。")
    handover.returned_at, handover.returned_by, handover.returned_note = now(), viewer.person_id, note.strip()[:1000]
    ledger.record(session, viewer.person_id, "returns.confirmed", handover.id, note=handover.returned_note)
    return handover
