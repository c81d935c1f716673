"""Who may see and do what: ``Scope`` says what a viewer may see, ``Permission`` what they may do.

The vocabulary is closed. Content is cut into *cells*: one handover × one module × one classification, written
``<handover id>:<module>:<classification>``. A grant opens the cells of one module of one handover up to a
classification. A scope is the set of open cells; the default is none. One scope compiles to a SQL condition
(``visible``) and to a Qdrant filter (``kb.vectors``), so the two can never disagree.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import Mapped
from sqlmodel import Field, Session, SQLModel, col, select

from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid
from kb.people import Person, Role


class Module(StrEnum):
    """The five modules of a handover: 战略规划 核心项目 团队管理 财务权限 法律合规."""

    strategy = "strategy"
    projects = "projects"
    team = "team"
    finance = "finance"
    legal = "legal"


MODULE_NAMES = {
    Module.strategy: "战略规划",
    Module.projects: "核心项目",
    Module.team: "团队管理",
    Module.finance: "财务权限",
    Module.legal: "法律合规",
}


def module_from(text: str) -> Module:
    """The module meant by its key, its Chinese name or an English singular (``project``).

    Raises:
        Invalid: no module has that name.
    """
    wanted = text.strip().lower()
    for module, name in MODULE_NAMES.items():
        if wanted in (module.value, module.value.rstrip("s"), name):
            return module
    raise Invalid(
        "module.unknown", "没有模块「{module}」。可用：{known}。", module=text,
        known="、".join(f"{m.value}（{n}）" for m, n in MODULE_NAMES.items()),
    )


class Classification(StrEnum):
    """How far a document may travel, from open to closed: 内部 机密 绝密."""

    internal = "internal"
    confidential = "confidential"
    restricted = "restricted"

    def up_to(self) -> tuple[Classification, ...]:
        """This class and every more open one."""
        order = tuple(Classification)
        return order[: order.index(self) + 1]


CLASSIFICATION_NAMES = {
    Classification.internal: "内部",
    Classification.confidential: "机密",
    Classification.restricted: "绝密",
}


def classification_from(text: str) -> Classification:
    """The classification meant by its key or Chinese name.

    Raises:
        Invalid: there is none of that name.
    """
    for classification, name in CLASSIFICATION_NAMES.items():
        if text.strip().lower() in (classification.value, name):
            return classification
    raise Invalid(
        "classification.unknown", "没有密级「{given}」。可用：{known}。", given=text,
        known="、".join(f"{c.value}（{n}）" for c, n in CLASSIFICATION_NAMES.items()),
    )


def usual_classification(module: Module) -> Classification:
    """How what is handed in for a module is classified unless somebody chooses: money and law closed, the rest open."""
    return Classification.restricted if module in (Module.finance, Module.legal) else Classification.internal


class Permission(StrEnum):
    """An action on the system as a whole; what it may touch is decided by the scope and by ownership."""

    manage_people = "people.manage"
    manage_grants = "grants.manage"
    open_handover = "handover.open"
    view_every_checklist = "handover.view_every"
    contribute = "document.contribute"
    view_search_counts = "search.counts"
    operate = "system.operate"


_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.leaver: frozenset({Permission.contribute}),
    Role.successor: frozenset(),
    Role.head: frozenset(),
    Role.hr: frozenset({
        Permission.manage_grants, Permission.open_handover, Permission.view_every_checklist,
        Permission.view_search_counts, Permission.contribute,
    }),
    Role.auditor: frozenset({Permission.view_every_checklist, Permission.view_search_counts}),
    Role.admin: frozenset({
        Permission.manage_people, Permission.manage_grants, Permission.open_handover,
        Permission.view_every_checklist, Permission.operate,
    }),
}


def role_may(role: Role, permission: Permission) -> bool:
    """Whether a role has the permission."""
    return permission in _ALLOWED[role]


def may(person: Person, permission: Permission) -> bool:
    """Whether the person's role has the permission; a deactivated person has none."""
    return person.active and role_may(person.role, permission)


def cell_of(handover_id: str, module: Module, classification: Classification) -> str:
    """The name of one cell: ``<handover>:<module>:<classification>``."""
    return f"{handover_id}:{module.value}:{classification.value}"


@dataclass(frozen=True)
class Scope:
    """What a viewer may see. ``everything`` is for the operator of the machine only; otherwise the open cells."""

    cells: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False

    def sees(self, cell: str) -> bool:
        """Whether one cell is open."""
        return self.everything or cell in self.cells

    def opens(self, handover_id: str, module: Module) -> bool:
        """Whether anything of a module of a handover is open; a grant always opens what is internal."""
        return self.sees(cell_of(handover_id, module, Classification.internal))

    def handovers(self) -> frozenset[str]:
        """Ids of the handovers in which at least one cell is open; empty for the operator, who needs no list."""
        return frozenset(cell.partition(":")[0] for cell in self.cells)

    def visible(self, column: ColumnElement[str] | Mapped[str]) -> ColumnElement[bool]:
        """The SQL condition that the cell column is open to this viewer."""
        if self.everything:
            return true()
        return column.in_(sorted(self.cells)) if self.cells else false()


NOTHING = Scope()
OPERATOR = Scope(everything=True)


class Grant(SQLModel, table=True):
    """One module of one handover opened to one person, up to a classification. Revoking keeps the row.

    ``locked``: only what is internal is open until the person has signed the handover's agreements.
    """

    __tablename__ = "access_grant"
    id: str = Field(default_factory=lambda: new_id("gra"), primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    handover_id: str = Field(index=True)
    module: Module
    up_to: Classification
    locked: bool = False
    granted_by: str = ""
    granted_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str = ""

    @property
    def classes(self) -> tuple[Classification, ...]:
        """The classifications it opens right now."""
        return (Classification.internal,) if self.locked else self.up_to.up_to()


class Clearance(SQLModel, table=True):
    """That a person has signed everything a handover asks for before its confidential part opens to them."""

    __tablename__ = "clearance"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    handover_id: str = Field(primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def granted_cells(session: Session, person: Person) -> frozenset[str]:
    """The cells that the person's live grants open; none for a deactivated person."""
    if not person.active:
        return frozenset()
    rows = session.exec(
        select(Grant).where(Grant.person_id == person.id, col(Grant.revoked_at).is_(None))
    ).all()
    return frozenset(cell_of(g.handover_id, g.module, c) for g in rows for c in g.classes)


def granted_cells_in(session: Session, handover_id: str, person_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """By person id, in one query: what ``granted_cells`` gives of each, of one handover only."""
    rows = session.exec(
        select(Grant).join(Person, col(Person.id) == col(Grant.person_id))
        .where(Grant.handover_id == handover_id, col(Grant.person_id).in_(person_ids), col(Grant.revoked_at).is_(None),
               col(Person.active))
    ).all()
    return {
        person_id: frozenset(cell_of(handover_id, g.module, c) for g in rows if g.person_id == person_id
                             for c in g.classes)
        for person_id in person_ids
    }  # fmt: skip
