"""The question bank of a handover: what comes with the product for its role, with the company's own changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.access import Module, Permission
from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid, NotFound
from kb.handover import editions
from kb.handover.case import Handover
from kb.handover.questions import Question, questions_of
from kb.viewing import Viewer


class BankChange(SQLModel, table=True):
    """A question that HR added to a role, changed or took out. ``key`` is that of the question it stands for.

    ``left_out`` True: it is not asked any more.
    """

    __tablename__ = "bank_change"
    id: str = Field(default_factory=lambda: new_id("bnk"), primary_key=True)
    role: str = Field(index=True)
    key: str
    module: Module
    zh: str = ""
    en: str = ""
    left_out: bool = False
    changed_by: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def bank_of(session: Session, role: str) -> list[Question]:
    """The questions of a role as the company asks them, by module and in the order in which they came."""
    found = {q.key: q for q in _shipped(role)}
    for change in session.exec(select(BankChange).where(BankChange.role == role).order_by(col(BankChange.at))):
        if change.left_out:
            found.pop(change.key, None)
        else:
            found[change.key] = Question(change.key, change.module, change.zh, change.en)
    modules = list(Module)
    return sorted(found.values(), key=lambda q: modules.index(q.module))


def questions_for(session: Session, handover: Handover) -> list[Question]:
    """What is asked in the examination of a handover."""
    return bank_of(session, handover.template)


def editable_bank(session: Session, viewer: Viewer, role: str) -> list[Question]:
    """The questions of a role for whoever may edit them: HR and administrators.

    Raises:
        NotAllowed: the viewer may not.
        NotFound: there is no such role.
    """
    viewer.require(Permission.open_handover)
    editions.source_of(session, role)
    return bank_of(session, role)


def write_question(
    session: Session, viewer: Viewer, role: str, module: Module, zh: str, en: str = "", key: str = ""
) -> Question:
    """Add a question to a role, or change one.

    Raises:
        NotAllowed, NotFound: as ``editable_bank``.
        NotFound: there is no question of that key.
        Invalid: the Chinese text is empty or either is over 200 characters.
    """
    questions = editable_bank(session, viewer, role)
    zh, en = zh.strip(), en.strip()
    if not zh or len(zh) > 200 or len(en) > 200:
        raise Invalid("bank.bad_question", "请写出问题，中英文各不超过 200 个字。")
    if key:
        _existing(questions, key)
    change = BankChange(role=role, key=key or new_id("q"), module=module, zh=zh, en=en, changed_by=viewer.person_id)
    session.add(change)
    ledger.record(session, viewer.person_id, "bank.question_written", change.key, role=role, module=module.value, zh=zh,
                  en=en)
    session.flush()
    return Question(change.key, module, zh, en)


def leave_out(session: Session, viewer: Viewer, role: str, key: str) -> None:
    """Ask a question no more; what was asked in past examinations stays.

    Raises:
        NotAllowed, NotFound: as ``editable_bank``.
        NotFound: there is no question of that key.
    """
    gone = _existing(editable_bank(session, viewer, role), key)
    session.add(BankChange(role=role, key=key, module=gone.module, left_out=True, changed_by=viewer.person_id))
    ledger.record(session, viewer.person_id, "bank.question_left_out", key, role=role, zh=gone.zh)
    session.flush()


def _existing(questions: Iterable[Question], key: str) -> Question:
    found = next((q for q in questions if q.key == key), None)
    if found is None:
        raise NotFound("bank.no_question", "没有这个问题，可能已经移除。")
    return found


def _shipped(role: str) -> tuple[Question, ...]:
    """A role that the company made itself starts with an empty bank."""
    try:
        return questions_of(role)
    except NotFound:
        return ()
