"""How many of the found documents have which value; counted after scope and filters, never before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy
from sqlmodel import Session, col

from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES
from kb.documents import KIND_NAMES
from kb.handover.case import Handover
from kb.viewing import Viewer
from search.query import FacetCount
from search.rank import Ranked
from search.sources import Described, Source, described, one_of, plain_rows

_MOST = 30
_TITLES = sqlalchemy.select(*map(col, (Handover.id, Handover.title))).where(one_of(Handover.id, "wanted"))
Facets = dict[str, tuple[FacetCount, ...]]
Tags = Mapping[str, tuple[str, ...]]
"""Document id → its tags."""


def count(session: Session, ranked: Sequence[Ranked], seen: Mapping[str, Source], tags: Tags) -> Facets:
    """The facets of ranked documents, whose rows and tags are already at hand."""
    by_id = {s.document.id: s.document for s in seen.values()}
    return _facets(session, [by_id[r.document_id] for r in ranked], tags)


def count_documents(session: Session, viewer: Viewer, document_ids: Sequence[str], tags: Tags) -> Facets:
    """The facets of documents by id; every one of them was checked against the viewer's scope before."""
    return _facets(session, described(session, viewer.scope, document_ids), tags)


def _facets(session: Session, documents: Sequence[Described], tags: Tags) -> Facets:
    titles = {row[0]: row[1] for row in plain_rows(session, _TITLES, wanted=sorted({d.handover_id for d in documents}))}
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
