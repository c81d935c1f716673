"""Granting and revoking: who may, what it opens, what it never implies, and that it is logged."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from kb import grants
from kb.access import Classification, Grant, Module, cell_of
from kb.errors import Conflict, NotAllowed, NotFound
from kb.handover.case import Handover
from kb.ledger import LedgerEntry, verify
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER, viewer_for

People = dict[str, Person]


@pytest.fixture
def handover(session: Session, people: People) -> Handover:
    made = Handover(template="coo", title="首席运营官离任交接", leaver_id=people["leaver"].id)
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize("by", ["hr", "admin"])
def test_hr_and_admin_grant_and_revoke(session: Session, people: People, handover: Handover, by: str) -> None:
    viewer, successor = viewer_for(session, people[by]), people["successor"]
    made = grants.grant(session, viewer, successor, handover.id, Module.strategy, Classification.internal)
    cell = cell_of(handover.id, Module.strategy, Classification.internal)
    assert viewer_for(session, successor).scope.cells == {cell}
    grants.revoke(session, viewer, made.id)
    assert viewer_for(session, successor).scope.cells == frozenset()
    assert made.revoked_by == people[by].id


@pytest.mark.parametrize("by", ["leaver", "successor", "head", "auditor"])
def test_nobody_else_does(session: Session, people: People, handover: Handover, by: str) -> None:
    viewer = viewer_for(session, people[by])
    with pytest.raises(NotAllowed):
        grants.grant(session, viewer, people["hr"], handover.id, Module.strategy, Classification.internal)
    made = grants.grant(
        session, OPERATOR_VIEWER, people["successor"], handover.id, Module.team, Classification.internal
    )
    with pytest.raises(NotAllowed):
        grants.revoke(session, viewer, made.id)


def test_nobody_grants_to_themselves(session: Session, people: People, handover: Handover) -> None:
    with pytest.raises(NotAllowed):
        grants.grant(session, viewer_for(session, people["hr"]), people["hr"], handover.id, Module.finance,
                     Classification.restricted)


@pytest.mark.parametrize("module", [m for m in Module if m not in (Module.finance, Module.legal)])
def test_finance_and_legal_are_never_implied(
    session: Session, people: People, handover: Handover, module: Module
) -> None:
    grants.grant(session, OPERATOR_VIEWER, people["successor"], handover.id, module, Classification.restricted)
    cells = viewer_for(session, people["successor"]).scope.cells
    assert not any(":finance:" in cell or ":legal:" in cell for cell in cells)


def test_a_new_level_replaces_the_old(session: Session, people: People, handover: Handover) -> None:
    successor = people["successor"]
    for level in (Classification.restricted, Classification.internal):
        grants.grant(session, OPERATOR_VIEWER, successor, handover.id, Module.team, level)
    cells = viewer_for(session, successor).scope.cells
    assert cells == {cell_of(handover.id, Module.team, Classification.internal)}


def test_the_same_again_changes_nothing(session: Session, people: People, handover: Handover) -> None:
    first, second = (
        grants.grant(session, OPERATOR_VIEWER, people["successor"], handover.id, Module.team, Classification.internal)
        for _ in range(2)
    )
    assert first.id == second.id
    assert len(session.exec(select(Grant)).all()) == 1


def test_unknown_handover_grant_and_deactivated_person(session: Session, people: People, handover: Handover) -> None:
    with pytest.raises(NotFound):
        grants.grant(session, OPERATOR_VIEWER, people["head"], "hov-none", Module.team, Classification.internal)
    with pytest.raises(NotFound):
        grants.revoke(session, OPERATOR_VIEWER, "gra-none")
    people["head"].active = False
    with pytest.raises(Conflict):
        grants.grant(session, OPERATOR_VIEWER, people["head"], handover.id, Module.team, Classification.internal)


def test_revoking_twice_is_not_found(session: Session, people: People, handover: Handover) -> None:
    made = grants.grant(session, OPERATOR_VIEWER, people["head"], handover.id, Module.team, Classification.internal)
    grants.revoke(session, OPERATOR_VIEWER, made.id)
    with pytest.raises(NotFound):
        grants.revoke(session, OPERATOR_VIEWER, made.id)


def test_set_grants_sets_revokes_and_leaves_alone(session: Session, people: People, handover: Handover) -> None:
    person = people["successor"]
    for module in (Module.team, Module.projects, Module.finance):
        grants.grant(session, OPERATOR_VIEWER, person, handover.id, module, Classification.internal)
    grants.set_grants(session, OPERATOR_VIEWER, person, handover.id, {
        Module.team: None, Module.projects: Classification.restricted, Module.legal: None,
    })
    live = {g.module: g.up_to for g in grants.list_grants(session, OPERATOR_VIEWER, person_id=person.id)}
    assert live == {Module.projects: Classification.restricted, Module.finance: Classification.internal}


def test_people_list_their_own_and_overseers_all(session: Session, people: People, handover: Handover) -> None:
    for login in ("successor", "head"):
        grants.grant(session, OPERATOR_VIEWER, people[login], handover.id, Module.team, Classification.internal)
    assert {g.person_id for g in grants.list_grants(session, viewer_for(session, people["head"]))} == {
        people["head"].id
    }
    for login in ("hr", "auditor", "admin"):
        assert len(grants.list_grants(session, viewer_for(session, people[login]))) == 2


def test_the_matrix_has_every_active_person(session: Session, people: People, handover: Handover) -> None:
    people["auditor"].active = False
    grants.grant(session, OPERATOR_VIEWER, people["head"], handover.id, Module.team, Classification.internal)
    rows = grants.grant_rows(session, viewer_for(session, people["hr"]), handover.id)
    assert {r.person.login for r in rows} == {"leaver", "successor", "head", "hr", "admin"}
    assert {r.person.login: list(r.by_module) for r in rows if r.by_module} == {"head": [Module.team]}
    with pytest.raises(NotAllowed):
        grants.grant_rows(session, viewer_for(session, people["successor"]), handover.id)


def test_it_is_logged(session: Session, people: People, handover: Handover) -> None:
    viewer = viewer_for(session, people["hr"])
    made = grants.grant(session, viewer, people["head"], handover.id, Module.legal, Classification.confidential)
    grants.revoke(session, viewer, made.id)
    entries = session.exec(select(LedgerEntry)).all()
    assert [(e.action, e.actor_id, e.object_id) for e in entries] == [
        ("grant.given", people["hr"].id, made.id), ("grant.revoked", people["hr"].id, made.id),
    ]
    assert verify(session) == []
