"""What each document of a handover says on which topic: whether it is mainly about it or touches it, and who says so.

A topic is there by a person's tag, else by a suggestion that nobody has decided, which is counted as suggested. A
document is mainly about those of its topics that its title, its deliverable or its form names; else those that a person
thought of and the text speaks for; else all they thought of; else all they accepted. A short note and a draft are
mainly about nothing; free tags and areas, which no title names, are always main. Superseded editions and attachments,
which go with their mail, are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import sqlalchemy
from sqlmodel import Session, col

from kb.access import OPERATOR, Module
from kb.cards.forms import forms
from kb.documents import Document, Version
from kb.handover.case import Deliverable, Submission
from kb.lexical import fold
from kb.people import names_of
from kb.tags import DocumentTag, Suggestion
from kb.vocabulary import vocabulary
from search.editions.standing import superseded
from search.editions.titles import is_unfinished

_SHORT = 250
"""A text of fewer characters is a note: it touches its topics, but none can be taken over from it alone."""
_BETWEEN_NAMES = re.compile(r"[、，,;；/&]")
_TAGS = sqlalchemy.select(col(DocumentTag.document_id), col(DocumentTag.tag))
_SUGGESTIONS = sqlalchemy.select(col(Suggestion.document_id), col(Suggestion.value)).where(
    col(Suggestion.field) == "tag", col(Suggestion.decided) == "")
_ACCEPTED = sqlalchemy.select(col(Suggestion.document_id), col(Suggestion.value)).where(
    col(Suggestion.field) == "tag", col(Suggestion.decided) == "accepted")
_OWED = sqlalchemy.select(col(Submission.document_id), col(Deliverable.title)).join(
    Deliverable, col(Deliverable.id) == col(Submission.deliverable_id))


@dataclass(frozen=True)
class Supplied:
    """One document on one topic. ``main`` False: it touches it; ``suggested``: no person has said so.

    ``evidence``: it was handed in for a deliverable. ``authors`` are names, the uploader's where none is known.
    """

    document_id: str
    handover_id: str
    module: Module
    tag: str
    main: bool
    suggested: bool
    card: bool
    evidence: bool
    dated: date
    authors: frozenset[str]


def supplied(session: Session, handover_ids: Sequence[str]) -> list[Supplied]:
    """Every current document of these handovers with every topic it is on. A fixed number of queries."""
    rows = _documents(session, handover_ids)
    ids = [row.id for row in rows]
    tags = _grouped(session, _TAGS.where(col(DocumentTag.document_id).in_(ids)))
    suggested = _grouped(session, _SUGGESTIONS.where(col(Suggestion.document_id).in_(ids)))
    accepted = _grouped(session, _ACCEPTED.where(col(Suggestion.document_id).in_(ids)))
    owed = _grouped(session, _OWED.where(col(Submission.document_id).in_(ids)))
    uploaders = names_of(session, {row.uploader_id for row in rows if not row.author})
    found = []
    for row in rows:
        mine, offered = tags.get(row.id, set()), suggested.get(row.id, set())
        thought_of = mine - accepted.get(row.id, set())
        named = topics_named(" / ".join([row.title, *owed.get(row.id, ())])) | _of_form(row.form)
        main = next(filter(None, (
            (mine | offered) & named, thought_of & offered, {tag for tag in thought_of if _is_topic(tag)}, mine,
        )), set()) | {tag for tag in mine if not _is_topic(tag)}  # fmt: skip
        if row.characters < _SHORT or is_unfinished(row.title):
            main = set()
        authors = row.author or uploaders.get(row.uploader_id, "")
        found += [
            Supplied(row.id, row.handover_id, row.module, tag, tag in main, tag not in mine, bool(row.form),
                     row.id in owed, row.authored_on or row.created_at.date(),
                     frozenset(name.strip() for name in _BETWEEN_NAMES.split(authors)))
            for tag in sorted(mine | offered)
        ]  # fmt: skip
    return found


def topics_named(text: str) -> set[str]:
    """The topics of the vocabulary whose label or a synonym a text holds; a name inside a longer one does not count."""
    rest, found = fold(text), set()
    for name, key in _names():
        if name in rest:
            found.add(key)
            rest = rest.replace(name, "\n")
    return found


@lru_cache(maxsize=1)
def _names() -> list[tuple[str, str]]:
    """(name, topic), the longest name first."""
    topics = [t for t in vocabulary().tags.values() if t.area]
    names = {(fold(name), t.key) for t in topics for name in (t.zh, t.en, *t.synonyms) if len(name) > 1}
    return sorted(names, key=lambda pair: (-len(pair[0]), pair))


def _is_topic(tag: str) -> bool:
    known = vocabulary().tags.get(tag)
    return known is not None and bool(known.area)


def _of_form(form: str) -> set[str]:
    return set(forms()[form].topics) if form in forms() else set()


def _documents(session: Session, handover_ids: Sequence[str]) -> list[sqlalchemy.Row[tuple[object, ...]]]:
    columns = (Document.id, Document.handover_id, Document.module, Document.title, Document.author,
               Document.authored_on, Document.uploader_id, Version.form, Version.created_at,
               Version.characters)
    rows = session.execute(
        sqlalchemy.select(*map(col, columns)).join(Version, col(Version.id) == col(Document.current_version_id))
        .where(col(Document.handover_id).in_(handover_ids), col(Document.deleted_at).is_(None),
               col(Document.parent_id) == "")
    ).all()
    old = superseded(session, OPERATOR, {row.id: row.handover_id for row in rows})
    return [row for row in rows if row.id not in old]


def _grouped(session: Session, statement: sqlalchemy.Select[str, str]) -> dict[str, set[str]]:
    """The second column's values by the first."""
    found = defaultdict[str, set[str]](set)
    for document, value in session.execute(statement):
        found[document].add(value)
    return found
