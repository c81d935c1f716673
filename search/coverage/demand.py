"""What was asked about which topic: each search with the topics it counts for, and whether nothing answers it today.

A search is about the topics that its words name, or hint at in the module it was narrowed to, and about the tags it was
narrowed to; where there is none, about those that the document is mainly on which was opened with its words. It counts
where that document lies, else in the module it was narrowed to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy
from sqlmodel import Session, and_, col, or_, select

from kb.access import Module
from kb.handover import gaps
from kb.handover.case import Gap, GapSource, GapState
from kb.lexical import fold
from kb.vocabulary import vocabulary
from search.coverage.supply import Supplied, topics_named
from search.history import OpenedHit, SearchRecord


@dataclass(frozen=True)
class Asked:
    """One search on one topic; ``module`` None: it was not narrowed and the topic belongs to no module."""

    handover_id: str
    module: Module | None
    tag: str
    unanswered: bool


def asked(session: Session, handover_ids: Sequence[str], supply: Iterable[Supplied]) -> list[Asked]:
    """Every search within these handovers, and those from everywhere that ended in one of their documents.

    It is unanswered while the gap that was made of it is open or unknown; where there is none, if nothing reliable was
    found at the time.
    """
    about = defaultdict[str, list[Supplied]](list)
    for row in supply:
        about[row.document_id].append(row)
    opened = _opened(session, about)
    free = {fold(row.tag): row.tag for rows in about.values() for row in rows if row.tag not in vocabulary().tags}
    gap_states = _gap_states(session, handover_ids)
    found = []
    words = {text for _, text in opened}
    from_everywhere = and_(col(SearchRecord.handover_id) == "", col(SearchRecord.text).in_(words))
    within = or_(col(SearchRecord.handover_id).in_(handover_ids), from_everywhere)
    for search in session.exec(select(SearchRecord).where(within)):
        led_to = [
            row for document in opened.get((search.person_id, search.text), ()) for row in about[document]
            if search.handover_id in ("", row.handover_id)
        ]  # fmt: skip
        said = _by_words(search, free)
        tags = {tag for _, tag in said}
        rows = [row for row in led_to if row.tag in tags]
        if not rows and not (said and search.handover_id):
            rows = [row for row in led_to if row.main]
        places: set[tuple[str, Module | None, str]] = {(row.handover_id, row.module, row.tag) for row in rows}
        if not places and search.handover_id:
            places = {(search.handover_id, module, tag) for module, tag in said}
        for handover_id, module, tag in places:
            state = gap_states.get((handover_id, gaps.search_reference(search.text)))
            unanswered = not search.found if state is None else state is not GapState.closed
            found.append(Asked(handover_id, module, tag, unanswered))
    return found


def _opened(session: Session, documents: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    """(person, words) → the documents they opened with these words."""
    found = defaultdict[tuple[str, str], set[str]](set)
    rows = sqlalchemy.select(col(OpenedHit.person_id), col(OpenedHit.text), col(OpenedHit.document_id)).where(
        col(OpenedHit.text) != "", col(OpenedHit.document_id).in_(list(documents)))
    for person, text, document in session.execute(rows):
        found[(person, text.strip())].add(document)
    return found


def _gap_states(session: Session, handover_ids: Sequence[str]) -> Mapping[tuple[str, str], GapState]:
    rows = session.exec(select(Gap).where(col(Gap.handover_id).in_(handover_ids), Gap.source == GapSource.search))
    return {(gap.handover_id, gap.reference): gap.state for gap in rows}


def _by_words(search: SearchRecord, free: Mapping[str, str]) -> set[tuple[Module | None, str]]:
    """(the module it was narrowed to, else the topic's own; topic) for every topic its words speak of."""
    text, filters = fold(search.text), search.filters or {}
    narrowed: list[Module | None] = [Module(key) for key in filters.get("modules", ())]
    tags = topics_named(search.text) | {tag for name, tag in free.items() if len(name) > 1 and name in text}
    tags |= {
        t.key for t in vocabulary().tags.values()
        if t.area and t.module in narrowed and any(fold(w) in text for w in t.words if len(w) > 1)
    } | set(filters.get("tags", ()))
    return {(module, tag) for tag in tags for module in narrowed or [_own_module(tag)]}


def _own_module(tag: str) -> Module | None:
    known = vocabulary().tags.get(tag)
    return known.module if known else None
