"""Viewer: roles, permissions and the scope that follows from live grants."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.access import Classification, Grant, Module, Permission, cell_of
from kb.db import now
from kb.errors import NotAllowed
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER, viewer_for

People = dict[str, Person]


def _grant(session: Session, person: Person, module: Module, up_to: Classification) -> Grant:
    made = Grant(person_id=person.id, handover_id="hov-1", module=module, up_to=up_to)
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize("login", ["leaver", "successor", "head", "hr", "auditor", "admin"])
def test_the_default_is_nothing(session: Session, people: People, login: str) -> None:
    assert viewer_for(session, people[login]).scope.cells == frozenset()
    assert not viewer_for(session, people[login]).scope.everything


def test_a_grant_opens_its_module_and_nothing_else(session: Session, people: People) -> None:
    _grant(session, people["successor"], Module.strategy, Classification.confidential)
    scope = viewer_for(session, people["successor"]).scope
    assert scope.cells == {
        cell_of("hov-1", Module.strategy, Classification.internal),
        cell_of("hov-1", Module.strategy, Classification.confidential),
    }
    assert scope.handovers() == {"hov-1"}
    assert not scope.sees(cell_of("hov-1", Module.finance, Classification.internal))
    assert not scope.sees(cell_of("hov-2", Module.strategy, Classification.internal))


def test_a_revoked_grant_and_a_deactivated_person_open_nothing(session: Session, people: People) -> None:
    made = _grant(session, people["successor"], Module.strategy, Classification.internal)
    made.revoked_at = now()
    session.flush()
    assert viewer_for(session, people["successor"]).scope.cells == frozenset()
    made.revoked_at, people["successor"].active = None, False
    session.flush()
    assert viewer_for(session, people["successor"]).scope.cells == frozenset()


def test_roles_have_their_permissions_only(session: Session, people: People) -> None:
    having = {
        permission: {login for login, p in people.items() if viewer_for(session, p).may(permission)}
        for permission in Permission
    }
    assert having == {
        Permission.manage_people: {"admin"},
        Permission.manage_grants: {"hr", "admin"},
        Permission.open_handover: {"hr", "admin"},
        Permission.view_every_checklist: {"hr", "auditor", "admin"},
        Permission.contribute: {"leaver", "hr"},
        Permission.view_search_counts: {"hr", "auditor"},
        Permission.operate: {"admin"},
    }


def test_the_operator_may_everything() -> None:
    assert all(OPERATOR_VIEWER.may(permission) for permission in Permission)
    assert OPERATOR_VIEWER.scope.everything


def test_require_refuses(session: Session, people: People) -> None:
    viewer_for(session, people["admin"]).require(Permission.manage_people)
    with pytest.raises(NotAllowed):
        viewer_for(session, people["hr"]).require(Permission.manage_people)
