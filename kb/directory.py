"""The people of this installation and what may be done with their accounts; every change is in the operation log."""

from __future__ import annotations

from sqlmodel import Session, col, select

from kb import credentials, ledger
from kb.access import Permission
from kb.errors import Conflict, Invalid, NotAllowed
from kb.people import Person, Role, add_person, find_person
from kb.viewing import Viewer

_LOCALES = ("zh", "en")


def list_people(session: Session, viewer: Viewer, *, text: str = "") -> list[Person]:
    """Everybody, the active first, then by log-in name; ``text`` restricts to names and log-ins that contain it.

    Raises:
        NotAllowed: the viewer neither manages people or grants nor opens or audits handovers.
    """
    _require_reader(viewer)
    wanted = select(Person).order_by(col(Person.active).desc(), Person.login)
    if text.strip():
        wanted = wanted.where(
            col(Person.name).contains(text.strip(), autoescape=True)
            | col(Person.login).contains(text.strip(), autoescape=True)
        )
    return list(session.exec(wanted))


def read_person(session: Session, viewer: Viewer, person_id: str) -> Person:
    """One person, by id or log-in name; everybody may read themselves.

    Raises:
        NotAllowed: the viewer may not look people up.
        NotFound: nobody has that id.
    """
    if person_id not in (viewer.person_id, viewer.login):
        _require_reader(viewer)
    return find_person(session, person_id)


def create_person(
    session: Session, viewer: Viewer, login: str, role: Role, *, name: str = "", password: str = ""
) -> tuple[Person, str]:
    """Create an account. Without a password the second value is a one-time one to hand over, otherwise it is empty.

    The machine's operator may give any password: scripts and demonstrations set up what they need.

    Raises:
        NotAllowed: the viewer may not manage people.
        Invalid: the log-in name, name or password is not acceptable.
        Conflict: the log-in name is taken.
    """
    viewer.require(Permission.manage_people)
    person = add_person(session, login, role, name=name)
    ledger.record(session, viewer.person_id, "person.added", person.id, login=person.login, role=role.value)
    issued = "" if password else credentials.one_time_password()
    credentials.set_password(session, viewer.person_id, person, password or issued, temporary=bool(issued),
                             judged=viewer.role is not None)
    return person, issued


def reset_password(session: Session, viewer: Viewer, person_id: str) -> tuple[Person, str]:
    """Give somebody a one-time password; their sessions and tokens end. The password is returned once and not kept.

    Raises:
        NotAllowed: the viewer may not manage people, or means themselves.
        NotFound: nobody has that id.
        Conflict: the account is deactivated.
    """
    person = _other(session, viewer, person_id)
    if not person.active:
        raise Conflict("person.inactive", "{name} 的账号已停用。请先恢复账号。", name=person.name)
    issued = credentials.one_time_password()
    credentials.set_password(session, viewer.person_id, person, issued, temporary=True)
    return person, issued


def change_password(session: Session, viewer: Viewer, old: str, new: str) -> None:
    """Choose a new password for oneself; every log-in session ends, the caller opens a new one for this browser.

    Raises:
        Invalid: the old password is wrong, the new one is too easy to guess or the same.
    """
    person = find_person(session, viewer.person_id)
    if not credentials.check_password(person.password_hash, old):
        raise Invalid("password.wrong", "当前密码不对，请重新输入。")
    if old == new:
        raise Invalid("password.same", "新密码不能与当前密码相同。")
    credentials.set_password(session, viewer.person_id, person, new)


def choose_locale(session: Session, viewer: Viewer, locale: str) -> None:
    """Remember the language a person wants to read.

    Raises:
        Invalid: it is neither ``zh`` nor ``en``.
    """
    if locale not in _LOCALES:
        raise Invalid("locale.unknown", "只支持中文和英文。")
    person = find_person(session, viewer.person_id)
    person.locale = locale
    session.add(person)


def change_role(session: Session, viewer: Viewer, person_id: str, role: Role) -> Person:
    """Give somebody another role; grants stay as they are.

    Raises:
        NotAllowed: the viewer may not manage people, or means themselves.
        NotFound: nobody has that id.
    """
    person = _other(session, viewer, person_id)
    if person.role is not role:
        ledger.record(session, viewer.person_id, "person.role", person.id, old=person.role.value, new=role.value)
        person.role = role
        session.add(person)
    return person


def deactivate(session: Session, viewer: Viewer, person_id: str) -> Person:
    """Close an account: log-ins, sessions, tokens and messages stop at once. Nothing the person made is lost.

    Raises:
        NotAllowed: the viewer may not manage people, or means themselves.
        NotFound: nobody has that id.
    """
    person = _other(session, viewer, person_id)
    if person.active:
        person.active = False
        session.add(person)
        credentials.end_everything(session, person.id)
        ledger.record(session, viewer.person_id, "person.deactivated", person.id)
    return person


def reactivate(session: Session, viewer: Viewer, person_id: str) -> Person:
    """Open a closed account again, with the grants it had; sessions and tokens stay ended.

    Raises:
        NotAllowed: the viewer may not manage people, or means themselves.
        NotFound: nobody has that id.
    """
    person = _other(session, viewer, person_id)
    if not person.active:
        person.active = True
        session.add(person)
        ledger.record(session, viewer.person_id, "person.reactivated", person.id)
    return person


def _require_reader(viewer: Viewer) -> None:
    if not viewer.may(Permission.view_every_checklist):
        viewer.require(Permission.manage_people)


def _other(session: Session, viewer: Viewer, person_id: str) -> Person:
    """Somebody else: nobody may lock themselves out, so an administrator always remains."""
    viewer.require(Permission.manage_people)
    person = find_person(session, person_id)
    if person.id == viewer.person_id:
        raise NotAllowed("person.self", "不能对自己的账号进行此操作。请由另一位管理员处理。")
    return person
