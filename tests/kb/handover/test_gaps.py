"""Examination, its gate, gaps and the interview's rules – without search: answers are given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session

from kb.access import NOTHING, Module
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover import bank, examination, gaps
from kb.handover.case import GapSource, GapState, Handover
from kb.handover.examination import ExamAnswer, Examination, Outcome
from kb.viewing import Viewer
from tests.kb.handover.walking import cast, hand_in, opened, owed, see


@pytest.fixture
def room(session: Session) -> tuple[Handover, dict[str, Viewer]]:
    people = cast(session)
    handover = opened(session, people)
    return handover, {login: see(session, person) for login, person in people.items()}


def answered(*outcomes: Outcome) -> list[ExamAnswer]:
    return [
        ExamAnswer(examination_id="", question_key=f"q{n}", ordinal=n, module=Module.strategy, zh=f"问题 {n}",
                   en=f"question {n}", outcome=outcome)
        for n, outcome in enumerate(outcomes)
    ]


def held(session: Session, handover: Handover, viewer: Viewer, *outcomes: Outcome) -> None:
    examination.keep(session, viewer, handover, viewer.person_id, answered(*outcomes))


def test_what_is_not_answered_becomes_a_gap_and_closes_when_it_is(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    held(session, handover, who["ren"], Outcome.answered, Outcome.weak, Outcome.unanswered)
    assert [g.reference for g in gaps.gaps_of(session, handover.id)] == ["q1", "q2"]
    held(session, handover, who["ren"], Outcome.answered, Outcome.answered, Outcome.unanswered)
    states = {g.reference: g.state for g in gaps.gaps_of(session, handover.id)}
    assert states == {"q1": GapState.closed, "q2": GapState.open}
    held(session, handover, who["ren"], Outcome.answered, Outcome.unanswered, Outcome.unanswered)
    assert {g.state for g in gaps.gaps_of(session, handover.id)} == {GapState.open}


def test_the_gate_holds_until_enough_is_answered_or_accounted_for(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    person = who["ren"].person_id
    examination.require_passed(session, handover, Module.strategy, person)
    examination.set_gate(session, who["hr1"], handover.id, 80)
    with pytest.raises(Conflict):
        examination.require_passed(session, handover, Module.strategy, person)
    held(session, handover, who["ren"], Outcome.answered, Outcome.unanswered)
    with pytest.raises(Conflict) as refused:
        examination.require_passed(session, handover, Module.strategy, person)
    assert refused.value.params["got"] == 50
    gap = gaps.gaps_of(session, handover.id)[0]
    gaps.declare_unknown(session, who["han"], gap.id, "前任没有交接过这件事")
    examination.require_passed(session, handover, Module.strategy, person)


def test_who_may_do_what(session: Session, room: tuple[Handover, dict[str, Viewer]]) -> None:
    handover, who = room
    held(session, handover, who["ren"], Outcome.unanswered)
    gap = gaps.gaps_of(session, handover.id)[0]
    for other in ("ren", "qiu", "hr1"):
        with pytest.raises(NotAllowed):
            gaps.declare_unknown(session, who[other], gap.id, "不知道")
    with pytest.raises(Invalid):
        gaps.declare_unknown(session, who["han"], gap.id, " ")
    with pytest.raises(NotAllowed):
        examination.set_gate(session, who["han"], handover.id, 10)
    with pytest.raises(NotAllowed):
        examination.require_examiner(session, who["qiu"], handover, who["ren"].person_id)
    with pytest.raises(NotAllowed):
        examination.require_examiner(session, who["hr1"], handover, who["qiu"].person_id)
    for allowed in ("han", "ren", "hr1"):
        examination.require_examiner(session, who[allowed], handover, who["ren"].person_id)


def in_doubt(session: Session, handover: Handover, outcome: Outcome, *, sure: bool) -> ExamAnswer:
    """A run of one question, answered by the first deliverable's document (strategy)."""
    document = hand_in(session, handover, owed(session, handover)[0])
    run = Examination(handover_id=handover.id, person_id=handover.successor_id or "", run_by=handover.leaver_id)
    session.add(run)
    session.flush()
    row = ExamAnswer(examination_id=run.id, question_key="q1", ordinal=0, module=document.module, zh="为什么", en="",
                     outcome=outcome, sure=sure, document_id=document.id)
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize(
    ("outcome", "sure"),
    [(Outcome.unanswered, True), (Outcome.weak, True), (Outcome.unanswered, False), (Outcome.answered, True)],
)
def test_nobody_declares_answered_what_was_not(
    session: Session, room: tuple[Handover, dict[str, Viewer]], outcome: Outcome, sure: bool
) -> None:
    handover, who = room
    row = in_doubt(session, handover, outcome, sure=sure)
    for login, answers in (("han", True), ("ren", True), ("ren", False)):
        with pytest.raises(Conflict):
            examination.check(session, who[login], handover, row.examination_id, "q1", answers=answers)
    assert row.outcome is outcome


def test_a_doubtful_answer_is_checked_by_who_may_read_it(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    row = in_doubt(session, handover, Outcome.answered, sure=False)
    for closed in (replace(who["ren"], scope=NOTHING), who["hr1"]):
        with pytest.raises(NotAllowed):
            examination.check(session, closed, handover, row.examination_id, "q1", answers=False)
    assert not row.sure
    examination.check(session, who["ren"], handover, row.examination_id, "q1", answers=True)
    assert (row.outcome, row.sure) == (Outcome.answered, True)


def test_hr_edits_the_bank_and_nobody_else(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    before = bank.questions_for(session, handover)
    made = bank.write_question(session, who["hr1"], "coo", Module.team, "谁会修三号机？", "Who can mend machine 3?")
    assert made.key in {q.key for q in bank.questions_for(session, handover)}
    bank.write_question(session, who["hr1"], "coo", Module.team, "谁会修四号机？", key=made.key)
    assert {q.key: q.zh for q in bank.questions_for(session, handover)}[made.key] == "谁会修四号机？"
    bank.leave_out(session, who["hr1"], "coo", made.key)
    assert bank.questions_for(session, handover) == before
    with pytest.raises(NotAllowed):
        bank.leave_out(session, who["han"], "coo", before[0].key)


def test_a_gap_is_put_down_once(session: Session, room: tuple[Handover, dict[str, Viewer]]) -> None:
    handover, _ = room
    first = gaps.note_gap(session, handover.id, Module.team, GapSource.search, "x", "谁会修？")
    assert gaps.note_gap(session, handover.id, Module.team, GapSource.search, "x", "谁会修？").id == first.id
