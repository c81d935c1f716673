"""Editions of role templates: HR edits a copy, every edition is kept, a running handover keeps the one it began with.

The text of an edition is the TOML that ``kb.handover.template`` reads. Edition 1, 2, 3 … belong to the company; before
the first, the file in ``KB_HOME/roles`` counts, and before that the one that comes with the product.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import ledger
from kb.access import Permission
from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict, Invalid, NotFound
from kb.handover import template
from kb.handover.template import DeliverableSpec, Template, own_templates
from kb.viewing import Viewer


class TemplateEdition(SQLModel, table=True):
    """One published text of one role's template; ``number`` counts from 1 per role."""

    __tablename__ = "template_edition"
    __table_args__ = (UniqueConstraint("role", "number"),)
    id: str = Field(default_factory=lambda: new_id("tpl"), primary_key=True)
    role: str = Field(index=True)
    number: int
    source: str
    note: str = ""
    edited_by: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def editions(session: Session, role: str) -> list[TemplateEdition]:
    """Every edition of a role, the newest first; empty where HR has edited nothing."""
    return list(session.exec(_of(role)))


def newest(session: Session, role: str) -> TemplateEdition | None:
    """The newest edition; None where HR has edited nothing."""
    return session.exec(_of(role).limit(1)).first()


def current_version(session: Session, role: str) -> str:
    """The number of the newest edition as text; empty where there is none."""
    found = newest(session, role)
    return str(found.number) if found else ""


def _of(role: str) -> SelectOfScalar[TemplateEdition]:
    return select(TemplateEdition).where(TemplateEdition.role == role).order_by(col(TemplateEdition.number).desc())


def roles(session: Session) -> list[str]:
    """The keys of every template, sorted: those of files, and those HR made."""
    made = session.exec(select(TemplateEdition.role).distinct()).all()
    return sorted({*template.roles(own_templates()), *made})


def source_of(session: Session, role: str, version: str | None = None) -> str:
    """The TOML of a version; None means the newest, empty the text before the first edition.

    Raises:
        NotFound: there is no such template or version.
    """
    wanted = current_version(session, role) if version is None else version
    if not wanted:
        return _file_of(session, role).read_text("utf-8")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    found = session.exec(_of(role).where(TemplateEdition.number == number)).first()
    if found is None:
        raise NotFound("template.no_edition", "没有「{role}」的第 {number} 版。", role=role, number=wanted)
    return found.source


def _file_of(session: Session, role: str) -> Path:
    try:
        return template.file_of(role, own_templates())
    except NotFound as unknown:  # it knows the files only, not what HR made
        raise NotFound(unknown.slug, unknown.message, role=role, known="、".join(roles(session))) from None


def current(session: Session, role: str) -> Template:
    """The template as the next handover will use it.

    Raises:
        NotFound: there is none.
        Invalid: a file in the company's folder breaks the format.
    """
    return _parsed(role, source_of(session, role))


def load_for(session: Session, role: str, version: str) -> Template:
    """The template that a handover was opened after.

    Raises:
        NotFound: it is gone: the file of a role without editions was removed.
        Invalid: the file breaks the format now.
    """
    return _parsed(role, source_of(session, role, version))


def specs_for(session: Session, role: str, version: str) -> dict[str, DeliverableSpec]:
    """By key: what the template of a running handover says of each deliverable.

    Empty where the template was removed or is broken: it takes its guidance with it, not the handover.
    """
    try:
        return {spec.key: spec for spec in load_for(session, role, version).deliverables}
    except (NotFound, Invalid):
        return {}


def specs_for_all(
    session: Session, used: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, DeliverableSpec]]:
    """By role and version what ``specs_for`` gives of each; one that several handovers share is read once."""
    return {edition: specs_for(session, *edition) for edition in set(used)}


def publish(
    session: Session, viewer: Viewer, role: str, source: str, *, note: str = "", based_on: str = ""
) -> TemplateEdition:
    """Make a text the newest edition; ``based_on`` is the version the editor started from.

    Raises:
        NotAllowed: the viewer may not open handovers.
        Invalid: the text breaks the format, or nothing changed.
        Conflict: somebody published another edition in between.
    """
    viewer.require(Permission.open_handover)
    template.parse(role, source)
    latest = current_version(session, role)
    if latest != based_on:
        raise Conflict("template.edited", "您编辑期间有人发布了第 {number} 版。您的内容还在下面，请比较后再发布。",
                       number=latest)
    before = source_of(session, role) if role in roles(session) else ""
    if before.strip() == source.strip():
        raise Invalid("template.unchanged", "内容没有变化，不需要发布新版。")
    row = TemplateEdition(role=role, number=int(latest or 0) + 1, source=source, note=note.strip()[:200],
                          edited_by=viewer.person_id)
    session.add(row)
    ledger.record(session, viewer.person_id, "template.published", row.id, role=role, number=row.number,
                  note=row.note, before=_digest(before), after=_digest(source))
    session.flush()
    return row


def differences(before: str, after: str) -> list[str]:
    """A unified diff of two texts, line by line, without its file names."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]


@lru_cache(maxsize=128)
def _parsed(role: str, source: str) -> Template:
    return template.parse(role, source)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
