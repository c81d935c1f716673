"""Ranked documents → hits: the passage as it stands in the source, its place, and why it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from search.explain import why
from search.highlight import highlights
from search.query import Hit, Passage
from search.rank import Ranked
from search.retrieve import Retrieved
from search.sources import Source, tags_of

_MORE = 3


def hits(
    session: Session, text: str, ranked: Sequence[Ranked], seen: Mapping[str, Source], newer: Mapping[str, str],
    retrieved: Retrieved,
) -> tuple[Hit, ...]:
    """One hit a document, in the given order."""
    tags = tags_of(session, (r.document_id for r in ranked))
    return tuple(_hit(text, r, seen, newer.get(r.document_id, ""), tags.get(r.document_id, ()), retrieved)
                 for r in ranked)  # fmt: skip


def _hit(
    text: str, ranked: Ranked, seen: Mapping[str, Source], newer: str, tags: tuple[str, ...], retrieved: Retrieved
) -> Hit:
    best = seen[ranked.points[0]]
    others = sorted((seen[p].chunk for p in ranked.points[1 : _MORE + 1] if seen[p].version.id == best.version.id),
                    key=lambda c: c.ordinal)  # fmt: skip
    document, version = best.document, best.version
    passage = _passage(best, text)
    return Hit(
        document_id=document.id, version_id=version.id, version_number=version.number, file_name=version.file_name,
        title=document.title, module=document.module, kind=document.kind, classification=document.classification,
        handover_id=document.handover_id, author=document.author, authored_on=document.authored_on, tags=tags,
        score=round(min(1.0, max(0.0, ranked.score)), 6), best=passage,
        why=why(text, document.title, passage, best.chunk.point_id, retrieved),
        more=tuple(_passage(Source(c, version, document), text) for c in others),
        current=version.id == document.current_version_id and not newer, superseded_by=newer,
    )  # fmt: skip


def _passage(source: Source, text: str) -> Passage:
    chunk = source.chunk
    return Passage(
        point_id=chunk.point_id, text=chunk.text, start=chunk.start, end=chunk.end,
        heading_path=tuple(chunk.heading_path), page=chunk.page_first,
        highlights=highlights(chunk.text, text) if text else (),
    )  # fmt: skip
