"""Accounts: who may add, change, close and reopen them, and what a closed one can still do (nothing)."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from kb import credentials, directory
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.ledger import LedgerEntry
from kb.people import Person, Role
from kb.viewing import OPERATOR_VIEWER, viewer_for

People = dict[str, Person]
GOOD = "云帆-交接-2026"


def test_admin_adds_with_a_one_time_password(session: Session, people: People) -> None:
    admin = viewer_for(session, people["admin"])
    person, issued = directory.create_person(session, admin, "chenjing", Role.successor, name="陈静")
    assert credentials.check_password(person.password_hash, issued)
    assert person.password_temporary


def test_a_given_password_is_not_temporary(session: Session, people: People) -> None:
    person, issued = directory.create_person(
        session, viewer_for(session, people["admin"]), "chenjing", Role.successor, password=GOOD
    )
    assert issued == ""
    assert not person.password_temporary


def test_only_the_operator_gives_a_simple_password(session: Session, people: People) -> None:
    with pytest.raises(Invalid):
        directory.create_person(session, viewer_for(session, people["admin"]), "neu", Role.head, password="demo")
    person, _ = directory.create_person(session, OPERATOR_VIEWER, "neu2", Role.head, password="demo")
    assert credentials.check_password(person.password_hash, "demo")


@pytest.mark.parametrize("by", ["leaver", "successor", "head", "hr", "auditor"])
def test_nobody_else_manages(session: Session, people: People, by: str) -> None:
    viewer, other = viewer_for(session, people[by]), people["admin"].id
    for forbidden in (
        lambda: directory.create_person(session, viewer, "x", Role.admin),
        lambda: directory.reset_password(session, viewer, other),
        lambda: directory.change_role(session, viewer, other, Role.leaver),
        lambda: directory.deactivate(session, viewer, other),
        lambda: directory.reactivate(session, viewer, other),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_an_administrator_always_remains(session: Session, people: People) -> None:
    admin = viewer_for(session, people["admin"])
    with pytest.raises(NotAllowed):
        directory.deactivate(session, admin, people["admin"].id)
    with pytest.raises(NotAllowed):
        directory.change_role(session, admin, people["admin"].id, Role.hr)


def test_deactivating_closes_every_door(session: Session, people: People) -> None:
    admin, leaver = viewer_for(session, people["admin"]), people["leaver"]
    cookie = credentials.open_session(session, leaver)
    _, token = credentials.create_token(session, leaver.id, "脚本")
    directory.deactivate(session, admin, leaver.id)
    assert credentials.person_of_session(session, cookie) is None
    assert credentials.person_of_token(session, token) is None
    with pytest.raises(Conflict):
        directory.reset_password(session, admin, leaver.id)
    directory.reactivate(session, admin, leaver.id)
    assert credentials.person_of_session(session, cookie) is None, "an old cookie stays dead"
    assert credentials.person_of_token(session, token) is None, "an old token stays dead"


def test_changing_ones_own_password(session: Session, people: People) -> None:
    person = people["hr"]
    credentials.set_password(session, people["admin"].id, person, GOOD, temporary=True)
    viewer = viewer_for(session, person)
    for old, new in (("错误的旧密码", "全新-密码-9876"), (GOOD, GOOD), (GOOD, "短")):
        with pytest.raises(Invalid):
            directory.change_password(session, viewer, old, new)
    directory.change_password(session, viewer, GOOD, "全新-密码-9876")
    assert not person.password_temporary
    assert credentials.check_password(person.password_hash, "全新-密码-9876")


def test_looking_people_up(session: Session, people: People) -> None:
    for login in ("hr", "auditor", "admin"):
        assert len(directory.list_people(session, viewer_for(session, people[login]))) == 6
    found = directory.list_people(session, viewer_for(session, people["hr"]), text="若溪")
    assert [p.login for p in found] == ["successor"]
    assert directory.list_people(session, viewer_for(session, people["hr"]), text="%") == []
    successor = viewer_for(session, people["successor"])
    assert directory.read_person(session, successor, successor.person_id).login == "successor"
    with pytest.raises(NotAllowed):
        directory.list_people(session, successor)
    with pytest.raises(NotAllowed):
        directory.read_person(session, successor, people["hr"].id)
    with pytest.raises(NotFound):
        directory.read_person(session, viewer_for(session, people["hr"]), "per-none")


def test_language(session: Session, people: People) -> None:
    viewer = viewer_for(session, people["head"])
    directory.choose_locale(session, viewer, "en")
    assert people["head"].locale == "en"
    with pytest.raises(Invalid):
        directory.choose_locale(session, viewer, "fr")


def test_it_is_logged(session: Session, people: People) -> None:
    admin, head = viewer_for(session, people["admin"]), people["head"].id
    directory.change_role(session, admin, head, Role.successor)
    directory.change_role(session, admin, head, Role.successor)
    directory.deactivate(session, admin, head)
    directory.reactivate(session, admin, head)
    actions = [e.action for e in session.exec(select(LedgerEntry)) if e.object_id == head]
    assert actions == ["person.role", "person.deactivated", "person.reactivated"]
