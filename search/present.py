"""Ranked documents → hits: the passage as it stands in the source, its place, and why it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.encoder.running import Span
from search.explain import why
from search.highlight import highlights
from search.query import Hit, Passage
from search.rank import Ranked
from search.retrieve import Retrieved
from search.sources import Source, Wording

MORE = 3
"""How many further passages of a document are shown."""


def hits(
    text: str, ranked: Sequence[Ranked], seen: Mapping[str, Source], said: Mapping[str, Wording],
    newer: Mapping[str, str], retrieved: Retrieved, tags: Mapping[str, tuple[str, ...]],
    answers: Mapping[str, Span],
) -> tuple[Hit, ...]:
    """One hit a document, in the given order; ``said`` holds the words of every passage that is shown.

    ``answers`` are the sentences that answer, by the point of their passage.
    """
    return tuple(_hit(text, r, seen, said, newer.get(r.document_id, ""), tags.get(r.document_id, ()), retrieved,
                      answers.get(r.points[0])) for r in ranked)  # fmt: skip


def _hit(
    text: str, ranked: Ranked, seen: Mapping[str, Source], said: Mapping[str, Wording], newer: str,
    tags: tuple[str, ...], retrieved: Retrieved, answer: Span | None,
) -> Hit:
    best = seen[ranked.points[0]]
    further = (seen[p] for p in ranked.points[1 : MORE + 1] if p in said)
    others = sorted((s for s in further if s.version_id == best.version_id), key=lambda source: source.ordinal)
    document = best.document
    passage = _passage(best.point_id, said[best.point_id], text, answer)
    return Hit(
        document_id=document.id, version_id=best.version_id, version_number=best.version_number,
        file_name=best.file_name, title=document.title, module=document.module, kind=document.kind,
        classification=document.classification, handover_id=document.handover_id, author=document.author,
        authored_on=document.authored_on, tags=tags,
        score=round(min(1.0, max(0.0, ranked.score)), 6), best=passage,
        why=why(text, document.title, best.file_name, passage, best.point_id, retrieved),
        more=tuple(_passage(source.point_id, said[source.point_id], text) for source in others),
        current=best.version_id == document.current_version_id and not newer, superseded_by=newer,
    )  # fmt: skip


def _passage(point_id: str, said: Wording, text: str, answer: Span | None = None) -> Passage:
    return Passage(
        point_id=point_id, text=said.text, start=said.start, end=said.end, heading_path=tuple(said.heading_path),
        page=said.page, highlights=highlights(said.text, text) if text else (), answer=answer,
    )  # fmt: skip
