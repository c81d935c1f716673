"""How many of the found documents have which value; counted after scope and filters, never before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES
from kb.documents import KIND_NAMES, Document
from kb.handover.case import Handover
from kb.viewing import Viewer
from search.query import FacetCount
from search.rank import Ranked
from search.sources import Source, tags_of

_MOST = 30
Facets = dict[str, tuple[FacetCount, ...]]


def count(session: Session, viewer: Viewer, ranked: Sequence[Ranked], seen: Mapping[str, Source]) -> Facets:
    """The facets of ranked documents, whose rows are already at hand."""
    by_id = {s.document.id: s.document for s in seen.values()}
    return _facets(session, [by_id[r.document_id] for r in ranked])


def count_documents(session: Session, viewer: Viewer, document_ids: Sequence[str]) -> Facets:
    """The facets of documents by id; every one of them was checked against the viewer's scope before."""
    rows = select(Document).where(col(Document.id).in_(document_ids), viewer.scope.visible(col(Document.cell)))
    return _facets(session, list(session.exec(rows)))


def _facets(session: Session, documents: Sequence[Document]) -> Facets:
    titles = {h.id: h.title for h in session.exec(select(Handover).where(
        col(Handover.id).in_(sorted({d.handover_id for d in documents}))))}  # fmt: skip
    tags = tags_of(session, (d.id for d in documents))
    named: dict[str, tuple[Counter[str], Mapping[str, str]]] = {
        "handover": (Counter(d.handover_id for d in documents), titles),
        "module": (Counter(d.module.value for d in documents), {m.value: n for m, n in MODULE_NAMES.items()}),
        "tag": (Counter(t for d in documents for t in tags.get(d.id, ())), {}),
        "kind": (Counter(d.kind.value for d in documents), {k.value: n for k, n in KIND_NAMES.items()}),
        "author": (Counter(d.author for d in documents if d.author), {}),
        "classification": (
            Counter(d.classification.value for d in documents), {c.value: n for c, n in CLASSIFICATION_NAMES.items()},
        ),
        "year": (Counter(str(d.authored_on.year) for d in documents if d.authored_on), {}),
    }  # fmt: skip
    return {name: _ordered(counts, labels) for name, (counts, labels) in named.items()}


def _ordered(counts: Counter[str], labels: Mapping[str, str]) -> tuple[FacetCount, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return tuple(FacetCount(value, labels.get(value, value), n) for value, n in ordered)
