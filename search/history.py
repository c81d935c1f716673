"""What was asked and opened: recorded for coverage, shown to the person, counted (never quoted) for HR."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.access import Permission, Scope
from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid, NotFound
from kb.viewing import Viewer
from search.query import Query, Results

_SAME_SEARCH = timedelta(seconds=30)


class SearchRecord(SQLModel, table=True):
    """One question somebody asked. ``scope_hash`` tells which rights it was asked with, without listing them.

    ``found`` is that something reliable was found, ``sure`` that nobody need look twice.
    """

    __tablename__ = "search_record"
    id: str = Field(default_factory=lambda: new_id("sea"), primary_key=True)
    person_id: str = Field(index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    text: str
    filters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    handover_id: str = Field(default="", index=True)
    scope_hash: str = ""
    total: int = 0
    found: bool = True
    sure: bool = True


class OpenedHit(SQLModel, table=True):
    """A document somebody opened from a search, and with which question."""

    __tablename__ = "opened_hit"
    id: str = Field(default_factory=lambda: new_id("opn"), primary_key=True)
    person_id: str = Field(index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    document_id: str = Field(index=True)
    text: str = ""


class SavedSearch(SQLModel, table=True):
    """A search a person keeps: its name and the query string of its page."""

    __tablename__ = "saved_search"
    id: str = Field(default_factory=lambda: new_id("sav"), primary_key=True)
    person_id: str = Field(index=True)
    name: str
    query_string: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class SearchCounts:
    """How many searches a handover saw, how many found nothing reliable, by how many people. No words."""

    handover_id: str
    searches: int
    unanswered: int
    people: int


def scope_hash(scope: Scope) -> str:
    """A short digest of the open cells."""
    return hashlib.sha256("\n".join(sorted(scope.cells)).encode()).hexdigest()[:16] if not scope.everything else "*"


def record_search(session: Session, viewer: Viewer, query: Query, results: Results) -> None:
    """Write down a question; one that goes on from the last half minute's (typing on) replaces it."""
    text = query.text.strip()
    if not text:
        return
    last = session.exec(
        select(SearchRecord).where(SearchRecord.person_id == viewer.person_id)
        .order_by(col(SearchRecord.at).desc()).limit(1)
    ).first()  # fmt: skip
    typing_on = last and now() - last.at < _SAME_SEARCH and (text.startswith(last.text) or last.text.startswith(text))
    entry = last if last is not None and typing_on else SearchRecord(person_id=viewer.person_id, text=text)
    entry.text, entry.at = text, now()
    entry.filters = {k: v for k, v in asdict(query).items() if v and k not in ("text", "limit", "offset")}
    entry.filters = {k: v if isinstance(v, str | bool) else [*map(str, v)] if isinstance(v, tuple) else str(v)
                     for k, v in entry.filters.items()}  # fmt: skip
    entry.handover_id, entry.scope_hash = query.handover_id or "", scope_hash(viewer.scope)
    entry.total, entry.found = results.total, bool(results.hits) and results.reliable
    entry.sure = entry.found and results.sure
    session.add(entry)
    session.flush()


def record_opened(session: Session, viewer: Viewer, document_id: str, text: str = "") -> None:
    """Write down that a document was opened from a search."""
    session.add(OpenedHit(person_id=viewer.person_id, document_id=document_id, text=text[:500]))
    session.flush()


def recent_searches(session: Session, viewer: Viewer, limit: int = 8) -> list[SearchRecord]:
    """The viewer's own latest questions, each once, the newest first."""
    rows = session.exec(
        select(SearchRecord).where(SearchRecord.person_id == viewer.person_id)
        .order_by(col(SearchRecord.at).desc()).limit(limit * 5)
    )  # fmt: skip
    unique: dict[str, SearchRecord] = {}
    for row in rows:
        unique.setdefault(row.text, row)
    return list(unique.values())[:limit]


def forget_searches(session: Session, viewer: Viewer) -> None:
    """Blank the words of the viewer's own searches; the counts stay."""
    for row in session.exec(select(SearchRecord).where(SearchRecord.person_id == viewer.person_id)):
        row.text, row.filters = "", {}
        session.add(row)
    session.flush()


def save_search(session: Session, viewer: Viewer, name: str, query_string: str) -> SavedSearch:
    """Keep a search under a name; the same words and filters are kept once.

    Raises:
        Invalid: the name is empty or over 60 characters, or the query string over 2,000.
    """
    name = name.strip()
    if not name or len(name) > 60 or len(query_string) > 2000:
        raise Invalid("search.bad_name", "请给这个检索起一个名字（最多 60 个字）。")
    query_string = query_string.lstrip("?")
    known = next((s for s in saved_searches(session, viewer) if s.query_string == query_string), None)
    if known is not None:
        return known
    saved = SavedSearch(person_id=viewer.person_id, name=name, query_string=query_string)
    session.add(saved)
    session.flush()
    return saved


def saved_searches(session: Session, viewer: Viewer) -> list[SavedSearch]:
    """The viewer's own saved searches by name."""
    mine = select(SavedSearch).where(SavedSearch.person_id == viewer.person_id)
    return list(session.exec(mine.order_by(SavedSearch.name, SavedSearch.id)))


def drop_saved(session: Session, viewer: Viewer, saved_id: str) -> None:
    """Remove one of the viewer's saved searches.

    Raises:
        NotFound: it is not theirs, or does not exist.
    """
    found = session.get(SavedSearch, saved_id)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound("search.no_saved", "没有这个已保存的检索。")
    session.delete(found)
    session.flush()


def search_counts(session: Session, viewer: Viewer) -> list[SearchCounts]:
    """By handover: how much was asked and how much of it found nothing reliable.

    Raises:
        NotAllowed: the viewer may not read counts.
    """
    viewer.require(Permission.view_search_counts)
    rows = session.exec(
        select(
            SearchRecord.handover_id, func.count(), func.count().filter(~col(SearchRecord.found)),
            func.count(func.distinct(SearchRecord.person_id)),
        ).group_by(SearchRecord.handover_id).order_by(SearchRecord.handover_id)
    )  # fmt: skip
    return [SearchCounts(h, total, unanswered, people) for h, total, unanswered, people in rows]
