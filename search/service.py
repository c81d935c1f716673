"""Search, as one sentence: narrow, retrieve, check in SQL, rank, say how sure we are, present, write down."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from kb import vectors
from kb.errors import Invalid
from kb.lexical import is_spelled
from kb.vectors import Narrowing
from kb.viewing import Viewer
from search import facets, history, present, sources
from search.confidence import SURE, UNSURE, Confidence
from search.editions.standing import editions, standing
from search.editions.titles import standing_above
from search.figures import stated_by
from search.fuse import Fused, fuse, lexical_weight, share_script
from search.judge import FIRST, Judged, Texts, judge
from search.naming import is_called
from search.query import MAX_CHARACTERS, Query, Results
from search.rank import Ranked, by_document, called_first, rationale_first, settle_editions, stating_first
from search.retrieve import Retrieved, nearness, retrieve
from search.sources import Source

_TAIL = 0.45
"""Documents that score below this part of the best are left out, but never among the first ten."""
_ALWAYS = 10
_NEAREST = 10
"""How many of the nearest passages tell which script the documents are in."""
_UNSURE = "没有找到可靠的答案，以下是最接近的内容，请谨慎参考。"
_LIKELY = "可能就是答案，请对照原文核对。"
_NOTHING = "在您可查看的范围内没有找到相关内容。"
_WORDS_ONLY = "语义模型暂不可用，本次仅按字词检索。"


def search(session: Session, viewer: Viewer, query: Query, *, record: bool = True) -> Results:
    """Passages that answer the question, the best document first, within what the viewer may see.

    Raises:
        Invalid: the question is over 500 characters.
        Unavailable: the index does not answer.
    """
    started = time.perf_counter()
    if len(query.text) > MAX_CHARACTERS:
        raise Invalid("search.too_long", "问题最多 {limit} 个字，请缩短。", limit=MAX_CHARACTERS)
    found = _answer(session, viewer, query) if query.text.strip() else _browse(session, viewer, query)
    results = replace(found, took_ms=round((time.perf_counter() - started) * 1000, 1))
    if record:
        history.record_search(session, viewer, query, results)
    return results


def _answer(session: Session, viewer: Viewer, query: Query) -> Results:
    index = vectors.index()
    found = retrieve(index, query.text, viewer.scope, _narrowing(session, query))
    points = found.points() + _named_files(session, viewer, query)
    seen = sources.visible_sources(session, viewer.scope, points, include_old=query.include_old)
    retrieved = found.among(seen)
    nearest = sources.wordings(session, (c.point_id for c in retrieved.dense[:_NEAREST]))
    same_script = share_script(query.text, (wording.text for wording in nearest.values()))
    weight = lexical_weight(retrieved.word_share, same_script=same_script or is_spelled(query.text))
    ranked, newer = _ranked(session, viewer, query, fuse(retrieved.dense, retrieved.words, lexical_weight=weight), seen)
    stating = _stating(session, query.text, seen)
    ranked = ranked if stating is None else stating_first(ranked, stating)
    kept = [r for n, r in enumerate(ranked) if n < _ALWAYS or r.score >= _TAIL * ranked[0].score]
    wanted = slice(query.offset, query.offset + query.limit)
    said = sources.wordings(session, _shown(ranked[:FIRST], [*kept[:2], *kept[wanted]]))
    judged = judge(
        query.text, retrieved, nearness(index, retrieved), ranked, newer, Texts(seen, said), same_script=same_script
    ) if stating is None else Judged(SURE if stating else UNSURE, kept[:2])  # fmt: skip
    kept[:2], trust = judged.first, judged.trust
    page = [r for r in kept[wanted] if r.points[0] in said]  # on PostgreSQL one may have gone since it was found
    tags = sources.tags_of(session, (r.document_id for r in kept))
    notice = _notice(kept, trust, lexical_only=retrieved.lexical_only)
    return Results(
        hits=present.hits(query.text, page, seen, said, newer, retrieved, tags, judged.sentences),
        facets=facets.count(session, kept, seen, tags), total=len(kept), reliable=trust.reliable, sure=trust.sure,
        notice=notice, lexical_only=retrieved.lexical_only,
    )  # fmt: skip


def _stating(session: Session, text: str, seen: Mapping[str, Source]) -> frozenset[str] | None:
    """The points of the passages that state the figure or code that the question is; None where it asks anything else.

    Their title and headings count as well.
    """
    states = stated_by(text)
    if states is None:
        return None
    found = sources.wordings(session, seen).items()
    return frozenset(
        point for point, said in found
        if states("\n".join((seen[point].document.title, *said.heading_path, said.text)))
    )  # fmt: skip


def _shown(first: Sequence[Ranked], page: Sequence[Ranked]) -> set[str]:
    """The points whose words are needed: the best of the first documents, and all that a page shows."""
    return {r.points[0] for r in first} | {point for r in page for point in r.points[: 1 + present.MORE]}


def _notice(ranked: list[Ranked], trust: Confidence, *, lexical_only: bool) -> str:
    if not ranked:
        return _NOTHING
    if not trust.reliable:
        return _UNSURE
    if lexical_only:
        return _WORDS_ONLY
    return "" if trust.sure else _LIKELY


def _narrowing(session: Session, query: Query) -> Narrowing:
    return Narrowing(
        handover_ids=(query.handover_id,) if query.handover_id else (),
        modules=tuple(m.value for m in query.modules), kinds=tuple(k.value for k in query.kinds),
        classifications=tuple(c.value for c in query.classifications), authors=query.authors, tags=query.tags,
        document_ids=sources.submitted_for(session, query.deliverable_id) if query.deliverable_id else None,
        date_from=query.date_from, date_to=query.date_to, include_old=query.include_old,
    )  # fmt: skip


def _named_files(session: Session, viewer: Viewer, query: Query) -> list[str]:
    """The first points of documents whose file the question names with its ending, near or not."""
    files = sources.of_file(session, viewer.scope, query.text.strip()) if "." in query.text else ()
    if files and query.deliverable_id:
        files = tuple(set(files).intersection(sources.submitted_for(session, query.deliverable_id)))
    wanted = sources.listed_documents(session, viewer.scope, query, files) if files else []
    return sources.first_points(session, wanted) if wanted else []


def _ranked(
    session: Session, viewer: Viewer, query: Query, fused: Fused, seen: Mapping[str, Source]
) -> tuple[list[Ranked], dict[str, str]]:
    documents = {s.document.id: s.document for s in seen.values()}
    ranked = by_document(fused, {point: s.document.id for point, s in seen.items()})
    newer, outdated = standing(session, viewer.scope, seen.values())
    titles = {d.id: d.title for d in documents.values()}
    kinds = {d.id: d.kind for d in documents.values()}
    above = standing_above(newer, titles, query.text)
    settled = settle_editions(rationale_first(ranked, kinds, query.text), above, outdated)
    called = {s.document.id: point for point, s in seen.items()
              if is_called(query.text, s.document.title, s.file_name)}  # fmt: skip
    settled += [Ranked(d, 0.0, (point,)) for d, point in called.items() if d not in fused.documents]
    return called_first(settled, called), newer


def _browse(session: Session, viewer: Viewer, query: Query) -> Results:
    """No question: what the filters leave, the newest first."""
    handed = sources.submitted_for(session, query.deliverable_id) if query.deliverable_id else None
    ids = sources.listed_documents(session, viewer.scope, query, handed)
    page = ids[query.offset : query.offset + query.limit]
    points = sources.first_points(session, page)
    seen = sources.visible_sources(session, viewer.scope, points, include_old=False)
    ranked = sorted(
        (Ranked(s.document.id, 0.0, (point,)) for point, s in seen.items()), key=lambda r: page.index(r.document_id)
    )
    newer = editions(session, viewer.scope, (s.document for s in seen.values()))
    tags = sources.tags_of(session, ids)
    return Results(
        hits=present.hits("", ranked, seen, sources.wordings(session, seen), newer, Retrieved(), tags, {}),
        facets=facets.count_documents(session, viewer, ids, tags), total=len(ids), notice="" if ids else _NOTHING,
    )  # fmt: skip
