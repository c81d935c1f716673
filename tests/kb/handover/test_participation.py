"""Who knows of a handover and who may put documents into it."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb import grants
from kb.access import Classification, Grant, Module
from kb.errors import Conflict, NotAllowed, NotFound
from kb.handover.case import Handover
from kb.handover.participation import (
    may_contribute,
    require_contribution,
    visible_handover,
    visible_handovers,
)
from kb.handover.workflow import Node
from kb.people import Person, Role, add_person
from kb.viewing import OPERATOR_VIEWER, viewer_for

People = dict[str, Person]
STRATEGY, INTERNAL = Module.strategy, Classification.internal


@pytest.fixture
def handover(session: Session, people: People) -> Handover:
    made = Handover(template="coo", title="首席运营官离任交接", leaver_id=people["leaver"].id,
                    successor_id=people["successor"].id, head_id=people["head"].id)
    session.add(made)
    session.flush()
    for module in Module:
        grants.write_grant(session, OPERATOR_VIEWER, people["leaver"].id, made.id, module, Classification.restricted)
    return made


@pytest.mark.parametrize("login", ["leaver", "successor", "head", "hr", "auditor", "admin"])
def test_the_named_and_the_overseers_know(session: Session, people: People, handover: Handover, login: str) -> None:
    viewer = viewer_for(session, people[login])
    assert visible_handover(session, viewer, handover.id) == handover
    assert visible_handovers(session, viewer) == [handover]


@pytest.mark.parametrize("role", [Role.leaver, Role.successor, Role.head])
def test_others_do_not_until_granted(session: Session, people: People, handover: Handover, role: Role) -> None:
    stranger = add_person(session, "stranger", role)
    with pytest.raises(NotFound) as hidden:
        visible_handover(session, viewer_for(session, stranger), handover.id)
    with pytest.raises(NotFound) as absent:
        visible_handover(session, viewer_for(session, stranger), "hov-none")
    assert (hidden.value.slug, str(hidden.value)) == (absent.value.slug, str(absent.value))
    assert visible_handovers(session, viewer_for(session, stranger)) == []
    grants.grant(session, OPERATOR_VIEWER, stranger, handover.id, STRATEGY, INTERNAL)
    assert visible_handovers(session, viewer_for(session, stranger)) == [handover]


def test_the_leaver_contributes_as_far_as_the_scope_reaches(
    session: Session, people: People, handover: Handover
) -> None:
    viewer = viewer_for(session, people["leaver"])
    require_contribution(session, viewer, handover.id, Module.finance, Classification.restricted)
    for row in grants.list_grants(session, viewer, handover_id=handover.id):
        if row.module is Module.finance:
            grants.revoke(session, OPERATOR_VIEWER, row.id)
    with pytest.raises(NotAllowed):
        require_contribution(session, viewer_for(session, people["leaver"]), handover.id, Module.finance, INTERNAL)


def test_hr_contributes_without_reading(session: Session, people: People, handover: Handover) -> None:
    viewer = viewer_for(session, people["hr"])
    assert not viewer.scope.cells
    require_contribution(session, viewer, handover.id, Module.legal, Classification.restricted)


@pytest.mark.parametrize("login", ["successor", "head", "auditor", "admin"])
def test_others_know_but_may_not(session: Session, people: People, handover: Handover, login: str) -> None:
    if login in ("successor", "head"):
        grants.grant(session, OPERATOR_VIEWER, people[login], handover.id, STRATEGY, INTERNAL)
    with pytest.raises(NotAllowed):
        require_contribution(session, viewer_for(session, people[login]), handover.id, STRATEGY, INTERNAL)


def test_another_leaver_learns_nothing(session: Session, people: People, handover: Handover) -> None:
    other = add_person(session, "other", Role.leaver)
    with pytest.raises(NotFound):
        require_contribution(session, viewer_for(session, other), handover.id, STRATEGY, INTERNAL)
    session.add(Grant(person_id=other.id, handover_id=handover.id, module=STRATEGY, up_to=INTERNAL))
    session.flush()
    with pytest.raises(NotAllowed):
        require_contribution(session, viewer_for(session, other), handover.id, STRATEGY, INTERNAL)


def test_a_head_who_leaves_contributes_to_their_own(session: Session, people: People) -> None:
    own = Handover(template="coo", title="部门负责人离任交接", leaver_id=people["head"].id)
    session.add(own)
    session.flush()
    grants.write_grant(session, OPERATOR_VIEWER, people["head"].id, own.id, STRATEGY, INTERNAL)
    require_contribution(session, viewer_for(session, people["head"]), own.id, STRATEGY, INTERNAL)


def test_a_closed_handover_takes_nothing(session: Session, people: People, handover: Handover) -> None:
    handover.node = Node.archived
    viewer = viewer_for(session, people["hr"])
    assert not may_contribute(viewer, handover)
    with pytest.raises(Conflict):
        require_contribution(session, viewer, handover.id, STRATEGY, INTERNAL)
