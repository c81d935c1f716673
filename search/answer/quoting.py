"""From a question to numbered quotes: an ordinary search with the viewer's scope, and the best passages of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from kb.documents import Version
from kb.errors import Invalid
from kb.viewing import Viewer
from search.answer.citation import Answer, Citation
from search.query import Hit, Passage, Query, Results
from search.service import search

MOST = 6
"""How many passages are quoted at most."""
_DOCUMENTS = 4
"""How many documents speak before further passages of the best ones do."""
_GOOD = 0.6
"""A further document is quoted while it scores this part of the best one; the first two always are."""


def ask(session: Session, viewer: Viewer, query: Query, *, record: bool = True) -> Answer:
    """The quotes that answer the question, within what the viewer may see; recorded once, as a search.

    Raises:
        Invalid: there is no question, or it is over 500 characters.
        Unavailable: the index does not answer.
    """
    asked = wanted(query)
    results = search(session, viewer, asked, record=record)
    return quoted(session, asked, results)


def wanted(query: Query) -> Query:
    """The search behind a question.

    Raises:
        Invalid: there is no question.
    """
    if not query.text.strip():
        raise Invalid("ask.empty", "请写下要问的问题。")
    return replace(query, limit=MOST, offset=0)


def quoted(session: Session, query: Query, results: Results) -> Answer:
    """The best passages of what was found, numbered from 1."""
    chosen = list(_chosen(_spoken_for(results.hits, include_old=query.include_old)))
    digests = _digests(session, {hit.version_id for hit, _ in chosen})
    citations = tuple(
        _citation(number, hit, passage, digests[hit.version_id]) for number, (hit, passage) in enumerate(chosen, 1)
    )
    return Answer(query.text.strip(), citations, results.reliable and bool(citations), results.notice)


def _spoken_for(hits: Sequence[Hit], *, include_old: bool) -> list[Hit]:
    """Current editions alone answer, unless old ones were asked for or there is nothing else."""
    current = [h for h in hits if h.current]
    shown = list(hits) if include_old or not current else current
    return [h for n, h in enumerate(shown) if n < 2 or h.score >= _GOOD * shown[0].score]


def _chosen(hits: Sequence[Hit]) -> Iterator[tuple[Hit, Passage]]:
    """Up to six passages in the order of their documents, no wording twice."""
    room = MOST - min(len(hits), _DOCUMENTS)
    told: set[str] = set()
    for hit in hits[:_DOCUMENTS]:
        if hit.best.text not in told:
            told.add(hit.best.text)
            yield hit, hit.best
        for passage in hit.more:
            if room and passage.highlights and passage.text not in told:
                told.add(passage.text)
                room -= 1
                yield hit, passage


def _digests(session: Session, version_ids: set[str]) -> dict[str, str]:
    rows = session.exec(select(Version.id, Version.sha256).where(col(Version.id).in_(sorted(version_ids))))
    return dict(rows.all())


def _citation(number: int, hit: Hit, passage: Passage, sha256: str) -> Citation:
    return Citation(
        number=number, document_id=hit.document_id, version_id=hit.version_id, version_number=hit.version_number,
        sha256=sha256, title=hit.title, file_name=hit.file_name, handover_id=hit.handover_id, module=hit.module,
        classification=hit.classification, current=hit.current, passage=passage,
    )  # fmt: skip
