"""Rulings: one story of every kind, the seed's two cases, and who may ask. All of them: ``tests.bench.disputes``."""

from __future__ import annotations

import io

import pytest
from sqlmodel import Session

from kb.access import Module
from kb.errors import Invalid, NotAllowed
from kb.handover.incident import Claim, rule_on
from kb.handover.opening import open_handover
from kb.handover.risks import RiskLevel, state_risk
from kb.handover.ruling import RULES, Facts, Outcome, decide
from kb.handover.ruling_paper import pdf_of
from kb.viewing import OPERATOR_VIEWER
from tests.bench.disputes import KINDS, SUBJECTS, Kind, dispute
from tests.kb.handover.walking import PIN, approve_all, cast, hand_in, opened, owed, see


def test_every_rule_can_decide_and_the_first_that_holds_does() -> None:
    cases = [
        Facts(intact=False), Facts(located=False), Facts(delivered=False), Facts(delivered=False, overdue=True),
        Facts(stated=True, stated_late=True), Facts(gap_known=True), Facts(), Facts(stated=True),
        Facts(stated=True, received=True, read=False), Facts(stated=True, received=True, reserved=True),
        Facts(stated=True, received=True),
    ]  # fmt: skip
    assert [decide(f)[0].number for f in cases] == [r.number for r in RULES]


@pytest.mark.integration
@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_a_story_of_every_kind(session: Session, kind: Kind) -> None:
    outcome, seconds = dispute(session, kind, SUBJECTS[KINDS.index(kind) % len(SUBJECTS)])
    assert outcome is kind.expected
    assert seconds < 10, "far beyond the two seconds that the bench holds it to"


@pytest.mark.integration
def test_the_seeds_two_cases_and_the_paper(session: Session) -> None:
    """The talent plan's risk that the successor never confirmed, and the COO who left no word of a leaving engineer."""
    from kb.handover import proceeding

    people = cast(session)
    handover = opened(session, people)
    for deliverable in owed(session, handover):
        hand_in(session, handover, deliverable)
    state_risk(session, see(session, people["han"]), handover.id, Module.team, title="关键岗位候选人储备不足",
               level=RiskLevel.high, countermeasure="启动储备计划", department="人力资源部")
    proceeding.submit(session, see(session, people["han"]), handover.id, PIN)
    approve_all(session, people, handover)
    proceeding.confirm(session, see(session, people["hr1"]), handover.id, PIN)
    proceeding.receive(session, see(session, people["ren"]), handover.id, Module.projects, PIN)
    session.commit()
    hr = see(session, people["hr1"])
    talent = rule_on(session, hr, handover.id, Claim("人才梯队建设项目延期，关键岗位候选人储备不足"))
    assert talent.rule.outcome is Outcome.not_confirmed
    assert talent.module is Module.team
    left = Claim("核心技术人员突然离职，研发项目延期两个月", module=Module.projects)
    engineer = rule_on(session, hr, handover.id, left)
    assert engineer.rule.outcome is Outcome.not_stated
    import pypdfium2

    with pypdfium2.PdfDocument(io.BytesIO(pdf_of(talent))) as paper:
        assert "未确认" in paper[0].get_textpage().get_text_range()


def test_a_claim_needs_words_and_a_stranger_gets_no_ruling(session: Session) -> None:
    from kb import grants
    from kb.access import Classification
    from kb.people import Role, add_person

    people = cast(session)
    handover = opened(session, people)
    with pytest.raises(Invalid):
        rule_on(session, see(session, people["hr1"]), handover.id, Claim("延期"))
    reader = add_person(session, "du", Role.successor, name="杜衡")
    grants.write_grant(session, OPERATOR_VIEWER, reader.id, handover.id, Module.team, Classification.internal)
    with pytest.raises(NotAllowed):
        rule_on(session, see(session, reader), handover.id, Claim("人才梯队建设项目延期"))


@pytest.mark.integration
def test_a_ruling_is_no_way_into_a_closed_module(session: Session) -> None:
    """Whoever receives one module learns nothing of what is stated in another, not even that it is."""
    from kb.handover import appointing

    people = cast(session, second=True)
    handover = open_handover(session, OPERATOR_VIEWER, "coo", people["han"], people["ren"], head=people["qiu"])
    appointing.name_receivers(session, see(session, people["hr1"]), handover.id, [Module.finance], people["guo"])
    state_risk(session, see(session, people["han"]), handover.id, Module.team, title="关键岗位候选人储备不足",
               level=RiskLevel.high, countermeasure="启动储备计划", department="人力资源部")
    session.commit()
    asked = rule_on(session, see(session, people["guo"]), handover.id, Claim("关键岗位候选人储备不足"))
    assert asked.rule.outcome is Outcome.unclear
    assert asked.module is None
    assert all("储备" not in c.what for c in asked.citations)
    with pytest.raises(NotAllowed):
        rule_on(session, see(session, people["guo"]), handover.id, Claim("关键岗位候选人储备不足", module=Module.team))


@pytest.mark.integration
def test_what_belongs_to_no_module_cites_no_module(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    asked = rule_on(session, see(session, people["hr1"]), handover.id, Claim("停车场的栏杆坏了"))
    assert asked.rule.outcome is Outcome.unclear
    assert not [c.what for c in asked.citations if "「」" in c.what]
