"""A question goes to whoever stayed: they may answer that, in that module, and nothing opens to them."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from kb.access import Classification, Module
from kb.errors import Conflict, Invalid, KbError, NotAllowed
from kb.handover import enquiries, gaps
from kb.handover.case import GapState, Handover
from kb.handover.participation import require_contribution, visible_handover
from kb.handover.workflow import Node
from kb.notices import Notice
from kb.people import Person, Role, add_person
from kb.viewing import Viewer
from tests.kb.handover.walking import cast, opened, see


@pytest.fixture
def room(session: Session) -> tuple[Handover, dict[str, Viewer], Person]:
    people = cast(session)
    handover = opened(session, people)
    handover.node = Node.archived
    deputy = add_person(session, "dai", Role.head, name="戴维民")
    return handover, {login: see(session, person) for login, person in people.items()} | {
        "dai": see(session, deputy)}, deputy


def test_a_question_is_sent_answered_and_reported(
    session: Session, room: tuple[Handover, dict[str, Viewer], Person]
) -> None:
    handover, who, deputy = room
    with pytest.raises(Conflict):
        enquiries.send(session, who["ren"], handover, Module.team, "谁会修三号机？")
    enquiries.name_deputy(session, who["hr1"], handover.id, deputy)
    gap = enquiries.send(session, who["ren"], handover, Module.team, "谁会修三号机？")
    assert [g.id for g in gaps.asked_of(session, who["dai"])] == [gap.id]
    assert session.exec(select(Notice.person_id).where(Notice.link == f"/gaps/{gap.id}")).all() == [deputy.id]
    assert gaps.gap_of(session, who["dai"], gap.id)[1].id == gap.id
    with pytest.raises(Conflict):
        enquiries.send(session, who["ren"], handover, Module.team, " 谁会修三号机？")
    gaps.declare_unknown(session, who["dai"], gap.id, "当时的师傅也走了")
    enquiries.tell_asker(session, gap, handover)
    assert gap.state is GapState.unknown
    link = f"/handovers/{handover.id}/after"
    assert session.exec(select(Notice.person_id).where(Notice.link == link)).all() == [who["ren"].person_id]


def test_being_asked_opens_one_way_in_and_nothing_else(
    session: Session, room: tuple[Handover, dict[str, Viewer], Person]
) -> None:
    handover, who, deputy = room
    enquiries.name_deputy(session, who["hr1"], handover.id, deputy)
    internal, confidential = Classification.internal, Classification.confidential
    for module, classification in ((Module.team, internal), (Module.finance, internal), (Module.team, confidential)):
        with pytest.raises(KbError):
            require_contribution(session, who["dai"], handover.id, module, classification)
    gap = enquiries.send(session, who["ren"], handover, Module.team, "谁会修三号机？")
    require_contribution(session, who["dai"], handover.id, Module.team, internal)
    for module, classification in ((Module.finance, internal), (Module.team, confidential)):
        with pytest.raises(KbError):
            require_contribution(session, who["dai"], handover.id, module, classification)
    with pytest.raises(KbError):
        visible_handover(session, who["dai"], handover.id)
    gap.state = GapState.closed
    session.flush()
    with pytest.raises(KbError):
        require_contribution(session, who["dai"], handover.id, Module.team, internal)


def test_who_may_name_and_send(session: Session, room: tuple[Handover, dict[str, Viewer], Person]) -> None:
    handover, who, deputy = room
    for login in ("han", "ren", "qiu"):
        with pytest.raises(NotAllowed):
            enquiries.name_deputy(session, who[login], handover.id, deputy)
    with pytest.raises(Invalid):
        enquiries.name_deputy(session, who["hr1"], handover.id, session.get_one(Person, handover.leaver_id))
    enquiries.name_deputy(session, who["hr1"], handover.id, deputy)
    with pytest.raises(NotAllowed):
        enquiries.send(session, who["hr1"], handover, Module.team, "谁会修三号机？")
    with pytest.raises(Invalid):
        enquiries.send(session, who["ren"], handover, Module.team, "谁？")


def test_who_is_no_longer_asked_is_out_at_once(
    session: Session, room: tuple[Handover, dict[str, Viewer], Person]
) -> None:
    handover, who, deputy = room
    enquiries.name_deputy(session, who["hr1"], handover.id, deputy)
    gap = enquiries.send(session, who["ren"], handover, Module.team, "谁会修三号机？")
    other = session.get_one(Person, who["qiu"].person_id)
    for named in (None, other):
        enquiries.name_deputy(session, who["hr1"], handover.id, named)
        session.flush()
        assert gaps.asked_of(session, who["dai"]) == []
        for act in (
            lambda: gaps.gap_of(session, who["dai"], gap.id),
            lambda: gaps.declare_unknown(session, who["dai"], gap.id, "不知道"),
            lambda: require_contribution(session, who["dai"], handover.id, Module.team, Classification.internal),
        ):
            with pytest.raises(KbError):
                act()
    again = enquiries.send(session, who["ren"], handover, Module.team, "谁会修三号机？")
    assert (again.id, again.asked_of) == (gap.id, other.id)
