"""Person, role and what a role may do in general; log-ins and tokens live in ``kb.credentials``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select

from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict, Invalid, NotFound


class Role(StrEnum):
    """What a person is in the company's handovers; a person has exactly one."""

    leaver = "leaver"
    successor = "successor"
    head = "head"
    hr = "hr"
    auditor = "auditor"
    admin = "admin"


ROLE_NAMES = {
    Role.leaver: "离任者", Role.successor: "接任者", Role.head: "部门负责人", Role.hr: "人事", Role.auditor: "审计",
    Role.admin: "管理员",
}


class Person(SQLModel, table=True):
    """Somebody who can log in. ``login`` is what they type; ``name`` is what others read.

    ``password_hash`` empty means that no password works; ``password_temporary`` that the one in force was set by
    somebody else, so that the person must replace it before doing anything.
    """

    __tablename__ = "person"
    id: str = Field(default_factory=lambda: new_id("per"), primary_key=True)
    login: str = Field(index=True, unique=True)
    name: str
    role: Role
    locale: str = ""
    password_hash: str = ""
    password_temporary: bool = False
    active: bool = True
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def find_person(session: Session, login_or_id: str) -> Person:
    """The person with that log-in name or id.

    Raises:
        NotFound: nobody has it.
    """
    found = session.exec(select(Person).where((Person.login == login_or_id) | (Person.id == login_or_id))).first()
    if found is None:
        raise NotFound("person.unknown", "没有这个人：{login}。请检查登录名。", login=login_or_id)
    return found


def add_person(session: Session, login: str, role: Role, *, name: str = "", password_hash: str = "") -> Person:
    """Create a person; ``name`` defaults to the log-in name, an empty hash means that no password works yet.

    Raises:
        Invalid: the log-in name is empty, too long (over 64 characters) or holds spaces, or the name is too long.
        Conflict: the log-in name is taken.
    """
    login = login.strip()
    if not login or len(login) > 64 or not login.isprintable() or any(c.isspace() for c in login):
        raise Invalid("person.bad_login", "登录名不能为空、不能有空格，最多 64 个字。")
    if len(name.strip()) > 64 or not name.isprintable():
        raise Invalid("person.bad_name", "姓名最多 64 个字。")
    if session.exec(select(Person).where(Person.login == login)).first():
        raise Conflict("person.login_taken", "登录名「{login}」已被使用，请换一个。", login=login)
    person = Person(login=login, name=name.strip() or login, role=role, password_hash=password_hash)
    session.add(person)
    session.flush()
    return person


def names_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of the people with these ids, in one query; unknown and empty ids are absent."""
    wanted = sorted({i for i in ids if i})
    return {person.id: person.name for person in session.exec(select(Person).where(col(Person.id).in_(wanted)))}
