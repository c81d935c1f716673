"""The exit examination: the questions a successor will ask, put to the knowledge base with the successor's own rights.

Who asks and how lies above (``search.examine``); here is what came of it, and the gate that HR may set: a module is
received only when enough of its questions are answered. A gap that was declared unknown with a reason counts as
accounted for: nobody can be made to know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, func, select

from kb import ledger
from kb.access import Module, Permission
from kb.db import UtcDateTime, new_id, now
from kb.documents import Document
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover.arranging import arrangeable
from kb.handover.case import Gap, GapSource, GapState, Handover
from kb.handover.gaps import gaps_of, note_gap, settle
from kb.handover.participation import takers, takes_part
from kb.viewing import Viewer


class Outcome(StrEnum):
    """What the knowledge base made of a question."""

    answered = "answered"
    weak = "weak"
    unanswered = "unanswered"


_URGENCY = {Outcome.unanswered: 0, Outcome.weak: 1, Outcome.answered: 2}
OUTCOME_NAMES = {Outcome.answered: "答得上", Outcome.weak: "不可靠", Outcome.unanswered: "答不上"}


class Examination(SQLModel, table=True):
    """One run over the questions of a handover, with the rights that ``person_id`` had in it then."""

    __tablename__ = "examination"
    id: str = Field(default_factory=lambda: new_id("exm"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    run_by: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ExamAnswer(SQLModel, table=True):
    """What one question got. ``document_id`` and the offsets name the best passage, or the sentence of it that answers.

    They are empty where nothing was found.
    ``sure`` False on an answered one: a person should hold the passage against the question.
    """

    __tablename__ = "exam_answer"
    examination_id: str = Field(primary_key=True, foreign_key="examination.id")
    question_key: str = Field(primary_key=True)
    ordinal: int
    module: Module
    zh: str
    en: str
    outcome: Outcome
    sure: bool = True
    document_id: str = ""
    version_id: str = ""
    start: int = 0
    end: int = 0

    @property
    def urgency(self) -> int:
        """What is to be looked at first: 0 unanswered, 1 weak, 2 to be checked, 3 answered."""
        return 3 if self.outcome is Outcome.answered and self.sure else _URGENCY[self.outcome]


@dataclass(frozen=True)
class Score:
    """How many questions of a module there were, were answered, and are accounted for otherwise.

    ``doubtful`` of the answered ones are still to be held against their passage by a person.
    """

    total: int
    answered: int
    weak: int
    unknown: int
    doubtful: int = 0

    @property
    def percent(self) -> int:
        """Answered or accounted for, in whole percent; 100 where nothing was asked."""
        return 100 * (self.answered + self.unknown) // self.total if self.total else 100


def require_examiner(session: Session, viewer: Viewer, handover: Handover, person_id: str) -> None:
    """Stop here unless the viewer may examine the handover with that person's rights.

    Everyone may with their own; the leaver and HR with those of whoever takes something over. Nobody is shown a passage
    that is not open to them.

    Raises:
        NotAllowed: they may not, or the person takes over nothing in it.
    """
    if person_id not in takers(session, handover):
        raise NotAllowed("examination.not_taker", "只能用接任者或接收方的权限做考核，请先指定接收方。")
    if viewer.person_id != person_id and not prepares(viewer, handover):
        raise NotAllowed("examination.not_yours", "只能用您自己的权限做考核。")


def oversees(viewer: Viewer) -> bool:
    """Whether the viewer runs handovers: HR and administrators."""
    return viewer.may(Permission.open_handover)


def prepares(viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer prepares the handover for others: its leaver, HR and administrators."""
    return viewer.person_id == handover.leaver_id or oversees(viewer)


def keep(
    session: Session, viewer: Viewer, handover: Handover, person_id: str, answers: Sequence[ExamAnswer]
) -> Examination:
    """Write a run down; each question that was not answered becomes a gap, each answered one closes its gap."""
    made = Examination(handover_id=handover.id, person_id=person_id, run_by=viewer.person_id)
    session.add(made)
    session.flush()
    known = {g.reference: g for g in gaps_of(session, handover.id) if g.source is GapSource.exam}
    for answer in answers:
        answer.examination_id = made.id
        session.add(answer)
        _follow(session, handover, answer, known.get(answer.question_key))
    ledger.record(session, viewer.person_id, "examination.held", handover.id, examination=made.id, person=person_id,
                  **{o.value: sum(a.outcome is o for a in answers) for o in Outcome})
    session.flush()
    return made


def _follow(session: Session, handover: Handover, answer: ExamAnswer, gap: Gap | None) -> None:
    answered = answer.outcome is Outcome.answered
    if gap is not None:
        if answered and not answer.sure:  # it takes a person to close, or to open, on a doubtful answer
            return
        if settle(gap, answered=answered) and answered:
            gap.document_id = answer.document_id
    elif not answered:
        note_gap(session, handover.id, answer.module, GapSource.exam, answer.question_key, answer.zh, answer.en)


def check(
    session: Session, viewer: Viewer, handover: Handover, examination_id: str, question_key: str, *, answers: bool
) -> ExamAnswer:
    """Somebody held a doubtful answer against its passage: it answers the question, or becomes a gap.

    Raises:
        Conflict: there is no such answer in the handover, or it is not in doubt.
        NotAllowed: the viewer neither leaves nor takes anything over, or may not read what answers.
    """
    if not takes_part(session, viewer, handover):
        raise NotAllowed("examination.not_checker", "只有离任者和接收方可以核对。")
    held, answer = session.get(Examination, examination_id), session.get(ExamAnswer, (examination_id, question_key))
    if held is None or answer is None or held.handover_id != handover.id:
        raise Conflict("examination.no_answer", "没有这条考核结果，请刷新页面。")
    if answer.sure or answer.outcome is not Outcome.answered:
        raise Conflict("examination.not_doubtful", "这条结果不需要核对，请刷新页面。")
    document = session.get(Document, answer.document_id)
    if document is None or not viewer.scope.sees(document.cell):
        raise NotAllowed("examination.closed", "这条答案的依据没有向您开放，请由能看到原文的人核对。")
    answer.sure, answer.outcome = True, Outcome.answered if answers else Outcome.weak
    session.add(answer)
    if not answers:
        gap = note_gap(session, handover.id, answer.module, GapSource.exam, question_key, answer.zh, answer.en)
        settle(gap, answered=False)
    ledger.record(session, viewer.person_id, "examination.checked", handover.id, examination=held.id,
                  question=question_key, answers=answers)
    session.flush()
    return answer


def examinations(session: Session, handover_id: str) -> list[Examination]:
    """Every run of a handover, the latest first."""
    wanted = select(Examination).where(Examination.handover_id == handover_id)
    return list(session.exec(wanted.order_by(col(Examination.at).desc(), Examination.id)))


def latest(session: Session, handover_id: str, person_id: str = "") -> Examination | None:
    """The latest run, with one person's rights where they are named."""
    held = (e for e in examinations(session, handover_id) if person_id in ("", e.person_id))
    return next(held, None)


def answers_of(session: Session, examination_id: str) -> list[ExamAnswer]:
    """The questions of a run with what they got, in order."""
    wanted = select(ExamAnswer).where(ExamAnswer.examination_id == examination_id)
    return list(session.exec(wanted.order_by(col(ExamAnswer.ordinal))))


def to_check(session: Session, viewer: Viewer) -> dict[str, int]:
    """By handover: how many doubtful answers of its latest run with the viewer's rights wait to be checked."""
    runs = select(Examination).where(Examination.person_id == viewer.person_id).order_by(col(Examination.at))
    held = {e.handover_id: e.id for e in session.exec(runs)}
    counted = dict(session.exec(
        select(ExamAnswer.examination_id, func.count()).where(
            col(ExamAnswer.examination_id).in_(list(held.values())), ExamAnswer.outcome == Outcome.answered,
            ~col(ExamAnswer.sure),
        ).group_by(ExamAnswer.examination_id)
    ).all())  # fmt: skip
    return {handover: counted[run] for handover, run in held.items() if run in counted}


def scores(answers: Collection[ExamAnswer], gaps: Collection[Gap]) -> Mapping[Module, Score]:
    """By module; modules without a question are absent."""
    unknown = {g.reference for g in gaps if g.source is GapSource.exam and g.state is GapState.unknown}
    found = {}
    for module in Module:
        mine = [a for a in answers if a.module is module]
        if mine:
            found[module] = Score(
                len(mine), sum(a.outcome is Outcome.answered for a in mine),
                sum(a.outcome is Outcome.weak for a in mine),
                sum(a.outcome is not Outcome.answered and a.question_key in unknown for a in mine),
                sum(a.outcome is Outcome.answered and not a.sure for a in mine),
            )
    return found


def set_gate(session: Session, viewer: Viewer, handover_id: str, percent: int) -> Handover:
    """Let HR ask for a share (0–100 %) of answered questions before a module is received; 0 asks for nothing.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Invalid: the share is not 0–100.
    """
    handover = arrangeable(session, viewer, handover_id)
    if not 0 <= percent <= 100:
        raise Invalid("examination.bad_share", "请填 0 到 100 之间的百分比；0 表示不设门槛。")
    ledger.record(session, viewer.person_id, "examination.gate", handover.id, before=handover.exam_percent,
                  after=percent)
    handover.exam_percent = percent
    session.add(handover)
    return handover


def require_passed(session: Session, handover: Handover, module: Module, person_id: str) -> None:
    """Stop here while the gate is set and the module's questions are not answered well enough with the person's rights.

    Raises:
        Conflict: no examination was held, or too few of its questions are answered.
    """
    if not handover.exam_percent:
        return
    held = latest(session, handover.id, person_id)
    if held is None:
        raise Conflict("examination.none", "签收前要先做离任考核：用您的权限把接任者会问的问题问一遍。")
    score = scores(answers_of(session, held.id), gaps_of(session, handover.id)).get(module)
    if score is not None and score.percent < handover.exam_percent:
        raise Conflict(
            "examination.below", "这个模块的离任考核只有 {got}% 答得上，人事要求 {wanted}%。请离任者先补上缺口。",
            got=score.percent, wanted=handover.exam_percent,
        )  # fmt: skip
