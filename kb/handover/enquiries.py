"""After the handover: a question that nothing answers is sent to whoever stayed and may know."""

from __future__ import annotations

from sqlmodel import Session

from kb import ledger, notices
from kb.access import Module, Permission
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover.case import Gap, GapSource, GapState, Handover
from kb.handover.gaps import note_gap, search_reference
from kb.handover.participation import visible_handover
from kb.notices import NoticeKind
from kb.people import Person
from kb.viewing import Viewer


def name_deputy(session: Session, viewer: Viewer, handover_id: str, person: Person | None) -> Handover:
    """Let HR name who stays and may be asked once the leaver is gone; None names nobody. Also after the end.

    What was sent to the one before is closed to them at once; whoever asked may send it again.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: naming is for HR and administrators.
        Invalid: it is the leaver.
        Conflict: the account is deactivated.
    """
    handover = visible_handover(session, viewer, handover_id)
    viewer.require(Permission.open_handover)
    if person is not None and person.id == handover.leaver_id:
        raise Invalid("deputy.leaver", "离任者走后无人可问，请选一位留任的人。")
    if person is not None and not person.active:
        raise Conflict("deputy.inactive", "{name} 的账号已停用，请另选一位。", name=person.name)
    before, handover.deputy_id = handover.deputy_id, person.id if person is not None else None
    ledger.record(session, viewer.person_id, "handover.deputy", handover.id, before=before or "",
                  after=handover.deputy_id or "")
    session.add(handover)
    return handover


def send(session: Session, viewer: Viewer, handover: Handover, module: Module, question: str) -> Gap:
    """Send a question (4–500 characters) to the deputy, who answers it in the interview and is told now.

    Raises:
        NotAllowed: nothing of the module is open to the viewer.
        Conflict: nobody was named to be asked, or it was sent or answered already.
        Invalid: the question is too short.
    """
    text = question.strip()[:500]
    if not viewer.scope.opens(handover.id, module):
        raise NotAllowed("enquiry.closed", "这个模块没有向您开放，请改选模块。")
    if handover.deputy_id is None:
        raise Conflict("enquiry.nobody", "还没有指定留任的知情人，请联系人事指定。")
    if len(text) < 4:
        raise Invalid("enquiry.short", "请把问题写完整，至少四个字。")
    gap = note_gap(session, handover.id, module, GapSource.search, search_reference(text), text)
    if gap.asked_of == handover.deputy_id or gap.state is GapState.closed:
        raise Conflict("enquiry.sent", "这个问题已经转给知情人，或已经有了答案。")
    gap.asked_of, gap.asked_by, gap.module, gap.state = handover.deputy_id, viewer.person_id, module, GapState.open
    session.add(gap)
    ledger.record(session, viewer.person_id, "enquiry.sent", gap.id, handover=handover.id,
                  module=module.value, to=gap.asked_of)
    notices.notify(session, [gap.asked_of], NoticeKind.turn, "{name} 向您请教「{title}」里没有找到答案的问题。",
                   link=f"/gaps/{gap.id}", handover_id=handover.id, title=handover.title, name=viewer.name)
    return gap


def tell_asker(session: Session, gap: Gap, handover: Handover) -> None:
    """Tell whoever sent a question that it was answered, or that the deputy does not know either."""
    if not gap.asked_by or gap.state is GapState.open:
        return
    known = gap.state is GapState.closed
    message = "您请教的问题有了答案：「{title}」。" if known else "您请教的问题无人知道：「{title}」。"
    notices.notify(session, [gap.asked_by], NoticeKind.turn, message, link=f"/handovers/{handover.id}/after",
                   handover_id=handover.id, title=handover.title)
