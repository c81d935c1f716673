"""People: adding, finding, naming."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.errors import Conflict, Invalid, NotFound
from kb.people import ROLE_NAMES, Person, Role, add_person, find_person, names_of

People = dict[str, Person]


def test_a_name_defaults_to_the_log_in(session: Session) -> None:
    assert add_person(session, " wangli ", Role.head).name == "wangli"
    assert add_person(session, "陈静", Role.head, name=" 陈静静 ").name == "陈静静"


@pytest.mark.parametrize("login", ["", "   ", "有 空格", "tab\there", "x" * 65, "零\u200b宽", "换\n行"])
def test_bad_log_in_names(session: Session, login: str) -> None:
    with pytest.raises(Invalid):
        add_person(session, login, Role.head)


def test_bad_names(session: Session) -> None:
    with pytest.raises(Invalid):
        add_person(session, "wangli", Role.head, name="字" * 65)


def test_a_log_in_is_taken_once(session: Session, people: People) -> None:
    with pytest.raises(Conflict):
        add_person(session, "hr", Role.head)


def test_finding_by_log_in_and_id(session: Session, people: People) -> None:
    assert find_person(session, "hr") == find_person(session, people["hr"].id)
    with pytest.raises(NotFound):
        find_person(session, "nobody")


def test_names_come_together(session: Session, people: People) -> None:
    ids = [people["hr"].id, people["head"].id, "", "per-none"]
    assert names_of(session, ids) == {people["hr"].id: "苏敏", people["head"].id: "高志远"}


def test_every_role_has_a_name() -> None:
    assert set(ROLE_NAMES) == set(Role)
