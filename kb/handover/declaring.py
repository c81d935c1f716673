"""What a step would declare, before anybody signs it: files, verdicts, risks, and what still stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from kb.access import Module
from kb.errors import Conflict
from kb.handover import agreements
from kb.handover.case import Handover
from kb.handover.participation import visible_handover
from kb.handover.proceeding import statement_of
from kb.handover.review import Reviewed, reviewed
from kb.handover.risk_check import RiskReading, readings_by, unread_by
from kb.handover.risks import Risk, risks_of
from kb.handover.signing import Purpose
from kb.handover.turns import require_receiver, step_of, unreceived
from kb.handover.workflow import Action, Transition
from kb.viewing import Viewer

PURPOSES = {
    Action.submit: Purpose.deliver, Action.approve: Purpose.head_review, Action.confirm: Purpose.hr_confirmation,
    Action.receive: Purpose.receive, Action.archive: Purpose.archive,
}  # fmt: skip


_AGREED_FIRST = frozenset({Action.submit, Action.approve, Action.receive})
"""Steps of those who read what is confidential; they sign the agreements before them."""


@dataclass(frozen=True)
class Preview:
    """A step as its page shows it. ``statement`` is empty for a way back, which is not signed.

    ``rows`` are the deliverables it covers; ``readings`` the viewer's own, by risk id; ``unread`` the high risks they
    still have to answer; ``blocked`` the titles (or modules) that stand in the way.
    """

    handover: Handover
    step: Transition
    module: Module | None
    statement: str
    rows: tuple[Reviewed, ...]
    risks: tuple[Risk, ...]
    readings: dict[str, RiskReading]
    unread: tuple[Risk, ...]
    agreements: tuple[Purpose, ...]
    blocked: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way."""
        return not (self.blocked or self.unread or self.agreements)


def preview(
    session: Session, viewer: Viewer, handover_id: str, action: Action, module: Module | None = None
) -> Preview:
    """The step as the viewer would take it now.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: the step is somebody else's.
        Conflict: the step is not possible where the handover stands.
    """
    handover = visible_handover(session, viewer, handover_id)
    step = step_of(session, viewer, handover, action)
    if action in (Action.receive, Action.reject):
        if module is None:
            raise Conflict("receive.choose", "请先选择要签收的模块。")
        require_receiver(session, viewer, handover, module)
    rows = [r for r in reviewed(session, handover) if module is None or r.deliverable.module is module]
    risks = risks_of(session, handover.id, module) if action in (Action.submit, Action.receive) else []
    purpose = PURPOSES.get(action)
    return Preview(
        handover, step, module, statement_of(handover, purpose, module) if purpose else "", tuple(rows),
        tuple(risks),
        readings_by(session, viewer.person_id, risks),
        tuple(unread_by(session, viewer.person_id, risks)) if action is Action.receive else (),
        agreements.outstanding(session, handover, viewer.person_id) if action in _AGREED_FIRST else (),
        tuple(_blocked(session, handover, action, rows)),
    )  # fmt: skip


def _blocked(session: Session, handover: Handover, action: Action, rows: list[Reviewed]) -> list[str]:
    """Titles of the deliverables (or names of the modules) that keep the step from being taken."""
    if action is Action.submit:
        return [r.deliverable.title for r in rows if r.missing or (r.returned and not r.excused)]
    if action in (Action.approve, Action.confirm, Action.receive):
        return [r.deliverable.title for r in rows if not r.done]
    if action is Action.archive:
        return [m.value for m in unreceived(session, handover)]
    return []
