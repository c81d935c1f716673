"""Coverage by topic: of chosen handovers, what is there under each tag, what was asked of it, who alone knows it.

Counts and the names of topics, no content. A search counts for a topic that its words name, or it was narrowed to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy
from sqlmodel import Session, col, select

from kb.access import Module, Permission
from kb.documents import Document, Version
from kb.handover.case import Handover, Submission
from kb.lexical import fold
from kb.tags import DocumentTag
from kb.viewing import Viewer
from kb.vocabulary import vocabulary
from search.coverage import Heat, is_old
from search.history import SearchRecord

_BETWEEN_NAMES = re.compile(r"[、，,;；/&]")


@dataclass
class Topic:
    """One topic of one handover. ``evidence`` counts documents that were handed in for a deliverable.

    ``newest`` None means no document. ``authors`` are names; an unnamed author counts as one.
    """

    documents: int = 0
    cards: int = 0
    evidence: int = 0
    searches: int = 0
    unanswered: int = 0
    newest: datetime | None = None
    authors: set[str] = field(default_factory=set)

    @property
    def heat(self) -> Heat:
        """Bare: asked about and nothing there; thin: asked in vain; idle: nothing there, nothing asked."""
        if not self.documents:
            return Heat.bare if self.searches else Heat.idle
        return Heat.thin if self.unanswered else Heat.covered

    @property
    def old(self) -> bool:
        """Whether its newest document is over a year old."""
        return is_old(self.newest)


@dataclass(frozen=True)
class TopicRow:
    """One topic over the chosen handovers; ``alone`` is who alone has written on it in all of them, empty for others.

    ``module`` None: a tag of the vocabulary or a free one that belongs to no module.
    """

    tag: str
    module: Module | None
    by_handover: Mapping[str, Topic]
    alone: str


def chosen_handovers(session: Session, viewer: Viewer, ids: Sequence[str]) -> list[Handover]:
    """Those that exist, in the order they were asked for.

    Raises:
        NotAllowed: only HR and auditors may read coverage.
    """
    viewer.require(Permission.view_search_counts)
    found = (session.get(Handover, i) for i in dict.fromkeys(ids))
    return [handover for handover in found if handover is not None]


def topics(session: Session, viewer: Viewer, handovers: Sequence[Handover]) -> list[TopicRow]:
    """Every topic with documents or searches in one of these handovers, by module, then as the vocabulary lists them.

    Raises:
        NotAllowed: only HR and auditors may read coverage.
    """
    viewer.require(Permission.view_search_counts)
    ids = [h.id for h in handovers]
    found: dict[str, dict[str, Topic]] = {}
    _count_documents(session, ids, found)
    _count_searches(session, ids, found)
    rows = []
    for tag, by_handover in found.items():
        authors = set().union(*(t.authors for t in by_handover.values()))
        known = vocabulary().tags.get(tag)
        rows.append(TopicRow(tag, known.module if known else None, {i: by_handover.get(i, Topic()) for i in ids},
                             next(iter(authors)) if len(authors) == 1 else ""))
    order = {key: n for n, key in enumerate(vocabulary().tags)}
    modules = [*Module, None]
    return sorted(rows, key=lambda r: (modules.index(r.module), order.get(r.tag, len(order)), r.tag))


def _count_documents(session: Session, ids: Sequence[str], found: dict[str, dict[str, Topic]]) -> None:
    handed = sqlalchemy.select(col(Submission.document_id))
    rows = session.execute(
        sqlalchemy.select(
            col(DocumentTag.tag), col(Document.handover_id), col(Document.author), col(Version.form),
            col(Version.created_at), col(Document.id).in_(handed),
        ).join(Document, col(Document.id) == col(DocumentTag.document_id))
        .join(Version, col(Version.id) == col(Document.current_version_id))
        .where(col(Document.handover_id).in_(ids), col(Document.deleted_at).is_(None))
    )
    for tag, handover, author, form, created, evidence in rows:
        topic = found.setdefault(tag, {}).setdefault(handover, Topic())
        topic.documents, topic.cards = topic.documents + 1, topic.cards + bool(form)
        topic.evidence += bool(evidence)
        topic.newest = max(topic.newest or created, created)
        topic.authors.update(name.strip() for name in _BETWEEN_NAMES.split(author))


def _count_searches(session: Session, ids: Sequence[str], found: dict[str, dict[str, Topic]]) -> None:
    names = _names(found)
    for row in session.exec(select(SearchRecord).where(col(SearchRecord.handover_id).in_(ids))):
        for tag in _asked(row, names):
            topic = found.setdefault(tag, {}).setdefault(row.handover_id, Topic())
            topic.searches, topic.unanswered = topic.searches + 1, topic.unanswered + (not row.found)


def _names(found: Iterable[str]) -> list[tuple[str, str]]:
    """(a name of two characters or more, folded; its tag): the vocabulary's topics and the free tags in use."""
    known = [(name, t.key) for t in vocabulary().tags.values() if t.area for name in (t.zh, t.en, *t.synonyms)]
    free = [(tag, tag) for tag in found if tag not in vocabulary().tags]
    return [(fold(name), tag) for name, tag in [*known, *free] if len(name) > 1]


def _asked(row: SearchRecord, names: Iterable[tuple[str, str]]) -> set[str]:
    text = fold(row.text)
    return {tag for name, tag in names if name in text} | set((row.filters or {}).get("tags", ()))
